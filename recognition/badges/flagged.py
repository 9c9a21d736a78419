"""Awards in question, for the council: the log no longer bears them out, and nobody has decided yet."""

from dataclasses import dataclass

import sqlalchemy as sa

from recognition.badges.models import FLAGGED, Award
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.rules import ProfileView, visible_fields
from recognition.web.pagination import Page, decode, page

PAGE_AWARDS = 24


@dataclass(frozen=True)
class Flagged:
    person: ProfileView
    award: Award


def flagged_page(viewer: Member, cursor: str | None = None, size: int = PAGE_AWARDS) -> Page[Flagged]:
    """The newest award first. Kept and revoked ones are decided."""
    wanted = sa.select(Award, Member).join(Member, Member.id == Award.member_id).where(*_open()).order_by(Award.id.desc())
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(Award.id < last[0])
    rows = [Flagged(visible_fields(member, viewer), award) for award, member in db.session.execute(wanted.limit(size + 1))]
    return page(rows, size, lambda flagged: [flagged.award.id])


def flagged_count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Award).where(*_open())) or 0


def _open() -> tuple[sa.ColumnElement[bool], ...]:
    return sa.text(FLAGGED), Award.kept_at.is_(None), Award.revoked_at.is_(None)  # type: ignore[return-value]

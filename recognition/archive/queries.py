"""What anybody may see of awards, in slices: the whole community does not fit into memory."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import current_app

from recognition.badges.models import ACCEPTED, DRAFT, Award, Badge
from recognition.badges.portable import identifiers
from recognition.badges.portable.models import Credential, StatusList
from recognition.badges.portable.pins import Key
from recognition.badges.queries import named
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.rules import may_see

SLICE = 100
PUBLIC = (Award.answer == ACCEPTED, Award.shown, Member.state != "suspended")
"""Of an award and its holder."""


class Public(NamedTuple):
    """`name`: as a stranger may read it."""

    award: Award
    credential: Credential
    name: str


def slices(size: int = SLICE) -> Iterator[Sequence[Public]]:
    """All public awards that are signed for our address, by id. Each slice is a transaction of its own, so that nobody else
    has to wait for the end; rows do not outlive their slice."""
    last = 0
    while found := _after(last, size):
        yield found
        last = found[-1].award.id
        db.session.rollback()


def _after(last: int, size: int) -> list[Public]:
    wanted = _public(Award, Credential, Member).where(Award.id > last).order_by(Award.id).limit(size)
    return [Public(award, credential, called(member)) for award, credential, member in db.session.execute(wanted)]


def called(member: Member) -> str:
    return member.name if may_see(member, "name", None) else f"@{member.handle}"


def holders(badge_id: int, before: int | None, size: int) -> list[Public]:
    """Of one badge, the newest award first; those whom a stranger finds listed here."""
    listed = _public(Award, Credential, Member).where(Award.badge_id == badge_id, Award.revoked_at.is_(None), named(None))
    if before is not None:
        listed = listed.where(Award.id < before)
    rows = db.session.execute(listed.order_by(Award.id.desc()).limit(size))
    return [Public(award, credential, called(member)) for award, credential, member in rows]


def editions() -> list[Key]:
    """What public awards are awards of."""
    wanted = _public(Award.badge_id, Award.version, Award.level).distinct()
    return sorted((tuple(row) for row in db.session.execute(wanted)), key=lambda key: (key[0], key[1], key[2] or 0))


def badges() -> list[tuple[Badge, int]]:
    """Those that somebody shows, by family and name, with how often that is, but for what was taken back."""
    standing = sa.func.sum(sa.case((Award.revoked_at.is_(None), 1), else_=0)).label("times")
    counted = _public(Award.badge_id, standing).group_by(Award.badge_id).subquery()
    wanted = sa.select(Badge, counted.c.times).join(counted, counted.c.badge_id == Badge.id).where(Badge.state != DRAFT)
    return [(badge, times) for badge, times in db.session.execute(wanted.order_by(Badge.family, Badge.name, Badge.id))]


def lists() -> Iterator[StatusList]:
    numbers = db.session.scalars(sa.select(StatusList.id).where(StatusList.document != "").order_by(StatusList.id)).all()
    for number in numbers:
        yield db.session.get_one(StatusList, number, populate_existing=True)


def count() -> int:
    return db.session.scalar(_public(sa.func.count())) or 0


def unsigned() -> int:
    """Public awards that are not in the archive, since nothing was signed yet."""
    signed = sa.exists().where(Credential.award_id == Award.id, Credential.document != "")
    wanted = sa.select(sa.func.count()).select_from(Award).join(Member, Member.id == Award.member_id)
    return db.session.scalar(wanted.where(*PUBLIC, Award.revoked_at.is_(None), ~signed)) or 0


def elsewhere() -> dict[str, int]:
    """How many public awards are signed for another address than ours, by that address."""
    documents = db.session.scalars(_signed(Credential.document).where(~_is_ours()).execution_options(yield_per=SLICE))
    return dict(Counter(str(json.loads(document)["id"]).partition("/ob/")[0] for document in documents))


def _public(*what: Any) -> sa.Select[Any]:
    return _signed(*what).where(_is_ours())


def _signed(*what: Any) -> sa.Select[Any]:
    joined = sa.select(*what).select_from(Award).join(Member, Member.id == Award.member_id)
    return joined.join(Credential, Credential.award_id == Award.id).where(*PUBLIC, Credential.document != "")


def _is_ours() -> sa.ColumnElement[bool]:
    """A file server at our address can prove nothing that names another one. Somebody's own words cannot look like this:
    quotation marks are escaped in them."""
    base: str = current_app.extensions["settings"].base_url
    return Credential.document.contains(f'"id":"{identifiers.credential(base, "")}', autoescape=True)

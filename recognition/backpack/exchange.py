"""What a member has, as other programs get it: own awards and what was brought from elsewhere, in one order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.backpack.models import ExternalBadge
from recognition.backpack.rules import EXPIRED, FALSE, GOOD, NOT_YET, REVOKED, UNSURE
from recognition.badges.models import ACCEPTED, Award
from recognition.badges.portable.models import Credential, HolderKey
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.openbadges.baking.pictures import unbake

OWN, BROUGHT = 0, 1


@dataclass(frozen=True)
class Held:
    """`text` as it was signed: JSON with its proof, or a compact JWS."""

    text: str
    is_token: bool


def count(member_id: int, since: datetime | None) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(_all(member_id, since))) or 0


def held(member_id: int, since: datetime | None, limit: int, offset: int) -> list[Held]:
    """The oldest first, so that what is new comes at the end and nothing moves from page to page. Only one member's rows are
    counted and skipped, and only those of the page are read whole."""
    rows = _all(member_id, since)
    page = sa.select(rows).order_by(rows.c.at, rows.c.sort, rows.c.id).limit(limit).offset(offset)
    wanted = [(row.sort, row.id) for row in db.session.execute(page)]
    found = _own([number for sort, number in wanted if sort == OWN]) | _brought([n for sort, n in wanted if sort == BROUGHT])
    return [found[key] for key in wanted if key in found]


def _all(member_id: int, since: datetime | None) -> sa.Subquery:
    """`at`: when it was issued. Own ones as soon as they are signed; of the others those that are proven to be the member's.
    What is false or was taken back is handed to nobody, nor what nobody could ever check: whose name is in it proves nothing."""
    own = (
        sa.select(sa.literal(OWN).label("sort"), Award.id, Award.awarded_at.label("at"))
        .join(Credential, Credential.award_id == Award.id)
        .where(Award.member_id == member_id, Award.answer == ACCEPTED, Award.revoked_at.is_(None), Credential.document != "")
    )
    issued = sa.func.coalesce(ExternalBadge.issued_at, ExternalBadge.brought_at, type_=ExternalBadge.brought_at.type)
    last_sure = ExternalBadge.facts[("sure", "standing")].as_string()
    brought = sa.select(sa.literal(BROUGHT), ExternalBadge.id, issued).where(
        ExternalBadge.member_id == member_id,
        ExternalBadge.version == "3.0",
        ExternalBadge.is_mine,
        ExternalBadge.standing.not_in((FALSE, REVOKED)),
        sa.or_(ExternalBadge.standing != UNSURE, last_sure.in_((GOOD, EXPIRED, NOT_YET))),
    )
    if since is not None:
        own, brought = own.where(Award.awarded_at > since), brought.where(issued > since)
    return sa.union_all(own, brought).subquery()


def _own(ids: list[int]) -> dict[tuple[int, int], Held]:
    wanted = sa.select(Credential.award_id, Credential.document).where(among(Credential.award_id, ids))
    return {(OWN, row.award_id): Held(row.document, False) for row in db.session.execute(wanted)} if ids else {}


def _brought(ids: list[int]) -> dict[tuple[int, int], Held]:
    wanted = sa.select(ExternalBadge.id, ExternalBadge.form, ExternalBadge.content).where(among(ExternalBadge.id, ids))
    return {(BROUGHT, row.id): _text(row) for row in db.session.execute(wanted)} if ids else {}


def _text(row: Any) -> Held:
    """Every form was read once when it came in, so it can be read again."""
    text = unbake(row.content)["3.0"] if row.form in ("png", "svg") else row.content.decode("utf-8-sig")
    return Held(text.strip(), not text.lstrip().startswith("{"))


def holder_key(member: Member) -> str | None:
    return db.session.scalar(sa.select(HolderKey.key).where(HolderKey.member_id == member.id))

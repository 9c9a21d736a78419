"""Whose a name elsewhere is: only where that is proven, and only for members who are here."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from recognition.activities.sources.seen import LOGIN, MAIL
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Account, Member
from recognition.inlets.models import LinkedAccount
from recognition.inlets.rules import ASK, SIGN_IN, fold, is_address

Name = tuple[str, str]
"""Place and folded name."""
HERE = (Member.state != "suspended", Member.merged_into_id.is_(None))


@dataclass(frozen=True)
class Whose:
    """`mode`: what they want done with what is seen under this name."""

    member_id: int
    mode: str


def whose(source: str, names: Collection[Name]) -> dict[Name, Whose]:
    """Those of the names that are somebody's."""
    found = _linked(source, [name for name in names if not is_address(name[0])])
    addresses = _signed_in_with([name for name in names if is_address(name[0])])
    if addresses:
        wishes = _linked(SIGN_IN, addresses)
        for name, member_id in addresses.items():
            wish = wishes.get(name)
            found[name] = wish if wish and wish.member_id == member_id else Whose(member_id, ASK)
    return found


def is_here(member_id: int) -> bool:
    return db.session.scalar(sa.select(Member.id).where(Member.id == member_id, *HERE)) is not None


def _linked(source: str, names: Collection[Name]) -> dict[Name, Whose]:
    if not names:
        return {}
    wanted = (
        sa.select(LinkedAccount.place, LinkedAccount.folded, LinkedAccount.member_id, LinkedAccount.mode)
        .join(Member, Member.id == LinkedAccount.member_id)
        .where(
            LinkedAccount.source == source,
            LinkedAccount.proven_at.is_not(None),
            among(LinkedAccount.place, {place for place, _name in names}),
            among(LinkedAccount.folded, {name for _place, name in names}),
            *HERE,
        )
    )
    rows = db.session.execute(wanted)
    return {(r.place, r.folded): Whose(r.member_id, r.mode) for r in rows if (r.place, r.folded) in set(names)}


def _signed_in_with(names: Collection[Name]) -> dict[Name, int]:
    """Verified addresses and logins. An address that two members hold is nobody's."""
    found: dict[Name, set[int]] = {}
    for place, column in ((MAIL, sa.func.lower(Account.email)), (LOGIN, Account.issuer + "|" + Account.subject)):
        if folded := [name for at, name in names if at == place]:
            for text, member_id in _accounts(place, column, folded):
                found.setdefault((place, fold(place, text)), set()).add(member_id)
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def _accounts(place: str, column: sa.ColumnElement[str], folded: list[str]) -> Iterable[Any]:
    wanted = sa.select(column, Account.member_id).join(Member, Member.id == Account.member_id).where(*HERE)
    if place == MAIL:
        wanted = wanted.where(Account.email_verified, among(column, folded))
    else:
        # The subject is what the index finds; the rest is compared with what it found.
        subjects = {name.partition("|")[2] for name in folded}
        wanted = wanted.where(among(Account.subject, subjects), among(column, folded))
    return db.session.execute(wanted)

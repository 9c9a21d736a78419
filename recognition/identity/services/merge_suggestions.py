"""Which rows look like one person. Looking is all that the program does: a person joins them, or says that they are two."""

from collections.abc import Iterable
from datetime import datetime
from itertools import combinations
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.audit.services import record
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity import policy
from recognition.identity.fields import ONLY_ME, fold, level
from recognition.identity.models import Account, Member, MergeSuggestion
from recognition.identity.rules import NotAllowed
from recognition.refs import Ref
from recognition.web.pagination import Page, decode, page

MAIL, NAME, HANDLE = "mail", "name", "handle"
ALIKE_MAX = 5
"""More people than these who share a name or a look say nothing about any two of them."""
PAIRS_A_PAGE = 10
GROUPS_A_TIME = 500
Pair = tuple[int, int]


def look(now: datetime) -> int:
    """How many pairs are new. What was looked at by somebody is not asked about again."""
    reasons: dict[Pair, list[str]] = {}
    for reason, pairs in ((MAIL, _same_mail()), (NAME, _same_name()), (HANDLE, _same_look())):
        for pair in pairs:
            reasons.setdefault(pair, []).append(reason)
    table: Any = MergeSuggestion.__table__
    rows = [{"one_id": one, "other_id": other, "reasons": reasons[one, other], "state": "open", "found_at": now}
            for one, other in sorted(reasons)]  # fmt: skip
    return len(insert_new(table, rows, table.c.one_id)) if rows else 0


def _same_mail() -> list[Pair]:
    """An address that was verified on both sides."""
    address = sa.func.lower(Account.email)
    wanted: Any = sa.select(address, Account.member_id).join(Member, Member.id == Account.member_id)
    return _pairs(wanted.where(Account.email_verified, Account.email.is_not(None), Member.state != "suspended"), address)


def _same_name() -> list[Pair]:
    """A public name of two words or more, or of one in the same place."""
    wanted: Any = sa.select(Member.sort_name, Member.id)
    wanted = wanted.where(Member.state != "suspended", Member.sort_name != Member.handle)
    pairs = _pairs(wanted, Member.sort_name)
    ids = {member_id for pair in pairs for member_id in pair}
    rows = {row.id: row for row in db.session.scalars(sa.select(Member).where(among(Member.id, ids)))} if ids else {}
    return [pair for pair in pairs if _tells(rows[pair[0]], rows[pair[1]])]


def _tells(one: Member, other: Member) -> bool:
    places = ["" if level(who.visibility, "place") == ONLY_ME else fold(who.place) for who in (one, other)]
    return " " in one.sort_name or (places[0] == places[1] != "")


def _same_look() -> list[Pair]:
    """Handles that an eye takes for one another."""
    wanted: Any = sa.select(Member.handle_look, Member.id).where(Member.state != "suspended")
    return _pairs(wanted, Member.handle_look)


def _pairs(wanted: Any, column: Any) -> list[Pair]:
    """`wanted`: (what they share, member). Only what two or more share is read."""
    shared = wanted.with_only_columns(column).group_by(column).having(sa.func.count() > 1)
    names = list(db.session.scalars(shared))
    found: set[Pair] = set()
    for start in range(0, len(names), GROUPS_A_TIME):
        people: dict[str, set[int]] = {}
        for name, member_id in db.session.execute(wanted.where(among(column, names[start : start + GROUPS_A_TIME]))):
            people.setdefault(name, set()).add(member_id)
        for ids in people.values():
            if len(ids) <= ALIKE_MAX:
                found |= set(combinations(sorted(ids), 2))
    return sorted(found)


def waiting(cursor: str | None, size: int = PAIRS_A_PAGE) -> Page[MergeSuggestion]:
    """Of people who are both still there."""
    one, other = sa.orm.aliased(Member), sa.orm.aliased(Member)
    wanted = (
        sa.select(MergeSuggestion).join(one, one.id == MergeSuggestion.one_id).join(other, other.id == MergeSuggestion.other_id)
    )
    wanted = wanted.where(MergeSuggestion.state == "open", one.state != "suspended", other.state != "suspended")
    after = decode(cursor, (int, int))
    if after is not None:
        place = sa.tuple_(MergeSuggestion.one_id, MergeSuggestion.other_id)
        wanted = wanted.where(place > sa.tuple_(sa.literal(after[0]), sa.literal(after[1])))
    ordered = wanted.order_by(MergeSuggestion.one_id, MergeSuggestion.other_id).limit(size + 1)
    return page(db.session.scalars(ordered).all(), size, lambda row: (row.one_id, row.other_id))


def drop(ids: Pair, actor: Member, now: datetime) -> bool:
    """They are two. False where that was not asked. Raises NotAllowed."""
    return _settle(ids, "dropped", actor, now)


def joined(ids: Iterable[int], actor: Member, now: datetime) -> bool:
    """They are one now, and nobody need be asked."""
    one, other = sorted(ids)
    return _settle((one, other), "joined", actor, now)


def told_apart(ids: Iterable[int], actor_id: int | None, now: datetime) -> None:
    """They were joined and are two: nobody is asked about them, whether the question was open or not."""
    one, other = sorted(ids)
    said: Any = {"state": "dropped", "decided_by_id": actor_id, "decided_at": now}
    insert_new(MergeSuggestion.__table__, [{"one_id": one, "other_id": other, "reasons": [], "found_at": now, **said}])
    pair = (MergeSuggestion.one_id == one, MergeSuggestion.other_id == other)
    db.session.execute(sa.update(MergeSuggestion).where(*pair).values(said))


def _settle(ids: Pair, state: str, actor: Member, now: datetime) -> bool:
    if not policy.can_merge(actor, ids, moves_roles=False):
        raise NotAllowed(_("The council looks at other people's rows, never at its own."))
    found = db.session.get(MergeSuggestion, ids, with_for_update=True)
    if found is None or found.state != "open":
        return False
    found.state, found.decided_by_id, found.decided_at = state, actor.id, now
    if state == "dropped":
        record("member.told_apart", Ref("member", ids[0]), actor.id, after={"other": ids[1]})
    return True

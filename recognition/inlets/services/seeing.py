"""What was seen elsewhere becomes a sighting, and a deed of the log once we know whose it is and they want it so."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.services import hold_members
from recognition.activities.sources.seen import Seen
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.inlets.models import Inlet, LinkedAccount, Sighting
from recognition.inlets.rules import ASK, ASKED, NEW, OFF, SIGN_IN, TAKE, TAKEN, draft_of, is_newer, moment, where
from recognition.inlets.services import booking
from recognition.inlets.services.whose import Whose, is_here, whose
from recognition.jobs import ledger

SLICE = 500
_CONTENT = ("kind", "text", "url", "tags")
_OF_GROUP = "of_group"
"""In a draft: a group's own hook told it, which may be gone by now. Such a sighting is asked about in any case: whoever looks
after a group can make its hooks say anything, and nobody's record is to be written by somebody else unasked."""
_KEPT = ("turn", _OF_GROUP)
_Owner = Callable[[Seen], Whose | None]


@dataclass(frozen=True)
class Taken:
    """`state` as in Sighting. `changed` False: this was no news. `activity_id`: its row of the log, once there is one."""

    sighting_id: int
    state: str
    changed: bool
    member_id: int | None = None
    activity_id: int | None = None


def take(
    inlet: Inlet | None,
    source: str,
    seen: Sequence[Seen],
    now: datetime,
    member_id: int | None = None,
    mode: str | None = None,
) -> list[Taken]:
    """One answer for each of `seen`, in their order; a key that stands there twice is taken once, as it is at its newest.
    A bounded number of statements, except for what changes deeds that are in the log already.

    `member_id`: who did all of this, where that is proven in another way than by names there (a signed address to write
    to). `mode` ("ask", "take"): instead of what the account, or the inlet's `config["mode"]`, says. An inlet of a member
    whose `config["proven"]` is true needs neither: what it brings is its member's."""
    newest = _newest(seen)
    owner = _owners(inlet, source, newest.values(), member_id, mode)
    known = _known(source, newest)
    fresh = _insert(inlet, source, {key: one for key, one in newest.items() if key not in known}, owner, now)
    if len(known) + len(fresh) < len(newest):
        known = _known(source, set(newest) - set(fresh))  # somebody else was first, just now
    news = {key: row.id for key, row in known.items() if _is_news(row, newest[key], now)}
    to_book = _hold([sighting_id for key, sighting_id in fresh.items() if _is_to_book(newest[key], owner)])
    changed = set(fresh)
    rows = _hold(news.values())
    hold_members({row.member_id for row in rows if row.state == TAKEN and row.member_id is not None})
    for row in rows:
        if _update(row, newest[row.source_key], inlet, owner, now):
            changed.add(row.source_key)
            if row.state == ASKED and _is_to_book(newest[row.source_key], owner):
                to_book.append(row)
    booking.book(to_book, now)
    db.session.flush()
    after = _known(source, newest)
    return [_taken(after[one.source_key], one.source_key in changed) for one in seen]


def match_anew(account: LinkedAccount, now: datetime) -> int:
    """The account is proven just now, or means something else: what waits under its name becomes its member's. How many
    sightings that were."""
    if account.proven_at is None or account.mode == OFF or not is_here(account.member_id):
        return 0
    mine = [Sighting.place == account.place, Sighting.account == account.folded]
    if account.source != SIGN_IN:
        mine.append(Sighting.source == account.source)
    ids = list(db.session.scalars(_nobodys().where(*mine)))
    return give([(sighting_id, Whose(account.member_id, account.mode)) for sighting_id in ids], now)


def match_slice(after: int, now: datetime) -> int | None:
    """For the next sightings that are nobody's yet: somebody may have proven that name, or signed in with that address.
    Where to go on, or None at the end."""
    wanted = _nobodys().where(Sighting.id > after).limit(SLICE)
    rows = db.session.execute(wanted.add_columns(Sighting.source, Sighting.place, Sighting.account)).all()
    found: list[tuple[int, Whose]] = []
    for source in {row.source for row in rows}:
        owners = whose(source, {(row.place, row.account) for row in rows if row.source == source})
        names = [(row.id, owners.get((row.place, row.account))) for row in rows if row.source == source]
        found += [(sighting_id, one) for sighting_id, one in names if one is not None and one.mode != OFF]
    give(found, now)
    return rows[-1].id if len(rows) == SLICE else None


def match_later(after: int) -> None:
    ledger.defer("inlets.match", dedupe_key=f"inlets.match:{after}", after=after)


def give(found: Sequence[tuple[int, Whose]], now: datetime) -> int:
    """These sightings are these members'. Those that were given in the meantime, or are gone, stay as they are."""
    given = 0
    for start in range(0, len(found), SLICE):
        owners = dict(found[start : start + SLICE])
        rows = [row for row in _hold(owners) if row.state == NEW and not row.gone]
        for row in rows:
            row.member_id, row.state = owners[row.id].member_id, ASKED
        db.session.flush()
        unasked = [row for row in rows if owners[row.id].mode == TAKE]
        booking.book([row for row in unasked if not row.draft.get(_OF_GROUP)], now)
        given += len(rows)
    return given


def _newest(seen: Iterable[Seen]) -> dict[str, Seen]:
    newest: dict[str, Seen] = {}
    for one in seen:
        before = newest.get(one.source_key)
        if before is None or is_newer(one.version_at, one.gone, before.version_at, before.gone):
            newest[one.source_key] = one
    return newest


def _owners(inlet: Inlet | None, source: str, seen: Iterable[Seen], member_id: int | None, mode: str | None) -> _Owner:
    of_member = member_id if member_id is not None else inlet.member_id if inlet else None
    if of_member is not None:
        config: dict[str, Any] = inlet.config if inlet else {}
        is_proven = member_id is not None or bool(config.get("proven"))
        own = Whose(of_member, mode or config.get("mode") or ASK) if is_proven and is_here(of_member) else None
        return lambda _one: own
    found = whose(source, {where(one.account, source) for one in seen})
    if inlet is not None and inlet.group_id is not None:
        mode = ASK

    def owner(one: Seen) -> Whose | None:
        known = found.get(where(one.account, source))
        return Whose(known.member_id, mode) if known and mode and known.mode != OFF else known

    return owner


def _is_to_book(seen: Seen, owner: _Owner) -> bool:
    whose_it_is = owner(seen)
    return whose_it_is is not None and whose_it_is.mode == TAKE and not seen.gone


def _known(source: str, keys: Collection[str]) -> dict[str, Any]:
    columns = (Sighting.id, Sighting.source_key, Sighting.version_at, Sighting.gone, Sighting.occurred_at, Sighting.draft,
               Sighting.state, Sighting.member_id, Sighting.activity_id, Sighting.source, Sighting.place,
               Sighting.account)  # fmt: skip
    rows = db.session.execute(sa.select(*columns).where(Sighting.source == source, among(Sighting.source_key, keys)))
    return {row.source_key: row for row in rows}


def _insert(inlet: Inlet | None, source: str, seen: dict[str, Seen], owner: _Owner, now: datetime) -> dict[str, int]:
    """The new ones, by key. In one order for everybody, or two deliveries could wait for each other."""
    rows = [_row(inlet, source, seen[key], owner, now) for key in sorted(seen)]
    table: Any = Sighting.__table__
    return {row.source_key: row.id for row in insert_new(table, rows, table.c.id, table.c.source_key)}


def _row(inlet: Inlet | None, source: str, seen: Seen, owner: _Owner, now: datetime) -> dict[str, Any]:
    own = None if seen.gone else owner(seen)
    is_wanted = own is not None and own.mode != OFF
    place, account = where(seen.account, source)
    draft = draft_of(seen) | ({_OF_GROUP: True} if inlet is not None and inlet.group_id is not None else {})
    return {
        "inlet_id": inlet.id if inlet else None, "source": source, "source_key": seen.source_key, "place": place,
        "account": account, "member_id": own.member_id if own and is_wanted else None,
        "version_at": moment(seen.version_at, now), "occurred_at": moment(seen.occurred_at, now), "gone": seen.gone,
        "draft": draft, "state": ASKED if is_wanted else NEW, "activity_id": None, "seen_at": now,
    }  # fmt: skip


def _is_news(row: Any, seen: Seen, now: datetime) -> bool:
    version_at = moment(seen.version_at, now)
    if not is_newer(version_at, seen.gone, row.version_at, row.gone):
        return False
    return version_at != row.version_at or seen.gone != row.gone or (not seen.gone and _differs(row, seen, now))


def _differs(row: Any, seen: Seen, now: datetime) -> bool:
    draft = draft_of(seen)
    same = row.occurred_at == moment(seen.occurred_at, now) and (row.place, row.account) == where(seen.account, row.source)
    return not same or any(row.draft.get(name) != draft[name] for name in _CONTENT)


def _update(row: Sighting, seen: Seen, inlet: Inlet | None, owner: _Owner, now: datetime) -> bool:
    """What is known of it now; whether that says anything new. It belongs to the inlet that brought it first: nobody
    speaks for another's posts."""
    is_ours = inlet is None or row.inlet_id in (None, inlet.id)
    if not is_ours or not _is_news(row, seen, now):
        return False
    differs, was_gone, was = not seen.gone and _differs(row, seen, now), row.gone, row.state
    row.version_at, row.gone = moment(seen.version_at, now), seen.gone
    if not seen.gone:
        row.draft = draft_of(seen) | {name: row.draft[name] for name in _KEPT if name in row.draft}
        row.occurred_at = moment(seen.occurred_at, now)
        _rename(row, seen, owner, now)
    if row.state == NEW and not row.gone:
        own = owner(seen)
        if own is not None and own.mode != OFF:
            row.member_id, row.state = own.member_id, ASKED
    elif row.state == TAKEN and (differs or was_gone != row.gone):
        booking.follow(row, differs, now)
    return differs or was_gone != row.gone or was != row.state


def _rename(row: Sighting, seen: Seen, owner: _Owner, now: datetime) -> None:
    """Somebody else did it, as it is known there now: who had it before has it no longer."""
    before = (row.place, row.account)
    row.place, row.account = where(seen.account, row.source)
    own = owner(seen)
    if before == (row.place, row.account) or (own is not None and own.member_id == row.member_id):
        return
    if row.state == TAKEN:
        booking.take_out(row, now)
        row.draft = {**row.draft, "turn": row.draft.get("turn", 0) + 1}
    if row.state in (TAKEN, ASKED):
        row.state, row.member_id, row.activity_id = NEW, None, None


def _hold(ids: Iterable[int]) -> list[Sighting]:
    wanted = sa.select(Sighting).where(among(Sighting.id, sorted(ids))).order_by(Sighting.id).with_for_update()
    return list(db.session.scalars(wanted.execution_options(populate_existing=True)))


def _nobodys() -> sa.Select[Any]:
    """Not what members' own inlets brought: that is theirs or nobody's."""
    of_members = sa.select(Inlet.id).where(Inlet.member_id.is_not(None))
    others = Sighting.inlet_id.is_(None) | Sighting.inlet_id.not_in(of_members)
    return sa.select(Sighting.id).where(Sighting.state == NEW, Sighting.gone.is_(False), others).order_by(Sighting.id)


def _taken(row: Any, changed: bool) -> Taken:
    return Taken(row.id, row.state, changed, row.member_id, row.activity_id)

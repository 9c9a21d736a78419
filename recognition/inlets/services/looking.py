"""Feeds and calendars are looked at, by somebody's wish or when they are due. One that fails is asked ever more rarely, and
holds up no other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition.activities.sources.seen import Seen, key_of
from recognition.extensions import db, only_reading
from recognition.identity.models import Member
from recognition.inlets.models import Inlet
from recognition.inlets.services import fetched
from recognition.inlets.services.fetched import Asked, Found
from recognition.inlets.services.proving import token_of
from recognition.inlets.services.seeing import take
from recognition.inlets.services.whose import HERE

EVERY, RAREST = timedelta(hours=1), timedelta(days=7)
CLAIM = timedelta(minutes=30)
"""For how long nobody else looks at what somebody is looking at."""
A_RUN = 60
_FAULT_MAX_CHARS = 300


@dataclass(frozen=True)
class Look:
    """`news`: how many deeds it told that we did not know, or knew otherwise. `proven`: that it is its owner's was seen
    just now."""

    fault: str = ""
    news: int = 0
    entries: int = 0
    left_out: int = 0
    proven: bool = False


def due(now: datetime) -> list[int]:
    wanted = sa.select(Inlet.id).where(*_is_due(now))
    return list(db.session.scalars(wanted.order_by(Inlet.due_at, Inlet.id).limit(A_RUN)))


def claim(inlet_id: int, now: datetime) -> bool:
    """True for one of all who try. The caller commits before it looks."""
    mine = sa.update(Inlet).where(Inlet.id == inlet_id, *_is_due(now)).values(due_at=now + CLAIM)
    found = db.session.execute(mine, execution_options={"synchronize_session": False})
    return bool(found.rowcount)  # type: ignore[attr-defined]


def _is_due(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Those of a suspended member rest until they are back."""
    of_somebody_here = Inlet.member_id.in_(sa.select(Member.id).where(*HERE))
    return Inlet.state == "on", Inlet.due_at <= now, Inlet.member_id.is_(None) | of_somebody_here


def look(inlet_id: int, now: datetime) -> Look | None:
    """Ends the transaction that it finds, and leaves what it took to the caller's commit. None for an inlet that is gone."""
    with only_reading():
        asked = _asked(inlet_id)
        db.session.rollback()
        found = fetched.find(asked, now) if asked else Found()
    held = sa.select(Inlet).where(Inlet.id == inlet_id).with_for_update()
    inlet = db.session.scalar(held, execution_options={"populate_existing": True})
    if asked is None or inlet is None or inlet.config.get("address") != asked.address:
        return None
    inlet.looked_at = now
    if found.fault:
        return _failed(inlet, found.fault, now)
    proven = _proven(inlet, found)
    inlet.failures, inlet.error = 0, ""
    inlet.due_at = now + EVERY if inlet.state == "on" else None
    if found.looked is None:
        return Look()
    told = found.looked
    if not is_to_take(inlet):
        return Look(entries=len(told.seen), left_out=told.left_out)
    inlet.cursor = found.cursor
    if told.seen:
        inlet.heard_at = now
    news = sum(one.changed for one in take(inlet, inlet.source, named(inlet, told.seen), now))
    return Look(news=news, entries=len(told.seen), left_out=told.left_out, proven=proven)


def fail(inlet_id: int, now: datetime) -> None:
    """Something in it made us stumble: it waits like one that does not answer."""
    if inlet := db.session.get(Inlet, inlet_id, with_for_update=True):
        _failed(inlet, "stumbled", now)


def is_to_take(inlet: Inlet) -> bool:
    """What a member calls their own is taken once it is shown to be."""
    return inlet.state == "on" and (inlet.member_id is None or bool(inlet.config.get("proven")))


def _asked(inlet_id: int) -> Asked | None:
    inlet = db.session.get(Inlet, inlet_id)
    if inlet is None or inlet.source not in fetched.ACCEPT or not inlet.config.get("address"):
        return None
    own = inlet.member_id is not None
    token = token_of(inlet) if own and not inlet.config.get("proven") else ""
    return Asked(inlet.source, inlet.config["address"], own, dict(inlet.cursor or {}), token)


def named(inlet: Inlet, seen: Sequence[Seen]) -> list[Seen]:
    """Whoever looked at an address first has its entries. A member's own feed is never somebody else's, so theirs have names
    of their own: the same ones when it is taken away and added again."""
    space = inlet.config.get("space")
    return [replace(one, source_key=key_of(one.source_key, space)) if space else one for one in seen]


def _proven(inlet: Inlet, found: Found) -> bool:
    if not found.proven or inlet.config.get("proven"):
        return False
    inlet.config = {**inlet.config, "proven": True}
    inlet.state = "on"
    return True


def _failed(inlet: Inlet, fault: str, now: datetime) -> Look:
    inlet.failures += 1
    inlet.error = fault[:_FAULT_MAX_CHARS]
    wait = min(EVERY * 2 ** min(inlet.failures, 10), RAREST)
    inlet.due_at = now + wait if inlet.state == "on" else None
    return Look(fault=inlet.error)

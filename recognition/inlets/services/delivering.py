"""A webhook came: whose it is, whether it came before, and what is taken of it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.activities.sources import discourse, github
from recognition.activities.sources.seen import Malformed, NotForUs, Seen, TooLarge
from recognition.activities.sources.signed import Delivery, Unsigned, is_signed
from recognition.database import insert_new
from recognition.extensions import db
from recognition.inlets.models import Arrival, Inlet
from recognition.inlets.rules import HOOK_PURPOSE, INLETS_EACH
from recognition.inlets.services.seeing import take
from recognition.web.secrets import candidates

HEARD_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Hook:
    delivery: Callable[[Mapping[str, str]], Delivery]
    read: Callable[[str, bytes, Mapping[str, Any], datetime], list[Seen]]


HOOKS = {
    discourse.NAME: Hook(discourse.delivery, discourse.read),
    github.NAME: Hook(github.delivery, github.read),
}
"""Sources that call us. Adding one is its file, and a line here."""


@dataclass(frozen=True)
class Answer:
    """`body` says how much was taken, never whose: who calls needs not know who is a member here."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        return self.status < 400


def deliver(source: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Answer:
    """401: no inlet that is on has this secret. 202: taken, or nothing for us. 409: another body under a known id. 413,
    422: signed, and not as this source sends it. The same delivery gets the answer that it got."""
    hook = HOOKS[source]
    try:
        came = hook.delivery(headers)
    except Unsigned as fault:
        return Answer(401, {"detail": str(fault)})
    except Malformed as fault:
        return Answer(422, {"detail": str(fault)})
    inlet = _signed_by(source, came.signature, body, now)
    if inlet is None:
        return Answer(401, {"detail": _("No inlet that is switched on has this secret.")})
    arrival, known = _arrival(inlet, came, hashlib.sha256(body).hexdigest(), now)
    if known is not None:
        return known
    answer = _taken(hook, inlet, came, body, now)
    arrival.status, arrival.answer, arrival.event, arrival.at = answer.status, answer.body, came.event, now
    _note(inlet, answer, now)
    db.session.flush()
    return answer


def _signed_by(source: str, signature: bytes, body: bytes, now: datetime) -> Inlet | None:
    """All of them are tried, so that the time it takes tells nothing."""
    hooked = sa.select(Inlet).where(Inlet.source == source, Inlet.state == "on").order_by(Inlet.id).limit(INLETS_EACH)
    found: Inlet | None = None
    for inlet in db.session.scalars(hooked):
        secrets = candidates(HOOK_PURPOSE, inlet.key, inlet.secret_number, inlet.former_until, now)
        for is_right in [is_signed(body, signature, secret) for secret in secrets]:
            found = inlet if is_right and found is None else found
    return found


def _arrival(inlet: Inlet, came: Delivery, body_hash: str, now: datetime) -> tuple[Arrival, Answer | None]:
    """Its row, held until the commit, and the answer if there is one already. What was refused is looked at again: its
    inlet may be set up better now."""
    row = {"inlet_id": inlet.id, "delivery": came.id, "body_hash": body_hash, "event": came.event, "at": now, "status": 202,
           "answer": {}}  # fmt: skip
    table: Any = Arrival.__table__
    is_new = bool(insert_new(table, [row], table.c.id))
    same = sa.select(Arrival).where(Arrival.inlet_id == inlet.id, Arrival.delivery == came.id).with_for_update()
    arrival = db.session.scalars(same.execution_options(populate_existing=True)).one()
    if is_new:
        return arrival, None
    if arrival.body_hash != body_hash:
        return arrival, Answer(409, {"detail": _("Another delivery came under this id before. Nothing was stored.")})
    return arrival, Answer(arrival.status, arrival.answer) if arrival.status < 400 else None


def _taken(hook: Hook, inlet: Inlet, came: Delivery, body: bytes, now: datetime) -> Answer:
    try:
        seen: Sequence[Seen] = hook.read(came.event, body, inlet.config, now)
    except NotForUs:
        return Answer(202, {"taken": 0, "detail": _("This tells of no deed that everybody there may see.")})
    except TooLarge as fault:
        return Answer(413, {"detail": str(fault)})
    except Malformed as fault:
        return Answer(422, {"detail": str(fault)})
    return Answer(202, {"taken": len(take(inlet, inlet.source, seen, now))})


def _note(inlet: Inlet, answer: Answer, now: datetime) -> None:
    """For whoever set it up. Seldom, or all deliveries of a busy forum would wait for this row."""
    error = "" if answer.is_well else str(answer.body.get("detail", ""))[:300]
    if inlet.error != error or inlet.heard_at is None or now - inlet.heard_at > HEARD_EVERY:
        inlet.heard_at, inlet.error = now, error

"""Forums and code hosts that tell us something: switched on and off, given new secrets, taken away. By the council for the
house, by whoever looks after a group for the group."""

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.audit import services as audit
from recognition.extensions import db
from recognition.inlets.models import Inlet
from recognition.inlets.rules import FORMER_SECRET, HOOK_PURPOSE, INLETS_EACH, NotTaken
from recognition.refs import Ref
from recognition.web.secrets import derived

KEY_BYTES = 16


def add(source: str, name: str, config: dict[str, Any], group_id: int | None, actor_id: int, now: datetime) -> Inlet:
    """Off until somebody switches it on. Raises NotTaken."""
    _count(source)
    inlet = Inlet(
        key=secrets.token_urlsafe(KEY_BYTES), source=source, name=name, group_id=group_id, config=config, state="off",
        made_by_id=actor_id, made_at=now, secret_number=1, failures=0, error="",
    )  # fmt: skip
    db.session.add(inlet)
    db.session.flush()
    _note("added", inlet, actor_id)
    return inlet


def change(inlet: Inlet, name: str, config: dict[str, Any], actor_id: int) -> None:
    if (inlet.name, inlet.config) != (name, config):
        inlet.name, inlet.config = name, config
        _note("changed", inlet, actor_id)


def switch(inlet: Inlet, on: bool, actor_id: int) -> None:
    state = "on" if on else "off"
    if inlet.state != state:
        inlet.state = state
        _note(f"switched_{state}", inlet, actor_id)


def rotate(inlet: Inlet, actor_id: int, now: datetime) -> None:
    """Another secret counts from now on, and the one before for a day, so that nothing is lost while it is changed there."""
    inlet.secret_number += 1
    inlet.former_until = now + FORMER_SECRET
    _note("rotated", inlet, actor_id)


def secret_of(inlet: Inlet, actor_id: int) -> str:
    """Each look at it is written down."""
    _note("secret_shown", inlet, actor_id)
    return derived(HOOK_PURPOSE, inlet.key, inlet.secret_number)


def remove(inlet: Inlet, actor_id: int) -> None:
    """What was taken stays in the log."""
    _note("removed", inlet, actor_id)
    db.session.delete(inlet)


def _count(source: str) -> None:
    there = db.session.scalar(sa.select(sa.func.count()).select_from(Inlet).where(Inlet.source == source)) or 0
    if there >= INLETS_EACH:
        raise NotTaken(_("These are %(most)s already. Take one away first.", most=INLETS_EACH))


def _note(what: str, inlet: Inlet, actor_id: int) -> None:
    audit.record(f"inlet.{what}", Ref("inlet", inlet.id), actor_id, after={"source": inlet.source})

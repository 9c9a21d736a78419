"""Feeds and calendars of members, groups and the house: added, told what to do, taken away."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.activities.services import hold_members
from recognition.activities.sources import ical
from recognition.activities.sources.looked import document_of
from recognition.audit import services as audit
from recognition.extensions import db
from recognition.inlets.models import Inlet
from recognition.inlets.rules import ASK, INLETS_EACH, TAKE, NotTaken
from recognition.inlets.services.fetched import ACCEPT
from recognition.refs import Ref

KEY_BYTES = 16
SOURCES = tuple(ACCEPT)


@dataclass(frozen=True)
class Owner:
    """Neither: the house."""

    member_id: int | None = None
    group_id: int | None = None


def add(source: str, address: str, owner: Owner, actor_id: int, now: datetime) -> Inlet:
    """A group's or the house's is looked at from now on; a member's once it is shown to be theirs. The same address again
    answers with the one that is there. Raises NotTaken."""
    hold_members([actor_id])
    there = of(owner)
    known = next((one for one in there if document_of(one.config["address"]) == document_of(address)), None)
    if known is not None:
        return known
    if len(there) >= INLETS_EACH:
        raise NotTaken(_("These are %(most)s already. Take one away first.", most=INLETS_EACH))
    config = {"address": address, "mode": ASK}
    own = owner.member_id is not None
    if own:
        config["space"] = f"of-{owner.member_id}"
    inlet = Inlet(
        key=secrets.token_urlsafe(KEY_BYTES), source=source, name=_name_of(address), member_id=owner.member_id,
        group_id=owner.group_id, config=config, state="off" if own else "on", due_at=None if own else now, made_by_id=actor_id,
        made_at=now, secret_number=1, failures=0, error="",
    )  # fmt: skip
    db.session.add(inlet)
    db.session.flush()
    if not own:
        audit.record("inlet.added", Ref("inlet", inlet.id), actor_id, after={"source": source})
    return inlet


def set_mode(inlet: Inlet, mode: str) -> None:
    """Nothing of a calendar is taken unasked: much stands in one that is nobody else's business."""
    inlet.config = {**inlet.config, "mode": TAKE if mode == TAKE and inlet.source != ical.NAME else ASK}


def remove(inlet: Inlet, actor_id: int) -> None:
    """What was taken stays in the log."""
    if inlet.member_id is None:
        audit.record("inlet.removed", Ref("inlet", inlet.id), actor_id, before={"source": inlet.source})
    db.session.delete(inlet)


def of(owner: Owner) -> list[Inlet]:
    """Few: INLETS_EACH at most."""
    if owner.member_id is not None:
        whose = Inlet.member_id == owner.member_id
    elif owner.group_id is not None:
        whose = Inlet.group_id == owner.group_id
    else:
        whose = Inlet.member_id.is_(None) & Inlet.group_id.is_(None)
    found = sa.select(Inlet).where(whose, Inlet.source.in_(SOURCES)).order_by(Inlet.id)
    return list(db.session.scalars(found))


def one(owner: Owner, key: str) -> Inlet | None:
    return next((inlet for inlet in of(owner) if inlet.key == key), None)


def _name_of(address: str) -> str:
    """Without what may make the address a private one: of a calendar all but the last part."""
    parts = urlsplit(address)
    shown = parts.path if parts.path.count("/") == 1 else f"/…/{parts.path.rstrip('/').rpartition('/')[2]}"
    return f"{parts.hostname}{shown}"[:120]

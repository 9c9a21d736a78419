"""Reports by mail: an address for each member who wants one, and what becomes of what is written to it."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from recognition.activities.models import SELF, Activity
from recognition.activities.rules import Report
from recognition.activities.services import Outcome, hold_members, record
from recognition.activities.sources import mailin
from recognition.activities.sources.seen import MAIL, Doer, Seen
from recognition.extensions import db
from recognition.inlets.models import Inlet
from recognition.inlets.rules import NotTaken, draft_of
from recognition.inlets.services.whose import is_here
from recognition.web.secrets import derived

PURPOSE = "mail-in"
A_DAY = 100
"""Nobody writes that many; whoever got hold of an address might."""
KEY_BYTES = 10


def address_of(inlet: Inlet) -> str:
    """Short enough for a mail address, and the same in small letters: mail servers may fold them."""
    host = current_app.extensions["settings"].email.rpartition("@")[2]
    return f"report+{inlet.key}-{_signature(inlet)}@{host}"


def of(member_id: int) -> Inlet | None:
    """The one that is on, if one is."""
    return next(iter(_all(member_id)), None)


def switch_on(member_id: int, now: datetime) -> Inlet:
    hold_members([member_id])
    inlet = of(member_id)
    if inlet is None:
        inlet = Inlet(
            key=_small(secrets.token_bytes(KEY_BYTES)), source=mailin.NAME, name="", member_id=member_id, config={"proven": True},
            state="on", secret_number=1, failures=0, error="", made_by_id=member_id, made_at=now,
        )  # fmt: skip
        db.session.add(inlet)
    inlet.state = "on"
    db.session.flush()
    return inlet


def switch_off(member_id: int) -> None:
    for inlet in _all(member_id):
        inlet.state = "off"


def renew(member_id: int) -> None:
    """The old address ends at once: most likely somebody else has got it."""
    for inlet in _all(member_id):
        inlet.secret_number += 1


def deliver(message: bytes, now: datetime, recipient: str = "") -> Outcome:
    """A report told by the member themselves: the address that it came to is known to nobody else. The same mail again
    answers with the first row. Raises Malformed, NotForUs, and NotTaken where the address is nobody's."""
    letter = mailin.read(message, now, recipient)
    inlet = next(filter(None, map(_inlet, letter.tokens)), None)
    if inlet is None or inlet.member_id is None or not is_here(inlet.member_id):
        raise NotTaken(_("This address is nobody's, or it is one no longer."))
    report = _report(inlet, inlet.member_id, letter)
    if _is_too_much(inlet.member_id, report, now):
        raise NotTaken(_("That is more than we take by mail in a day. Tell the rest on the page, please."))
    inlet.heard_at = now
    return record([report], now)[0]


def _all(member_id: int) -> Sequence[Inlet]:
    """More than one where two rows of one person became one."""
    theirs = sa.select(Inlet).where(Inlet.member_id == member_id, Inlet.source == mailin.NAME)
    return db.session.scalars(theirs.order_by(Inlet.state.desc(), Inlet.id)).all()


def _report(inlet: Inlet, member_id: int, letter: mailin.Letter) -> Report:
    """What is too long or odd is cut, as with everything that comes from elsewhere."""
    key = f"{inlet.key}:{letter.name}"
    draft = draft_of(Seen(Doer(MAIL, ""), key, letter.sent_at, letter.sent_at, text=letter.text))
    return Report(member_id, mailin.NAME, key, letter.sent_at, text=draft["text"], tags=tuple(draft["tags"]), evidence=SELF,
                  reporter_id=member_id)  # fmt: skip


def _is_too_much(member_id: int, report: Report, now: datetime) -> bool:
    mine = sa.select(Activity.source_key).where(
        Activity.member_id == member_id, Activity.source == mailin.NAME, Activity.reported_at > now - timedelta(days=1)
    )
    keys = set(db.session.scalars(mine.limit(A_DAY)))
    return len(keys) >= A_DAY and report.source_key not in keys


def _inlet(token: str) -> Inlet | None:
    key, _dash, signature = token.partition("-")
    found = sa.select(Inlet).where(Inlet.key == key, Inlet.source == mailin.NAME, Inlet.state == "on")
    inlet = db.session.scalar(found)
    return inlet if inlet is not None and hmac.compare_digest(_signature(inlet), signature) else None


def _signature(inlet: Inlet) -> str:
    secret = derived(PURPOSE, inlet.key, inlet.secret_number)
    return _small(hashlib.sha256(secret.encode()).digest()[:16])


def _small(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()

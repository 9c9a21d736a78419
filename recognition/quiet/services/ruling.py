"""The council decides by which rule quiet people are thanked and asked."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from recognition.audit.services import record
from recognition.extensions import db
from recognition.quiet import queries
from recognition.quiet.models import QuietRule
from recognition.quiet.rules import NotSaved, Terms
from recognition.refs import Ref


def save(wanted: Terms, actor_id: int, now: datetime) -> int:
    """A new version; the same again changes nothing. `wanted.version` is the one that its author had seen. Raises NotSaved
    where somebody else decided meanwhile. Returns the version that holds."""
    known = queries.terms()
    if known.version != wanted.version:
        raise _late()
    if known == wanted:
        return known.version
    row = QuietRule(
        version=known.version + 1, seen=dict(wanted.seen), thank_days=wanted.thank_days, again_days=wanted.again_days,
        grace_days=wanted.grace_days, is_on=wanted.is_on, at=now, by_id=actor_id,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        raise _late() from None
    record("quiet_rule.changed", Ref("quiet_rule", row.version), actor_id, _told(known), _told(wanted))
    return row.version


def _late() -> NotSaved:
    return NotSaved({"version": _("Somebody changed the rule since you opened this page. Look at theirs, then save again.")})


def _told(terms: Terms) -> dict[str, object]:
    return {
        "criteria": dict(terms.seen), "thank_days": terms.thank_days, "again_days": terms.again_days,
        "grace_days": terms.grace_days, "is_on": terms.is_on,
    }  # fmt: skip

"""Reports of what should not stand here, and what the council makes of them. Whoever reported it and whose it is hear the
decision with its reason; who reported it, the owner does not learn."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.activities import changes, commenting, flagged
from recognition.activities.flagged import ACTIVITY, COMMENT, Subject
from recognition.activities.models import Comment, ContentReport
from recognition.activities.policy import can_decide, can_report
from recognition.activities.rules import FLAG_MAX_CHARS, FLAGS_A_DAY, BadReport, NotFlagged, clean_text
from recognition.announcements.services import Message, tell, untell
from recognition.audit import services as audit
from recognition.database import insert_new
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.services import profiles
from recognition.refs import Ref

KEPT, TAKEN_DOWN = "kept", "taken_down"
DAY = timedelta(days=1)


def report(subject: Subject, reporter: Member, reason: str, now: datetime) -> bool:
    """False: they have said so already. Words of a deed or a comment stay as they were when they were decided about; a
    profile changes, so it can be asked about again. Raises NotFlagged, with a sentence for them."""
    if not can_report(reporter, subject.owner.id):
        raise NotFlagged(_("This is your own. You can take it back or change it yourself."))
    why = checked(reason)
    mine = sa.select(sa.func.count()).where(ContentReport.reporter_id == reporter.id, ContentReport.reported_at > now - DAY)
    if (db.session.scalar(mine) or 0) >= FLAGS_A_DAY:
        raise NotFlagged(_("You told us of many things today, and the council looks at each. Please go on tomorrow."))
    before = sa.exists().where(ContentReport.reporter_id == reporter.id, ContentReport.subject == str(subject.ref))
    if subject.ref.kind != flagged.MEMBER and db.session.scalar(sa.select(before)):
        return False
    table: Any = ContentReport.__table__
    row = {"subject": str(subject.ref), "reporter_id": reporter.id, "reason": why, "reported_at": now, "words": ""}
    return bool(insert_new(table, [row], table.c.id))


def decide(ref: Ref, actor: Member, outcome: str, words: str, now: datetime) -> bool:
    """False where nothing waits for a decision any more. Raises NotFlagged, with a sentence for who decides."""
    if outcome not in (KEPT, TAKEN_DOWN):
        raise NotFlagged(_("Choose whether it stays."))
    if ref.kind == ACTIVITY:
        # First, as whoever puts the deed right does, and takes the reports along.
        changes.hold_people([int(ref.id)])
    reports, owner_id = flagged.open_reports(ref), flagged.owner_of(ref)
    if not reports:
        return False
    if not can_decide(actor, owner_id, {one.reporter_id for one in reports}):
        raise NotFlagged(_("This concerns you, so somebody else on the council decides it."))
    why = checked(words)
    stands = flagged.subjects([ref], actor).get(ref)
    if outcome == TAKEN_DOWN:
        if stands is None:
            raise NotFlagged(_("It is not here any more. You can only close the question, with a word to whoever asked."))
        _take_down(ref, actor, why, now)
    for one in reports:
        one.outcome, one.decided_by_id, one.decided_at, one.words = outcome, actor.id, now, why
    audit.record(f"content.{outcome}", ref, actor.id, after={"reason": why})
    path = stands.path if stands else ""
    tell(_messages(reports, owner_id if stands else None, outcome, why, path), now)
    db.session.flush()
    return True


def _take_down(ref: Ref, actor: Member, why: str, now: datetime) -> None:
    """A deed counts nowhere any more, a comment is hidden, and of a profile its owner alone sees what they wrote. Of what is
    said elsewhere its own package knows what that means."""
    number = int(ref.id)
    if ref.kind == ACTIVITY:
        changes.withdraw([number], actor.id, why, now)
    elif ref.kind == COMMENT:
        db.session.get_one(Comment, number).hidden_at = now
        untell([commenting.notice_key(number)])
    elif ref.kind in flagged.reportable():
        flagged.reportable()[ref.kind].take_down(number, actor, why, now)
    else:
        profiles.hide_words(db.session.get_one(Member, number))


def _messages(reports: Sequence[ContentReport], owner_id: int | None, outcome: str, why: str, path: str) -> list[Message]:
    """To whoever asked, and to whose it is."""
    data = {"words": why}
    kept_path = path if outcome == KEPT else ""
    found = [Message(one.reporter_id, f"content.{outcome}.asked", f"content:{one.id}", kept_path, data) for one in reports]
    if owner_id is not None:
        found.append(Message(owner_id, f"content.{outcome}", f"content:{reports[0].id}:owner", path, data))
    return found


def checked(words: str) -> str:
    try:
        said = clean_text(words.replace("\r\n", "\n"), "words", FLAG_MAX_CHARS)
    except BadReport:
        fault = _("Up to %(max)s characters fit, of signs that can be shown. It is all still here.", max=FLAG_MAX_CHARS)
        raise NotFlagged(fault) from None
    if not said:
        raise NotFlagged(_("Please say why, in a sentence."))
    return said

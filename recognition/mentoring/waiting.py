"""Questions that wait for a mentor, and people who wait for one."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.extensions import db
from recognition.identity.models import Member
from recognition.locks import Lock
from recognition.mentoring.models import MentorAsk
from recognition.mentoring.rules import COUNCIL_AFTER, MENTOR, PASS_ON_AFTER, WORD


def locks(now: datetime) -> Iterable[Lock]:  # noqa: ARG001  what waits does so at any time
    counted = sa.select(MentorAsk.want, sa.func.count(), sa.func.min(MentorAsk.asked_at))
    counted = counted.join(Member, Member.id == MentorAsk.mentee_id)
    nobody_knows = sa.and_(MentorAsk.want == MENTOR, MentorAsk.passed_on_at.is_(None))
    counted = counted.where(MentorAsk.answered_at.is_(None), Member.state != "suspended", ~nobody_knows)
    for want, number, since in db.session.execute(counted.group_by(MentorAsk.want)):
        title = {WORD: _("Questions to mentors"), MENTOR: _("Members who would like a mentor")}[want]
        first = {WORD: _("the mentor who was asked"), MENTOR: _("everybody who offers to be a mentor")}[want]
        after = {WORD: PASS_ON_AFTER, MENTOR: timedelta()}[want]
        yield Lock(
            f"mentor.{want}", title, "/mentoring/", number, since, first, _("everybody who offers to be a mentor"), after,
            _("the council"), COUNCIL_AFTER,
        )  # fmt: skip

"""A job that is killed in the middle of telling everybody. With a whole worker, and a forum: test_a_whole_campaign.py."""

from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities.audience import next_slice
from recognition.announcements.models import Notice
from recognition.announcements.services import tell
from recognition.news import jobs
from recognition.news.models import Announcement
from tests.factories.identity import make_member
from tests.factories.news import make_out


class Killed(BaseException):
    """The process ends here."""


def test_members_are_told_once_by_a_job_that_is_killed_between_slices(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        make_member(f"m{number}")
    make_member("gone", state="suspended")
    one = make_out(channels=("members",))
    monkeypatch.setattr("recognition.news.services.telling.next_slice", _threes)
    calls = []

    def dying(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise Killed

    monkeypatch.setattr("recognition.news.services.telling.tell", _then(dying))
    with pytest.raises(Killed):
        jobs.hand_out(one.id)
    db.session.rollback()
    assert db.session.get_one(Announcement, one.id).told_count == 3
    jobs.hand_out(one.id)
    db.session.commit()
    db.session.expire_all()
    assert (one.told_count, one.cursor) == (7, None)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 7


def _threes(after: int) -> list[int]:
    return next_slice(after, size=3)


def _then(dying: Any) -> Any:
    def both(*args: Any) -> None:
        tell(*args)
        dying(*args)

    return both

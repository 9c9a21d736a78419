"""Two presses, and two people at one moment: one effect."""

from typing import Any

import pytest
import sqlalchemy as sa

from recognition.news.models import Announcement
from recognition.news.rules import Text, WrongState
from recognition.news.services import moving, writing
from tests.factories.news import WRITTEN, make_draft, make_out


def test_a_correction_that_is_pressed_twice_is_one(db: Any) -> None:
    one = make_out()
    seen_at, texts = one.changed_at, (Text("en", "A morning for the garden", "Bring boots."),)
    moving.correct(one.slug, texts, "Boots.", WRITTEN.replace(hour=13), None, seen_at)
    db.session.commit()
    with pytest.raises(WrongState):
        moving.correct(one.slug, texts, "Boots.", WRITTEN.replace(hour=13, second=1), None, seen_at)
    assert [each["note"] for each in one.corrections] == ["Boots."]


def test_what_was_sent_a_moment_ago_is_not_deleted(db: Any) -> None:
    one = make_draft()
    assert one.state == "draft"
    elsewhere = sa.update(Announcement).values(state="planned", send_at=WRITTEN)
    db.session.execute(elsewhere, execution_options={"synchronize_session": False})
    with pytest.raises(WrongState):
        writing.delete(one, None)
    assert db.session.scalar(sa.select(Announcement.state)) == "planned"

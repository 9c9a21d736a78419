"""The public digest of a month: drafted once from what anybody may see, and left to the council."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import changes, thanking
from recognition.activities.models import Kind
from recognition.clock import as_of
from recognition.news.models import Announcement
from recognition.news.services import writing
from recognition.pages.monthly_digest import draft_due, plain
from recognition.web.templating import markdown
from recognition.wiring import work
from tests.factories.activities import make_activity
from tests.factories.campaigns import make_campaign
from tests.factories.identity import make_member

FIRST = datetime(2026, 12, 1, 6, tzinfo=UTC)
MIDDLE = datetime(2026, 11, 15, 12, tzinfo=UTC)


def deed(member: Any, text: str, at: datetime = MIDDLE, **changes: Any) -> int:
    values = {"visibility": "public", "fingerprinted": False, **changes}
    return make_activity(member.id, text=text, occurred_at=at, **values).id


def body(db: Any) -> str:
    return str(db.session.scalars(sa.select(Announcement)).one().texts[0].body)


def test_a_month_in_full(db: Any) -> None:
    ada, bea = make_member("ada", name="Ada Secret"), make_member("bea")
    db.session.add(Kind(slug="talk", label="Talk"))
    first = deed(ada, "Made tea")
    for number in range(4):
        deed(bea, f"Talk {number}", campaign="draw", kind="talk")
        thanking.thank(ada.id, bea.id, f"Thank you {number}", MIDDLE, f"k{number}")
    deed(bea, "In October", MIDDLE - timedelta(days=30))
    deed(bea, "In December", FIRST)
    deed(bea, "For members", visibility="members")
    make_campaign("draw", title="Draw *it*", starts_at=MIDDLE - timedelta(days=30), ends_at=MIDDLE, state="published",
                  joined_count=12, reached_count=4)  # fmt: skip
    make_campaign("later", title="Later", starts_at=FIRST, ends_at=FIRST + timedelta(days=9), state="published")
    make_campaign("paper", title="On paper", starts_at=MIDDLE, ends_at=FIRST, state="draft")
    db.session.commit()
    draft = draft_due(FIRST)
    assert draft is not None
    assert (draft.slug, draft.sort, draft.state, draft.is_public, draft.author_id) == (
        "what-november-2026-brought", "digest", "draft", True, None,
    )  # fmt: skip
    assert draft.texts[0].title == "What November 2026 brought"
    parts = body(db).split("\n\n")
    assert parts[:2] == ["## What people did", "5 deeds were told."]
    days = "from=2026-11-01&to=2026-11-30"
    assert parts[2] == f"- [other](/activities/?kind=other&{days})\n- [Talk](/activities/?kind=talk&{days})"
    assert parts[3:] == ["## Campaigns", "- [Draw \\*it\\*](/campaigns/draw): It ended on 15 Nov 2026. 12 people joined."]
    assert [words in body(db) for words in ("Secret", "tea", "Talk 1", f"/{first}")] == [False] * 4


def test_who_hides_a_deed_later_is_in_nothing_that_stays(db: Any, app: Any) -> None:
    """The draft goes out and stands in the archive; the deed is found through it while it is public, and never after."""
    first = deed(make_member("ada"), "Made tea for my neighbour")
    db.session.commit()
    draft = draft_due(FIRST)
    assert draft is not None
    draft.state, draft.out_at = "out", FIRST
    db.session.commit()
    link = re.search(r"\((/activities/[^)]+)\)", draft.texts[0].body)
    assert link is not None
    guest = app.test_client()
    assert "Made tea for my neighbour" in guest.get(link[1]).text
    changes.set_visibility(first, "me", FIRST)
    db.session.commit()
    for address in (link[1], f"/news/{draft.slug}", "/news/", "/news/feed.atom", "/feeds/news.atom", "/feeds/news.json"):
        assert "neighbour" not in guest.get(address).text
    assert guest.get(f"/news/{draft.slug}").status_code == 200


def test_once_and_not_again_when_it_was_thrown_away(db: Any) -> None:
    deed(make_member("ada"), "Made tea")
    db.session.commit()
    for days in range(3):
        with as_of(FIRST + timedelta(days=days)):
            work.JOBS["pages.draft_month"]()
        db.session.commit()
    one = db.session.scalars(sa.select(Announcement)).one()
    writing.delete(one, None)
    db.session.commit()
    assert draft_due(FIRST + timedelta(days=4)) is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Announcement)) == 0


def test_neither_late_nor_empty(db: Any) -> None:
    assert draft_due(FIRST) is None
    deed(make_member("ada"), "Made tea")
    db.session.commit()
    assert draft_due(FIRST + timedelta(days=7)) is None
    assert draft_due(FIRST + timedelta(days=6)) is not None


@pytest.mark.parametrize(
    "text", ["[x](https://evil.example)", "# Head", "<b>x</b>", "![a](b)", "`c` *d* __e__", "a\nb\n- c", "1. x", "\\[x]"]
)
def test_no_mark_of_anybodys_means_anything(text: str) -> None:
    html = str(markdown(f"- [{plain(text)}](/activities/1)"))
    assert html.count("<a ") == 1
    assert [tag in html for tag in ("<h", "<b>", "<img", "<code", "<em", "<strong", 'evil.example"')] == [False] * 7


def test_it_is_asked_for_each_day() -> None:
    assert dict(work.TIMETABLE)["pages.draft_month"] == work.DAY

"""A member's years on their profile: since when, in which areas, with which initiatives, and to whom they show."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import years
from recognition.activities.changes import withdraw
from recognition.activities.models import Kind
from recognition.campaigns.models import Campaign
from recognition.identity.models import Member
from tests.factories.activities import REPORTED, make_activity
from tests.factories.campaigns import make_campaign
from tests.factories.identity import make_member
from tests.pages.test_deeds import as_, people, plain  # noqa: F401 - fixtures

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def told(page: str) -> list[str]:
    """The rows of the table as they are read, without its head."""
    if "p-profile__years" not in page:
        return []
    table = page.split("p-profile__years")[1].split("</table>", maxsplit=1)[0]
    return [plain(row).replace(" ,", ",") for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)[1:]]


@pytest.fixture
def ada(db: Any, people: Any) -> Member:  # noqa: F811
    """Joined in 2026, with deeds that are older; the first of all is hers alone, the next one for members."""
    ada: Member = people["ada"]
    for slug, family in (("talk", "learning"), ("lift", "helping")):
        db.session.add(Kind(slug=slug, label=slug.title(), family=family))
    db.session.flush()
    for year, kind, changes in (
        (2011, "talk", {"visibility": "me"}),
        (2014, "lift", {"visibility": "members"}),
        (2018, "talk", {"visibility": "public", "campaign": "week"}),
        (2018, "lift", {"visibility": "public"}),
        (2018, "talk", {"visibility": "members", "campaign": "unheard"}),
        (2020, "quest.finished", {"visibility": "public"}),
    ):
        make_activity(ada.id, kind=kind, occurred_at=datetime(year, 12, 31, 23, tzinfo=UTC), fingerprinted=False, **changes)
    gone = make_activity(ada.id, kind="talk", occurred_at=datetime(2016, 1, 1, tzinfo=UTC), visibility="public")
    withdraw([gone.id], ada.id, "", REPORTED)
    ada.visibility = {"since": "public"}
    db.session.commit()
    return ada


def test_each_reader_finds_the_years_that_they_may_see(client: Any, ada: Member, people: Any, as_: Any) -> None:  # noqa: F811
    own, other, guest = (one.get("/members/ada/years").text for one in (as_(ada), as_(people["bob"]), client))
    assert told(guest) == ["2018 2 deeds Learning 1, Helping 1 week 1"]
    assert told(other) == ["2018 3 deeds Learning 2, Helping 1 unheard 1, week 1", "2014 1 deed Helping 1 –"]
    assert told(own)[2:] == ["2011 1 deed Learning 1 –"]
    since = [re.findall(r"With us since (\d+)", page) for page in (guest, other, own)]
    assert since == [["2018"], ["2014"], ["2011"]]


def test_who_hides_it_shows_neither_the_day_nor_the_years(client: Any, db: Any, ada: Member, people: Any, as_: Any) -> None:  # noqa: F811
    """A guest who has the page is not told that it is as it was."""
    first = client.get("/members/ada/years")
    assert "With us since" in first.text
    for level, sees in (("members", [False, True, True]), ("me", [False, False, True])):
        db.session.get(Member, ada.id).visibility = {"since": level}
        db.session.commit()
        then = client.get("/members/ada/years", headers={"If-None-Match": first.headers["ETag"]})
        assert then.status_code == 404
        readers = [client, as_(people["bob"]), as_(ada)]
        pages = [one.get("/members/ada/years").text for one in readers]
        assert [bool(told(page)) for page in pages] == ["With us since" in page for page in pages] == sees
        assert ['href="/members/ada/years"' in one.get("/members/ada").text for one in readers] == sees


def test_the_profile_asks_for_them_after_it_has_come(client: Any, ada: Member) -> None:
    assert 'hx-get="/members/ada/years" hx-trigger="load"' in client.get("/members/ada").text
    part = client.get("/members/ada/years", headers={"HX-Request": "true"}).text
    assert (told(part), "<html" in part) == (["2018 2 deeds Learning 1, Helping 1 week 1"], False)


def test_where_nothing_is_earlier_it_is_the_day_of_joining(db: Any) -> None:
    new = make_member("new", joined_at=datetime(2023, 11, 23, tzinfo=UTC))
    old = make_member("old", joined_at=datetime(2023, 11, 22, tzinfo=UTC))
    make_activity(old.id, kind="talk", occurred_at=datetime(2024, 5, 1, tzinfo=UTC))
    make_activity(old.id, kind="talk", occurred_at=datetime(2027, 5, 1, tzinfo=UTC))
    db.session.commit()
    found = [years.of(one.id, one.joined_at.date(), None, NOW) for one in (new, old)]
    assert [(one.first.isoformat(), one.full) for one in found] == [("2023-11-23", 2), ("2023-11-22", 3)]
    assert [[row.number for row in years.of(one.id, one.joined_at.date(), one, NOW).rows] for one in (new, old)] == [[], [2024]]


def test_however_long_it_is_it_stays_small(client: Any, db: Any, ada: Member, count_queries: Any, monkeypatch: Any) -> None:
    numbers = []
    for since in (2018, 2006):
        for year in range(since, 2020):
            for campaign in range(2 if since == 2018 else 9):
                at = datetime(year, 6, 1, tzinfo=UTC)
                make_activity(ada.id, kind="talk", occurred_at=at, visibility="public", fingerprinted=False,
                              campaign=f"c{campaign}")  # fmt: skip
        db.session.commit()
        db.session.expire_all()
        with count_queries() as seen:
            page = client.get("/members/ada/years").text
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] <= 12
    rows = told(page)
    assert len(rows) == 12
    assert rows[-1] == "2008 9 deeds Learning 9 c0 1, c1 1, c2 1, c3 1, c4 1, c5 1 and 3 more"
    assert "And 18 deeds before these years." in page
    monkeypatch.setattr(years, "LOOKED_AT_MAX", 5)
    cut = years.of(ada.id, ada.joined_at.date(), None, NOW)
    assert ([(row.number, row.deeds) for row in cut.rows], cut.first.year, cut.is_cut) == ([(2019, 6)], 2006, True)


def test_a_draft_keeps_its_title(client: Any, db: Any, ada: Member) -> None:
    make_campaign("week", title="A secret plan", state="draft")
    db.session.commit()
    assert "A secret plan" not in client.get("/members/ada/years").text
    db.session.execute(sa.update(Campaign).values(state="published"))
    db.session.commit()
    assert told(client.get("/members/ada/years").text) == ["2018 2 deeds Learning 1, Helping 1 A secret plan 1"]

"""What we did, for everybody: from figures alone, the same from the same data, and small numbers hidden."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import Kind
from recognition.metrics.models import Figure
from recognition.web import unchanged
from tests.factories.activities import make_activity
from tests.factories.campaigns import make_campaign
from tests.factories.identity import make_member
from tests.pages.test_dashboards import DAY, count, csv_of, table_of


@pytest.fixture
def town(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty members: twelve gave a talk this year, six of them also in the years before; three finished a quest."""
    monkeypatch.setattr(unchanged, "PAGES_KEPT", 0)
    db.session.add(Kind(slug="talk", label="Gave a talk"))
    make_campaign("plan", title="A secret plan", state="draft")
    for number in range(20):
        member = make_member(f"m{number}", joined_at=clock.start_of(DAY - (700 if number < 9 else 200)))
        for days in ((200,) if number < 12 else ()) + ((600, 900) if number < 6 else ()):
            make_activity(member.id, kind="talk", occurred_at=clock.start_of(DAY - days), fingerprinted=False, campaign="plan")
        if number < 3:
            make_activity(member.id, kind="quest.finished", occurred_at=clock.start_of(DAY - 5))
            make_activity(member.id, kind="lift", occurred_at=clock.start_of(DAY - 600) + timedelta(hours=number),
                          campaign="plan")  # fmt: skip
    db.session.commit()
    count(db)


def test_it_tells_a_year_and_all_time(client: Any, town: None) -> None:
    page = client.get("/impact").text
    rows = {row[0]: row[1:] for row in csv_of(client.get("/impact/sums.csv"))}
    assert table_of(page, "sums")[1:4] == [
        ["People who did something", "12", "12"], ["Deeds told", "12", "27"], ["New members", "11", "20"],
    ]  # fmt: skip
    assert (rows["Deeds told"], rows["Quests finished"], rows["Thanks said"]) == (["12", "27"], ["hidden"] * 2, ["0", "0"])
    # Three gave a lift: that is hidden, and with it what would tell it.
    assert csv_of(client.get("/impact/kinds.csv")) == [["Kind", "Deeds"]]
    assert csv_of(client.get("/impact/initiatives.csv")) == [["Initiative", "Deeds"], ["plan", "27"]]
    for words in ("up to the end of 31 Oct 2026", "They count what was told here.", "fewer than five people", 'href="/health"'):
        assert words in page, words
    assert "A secret plan" not in page
    assert '<a href="/impact">' in client.get("/health").text
    assert client.get("/impact/nothing.csv").status_code == 404


def test_a_sum_is_hidden_where_a_few_stand_behind_a_part_of_it(client: Any, db: Any, town: None) -> None:
    """Two deeds by two people in the last quarter: beside what the page of health tells, the year would say so."""
    for number in range(2):
        make_activity(make_member(f"late-{number}").id, kind="talk", occurred_at=clock.start_of(DAY - 1))
    db.session.commit()
    count(db)
    assert csv_of(client.get("/impact/sums.csv"))[2] == ["Deeds told", "hidden", "hidden"]
    db.session.execute(sa.update(Figure).where(Figure.name == "health.newcomers", Figure.slot == "older").values(people=4))
    db.session.commit()
    assert csv_of(client.get("/impact/sums.csv"))[3] == ["New members", "hidden", "hidden"]


def test_no_two_numbers_differ_by_what_suspended_people_did(client: Any, db: Any, town: None) -> None:
    gone = make_member("gone", state="suspended")
    for number in range(7):
        make_activity(gone.id, kind="talk", occurred_at=clock.start_of(DAY - 300) + timedelta(hours=number), campaign="plan")
    db.session.commit()
    count(db)
    assert csv_of(client.get("/impact/sums.csv"))[2] == ["Deeds told", "12", "27"]
    assert csv_of(client.get("/impact/initiatives.csv")) == [["Initiative", "Deeds"], ["plan", "27"]]


def test_the_same_data_gives_the_same_page(client: Any, db: Any, town: None, count_queries: Any) -> None:
    files = ("sums", "kinds", "initiatives", "events")
    with count_queries() as seen:
        first = [client.get("/impact").text, *(client.get(f"/impact/{name}.csv").text for name in files)]
    again = [client.get("/impact").text, *(client.get(f"/impact/{name}.csv").text for name in files)]
    db.session.execute(sa.delete(Figure))
    count(db)
    recounted = [client.get("/impact").text, *(client.get(f"/impact/{name}.csv").text for name in files)]
    assert first == again == recounted
    assert len(seen) <= 12 * len(first)


def test_before_anything_is_counted_it_says_so(client: Any, db: Any) -> None:
    assert "Nothing was counted yet" in client.get("/impact").text
    assert client.get("/impact/sums.csv").status_code == 404

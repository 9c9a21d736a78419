"""The dashboards as the council sees them: figures on pages and in files, who may look, and what stays hidden."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import Kind
from recognition.audit.models import AuditEntry
from recognition.identity.models import Membership
from recognition.jobs.models import Job
from recognition.locks import Lock
from recognition.metrics import queries, services
from recognition.metrics.models import Area, Figure
from recognition.pages.dashboards import health_words
from recognition.pages.dashboards.charts import BARS, FUNNEL, LINE, STACK, Chart, Row
from tests.factories.activities import make_activity, make_deeds
from tests.factories.events import make_event
from tests.factories.identity import make_group, make_member

LAST = date(2026, 10, 31)
DAY = clock.day_number(LAST)
NOW = datetime(2026, 11, 1, 3, tzinfo=UTC)
RULE = {"rule-sort": "count", "rule-kind": "talk", "rule-at_least": "1"}


def count(db: Any, *days: int) -> None:
    services.roll_up(DAY, NOW)
    for day in days or (DAY,):
        for part in services.parts():
            services.count(part, day, NOW)
    db.session.commit()


def people(place: str, active: int, quiet: int, **deed: Any) -> None:
    for number in range(active + quiet):
        member = make_member(f"{place.lower()}-{number}", place=place)
        if number < active:
            make_activity(member.id, occurred_at=clock.start_of(DAY - 3) + timedelta(hours=number), **deed)


def table_of(page: str, chart: str) -> list[list[str]]:
    """The rows behind a chart, as a reader hears them."""
    figure = page.split(f'<figure class="c-chart" id="{chart}"')[1].split("</figure>", maxsplit=1)[0]
    rows = re.findall(r"<tr>(.*?)</tr>", figure.split("<table>")[1], re.DOTALL)
    return [
        [" ".join(re.sub(r'<span aria-hidden="true">–</span>|<[^>]+>', "", cell).split())
         for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in rows
    ]  # fmt: skip


def csv_of(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.text)))


@pytest.fixture
def council(app: Any, client: Any, sign_in: Any, db: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    db.session.add(Kind(slug="talk", label="Gave a talk"))
    member = make_member("cleo", roles=("council",), place="")
    db.session.commit()
    sign_in(client, member)
    return client


def test_the_page_and_its_file_say_the_same(council: Any, db: Any) -> None:
    people("India", 8, 6, kind="talk", campaign="week")
    people("Ghana", 6, 5)
    people("Chile", 2, 1)
    make_member("formula", place="=1+1")
    db.session.commit()
    count(db)
    page = council.get("/council/dashboards/active/").text
    assert table_of(page, "active")[1:] == [[f"{weeks} weeks", "16"] for weeks in (4, 8, 26, 52)]
    # Chile has too few, and so have those who told no place; formulas are text.
    countries = table_of(page, "country")
    assert countries[0] == ["Country", "4 weeks", "8 weeks", "26 weeks", "52 weeks", "Members"]
    assert countries[1:3] == [["India", "8", "8", "8", "8", "14"], ["Ghana", "hidden", "hidden", "hidden", "hidden", "11"]]
    assert len(countries) == 3
    rows = csv_of(council.get("/council/dashboards/active/country.csv"))
    assert rows[0] == countries[0]
    assert rows[1:] == countries[1:]
    assert table_of(page, "initiative")[1:] == [["week", "8", "8", "8", "8"]]
    kinds = csv_of(council.get("/council/dashboards/active/kind.csv"))[1:]
    assert sorted(kinds) == [["Gave a talk", "8", "8", "8", "8"], ["other", "8", "8", "8", "8"]]


def test_the_few_who_were_not_active_are_not_told_either(council: Any, db: Any) -> None:
    """Fifteen members, twelve active: three would be the quiet ones, on each page and in each file."""
    people("India", 12, 2, kind="talk", campaign="week", tags=("firefox",))
    db.session.commit()
    count(db)
    page = council.get("/council/dashboards/active/").text
    assert table_of(page, "active")[1:] == [[f"{weeks} weeks", "nearly all"] for weeks in (4, 8, 26, 52)]
    assert ">12<" not in council.get("/council/dashboards/").text
    for name in ("active", "over-time", "evidence", "country", "group", "initiative", "kind", "tag"):
        assert "12" not in council.get(f"/council/dashboards/active/{name}.csv").text.split("\n", 1)[1]
    assert "12" not in council.get("/health/quarter.csv").text.splitlines()[1]
    for name in ("kinds", "initiatives", "proof", "years"):
        lines = csv_of(council.get(f"/council/dashboards/deeds/{name}.csv"))[1:]
        assert {line[-1] for line in lines} <= {"hidden"}, name
    assert council.get("/council/dashboards/journey/journey.csv").text.splitlines()[1:3] == [
        "Joined,15",
        "Told a first deed,hidden",
    ]


def test_what_a_spreadsheet_would_run_stays_text(council: Any, db: Any) -> None:
    for place, active in (("=1+1", 7), ("@sum", 8), ("India", 9), ("Peru", 1)):
        people(place, active, 5)
    db.session.commit()
    count(db)
    names = [row[0] for row in csv_of(council.get("/council/dashboards/people/countries.csv"))]
    assert sorted(names[1:]) == ["'=1+1", "'@sum", "India"]


@pytest.mark.parametrize("board", ["active", "people", "journey", "deeds", "learning", "campaigns"])
def test_each_board_is_light_and_the_councils_alone(board: str, client: Any, sign_in: Any, db: Any, count_queries: Any) -> None:
    for path in (f"/council/dashboards/{board}/", f"/council/dashboards/{board}/x.csv"):
        assert client.get(path).status_code == 302
    people("India", 8, 6)
    member, cleo = make_member("mia"), make_member("cleo", roles=("council",))
    db.session.commit()
    count(db)
    sign_in(client, member)
    assert client.get(f"/council/dashboards/{board}/").status_code == 403
    sign_in(client, cleo)
    with count_queries() as few:
        answer = client.get(f"/council/dashboards/{board}/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    people("Ghana", 8, 6, kind="talk")
    make_group("nairobi")
    db.session.commit()
    count(db)
    with count_queries() as many:
        assert client.get(f"/council/dashboards/{board}/").status_code == 200
    assert len(few) == len(many) <= 12, many
    assert client.get(f"/council/dashboards/{board}/nothing.csv").status_code == 404
    assert client.get(f"/council/dashboards/{board}/?on=nonsense").status_code == 404


def test_before_the_first_count_and_on_demand(council: Any, db: Any) -> None:
    assert "Nothing was counted yet" in council.get("/council/dashboards/").text
    assert council.get("/council/dashboards/active/").status_code == 200
    assert council.get("/health").status_code == 200
    assert council.get("/council/dashboards/active/active.csv").status_code == 404
    asked = {"on": "2026-10-31", "board": "people"}
    assert council.post("/council/dashboards/count", data=asked).location == "/council/dashboards/people/?on=2026-10-31"
    council.post("/council/dashboards/count", data=asked)
    jobs = db.session.scalars(sa.select(Job).where(Job.name == "metrics.roll_up")).all()
    assert [job.args for job in jobs] == [{"day": DAY}]
    assert council.post("/council/dashboards/count", data={"on": "2999-01-01"}).status_code == 400
    assert council.post("/council/dashboards/count", data={"on": "1812-01-01"}).status_code == 400


def test_the_council_says_what_counts(council: Any, db: Any) -> None:
    made = council.post("/council/dashboards/areas/new", data={"title": "Teaching", "state": "piloted", "position": "3", **RULE})
    assert made.location == "/council/dashboards/active/?area=teaching"
    area = db.session.scalar(sa.select(Area))
    assert (area.slug, area.state, area.position, area.conversion) == (
        "teaching", "piloted", 3, {"count": {"kind": ["talk"]}, "at_least": 1},
    )  # fmt: skip
    assert db.session.scalar(sa.select(AuditEntry.action)) == "area.created"
    assert "metrics.count" in db.session.scalars(sa.select(Job.name)).all()
    page = council.get("/council/dashboards/areas/teaching/edit").text
    assert 'value="Teaching"' in page
    seen = area.changed_at.isoformat()
    changed = {"title": "Teaching", "state": "live", "position": "3", "seen": seen, **RULE, "rule-at_least": "2"}
    assert council.post("/council/dashboards/areas/teaching/edit", data=changed).status_code == 303
    late = council.post("/council/dashboards/areas/teaching/edit", data=changed | {"title": "Mine"})
    assert late.status_code == 409
    assert 'value="Mine"' in late.text
    db.session.expire_all()
    assert (area.title, area.conversion["at_least"]) == ("Teaching", 2)
    # Another one of the same name has an address of its own.
    again = council.post("/council/dashboards/areas/new", data={"title": "Teaching", "state": "defined", "position": "9", **RULE})
    assert again.location.endswith("area=teaching-2")


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"title": ""}, "What is this area called?"),
        ({"state": "wild"}, "Please choose one of the three."),
        ({"position": "-1"}, "Its place in the list"),
        ({"rule-window": "last_days", "rule-last_days": "30"}, "leave the time out"),
        ({"rule-kind": "no-such-kind"}, "no-such-kind"),
    ],
)
def test_what_cannot_be_counted_comes_back_as_typed(council: Any, db: Any, sent: dict[str, str], sentence: str) -> None:
    form = {"title": "Teaching", "about": "Because", "state": "defined", "position": "1", **RULE} | sent
    answer = council.post("/council/dashboards/areas/new", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Because" in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Area)) == 0


def test_an_area_goes_after_two_yeses(council: Any, db: Any) -> None:
    people("India", 8, 6)
    db.session.commit()
    count(db)
    assert council.get("/council/dashboards/areas/everything/remove").status_code == 200
    assert council.post("/council/dashboards/areas/everything/remove").status_code == 422
    assert council.post("/council/dashboards/areas/everything/remove", data={"sure": "1"}).status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Area)) == 0
    assert queries.figures(["active.everything"], {"", "country"}, DAY) == {}
    assert queries.newest_day() == DAY


def test_a_button_of_the_rule_changes_only_the_rule(council: Any) -> None:
    form = {"title": "T", "state": "defined", "position": "1", **RULE, "rule-move": "rule:wrap"}
    swapped = council.post("/council/dashboards/areas/rule", data=form, headers={"HX-Request": "true"})
    assert swapped.status_code == 200
    assert 'name="rule-1-sort"' in swapped.text
    whole = council.post("/council/dashboards/areas/new", data=form)
    assert (whole.status_code, 'name="rule-1-sort"' in whole.text) == (200, True)


def test_honest_health_is_for_everybody_and_names_no_few(client: Any, db: Any) -> None:
    people("India", 12, 3)
    for number in range(20):
        member = make_member(f"then-{number}")
        make_activity(member.id, occurred_at=clock.start_of(DAY - 120))
    for number in range(3):
        make_activity(make_member(f"few-{number}").id, kind="quest.finished", occurred_at=clock.start_of(DAY - 5))
    db.session.commit()
    count(db)
    page = client.get("/health").text
    assert "Active people: 12, down from 20." in page
    assert "Quests finished" not in page.split("What went well")[1].split("All of it")[0]
    rows = {row[0]: row[1:] for row in csv_of(client.get("/health/quarter.csv"))}
    assert rows["Active people"] == ["12", "20"]
    assert rows["Quests finished"] == ["hidden", "0"]
    assert client.get("/health/nothing.csv").status_code == 404


def test_a_group_reads_its_own_health(client: Any, db: Any) -> None:
    group = make_group("nairobi")
    for number in range(20):
        member = make_member(f"in-{number}", visibility={"groups": "me"} if number == 19 else {})
        db.session.add(Membership(group_id=group.id, member_id=member.id, since=NOW))
        for days in ((3,) if number < 7 else ()) + ((100,) if number < 12 else ()):
            make_activity(member.id, occurred_at=clock.start_of(DAY - days))
    make_group("porto")
    db.session.commit()
    before = services.series_days(DAY)[-4]
    count(db, before, DAY)
    page = client.get("/groups/nairobi/health").text
    assert "Active people: 7, down from 12." in page
    assert [row[1:] for row in csv_of(client.get("/groups/nairobi/health.csv"))[1:]] == [["19", "12", "12"], ["19", "12", "7"]]
    assert "Nothing can be told yet" in client.get("/groups/porto/health").text
    assert client.get("/groups/porto/health.csv").status_code == client.get("/groups/nowhere/health").status_code == 404
    db.session.execute(sa.update(Membership).where(Membership.member_id > 10).values(state="out"))
    db.session.commit()
    count(db, DAY)
    assert csv_of(client.get("/groups/nairobi/health.csv"))[-1][1:] == ["10", "10", "hidden"]


def test_how_long_something_waits_is_told_without_a_name(client: Any, db: Any, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    today = clock.day_number(clock.utcnow())
    since = clock.start_of(today - 30)
    lock = Lock("review", "Answers", "/reviews/", 1, since, "", "", timedelta(0), "", timedelta(0))
    monkeypatch.setitem(app.extensions, "locks", [lambda _now: [lock], lambda _now: []])
    for part in ("members", "waiting"):
        services.count(part, today, NOW)
    db.session.commit()
    assert "Something here has waited for a person for 30 days." in client.get("/health").text
    assert health_words.waiting(14).sort == "good"
    services.count("waiting", today - 9, NOW)
    db.session.commit()
    assert queries.figures(["waiting"], {"period"}, today - 9) == {}


def test_a_quarter_is_judged_by_a_tenth() -> None:
    pairs = [(110, 100), (109, 100), (100, 100), (91, 100), (90, 100), (5, 0), (0, 0)]
    assert [health_words.sort_of(*pair) for pair in pairs] == ["good", "same", "same", "same", "care", "good", "same"]


def test_mentors_are_counted_where_mentoring_counts_them(council: Any, db: Any) -> None:
    for name, number in (("members", 40), ("with", 30), ("live", 27), ("different", 9), ("most", 4)):
        row = {"name": f"mentors.{name}", "span": 0, "by": "", "slot": "", "value": number, "people": number, "counted_at": NOW}
        db.session.add_all([Figure(day=DAY - 2, **row), Figure(day=DAY + 1, **row | {"value": 99})])
    count(db)
    rows = csv_of(council.get(f"/council/dashboards/journey/mentors.csv?on={LAST}"))
    assert rows[1:] == [["Members today", "40"], ["Have a mentor", "30"], ["Their mentor was seen in eight weeks", "hidden"]]
    page = council.get(f"/council/dashboards/journey/?on={LAST}").text
    assert '<p class="c-chart__note">9 different people are mentors.</p>' in page


def test_events_are_counted_from_what_members_may_see_and_the_few_behind_them_are_hidden(council: Any, db: Any) -> None:
    """Five in India each told of two; all of Ghana's by one person; what Chile has is kept private, and who did so in Peru is
    suspended. A call of the house itself is everybody's to read, and small all the same."""
    there = {"occurred_at": clock.start_of(DAY - 3), "fingerprinted": False}
    for place, doers, each in (("India", 5, 2), ("Ghana", 1, 9), ("Chile", 6, 2), ("Peru", 6, 1)):
        for number in range(doers):
            member = make_member(f"{place.lower()}-{number}", state="suspended" if place == "Peru" else "active")
            for _turn in range(each):
                make_activity(member.id, **there, visibility="me" if place == "Chile" else "members",
                              data={"country": f" {place}", "estimated_attendance": "1500" if number else "many"})  # fmt: skip
    held = {"starts_at": clock.start_of(DAY - 9), "ends_at": clock.start_of(DAY - 8), "form": "site"}
    for number in range(7):
        make_event(f"meeting-{number}", place="Accra, Ghana" if number else "Lima, Peru", **held)
    db.session.commit()
    count(db)
    assert csv_of(council.get("/council/dashboards/deeds/events.csv"))[1:] == [["India", "10"]]
    for number in range(5, 10):
        make_activity(make_member(f"ghana-{number}").id, **there, data={"country": "Ghana"})
        make_event(f"talk-{number}", place="Quito, Ecuador", **held)
    db.session.commit()
    count(db)
    assert csv_of(council.get("/council/dashboards/deeds/events.csv"))[1:] == [["Ghana", "20"], ["India", "10"]]
    page = council.get("/council/dashboards/deeds/").text
    assert "8,000 people were at them, as far as that was told; no event counts with more than 1,000." in page


def test_a_figure_opens_to_its_rows(council: Any, db: Any) -> None:
    people("India", 8, 6, kind="talk", campaign="week", tags=("firefox",), visibility="members")
    people("Ghana", 6, 5)
    people("Chile", 2, 1)
    db.session.commit()
    count(db)
    since = (LAST - timedelta(days=364)).isoformat()
    active, deeds, members = (council.get(f"/council/dashboards/{board}/").text for board in ("active", "deeds", "people"))
    for page, name, way in (
        (active, "India", "/members/?q=India"),
        (active, "Gave a talk", f"/activities/?kind=talk&amp;from={since}&amp;to={LAST}"),
        (active, "#firefox", f"/activities/?tag=firefox&amp;from={since}&amp;to={LAST}"),
        (active, "week", f"/activities/?campaign=week&amp;from={since}&amp;to={LAST}"),
        (deeds, "Gave a talk", f"/activities/?kind=talk&amp;to={LAST}"),
        (deeds, "Oct 2026", "/activities/?from=2026-10-01&amp;to=2026-10-31"),
        (deeds, "2026", "/activities/?from=2026-01-01&amp;to=2026-12-31"),
        (members, "India", "/members/?q=India"),
    ):
        assert f'<a href="{way}">{name}</a>' in page, name
        answer = council.get(way.replace("&amp;", "&"))
        assert answer.status_code == 200
        assert "india-0" in answer.text, way


def test_how_many_deeds_people_have(council: Any, db: Any) -> None:
    for number in range(17):
        member = make_member(f"m{number}")
        make_deeds(member.id, 11 if number < 6 else 1 if number < 12 else 0, occurred_at=clock.start_of(DAY - 3))
    db.session.commit()
    count(db)
    rows = csv_of(council.get("/council/dashboards/deeds/how-many.csv"))
    assert rows[1:4] == [["1 deed or more", "12"], ["10 deeds or more", "6"], ["50 deeds or more", "hidden"]]


def test_a_chart_cuts_its_picture_and_never_its_table() -> None:
    rows = [Row(f"n{place}", (value,)) for place, value in enumerate([40, *[9] * 13, None])]
    bars = Chart("x", "X", "", BARS, "N", ["P"], rows)
    assert len(bars.pictured) == 14
    assert (bars.top, bars.has_hidden, bars.is_empty) == (40, True, False)
    assert Chart("x", "X", "", LINE, "N", ["P"], rows).pictured == rows
    assert Chart("x", "X", "", FUNNEL, "N", ["P"], []).is_empty
    stack = Chart("x", "X", "", STACK, "N", ["A", "B"], [Row("a", (3, 4)), Row("b", (None, 9))], drawn=(0, 1))
    assert stack.top == 7


def test_a_month_in_which_few_told_anything_is_a_dash(council: Any, db: Any) -> None:
    """Many deeds, all of them by one person."""
    people("India", 8, 6)
    busy = make_member("busy")
    for number in range(9):
        make_activity(busy.id, kind="talk", occurred_at=clock.start_of(DAY - 40) + timedelta(hours=number), fingerprinted=False)
    db.session.commit()
    count(db)
    months = dict(csv_of(council.get("/council/dashboards/deeds/months.csv"))[1:])
    assert months == {"Sep 2026": "hidden", "Oct 2026": "hidden"}


def test_health_does_not_tell_of_the_few_by_whom_two_numbers_differ(client: Any, db: Any) -> None:
    """Of twenty who did something in ninety days, two did nothing in the last four weeks, and three had done something before."""
    people("India", 18, 6)
    for number in range(9):
        member, days_ago = make_member(f"before-{number}"), 60 if number < 2 else 3 if number < 3 else 150
        make_activity(member.id, occurred_at=clock.start_of(DAY - days_ago))
        if number < 3:
            make_activity(member.id, occurred_at=clock.start_of(DAY - 300))
    db.session.commit()
    count(db)
    rows = {row[0]: row[1:] for row in csv_of(client.get("/health/quarter.csv"))}
    assert csv_of(client.get("/health/active.csv"))[-1] == ["31 Oct 2026", "19"]
    assert rows["Active people"] == ["hidden", "6"]
    assert rows["First deeds"] == ["hidden", "6"]

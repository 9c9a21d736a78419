"""The roadmap: which objectives run in which quarter, and which milestones are due there."""

from datetime import date

from recognition import clock
from recognition.objectives.roadmap import roadmap, years
from tests.factories.identity import make_member
from tests.factories.objectives import BEGAN, make_milestone, make_objective
from tests.pages.test_deeds import as_, plain  # noqa: F401 - fixtures


def plans(db) -> None:
    one = make_objective(title="All know")  # September to December
    make_objective("long", title="Long", starts_on=date(2026, 12, 31), ends_on=date(2027, 4, 1))
    make_objective("plan", title="A plan", state="draft")
    for title, due in (
        ("Late", date(2026, 9, 30)),
        ("Call", date(2026, 10, 1)),
        ("Report", date(2027, 1, 1)),
        ("Some day", None),
    ):
        make_milestone(one, title, due_on=due, done_at=BEGAN if title == "Call" else None)
    db.session.commit()


def test_what_runs_and_what_is_due_by_quarters(db):
    plans(db)
    found = roadmap(2026, date(2026, 10, 5))
    assert [(one.first, one.last, one.is_now) for one in found][2:] == [
        (date(2026, 7, 1), date(2026, 9, 30), False), (date(2026, 10, 1), date(2026, 12, 31), True)]  # fmt: skip
    assert [[(aim.title, aim.begins, aim.ends) for aim in one.aims] for one in found] == [
        [], [], [("All know", True, False)], [("All know", False, True), ("Long", True, False)]]  # fmt: skip
    assert [[(step.title, step.is_done, step.is_late) for step in one.due] for one in found] == [
        [], [], [("Late", False, True)], [("Call", True, False)]]  # fmt: skip
    following = roadmap(2027, date(2026, 10, 5))
    assert [[aim.title for aim in one.aims] for one in following] == [["Long"], ["Long"], [], []]
    assert [step.title for step in following[0].due] == ["Report"]
    assert [*years()] == [2026, 2027]
    assert "A plan" in [aim.title for aim in roadmap(2026, date(2026, 10, 5), hidden=())[2].aims]


def test_the_page_shows_a_year_and_goes_on(db, client, as_, count_queries):  # noqa: F811
    assert (client.get("/roadmap").status_code, [*years()]) == (200, [])
    plans(db)
    with clock.as_of(BEGAN), count_queries() as seen:
        page = client.get("/roadmap").text
    assert len(seen) <= 6
    assert all(words in plain(page) for words in ("Roadmap of 2026", "Q3 2026 now", "All know", "Late", "2027"))
    assert '<time datetime="2026-10-01/2026-12-31">' in page
    assert "A plan" not in page
    assert "A plan" in as_(make_member("cleo", roles=("council",))).get("/roadmap?year=2026").text
    assert "Report" in client.get("/roadmap?year=2027").text
    assert [client.get(f"/roadmap?year={year}").status_code for year in ("1989", "2200", "soon", "02026")] == [404] * 4
    assert 'href="/roadmap"' in client.get("/objectives/").text

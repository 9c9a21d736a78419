"""The council writes, sends, stops, corrects and withdraws; nobody else does."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.clock import as_of
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.news import jobs
from recognition.news.models import Announcement, Dispatch
from recognition.news.queries import announcement
from recognition.pages.dashboards.programs import campaign_charts
from tests.factories.campaigns import make_campaign
from tests.factories.identity import make_member
from tests.factories.news import make_channel, make_draft, make_out


@pytest.fixture
def council(client: FlaskClient, sign_in: Any) -> FlaskClient:
    make_member("noor")
    sign_in(client, make_member("amina", roles=("council",)))
    database.session.commit()
    return client


def form(**changes: str | list[str]) -> dict[str, str | list[str]]:
    return {
        "text-0-language": "en", "text-0-title": "A morning for the garden", "text-0-body": "Bring **gloves**.",
        "sort": "news", "who": "all", "is_public": "1", "channels": ["members"], **changes,
    }  # fmt: skip


def run_jobs() -> None:
    jobs.going_out()
    for one in database.session.scalars(sa.select(Announcement.id)).all():
        jobs.hand_out(one)
        database.session.commit()


def test_from_an_empty_form_to_everybodys_notices(council: FlaskClient) -> None:
    assert council.get("/council/news/new").status_code == 200
    answer = council.post("/council/news/new", data=form(then="send"))
    assert answer.headers["Location"] == "/council/news/a-morning-for-the-garden/send"
    asked = council.get("/council/news/a-morning-for-the-garden/send").text
    assert "It goes to: Members." in asked
    assert council.get("/news/a-morning-for-the-garden").status_code == 404
    answer = council.post("/council/news/a-morning-for-the-garden/send", data={})
    assert answer.headers["Location"] == "/council/news/a-morning-for-the-garden/"
    run_jobs()
    told = database.session.execute(
        sa.select(Member.handle, Notice.kind, Notice.path, Notice.topic).join(Member).order_by(Member.id)
    )
    assert [tuple(row) for row in told] == [
        ("noor", "news", "/news/a-morning-for-the-garden", "news"),
        ("amina", "news", "/news/a-morning-for-the-garden", "news"),
    ]
    page = council.get("/news/a-morning-for-the-garden").text
    assert "<strong>gloves</strong>" in page
    assert "A morning for the garden" in council.get("/me/notices").text
    assert list(database.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id))) == [
        "news.drafted", "news.planned",
    ]  # fmt: skip


def test_a_double_click_sends_once(council: FlaskClient) -> None:
    make_draft()
    council.post("/council/news/a-morning-for-the-garden/send", data={})
    answer = council.post("/council/news/a-morning-for-the-garden/send", data={}, follow_redirects=True)
    assert "Somebody was quicker" in answer.text
    run_jobs()
    run_jobs()
    one = announcement("a-morning-for-the-garden")
    assert one is not None
    assert (one.state, one.told_count, one.cursor) == ("out", 2, None)


def test_what_is_missing_is_said_and_nothing_typed_is_lost(council: FlaskClient) -> None:
    bad = form(
        **{"text-0-title": "", "text-0-body": "Words that stay", "text-1-title": "Doppelt", "text-1-body": "x"},
        **{"text-1-language": "en", "send_at": "tomorrow", "channels": [], "is_public": "", "about": "campaign:gone"},
        **{"decision-0-what": "Garden first", "mention-0-url": "javascript:x", "mention-0-title": "Elsewhere"},
    )
    answer = council.post("/council/news/new", data=bad)
    assert answer.status_code == 422
    for words in (
        "Words that stay", "A few words, please.", "This language is there already.", "such as 2026-12-01 18:00.",
        "It has to go somewhere", "Garden first", "A day, please", "A whole web address", "not there any more",
    ):  # fmt: skip
        assert words in answer.text
    assert database.session.scalar(sa.select(sa.func.count()).select_from(Announcement)) == 0


@pytest.mark.parametrize("value", ["\x00", "\ud800", "x" * 21_000])
def test_strange_letters_are_no_error_of_ours(council: FlaskClient, value: str) -> None:
    answer = council.post("/council/news/new", data=form(**{"text-0-body": f"a{value}"}).copy() if value != "\ud800" else form())
    assert answer.status_code in (303, 400, 422)


def test_short_notice_is_said_beforehand_and_shown_everywhere(council: FlaskClient) -> None:
    now = clock.utcnow()
    make_campaign("garden", starts_at=now + timedelta(days=5), ends_at=now + timedelta(days=20))
    database.session.commit()
    page = council.get("/council/news/new?about=campaign:garden").text
    assert "Short notice" in page
    council.post("/council/news/new", data=form(about="campaign:garden"))
    assert "It would be short notice" in council.get("/council/news/a-morning-for-the-garden/send").text
    council.post("/council/news/a-morning-for-the-garden/send", data={})
    run_jobs()
    assert "Short notice" in council.get("/news/a-morning-for-the-garden").text
    assert "Short notice" in council.get("/news/").text
    assert "Short notice: A morning" in council.get("/feeds/news.atom").text
    data, topic = database.session.execute(sa.select(Notice.data, Notice.topic)).first() or ({}, "")
    assert (data["title"], topic) == ("Short notice: A morning for the garden", "campaign:garden")


def test_a_campaigns_own_lead_is_that_of_its_announcements_and_both_stand_on_the_dashboard(council: FlaskClient) -> None:
    now = clock.utcnow()
    make_campaign("garden", starts_at=now + timedelta(days=6, hours=1), ends_at=now + timedelta(days=20), lead_days=5,
                  published_at=now - timedelta(days=3))  # fmt: skip
    database.session.commit()
    assert "Short notice" not in council.get("/council/news/new?about=campaign:garden").text
    council.post("/council/news/new", data=form(about="campaign:garden"))
    assert "It would be short notice" not in council.get("/council/news/a-morning-for-the-garden/send").text
    council.post("/council/news/a-morning-for-the-garden/send", data={})
    run_jobs()
    assert "Short notice" not in council.get("/news/a-morning-for-the-garden").text
    make_out("Last summer", now, about_ref="event:summer", about_at=now - timedelta(days=30))
    with council.application.test_request_context():
        charts = {one.slug: (one.note, [(row.name, row.values) for row in one.rows]) for one in campaign_charts(0)}
    assert charts["lead"][1] == [("Garden", (9, 5))]
    half = "Half of them were out at least 6 days before they began."
    assert charts["lead-news"] == (half, [("A morning for the garden", (6, 5))])


def test_a_segment_is_told_and_only_they_and_the_council_can_read_it(app: Flask, council: FlaskClient, sign_in: Any) -> None:
    rule = {"who": "rule", "rule-sort": "member_for", "rule-days": "30", "is_public": ""}
    make_member("new", joined_at=clock.utcnow())
    database.session.commit()
    look = council.post("/council/news/preview", data=form(**rule), headers={"HX-Request": "true"}).text
    assert "Fewer than 5 people" in look
    council.post("/council/news/new", data=form(then="keep", **rule))
    council.post("/council/news/a-morning-for-the-garden/send", data={})
    run_jobs()
    told = database.session.scalars(sa.select(Member.handle).join(Notice).order_by(Member.id)).all()
    assert told == ["noor", "amina"]
    answer = council.get("/news/a-morning-for-the-garden")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    for handle, status in (("noor", 200), ("new", 404)):
        other = app.test_client()
        sign_in(other, database.session.scalar(sa.select(Member).where(Member.handle == handle)))
        database.session.commit()
        assert other.get("/news/a-morning-for-the-garden").status_code == status
    assert app.test_client().get("/news/a-morning-for-the-garden").status_code == 404
    assert "garden" not in app.test_client().get("/news/").text
    assert "garden" not in app.test_client().get("/feeds/news.json").text


def test_planned_it_waits_for_its_moment_and_can_be_stopped(council: FlaskClient) -> None:
    make_draft()
    at = clock.utcnow() + timedelta(days=1)
    council.post("/council/news/a-morning-for-the-garden/send", data={"at": f"{at:%Y-%m-%dT%H:%M}"})
    run_jobs()
    one = announcement("a-morning-for-the-garden")
    assert one is not None
    assert one.state == "planned"
    council.post("/council/news/a-morning-for-the-garden/stop", data={})
    with as_of(at + timedelta(days=1)):
        run_jobs()
    database.session.expire_all()
    assert one.state == "draft"
    council.post("/council/news/a-morning-for-the-garden/send", data={"at": f"{at:%Y-%m-%dT%H:%M}"})
    database.session.expire_all()
    with as_of(at + timedelta(days=1)):
        run_jobs()
    database.session.expire_all()
    assert (one.state, one.told_count) == ("out", 2)


def test_what_has_not_left_can_be_stopped(council: FlaskClient) -> None:
    make_channel("chat", "chat", "https://chat.example/hook")
    make_out(now=clock.utcnow(), channels=("members", "chat"))
    council.post("/council/news/a-morning-for-the-garden/stop", data={})
    run_jobs()
    rows = database.session.execute(sa.select(Dispatch.state, Dispatch.error)).all()
    assert [tuple(row) for row in rows] == [("failed", "stopped before it left")]
    assert database.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 0
    assert "stopped before it left" in council.get("/council/news/a-morning-for-the-garden/").text


def test_a_correction_is_seen_by_everybody_and_nobody_is_told_twice(council: FlaskClient) -> None:
    make_out(now=clock.utcnow(), channels=("members",))
    run_jobs()
    seen = announcement("a-morning-for-the-garden")
    assert seen is not None
    page = council.get("/council/news/a-morning-for-the-garden/correct").text
    fields = form(note="Boots, not gloves.", seen=f"{seen.changed_at.isoformat()} out", **{"text-0-body": "Bring boots."})
    assert "What was wrong?" in page
    assert council.post("/council/news/a-morning-for-the-garden/correct", data={**fields, "note": ""}).status_code == 422
    council.post("/council/news/a-morning-for-the-garden/correct", data=fields)
    shown = council.get("/news/a-morning-for-the-garden").text
    assert "Boots, not gloves." in shown
    assert "Bring boots." in shown
    assert "<strong>gloves" not in shown
    run_jobs()
    assert database.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 2
    late = council.post("/council/news/a-morning-for-the-garden/correct", data=fields)
    assert late.status_code == 422
    assert "Somebody corrected it" in late.text


def test_withdrawn_it_says_why_and_shows_nothing_else(council: FlaskClient) -> None:
    make_out(now=clock.utcnow(), channels=("members",))
    run_jobs()
    council.get("/me/notices")
    assert council.post("/council/news/a-morning-for-the-garden/withdraw", data={"reason": " "}).status_code == 422
    council.post("/council/news/a-morning-for-the-garden/withdraw", data={"reason": "The garden is closed."})
    one = announcement("a-morning-for-the-garden")
    assert one is not None
    jobs.take_back(one.id, 0)
    database.session.commit()
    page = council.get("/news/a-morning-for-the-garden").text
    assert "The garden is closed." in page
    assert "gloves" not in page
    assert "garden" not in council.get("/news/").text
    assert "garden" not in council.get("/feeds/news.json").text
    assert database.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 0


def test_a_form_that_is_sent_twice_makes_one_draft(council: FlaskClient) -> None:
    answers = [council.post("/council/news/new", data=form()).headers["Location"] for _time in range(2)]
    assert answers == ["/council/news/a-morning-for-the-garden/"] * 2
    other = council.post("/council/news/new", data=form(**{"text-0-body": "Something else"})).headers["Location"]
    assert other == "/council/news/a-morning-for-the-garden-2/"


def test_two_authors_and_nothing_lost(council: FlaskClient) -> None:
    one = make_draft()
    seen = f"{one.changed_at.isoformat()} draft"
    assert council.post("/council/news/a-morning-for-the-garden/edit", data=form(seen=seen)).status_code == 303
    answer = council.post("/council/news/a-morning-for-the-garden/edit", data=form(seen=seen, **{"text-0-body": "My words"}))
    assert answer.status_code == 409
    assert "My words" in answer.text
    assert "Somebody else saved it" in answer.text


def test_a_draft_goes_with_two_confirmations_and_what_is_out_stays(council: FlaskClient) -> None:
    make_draft()
    assert council.post("/council/news/a-morning-for-the-garden/delete", data={}).headers["Location"].endswith("/delete")
    assert announcement("a-morning-for-the-garden") is not None
    council.post("/council/news/a-morning-for-the-garden/delete", data={"sure": "a-morning-for-the-garden"})
    assert announcement("a-morning-for-the-garden") is None
    make_out()
    answer = council.post("/council/news/a-morning-for-the-garden/delete", data={"sure": "a-morning-for-the-garden"})
    assert answer.status_code == 409


def test_to_me_first(council: FlaskClient) -> None:
    make_draft()
    council.post("/council/news/a-morning-for-the-garden/to-me", data={})
    rows = database.session.execute(sa.select(Member.handle, Notice.kind).join(Member)).all()
    assert [tuple(row) for row in rows] == [("amina", "news.preview")]
    assert "<strong>gloves</strong>" in council.get("/council/news/a-morning-for-the-garden/mail").text


def test_rows_of_decisions_and_languages_are_added_without_script(council: FlaskClient) -> None:
    page = council.post("/council/news/new", data=form(then="add-text")).text
    assert 'name="text-1-title"' in page
    assert "A morning for the garden" in page
    assert 'name="decision-0-what"' in council.post("/council/news/new", data=form(then="add-decision")).text
    record = {"decision-0-what": "The garden comes first", "decision-0-decider": "The council", "decision-0-day": "2026-11-20",
              "decision-0-state": "decided", "decision-0-url": "https://example.org/notes", "decision-0-consulted": "Everybody",
              "decision-0-informed": "The neighbours", "decision-0-outcome": "A bed of herbs",
              "mention-0-title": "The staff letter", "mention-0-url": "https://example.org/letter",
              "text-1-language": "pt-BR", "text-1-title": "Uma manhã", "text-1-body": "Luvas."}  # fmt: skip
    council.post("/council/news/new", data=form(sort="minutes", **record))
    council.post("/council/news/a-morning-for-the-garden/send", data={})
    run_jobs()
    page = council.get("/news/a-morning-for-the-garden").text
    told = ("The garden comes first", "decided", "20 Nov 2026", "The council", "Everybody", "The neighbours", "A bed of herbs",
            "The staff letter", "Português")  # fmt: skip
    for words in told:
        assert words in page
    feed = council.get("/feeds/news.json").json
    assert feed is not None
    assert '(The council, 2026-11-20): A bed of herbs <a href="https://example.org/notes"' in feed["items"][0]["content_html"]
    for name in ("what", "decider", "consulted", "informed", "outcome", "day", "url"):
        lacking = council.post("/council/news/new", data=form(sort="minutes", **record | {f"decision-0-{name}": " "}))
        assert (lacking.status_code, f'id="field-decision-0-{name}-error"' in lacking.text) == (422, True), name
    other = council.get("/news/a-morning-for-the-garden?lang=pt").text
    assert "Uma manhã" in other
    assert '<h1 lang="pt-BR" dir="ltr">' in other

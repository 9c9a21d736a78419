"""My page of mails: what I choose is kept as I said it, shown as it is, and no page tells anybody else."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition.announcements import bounces
from recognition.announcements.models import MailWish, StoppedAddress
from recognition.announcements.rules import rhythm_of, wish_of
from recognition.clock import utcnow
from recognition.identity.models import Member
from recognition.news.rules import topic_of as news_topic
from tests.announcements.test_mailing import reader
from tests.factories.campaigns import make_campaign
from tests.identity.pages import send

SignIn = Callable[[FlaskClient, Member], None]
GIVEN = {
    "rhythm-mine": "day", "rhythm-questions": "now", "rhythm-news": "week", "rhythm-events": "never",
    "rhythm-community": "month", "weekday": "4", "hour": "18", "zone": "Europe/Berlin", "quiet_from": "22", "quiet_until": "7",
    "language": "pt-BR",
}  # fmt: skip


def press(client: FlaskClient, action: str, fields: Mapping[str, str]) -> Any:
    return send(client, "/me/mail", action, **fields)


def chosen(html: str, name: str) -> str:
    block = html.partition(f'name="{name}"')[2].partition("</select>")[0]
    found = re.search(r'value="([^"]*)" selected', block)
    assert found is not None
    return found.group(1)


def test_what_is_chosen_is_kept_and_shown(db: Any, client: FlaskClient, sign_in: SignIn) -> None:
    ada = reader(db)
    sign_in(client, ada)
    page = client.get("/me/mail")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "private, no-store")
    assert [chosen(page.text, f"rhythm-{topic}") for topic in ("mine", "news", "community")] == ["now", "now", "never"]
    for _time in range(2):
        assert press(client, "/me/mail", GIVEN).status_code == 303
    row = db.session.get_one(MailWish, ada.id)
    assert (row.zone, row.weekday, row.hour, row.quiet_from, row.quiet_until, row.language) == (
        "Europe/Berlin",
        4,
        18,
        22,
        7,
        "pt-BR",
    )
    assert row.rhythms == {"mine": "day", "questions": "now", "news": "week", "events": "never", "community": "month"}
    assert row.due_at is not None
    shown = client.get("/me/mail").text
    assert [chosen(shown, name) for name in ("rhythm-mine", "rhythm-community", "weekday", "hour", "language")] == [
        "day", "month", "4", "18", "pt-BR",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [("zone", "Mars/Olympus"), ("zone", "x" * 9000), ("weekday", "7"), ("hour", "-1"), ("hour", "99999999999"),
     ("quiet_from", ""), ("quiet_until", "٣"), ("language", "<b>"), ("rhythm-mine", "hourly"),
     ("rhythm-community", "now"), ("hour", "23")],
)  # fmt: skip
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_lost(
    db: Any, client: FlaskClient, sign_in: SignIn, field: str, value: str
) -> None:
    sign_in(client, reader(db))
    answer = press(client, "/me/mail", {**GIVEN, field: value})
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 1
    assert "Nothing was stored yet." in answer.text
    assert field == "weekday" or chosen(answer.text, "weekday") == "4"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MailWish)) == 0


def test_one_press_says_it_for_all_but_questions(db: Any, client: FlaskClient, sign_in: SignIn) -> None:
    ada = reader(db)
    sign_in(client, ada)
    press(client, "/me/mail/topic", {"topic": "campaign:draw", "rhythm": "never"})
    for rhythm, following, community in (("week", "week", "week"), ("now", "day", "never")):
        assert press(client, "/me/mail/all", {"rhythm": rhythm}).status_code == 303
        row = db.session.get_one(MailWish, ada.id, populate_existing=True)
        assert row.rhythms == dict.fromkeys(("mine", "news", "events", "campaign:draw"), rhythm) | {
            "following": following, "community": community}  # fmt: skip
        assert ("Your next digest comes on Monday" in client.get("/me/mail").text) == (rhythm == "week")
    assert press(client, "/me/mail/all", {"rhythm": "never"}).status_code == 400


def test_one_press_for_all_keeps_what_else_was_chosen(db: Any, client: FlaskClient, sign_in: SignIn) -> None:
    ada = reader(db)
    sign_in(client, ada)
    assert press(client, "/me/mail/all", {**GIVEN, "rhythm": "month", "zone": "Mars/Olympus"}).status_code == 422
    assert press(client, "/me/mail/all", {**GIVEN, "rhythm": "month"}).status_code == 303
    row = db.session.get_one(MailWish, ada.id)
    assert (row.zone, row.hour, row.quiet_until, row.rhythms["mine"], row.rhythms["questions"]) == (
        "Europe/Berlin", 18, 7, "month", "now"
    )  # fmt: skip


def test_names_that_are_no_topics_are_refused(db: Any, client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, reader(db))
    for topic in ("campaign:", "campaign:UP", "x", "campaign:" + "a" * 81, ""):
        assert press(client, "/me/mail", {**GIVEN, f"rhythm-{topic}": "now"}).status_code == 422
        assert press(client, "/me/mail/topic", {"topic": topic, "rhythm": "now"}).status_code == 400
    assert press(client, "/me/mail/topic", {"topic": "news", "rhythm": "x"}).status_code == 400


def test_a_campaign_is_followed_from_its_page(db: Any, client: FlaskClient, sign_in: SignIn) -> None:
    ada = reader(db)
    now = utcnow()
    make_campaign(
        "draw-mdm", title="Draw MDM", starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=9), state="published"
    )
    db.session.commit()
    sign_in(client, ada)
    page = client.get("/me/mail").text
    assert ("Draw MDM" in page, chosen(page, "rhythm-campaign:draw-mdm")) == (True, "now")
    assert press(client, "/me/mail/topic", {"topic": "campaign:draw-mdm", "rhythm": "week"}).status_code == 303
    assert db.session.get_one(MailWish, ada.id).rhythms == {"campaign:draw-mdm": "week"}
    assert chosen(client.get("/me/mail").text, "rhythm-campaign:draw-mdm") == "week"
    assert "gone-by" in client.get("/me/mail?topic=campaign:gone-by").text
    assert client.get("/me/mail?topic=%3Cscript%3E").status_code == 200


def test_mails_that_came_back_are_told_to_their_member_alone(db: Any, client: FlaskClient, sign_in: SignIn) -> None:
    ada, bea = reader(db), reader(db, "bea")
    bounces.count("ada@mail.example", "k", for_ever=True, reason="r", now=utcnow())
    db.session.commit()
    sign_in(client, bea)
    assert "came back" not in client.get("/me/mail").text
    assert press(client, "/me/mail/works-again", {}).status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StoppedAddress)) == 1
    sign_in(client, ada)
    assert "ada@mail.example" in client.get("/me/mail").text
    for _time in range(2):
        assert press(client, "/me/mail/works-again", {}).status_code == 303
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StoppedAddress)) == 0


def test_who_took_no_mails_takes_them_again(db: Any, client: FlaskClient, sign_in: SignIn) -> None:
    ada = reader(db, takes_mail=False)
    sign_in(client, ada)
    assert "You take no mails from us" in client.get("/me/mail").text
    assert press(client, "/me/mail/on", {}).status_code == 303
    assert db.session.get_one(Member, ada.id, populate_existing=True).takes_mail is True
    assert "You take no mails from us" not in client.get("/me/mail").text


def test_guests_are_asked_to_sign_in(db: Any, client: FlaskClient) -> None:
    assert client.get("/me/mail").status_code == 302


def test_statements_do_not_grow_with_what_was_said(db: Any, client: FlaskClient, sign_in: SignIn, count_queries: Any) -> None:
    ada = reader(db)
    sign_in(client, ada)
    numbers = []
    for many in (1, 12):
        for number in range(many):
            press(client, "/me/mail/topic", {"topic": f"campaign:c{number}", "rhythm": "week"})
        with count_queries() as seen:
            client.get("/me/mail")
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] <= 12


def test_a_campaigns_page_leads_to_its_mails(db: Any, client: FlaskClient, sign_in: SignIn) -> None:
    now = utcnow()
    make_campaign("draw-mdm", starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=9), state="published")
    db.session.commit()
    sign_in(client, reader(db))
    assert 'href="/me/mail?topic=campaign:draw-mdm"' in client.get("/campaigns/draw-mdm").text


def test_a_campaign_that_is_not_out_has_no_title_here(db: Any, client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, reader(db))
    make_campaign("guessed", title="A surprise", state="draft")
    db.session.commit()
    page = client.get("/me/mail?topic=campaign:guessed")
    assert (page.status_code, "A surprise" in page.text) == (200, False)


def test_a_campaign_with_the_longest_address_has_a_rhythm_of_its_own(db: Any, client: FlaskClient, sign_in: SignIn) -> None:
    ada, now = reader(db), utcnow()
    topic = f"campaign:{'a-long-way-' * 7}end"
    make_campaign(topic.removeprefix("campaign:"), starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=9))
    db.session.commit()
    sign_in(client, ada)
    assert chosen(client.get("/me/mail").text, f"rhythm-{topic}") == "now"
    assert press(client, "/me/mail", {**GIVEN, f"rhythm-{topic}": "never"}).status_code == 303
    assert chosen(client.get("/me/mail").text, f"rhythm-{topic}") == "never"
    assert rhythm_of(wish_of(db.session.get_one(MailWish, ada.id)), news_topic(topic)) == "never"

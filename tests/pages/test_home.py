"""Home answers "what can I do next, and why?"; a profile shows what its owner lets each reader see."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities.drain import drain
from recognition.campaigns import services as campaigns
from recognition.identity.models import Member
from recognition.quests.services import walking as quests
from tests.factories import surveys
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.campaigns import make_campaign
from tests.factories.identity import make_group
from tests.factories.quests import make_quest

SignIn = Callable[[FlaskClient, Any], None]


def steps_of(page: str) -> list[str]:
    """The titles of what could be done next, in order."""
    return re.findall(r'class="c-step-card__title"[^>]*>\s*(?:<a[^>]*>)?([^<]+)', page)


def running(slug: str = "spring", **changes: Any) -> Any:
    now = clock.utcnow()
    return make_campaign(slug, starts_at=now - timedelta(days=2), **({"ends_at": now + timedelta(days=5)} | changes))


@pytest.fixture
def ada(make_member: Callable[..., Member], client: FlaskClient, sign_in: SignIn) -> Member:
    member = make_member("ada", name="Ada")
    sign_in(client, member)
    return member


def test_three_next_steps_of_different_sorts(client: FlaskClient, db: Any, ada: Member) -> None:
    make_quest("one", title="First things")
    make_quest("two", title="Second things")
    running(title="Spring cleaning")
    db.session.commit()
    page = client.get("/").get_data(as_text=True)
    assert "Good to see you, Ada." in page
    assert steps_of(page) == ["First things", "Spring cleaning", "Tell us what you did"]


def test_who_joined_is_pointed_to_the_next_quest(client: FlaskClient, db: Any, ada: Member) -> None:
    make_quest("one", title="First things")
    make_quest("two", title="Second things")
    campaigns.join(running(title="Spring cleaning"), ada.id, clock.utcnow())
    db.session.commit()
    assert steps_of(client.get("/").get_data(as_text=True)) == ["First things", "Tell us what you did", "Second things"]


def test_three_running_campaigns_joined_ones_first(
    client: FlaskClient, db: Any, ada: Member, count_queries: Callable[[], Any]
) -> None:
    now = clock.utcnow()
    made = [running(f"c{day}", title=f"Ends on day {day}", ends_at=now + timedelta(days=day, hours=1)) for day in (1, 2, 3, 4)]
    campaigns.join(made[-1], ada.id, now)
    db.session.commit()
    with count_queries() as seen:
        page = client.get("/").get_data(as_text=True)
    shown = re.findall(r">Ends on day (\d)</a></h3>", page.partition('class="p-home__aside"')[2])
    assert shown == ["4", "1", "2"]
    assert steps_of(page)[0] == "Ends on day 1"
    assert len(seen) <= 12


def test_a_quest_that_was_begun_goes_on(client: FlaskClient, db: Any, ada: Member) -> None:
    quest = make_quest("one", title="First things")
    db.session.commit()
    words = []
    for begins in (True, False):
        words += re.findall(r'class="c-step-card__action"[^>]*>([^<]+)', client.get("/").get_data(as_text=True))[:1]
        if begins:
            quests.start(ada, quest, clock.utcnow())
            db.session.commit()
    assert words == ["Begin", "Go on"]


def test_a_profile_without_deeds_invites_nobody_but_its_owner(
    client: FlaskClient, app: Any, make_member: Callable[..., Member], ada: Member
) -> None:
    make_member("bob", name="Bob")
    guest, other, own = (
        visitor.get(f"/members/{handle}").get_data(as_text=True)
        for visitor, handle in ((app.test_client(), "bob"), (client, "bob"), (client, "ada"))
    )
    assert "What Bob did is for members." in guest
    assert "Nothing to see here yet." in other
    assert ["<span>Tell what you did</span>" in page for page in (guest, other, own)] == [False, False, True]


def test_when_the_quests_run_out_the_nearest_pins_are_named(client: FlaskClient, db: Any, ada: Member) -> None:
    make_badge("far", {"count": {"kind": "talk"}, "at_least": 10}, name="Far Away")
    make_badge("near", {"count": {"kind": "talk"}, "at_least": 3}, name="Near You")
    for _deed in range(2):
        make_activity(ada.id, kind="talk", fingerprinted=False)
    db.session.commit()
    page = client.get("/").get_data(as_text=True)
    assert steps_of(page) == ["Tell us what you did", "Near You", "Far Away"]
    assert "2 of 3 already." in page


def test_a_campaign_that_is_not_running_is_not_suggested(client: FlaskClient, db: Any, ada: Member) -> None:
    now = clock.utcnow()
    make_campaign("later", title="Later", starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=9))
    make_campaign("over", title="Over", starts_at=now - timedelta(days=9), ends_at=now)
    running("resting", title="Resting", state="paused")
    running("draft", title="Draft", state="draft")
    db.session.commit()
    page = client.get("/").get_data(as_text=True)
    assert steps_of(page) == ["Tell us what you did"]
    assert not any(title in page for title in ("Later", "Over", "Resting", "Draft"))


def test_the_goal_is_told_in_words_and_numbers(client: FlaskClient, db: Any, ada: Member) -> None:
    counted = {"base_count": 40, "base_counted_at": clock.utcnow(), "reached_count": 10}
    running(title="Spring", target_count=None, target_share=0.8, goal_sentence="", **counted)
    db.session.commit()
    page = client.get("/").get_data(as_text=True)
    assert "10 of 40 active members are there." in page
    assert "The goal: 80% of us" in page


def test_the_latest_pin_is_shown_and_a_hidden_one_is_not(client: FlaskClient, db: Any, ada: Member) -> None:
    make_badge("talker", {"count": {"kind": "talk"}, "at_least": 1}, name="Talker")
    make_activity(ada.id, kind="talk")
    db.session.commit()
    drain()
    assert "Talker" in client.get("/").get_data(as_text=True)


def test_guests_see_public_deeds_only(client: FlaskClient, db: Any, make_member: Callable[..., Member]) -> None:
    ada = make_member("ada", name="Ada")
    make_activity(ada.id, text="For everybody", visibility="public")
    make_activity(ada.id, text="Among us", visibility="members")
    make_activity(ada.id, text="To myself", visibility="me")
    db.session.commit()
    page = client.get("/").get_data(as_text=True)
    assert "For everybody" in page
    assert "Among us" not in page
    assert "To myself" not in page


@pytest.mark.parametrize("signed_in", [False, True])
def test_home_asks_as_often_for_many_as_for_one(
    client: FlaskClient, db: Any, make_member: Callable[..., Member], sign_in: SignIn,
    count_queries: Callable[[], Any], signed_in: bool,
) -> None:  # fmt: skip
    ada = make_member("ada", name="Ada")
    make_badge("talker", {"count": {"kind": "talk"}, "at_least": 1})
    make_quest("one")
    make_quest("two")
    make_quest("three")
    campaign = running()
    db.session.commit()
    if signed_in:
        sign_in(client, ada)
    numbers = []
    for people in ("b", "cdefg"):
        for letter in people:
            other = make_member(f"member-{letter}")
            make_activity(other.id, kind="talk", visibility="public", tags=("x", "y"), group_id=make_group(f"g-{letter}").id)
            campaigns.join(campaign, other.id, clock.utcnow())
        db.session.commit()
        drain()
        db.session.expire_all()
        with count_queries() as seen:
            assert client.get("/").status_code == 200
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] <= 12


def test_a_profile_asks_as_often_for_many_deeds_as_for_one(
    client: FlaskClient, db: Any, make_member: Callable[..., Member], count_queries: Callable[[], Any]
) -> None:
    ada = make_member("ada", name="Ada")
    make_badge("talker", {"count": {"kind": "talk"}}, levels=[1, 5])
    numbers = []
    for deeds in (1, 7):
        for _deed in range(deeds):
            make_activity(ada.id, kind="talk", visibility="public", tags=("x",), fingerprinted=False)
        db.session.commit()
        drain()
        db.session.expire_all()
        with count_queries() as seen:
            assert client.get("/members/ada").status_code == 200
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] <= 12


def test_me_is_my_own_page(client: FlaskClient, ada: Member) -> None:
    assert client.get("/me").headers["Location"] == "/members/ada"


def test_nobody_is_nowhere(client: FlaskClient, db: Any, make_member: Callable[..., Member]) -> None:
    make_member("gone", state="suspended")
    db.session.commit()
    assert client.get("/members/gone").status_code == client.get("/members/nobody").status_code == 404


def test_who_takes_no_badges_is_offered_none(client: FlaskClient, db: Any, ada: Any) -> None:
    make_badge("ten-talks", {"count": {"kind": "talk"}, "at_least": 10}, name="Ten talks")
    make_activity(ada.id, kind="talk")
    db.session.commit()
    page = client.get("/").text
    assert ("Ten talks" in page, "Your latest pin" in page) == (True, True)
    ada.takes_badges = False
    db.session.commit()
    page = client.get("/").text
    assert ("Ten talks" in page, "Your latest pin" in page) == (False, False)


@pytest.mark.parametrize("said", ["yes", "declined"])
def test_a_survey_that_asks_me_stands_at_the_top_until_i_have_answered(
    client: FlaskClient, db: Any, ada: Member, count_queries: Callable[[], Any], said: str
) -> None:
    """ "Rather not say" is an answer; what others did is told by nothing on the page."""
    others = surveys.make_people(9)
    now = clock.utcnow()
    survey = surveys.open_survey(surveys.make_survey(opens_at=now, closes_at=now + timedelta(days=8)))
    running()
    db.session.commit()
    asks = '<a href="/surveys/know-mdm" dir="auto">Do we know what MDM is?</a> Your answer is welcome until'
    client.get("/")
    with count_queries() as seen:
        page = client.get("/")
    assert (page.text.count(asks), page.headers["Cache-Control"]) == (1, "private, no-store")
    assert len(seen) <= 12
    header = page.text.partition("p-home__greeting")[2].partition("</header>")[0]
    surveys.say(survey, others, "no")
    assert client.get("/").text.partition("p-home__greeting")[2].partition("</header>")[0] == header
    surveys.say(survey, [ada], said)
    assert "/surveys/know-mdm" not in client.get("/").text

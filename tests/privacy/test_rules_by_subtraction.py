"""A curious council writes rules and compares their numbers: pairs that differ by one person, and whole rows of them in which
the others are counted up one by one until a rounded number must give way. Whether Bob is quiet, voted, walked through a quest or
keeps something to himself, every preview, every figure of an area and every explanation says the same before and after."""

import html
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities import audience
from recognition.activities.builder.cards import pairs
from recognition.activities.builder.taking import take
from recognition.activities.criteria.parse import NOT_DONE, parse
from recognition.activities.drain import drain
from recognition.announcements.models import Notice
from recognition.badges.models import Award
from recognition.badges.rules import BadBadge, check_criteria
from recognition.campaigns.catalog import _spec as campaign
from recognition.campaigns.rules import CampaignSpec
from recognition.contests.checking import _rule as contest
from recognition.identity.models import Membership
from recognition.metrics import services as metrics
from recognition.metrics.models import Figure
from recognition.metrics.rules import AreaSpec
from recognition.pages.campaign_studio.sketch import there_words
from recognition.pages.news_desk.sketch import counted
from recognition.quests.sheets import BadSheet
from recognition.quests.sheets import _criteria as quest
from recognition.quiet.rules import Terms
from recognition.surveys import words as survey_words
from recognition.surveys.checking import faults
from recognition.surveys.services import opening
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.identity import make_group, make_member
from tests.factories.surveys import make_spec, make_survey
from tests.news.test_desk import form as news_form
from tests.news.test_desk import run_jobs
from tests.pages.test_campaign_studio import form as campaign_form

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True, scope="session")
KNOWN, FIRST_DAY = 24, 100
LATELY = {"last_days": 182}


def once(**where: Any) -> dict[str, Any]:
    return {"count": where, "at_least": 1}


SECRETS: dict[str, dict[str, Any]] = {
    "was seen": once(window=LATELY),
    "gave a sign": dict(Terms().seen),
    "voted": once(kind="contest.voted"),
    "walked": once(kind="quest.step", window=LATELY),
    "thought": once(kind="reflection"),
    "wears it secretly": {"holds": "pin"},
}
"""What must stay Bob's own. As a rule with him alone each is true after `live`, and false before."""


class House:
    """24 people who joined on one day after the other and did something on it that everybody may see; and Bob, whom a group of
    his own singles out."""

    def __init__(self, db: Any, now: datetime) -> None:
        self.db, self.now = db, now
        self.cora = make_member("cora", roles=("council", "admin"), joined_at=now)
        joined = now - timedelta(days=FIRST_DAY - 1)
        self.bob = make_member("bob", name="Bob Hidden", wears_at_once=False, joined_at=joined)
        for number in range(KNOWN):
            one = make_member(f"m{number}", joined_at=now - timedelta(days=FIRST_DAY + number))
            make_activity(one.id, occurred_at=now - timedelta(days=9), fingerprinted=False)
        self.group = make_group("bobs")
        self.badge = make_badge("pin", {})
        db.session.add(Membership(group_id=self.group.id, member_id=self.bob.id, state="in", since=now))
        db.session.commit()

    def live(self) -> None:
        """What Bob does and nobody else may know."""
        mine = {"occurred_at": self.now - timedelta(days=2), "fingerprinted": False}
        make_activity(self.bob.id, text="A diary", visibility="me", **mine)
        make_activity(self.bob.id, kind="contest.voted", visibility="me", source_key="v", **mine)
        for kind in ("quest.step", "reflection"):
            make_activity(self.bob.id, kind=kind, source_key=kind, **mine)
        make_activity(self.bob.id, kind="badge.awarded", object="badge:pin", source_key="b", **mine)
        self.db.session.add(
            Award(key="k", badge_id=self.badge.id, member_id=self.bob.id, version=1, awarded_at=self.now, shown=False)
        )
        self.db.session.commit()


@pytest.fixture
def house(db: Any, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    now = clock.utcnow().replace(microsecond=0)
    with clock.as_of(now):
        yield House(db, now)


def attacks(secret: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Bob alone; and Bob beside 7 to 12 whom the attacker knows, so that wherever numbers are rounded one of them is on the
    edge. Each also turned round."""
    for asked in (secret, {"not": secret}):
        bob = {"all": [{"belongs_to": "bobs"}, asked]}
        yield bob
        for beside in range(7, 13):
            yield {"any": [{"member_for": FIRST_DAY + KNOWN - beside}, bob]}


def told(rule: dict[str, Any], now: datetime) -> tuple[str, ...]:
    """Of one rule all that the forms of campaigns, announcements, surveys and of staying in touch say."""
    spec = CampaignSpec("x", "x", now, now + timedelta(days=9), goal_criteria=rule)
    found = audience.count(rule, now)
    return there_words(spec, now), counted(found), survey_words.asked(found)


def test_no_row_of_rules_tells_what_is_bobs_own(house: House, app: Flask) -> None:
    rules = {name: list(attacks(secret)) for name, secret in SECRETS.items()}
    with app.test_request_context():
        before = {name: [told(rule, house.now) for rule in found] for name, found in rules.items()}
        house.live()
        after = {name: [told(rule, house.now) for rule in found] for name, found in rules.items()}
    assert before == after
    # The attack is a real one: the rules do mean Bob, and the numbers do change with those whom everybody knows.
    for secret in SECRETS.values():
        assert audience.meeting(secret, [house.bob.id], house.now) == [house.bob.id]
    said = {each[1] for found in after.values() for each in found}
    assert {f"About {number} people, as of today, by what all of us may see." for number in (5, 10)} <= said


def test_neither_does_a_roll(house: House) -> None:
    """Of two surveys whose rolls may differ by Bob: how many were asked is told at the end."""
    rules = [rule for secret in SECRETS.values() for rule in list(attacks(secret))[:3]]
    sizes = []
    for turn in range(2):
        for number, rule in enumerate(rules):
            survey = make_survey(f"s{turn}-{number}", opens_at=house.now, closes_at=house.now + timedelta(days=8))
            survey.audience = rule
            opening._draw_slice(survey)
            sizes.append(survey.roll_size)
        if not turn:
            house.live()
    assert sizes[: len(rules)] == sizes[len(rules) :]


def test_nor_an_area_of_the_dashboards(house: House) -> None:
    day, found = clock.day_number(house.now), []
    deeds = [secret for name, secret in SECRETS.items() if name not in ("was seen", "gave a sign", "walked")]
    rules = [once(), *({"any": [once(), one]} for one in deeds), *({"all": [{"belongs_to": "bobs"}, one]} for one in deeds)]
    for number, rule in enumerate(rules):
        metrics.save_area(None, AreaSpec(f"A{number}", "", "live", number, rule), house.now, house.cora.id, slug=f"a{number}")
    for turn in range(2):
        for number in range(len(rules)):
            metrics.count(f"active.a{number}", day, house.now)
        columns = (Figure.name, Figure.span, Figure.by, Figure.slot, Figure.value)
        found.append(sorted(map(tuple, house.db.session.execute(sa.select(*columns)))))
        if not turn:
            house.live()
    assert found[0] == found[1]
    assert ("active.a0", 28, "", "", KNOWN) in found[0]


def rule_form(rule: dict[str, Any], name: str = "rule") -> dict[str, list[str]]:
    """As the cards of the builder send it."""
    found: dict[str, list[str]] = {}
    for key, value in pairs(take(rule), name):
        found.setdefault(key, []).append(value)
    return found


def text(answer: Any) -> str:
    body = re.sub(r"(?s)<(script|style|datalist).*?</\1>", "", answer.get_data(as_text=True))
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", body)).split())


BADGE = {"name": "A pin", "family": "helping", "glyph": "lifebuoy", "band": "TALKS", "summary": "For talks.", "how": "rule"}


def pages(client: FlaskClient, rule: dict[str, Any]) -> dict[str, str]:
    """Every page of the council that takes a rule and answers at once, by itself."""
    cards = rule_form(rule)
    sent: dict[str, tuple[str, dict[str, Any]]] = {
        "badge": ("/council/badges/who", BADGE | cards),
        "campaign": ("/council/campaigns/preview", campaign_form(goal_kind="rule", **cards)),
        "news": ("/council/news/preview", news_form(who="rule", **cards)),
        "touch": ("/council/staying-in-touch", {"then": "look", "version": "0", "thank_days": "7", "again_days": "180",
                                                "grace_days": "90", **rule_form(rule, "seen")}),
    }  # fmt: skip
    answers = {name: client.post(path, data=data) for name, (path, data) in sent.items()}
    assert {answer.status_code for answer in answers.values()} <= {200, 422}
    return {name: text(answer) for name, answer in answers.items()}


def test_the_pages_say_no_more_than_that(house: House, client: FlaskClient, sign_in: Any) -> None:
    """By the real forms, by the page that explains to the council why Bob has no pin yet, by a pin that is out already and that
    he has not answered for, or declined, and by what giving it to him would do."""
    sign_in(client, house.cora)
    voted = {"all": [{"member_for": 1}, {"belongs_to": "bobs"}, SECRETS["voted"]]}
    seen = {"all": [{"belongs_to": "bobs"}, SECRETS["was seen"]]}
    make_badge("voter", voted, name="Voter")
    make_badge("here", seen, name="Here")
    house.db.session.commit()

    def look() -> list[Any]:
        explained = [text(client.get(f"/council/badges/{slug}/explain/bob")) for slug in ("voter", "here")]
        explained += [text(client.get(path)) for path in ("/council/badges/", "/badges/voter", "/members/bob")]
        who = BADGE | rule_form({"belongs_to": "bobs"})
        explained += [text(client.post("/council/badges/who?of=voter", data=who))]
        given = {"people": "bob", "reason": "Tea.", "step": "look"}
        explained += [text(client.post("/council/badges/voter/give", data=given))]
        return [*explained, *(pages(client, rule) for rule in (voted, seen, {"any": [{"member_for": 117}, seen]}))]

    before = look()
    house.live()
    drain()
    held = sa.select(Award.badge_id).where(Award.member_id == house.bob.id, ~Award.shown)
    assert len(house.db.session.scalars(held).all()) == len({"pin", "voter", "here"})
    assert look() == before
    house.db.session.execute(sa.update(Award).where(Award.member_id == house.bob.id).values(answer="declined"))
    house.db.session.commit()
    assert look() == before
    assert "to 1 person . Bob Hidden" in before[5].replace("person.", "person .")
    assert "Fewer than 5 people, perhaps nobody." in before[7]["news"]
    assert "Today this would go to nobody new." in before[7]["badge"]
    assert "0 of 1" in before[0]
    assert "about 20 of about 25 active members" in before[-1]["touch"]


def test_who_writes_to_the_quiet_sees_neither_who_nor_exactly_how_many(house: House, client: FlaskClient, sign_in: Any) -> None:
    """The first goes to Bob too, the second, to who never was seen, does not; their records look alike."""
    sign_in(client, house.cora)
    told, records = [], []
    for title in ("Hello there", "Hello again"):
        cards = rule_form({"not": SECRETS["was seen"]})
        client.post(
            "/council/news/new", data=news_form(who="rule", is_public="", **{"text-0-title": title, **cards}, then="send")
        )
        slug = title.lower().replace(" ", "-")
        client.post(f"/council/news/{slug}/send")
        run_jobs()
        told.append(house.db.session.scalars(sa.select(Notice.member_id).where(Notice.path == f"/news/{slug}")).all())
        records.append(text(client.get(f"/council/news/{slug}/")).replace(title, ""))
        if title == "Hello there":
            house.live()
    assert [house.bob.id in some for some in told] == [True, False]
    # How many notices Cora herself has stands at the top.
    assert len({re.sub(r"Notices, \d new \d", "", one) for one in records}) == 1
    assert "fewer than five, perhaps nobody" in records[0]
    assert "Bob" not in records[0]


QUIET = [
    {"not": once(window=LATELY)},
    {"all": [{"belongs_to": "bobs"}, {"not": {"any": [{"member_for": 30}, once(kind="talk")]}}]},
    {"any": [once(), {"some": [once(), {"not": {"finished": "what-is-mdm"}}, {"holds": "pin"}], "at_least": 2}]},
]
PLACES = ["not", "all[1].not", "any[1].some[1].not"]


@pytest.mark.parametrize(("rule", "place"), list(zip(QUIET, PLACES, strict=True)))
def test_nothing_that_shows_people_asks_for_what_they_did_not_do(house: House, rule: dict[str, Any], place: str) -> None:
    """By a badge, a goal, a vote or a quest the quiet would stand in a list that everybody reads."""
    parse(rule)
    with pytest.raises(BadBadge) as badge:
        check_criteria(rule, ())
    with pytest.raises(ValueError, match=r"goal\.criteria") as goal:
        campaign({"slug": "x", "goal": {"criteria": rule}})
    with pytest.raises(BadSheet) as sheet:
        quest({"requires": rule}, "requires", "")
    said = [badge.value.reason, str(goal.value), str(sheet.value)]
    said += [dict(contest(name, rule))[name] for name in ("may_enter", "may_vote")]
    said += [dict(faults(make_spec(**{name: rule})))[name] for name in ("audience", "evidence")]
    assert [f"{place}: {NOT_DONE}" in one for one in said] == [True] * 7


def test_the_forms_say_so_where_it_was_written(house: House, client: FlaskClient, sign_in: Any) -> None:
    sign_in(client, house.cora)
    said = "who is quiet is theirs alone"
    cards = rule_form(QUIET[0])
    for path, data in (
        ("/council/badges/new", BADGE | cards | {"then": "keep"}),
        ("/council/campaigns/new", campaign_form(goal_kind="rule", **cards)),
    ):
        answer = client.post(path, data=data)
        assert (answer.status_code, said in text(answer)) == (422, True), path
    shown = pages(client, QUIET[0])
    assert "Bob" not in shown["badge"] + shown["campaign"] + shown["news"] + shown["touch"]
    assert "as of today" in shown["news"] or "perhaps nobody" in shown["news"]

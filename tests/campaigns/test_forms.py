"""The council's form: a checked campaign, or a sentence for each wrong field."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from recognition.activities.builder.cards import pairs
from recognition.activities.builder.taking import take
from recognition.campaigns.forms import RULE, checked, written
from recognition.campaigns.models import Campaign
from recognition.campaigns.rules import CampaignSpec

FORM = {"title": "Draw What MDM Means", "tagline": "One line.", "family": "making", "starts_on": "2026-12-01",
        "ends_on": "2026-12-24", "goal_kind": "deeds", "goal_tag": " #MDM ", "goal_times": "3", "target_kind": "share",
        "target": "80"}  # fmt: skip
OFFERED = {"quests": ["q"], "badges": ["b"], "contests": ["c"], "events": ["e"], "groups": ["g"]}


@pytest.fixture(autouse=True)
def in_a_request(app):
    with app.test_request_context():
        yield


def known(_criteria: Any) -> dict[str, set[str]]:
    return {"kind": {"talk"}, "group": set(), "campaign": set(), "quest": set(), "badge": set(), "contest": set()}


def draft(changes: dict[str, str], stored: Campaign | None = None, **lists: tuple[str, ...]) -> Any:
    form = MultiDict(FORM | changes)
    for name, slugs in lists.items():
        form.setlist(name, list(slugs))
    return checked(written(form), OFFERED, known, stored)


def spec(changes: dict[str, str], **lists: tuple[str, ...]) -> CampaignSpec:
    found = draft(changes, **lists)
    assert found.errors == {}
    return found.spec


def errors(changes: dict[str, str], **lists: tuple[str, ...]) -> set[str]:
    found = draft(changes, **lists)
    assert found.spec is None
    return set(found.errors)


def test_all_of_it():
    found = spec({"contact": "Ask us", "lead_days": "7", "mentions": "https://a.example/x A story\nhttps://b.example/y"},
                 quests=("q",), badges=("b",), groups=("g",), contests=("c",))  # fmt: skip
    assert found == CampaignSpec(
        slug="draw-what-mdm-means", title="Draw What MDM Means", tagline="One line.", family="making",
        starts_at=datetime(2026, 12, 1, tzinfo=UTC), ends_at=datetime(2026, 12, 25, tzinfo=UTC),
        goal_criteria={"count": {"tags_any": ["mdm"]}, "at_least": 3}, target_share=0.8, quests=("q",), badges=("b",),
        groups=("g",), lead_days=7, contact="Ask us", mentions=(("A story", "https://a.example/x"), ("b.example", "https://b.example/y")),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "goal", "share", "count"),
    [
        ({"goal_kind": "none"}, None, None, None),
        ({"goal_kind": "quest", "goal_quest": "q"}, {"finished": "q"}, 0.8, None),
        ({"goal_tag": ""}, {"count": {}, "at_least": 3}, 0.8, None),
        ({"target_kind": "count", "target": "40"}, {"count": {"tags_any": ["mdm"]}, "at_least": 3}, None, 40),
    ],
)
def test_goals(changes, goal, share, count):
    found = spec(changes)
    assert (found.goal_criteria, found.target_share, found.target_count) == (goal, share, count)


RULE_GOAL = {"distinct": "week", "where": {"kind": ["talk"]}, "at_least": 3}


def test_any_rule_can_be_built():
    cards = dict(pairs(take(RULE_GOAL), RULE))
    assert spec({"goal_kind": "rule"} | cards).goal_criteria == RULE_GOAL
    assert errors({"goal_kind": "rule"} | cards | {"rule-at_least": "0"}) == {"rule-at_least"}
    assert errors({"goal_kind": "rule"} | cards | {"rule-kind": "juggling"}) == {"rule-kind_more"}


def test_a_rule_that_stays_as_it_is_may_speak_of_what_is_gone():
    goal = {"count": {"kind": ["juggling"]}, "at_least": 3}
    stored = Campaign(slug="spring", goal_criteria=goal)
    assert draft({"goal_kind": "rule"} | dict(pairs(take(goal), RULE)), stored).spec.goal_criteria is goal


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"title": ""}, {"title"}), ({"title": "x" * 121}, {"title"}),
        ({"slug": "Not A Slug"}, {"slug"}), ({"slug": "x" * 65}, {"slug"}), ({"family": "loud"}, {"family"}),
        ({"starts_on": "soon"}, {"starts_on"}), ({"starts_on": "", "ends_on": ""}, {"starts_on", "ends_on"}),
        ({"ends_on": "2026-11-30"}, {"ends_on"}), ({"ends_on": "2036-12-01"}, {"ends_on"}),
        ({"starts_on": "9999-12-01", "ends_on": "9999-12-31"}, {"starts_on", "ends_on"}),
        ({"starts_on": "0001-01-01", "ends_on": "0001-01-02"}, {"starts_on", "ends_on"}),
        ({"goal_kind": "quest", "goal_quest": "nope"}, {"goal_quest"}), ({"goal_kind": "dance"}, {"goal_kind"}),
        ({"goal_times": "0"}, {"goal_times"}), ({"goal_times": "many"}, {"goal_times"}),
        ({"goal_times": "9" * 30}, {"goal_times"}),
        ({"target": "0"}, {"target"}), ({"target": "101"}, {"target"}), ({"target": "half"}, {"target"}),
        ({"target_kind": "count", "target": "0"}, {"target"}), ({"tagline": "a\x00b"}, {"tagline"}),
        ({"body": "a\x9bb"}, {"body"}), ({"title": "\u200b\u3164"}, {"title"}),
        ({"lead_days": "121"}, {"lead_days"}), ({"lead_days": "-1"}, {"lead_days"}), ({"contact": "x" * 201}, {"contact"}),
        ({"mentions": "javascript:alert(1) x"}, {"mentions"}), ({"mentions": "https://x.example/\n" * 21}, {"mentions"}),
        ({"mentions": "https:// x"}, {"mentions"}), ({"mentions": "https://x.example/ " + "y" * 121}, {"mentions"}),
        ({"title": "", "target": "x", "family": ""}, {"title", "target", "family"}),
    ],
)  # fmt: skip
def test_every_wrong_field_is_named(changes, wrong):
    assert errors(changes) == wrong


def test_only_what_may_be_attached():
    assert errors({}, quests=("gone",)) == {"attached"}
    assert errors({}, badges=("gone",)) == {"attached"}
    assert errors({}, contests=("gone",)) == errors({}, groups=("gone",)) == errors({}, events=("gone",)) == {"attached"}


def test_a_goals_tag_is_written_as_the_log_writes_it():
    found = spec({"goal_tag": " #Open Web ", "goal_times": "2"})
    assert found.goal_criteria == {"count": {"tags_any": ["open-web"]}, "at_least": 2}


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Draw it v1.-x", "draw-it-v1-x"),
        ("word " * 24, "(word-){11}word"),
        ("画出来", "x-[0-9a-f]{12}"),
        ("???", "x-[0-9a-f]{12}"),
    ],
)
def test_every_title_makes_an_address(title, slug):
    assert re.fullmatch(slug, spec({"title": title}).slug)


def test_line_ends_of_a_browser_become_plain():
    found = spec({"why_now": "One\r\ntwo", "body": "a\r\n\r\nb\rc"})
    assert (found.why_now, found.body) == ("One\ntwo", "a\n\nb\nc")

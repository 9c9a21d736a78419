"""The council's form: a checked campaign, or a sentence for each wrong field."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from recognition.campaigns.forms import campaign_spec
from recognition.campaigns.rules import BadCampaign, CampaignSpec

FORM = {"title": "Draw What MDM Means", "tagline": "One line.", "family": "making", "starts_on": "2026-12-01",
        "ends_on": "2026-12-24", "goal_kind": "deeds", "goal_tag": " #MDM ", "goal_times": "3", "target_kind": "share",
        "target": "80"}  # fmt: skip


@pytest.fixture(autouse=True)
def in_a_request(app):
    with app.test_request_context():
        yield


def spec(changes: dict[str, str], quests: tuple = (), badges: tuple = (), **more: Any) -> CampaignSpec:
    return campaign_spec(FORM | changes, ["q"], ["b"], (list(quests), list(badges)), **more)


def errors(changes: dict[str, str], **more: Any) -> set[str]:
    with pytest.raises(BadCampaign) as caught:
        spec(changes, **more)
    return set(caught.value.errors)


def test_all_of_it():
    found = spec({}, quests=("q",), badges=("b",))
    assert found == CampaignSpec(
        slug="draw-what-mdm-means", title="Draw What MDM Means", tagline="One line.", family="making",
        starts_at=datetime(2026, 12, 1, tzinfo=UTC), ends_at=datetime(2026, 12, 25, tzinfo=UTC),
        goal_criteria={"count": {"tags_any": ["mdm"]}, "at_least": 3}, target_share=0.8, quests=("q",), badges=("b",),
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


def test_a_goal_that_says_more_than_the_form_is_kept():
    goal = {"distinct": "week", "where": {}, "at_least": 3}
    assert spec({"goal_kind": "kept"}, kept_goal=goal).goal_criteria == goal
    assert errors({"goal_kind": "kept"}) == {"goal_kind"}


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
        ({"title": "", "target": "x", "family": ""}, {"title", "target", "family"}),
    ],
)  # fmt: skip
def test_every_wrong_field_is_named(changes, wrong):
    assert errors(changes) == wrong


def test_only_what_may_be_attached():
    assert errors({}, quests=("gone",)) == {"attached"}
    assert errors({}, badges=("gone",)) == {"attached"}


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

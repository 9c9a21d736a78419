"""Rules and progress in words that people know."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from recognition.activities import measure
from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import leaves
from recognition.activities.models import Kind
from recognition.badges import words
from recognition.badges.models import Badge
from recognition.badges.queries import rule_of
from recognition.catalog import services as catalog
from recognition.quests.models import Quest
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.identity import make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SHIPPED = Path(__file__).parents[2] / "recognition" / "catalog" / "mdm"


def test_no_slug_is_left_in_any_sentence_of_the_shipped_badges(db: Any) -> None:
    catalog.load(SHIPPED, NOW)
    badges = db.session.scalars(sa.select(Badge)).all()
    rules = [rule_of(badge) for badge in badges]
    names = words.names_for([rule.criteria for rule in rules])
    slugs = {
        slug for model in (Badge, Quest, Kind) for slug in db.session.scalars(sa.select(model.slug)) if re.search("[-.]", slug)
    }
    for rule in rules:
        said = words.sentence(rule, names)
        assert said[0] == said[0].upper()
        assert [slug for slug in slugs if slug in said] == []
        assert re.findall(r"\b(?:quest|badge|campaign|group):", said) == []
    assert len(rules) > 20


def test_sentences_read_well(db: Any) -> None:
    make_badge("helper", {"count": {"kind": "talk"}}, name="Helper", levels=[1, 5])
    rule = {"some": [{"holds": "helper", "level": 5}, {"distinct": "month", "where": {}, "at_least": 3}], "at_least": 1}
    both = rule_of(make_badge("both", rule))
    names = words.names_for([both.criteria])
    assert words.sentence(both, names) == "Hold the badge “Helper” at level 5 or 3 different months with a deed of any kind."


def test_quests_and_badges_are_listed_in_one_breath(app: Any) -> None:
    def said(**rule: Any) -> str:
        return describe(parse(rule), {"quest:a": "A", "quest:b": "B", "quest:c": "C", "badge:d": "D"})

    with app.test_request_context():
        quests = [{"finished": slug} for slug in "abc"]
        assert said(all=quests) == "finish the quests “A”, “B” and “C”"
        assert said(any=quests) == "finish one of the quests “A”, “B” or “C”"
        assert said(some=quests, at_least=2) == "finish 2 of the quests “A”, “B” and “C”"
        assert said(all=[*quests[:1], {"holds": "d"}]) == "finish the quest “A” and hold the badge “D”"
        assert said(all=quests[:1]) == "finish the quest “A”"


def test_one_look_measures_what_the_drain_measures(db: Any) -> None:
    ada, bea = make_member("ada"), make_member("bea")
    parts = [
        {"count": {"kind": "talk"}, "at_least": 3},
        {"count": {"tags_any": ["mdm"]}, "at_least": 9},
        {"distinct": "kind", "where": {}, "at_least": 9},
        {"distinct": "month", "where": {}, "at_least": 9},
        {"distinct": "tag", "where": {}, "at_least": 9},
        {"streak": "week", "where": {}, "at_least": 9, "gaps": 1},
        {"streak": "day", "where": {"kind": "talk"}, "at_least": 9},
    ]
    rule = rule_of(make_badge("all", {"all": parts}))
    for number in range(8):
        day = datetime(2026, 9 + number // 4, 1 + 7 * (number % 4), 12, tzinfo=UTC)
        make_activity(ada.id, kind=("talk", "writing")[number % 2], occurred_at=day, tags=("mdm", f"t{number}")[: 1 + number % 2])
        make_activity(bea.id, kind="talk", occurred_at=day)
    seen = words.measured([rule], ada.id, NOW)
    drained = {
        leaf: measure.measure(leaf, [ada.id, bea.id], leaf.at_least, now=NOW).get(ada.id, 0) for leaf in leaves(rule.criteria)
    }
    everybody = {leaf: measure.measure(leaf, None, leaf.at_least, now=NOW).get(ada.id, 0) for leaf in leaves(rule.criteria)}
    assert seen == drained == everybody
    assert sorted(seen.values()) == [1, 2, 2, 3, 5, 8, 8]


def test_the_command_line_explains_and_tries(app: Any, db: Any) -> None:
    ada = make_member("ada")
    make_badge("talker", {"count": {"kind": "talk"}, "at_least": 2})
    make_activity(ada.id, kind="talk")
    db.session.commit()
    runner = app.test_cli_runner()
    said = json.loads(runner.invoke(args=["badges", "explain", "talker", "ada"]).output)
    assert (said["met"], said["held"], said["progress"]["done"], said["progress"]["goal"]) == (False, False, 1, 2)
    assert json.loads(runner.invoke(args=["badges", "dry-run", "talker"]).output)["would_get"] == 0
    make_activity(ada.id, kind="talk", fingerprinted=False)
    db.session.commit()
    tried = json.loads(runner.invoke(args=["badges", "dry-run", "talker"]).output)
    assert (tried["would_get"], tried["members"]) == (1, [{"member": "ada", "levels": []}])
    assert json.loads(runner.invoke(args=["badges", "backfill", "talker"]).output) == {"badge": "talker", "awarded": 1}
    assert json.loads(runner.invoke(args=["badges", "backfill", "talker", "--again"]).output)["awarded"] == 0
    assert runner.invoke(args=["badges", "explain", "talker", "nobody"]).exit_code == 1

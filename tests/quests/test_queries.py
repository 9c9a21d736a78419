"""How quests look to one member: states, what comes next, the map; at a fixed number of statements."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recognition import clock
from recognition.activities import measure
from recognition.activities.criteria.decide import decide
from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.parse import parse
from recognition.quests import queries
from recognition.quests.queries import QuestLine, StepLine, draw, next_for, quests_for, suggest, walk
from recognition.quests.rules import state_of
from recognition.quests.services import walking as services
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.campaigns import make_campaign
from tests.factories.identity import make_group
from tests.factories.quests import make_quest

KNOWN_NAMES = {
    "quest:one": "One",
    "badge:kind-word": "Kind-Word",
    "group:nairobi": "Nairobi hall",
    "campaign:spring": "Spring days",
}
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def take(member: Any, quest: Any, steps: int) -> None:
    services.start(member, quest, NOW)
    for step in quest.steps[:steps]:
        services.read_step(member, quest, step, NOW)


def test_states_shares_and_minutes(app: Any, make_member: Callable[..., Any]) -> None:
    member, other = make_member("ada"), make_member("ben")
    reads = ("read", "read", "read")
    one = make_quest("one", reads, position=1, minutes=30)
    two = make_quest("two", reads, position=2, minutes=30, requires={"finished": "one"})
    make_quest("three", reads, position=3, requires={"finished": "two"})
    make_quest("hidden", reads, position=4, state="draft")
    take(member, one, 3)
    take(member, two, 1)
    take(other, one, 1)
    lines = quests_for(member.id)
    seen = [(line.slug, line.state, line.done, line.total, line.minutes_left, line.next_slug) for line in lines]
    assert seen == [
        ("one", "done", 3, 3, 0, None), ("two", "started", 1, 3, 20, "read-2"), ("three", "locked", 0, 3, 12, "read"),
    ]  # fmt: skip
    assert lines[2].unlocks == "Opens when you finish “Two”"
    assert [line.state for line in quests_for(None)] == ["open", "locked", "locked"]
    assert [line.state for line in quests_for(other.id)] == ["started", "locked", "locked"]


def test_what_opens_a_quest_is_said_with_what_is_missing(app: Any, make_member: Callable[..., Any]) -> None:
    member = make_member()
    for name in ("one", "two", "three"):
        make_quest(name, ("read",))
    make_badge("kind-word")
    make_group("nairobi", name="Nairobi hall")
    make_campaign("spring", title="Spring days")
    parts = [{"finished": name} for name in ("one", "two", "three")]
    rules = {
        "q1": {"some": parts, "at_least": 2},
        "q2": {"any": parts},
        "q3": {"all": parts},
        "q4": {"holds": "kind-word"},
        "q6": {"belongs_to": "nairobi"},
        "q7": {"count": {"campaign": "spring"}, "at_least": 2},
        "q5": {"all": [{"finished": "one"}, {"count": {"tags_any": ["tea"]}, "at_least": 2}]},
    }
    for slug, rule in rules.items():
        make_quest(slug, ("read",), requires=rule)
    said = {line.slug: line.unlocks for line in quests_for(member.id)}
    assert said["q1"] == "Opens when you finish 2 of these: “One”, “Two”, “Three”"
    assert said["q2"] == "Opens when you finish one of these: “One”, “Two”, “Three”"
    assert said["q3"] == "Opens when you finish “One” and “Two” and “Three”"
    for slug in ("q4", "q5", "q6", "q7"):
        rule = parse(rules[slug])
        assert said[slug] == "To open it: " + describe(rule, KNOWN_NAMES)
    assert ["Nairobi hall" in said["q6"], "Spring days" in said["q7"]] == [True, True]
    one = walk("one", member.id)
    assert one is not None
    take(member, one.quest, 1)
    said = {line.slug: line.unlocks for line in quests_for(member.id)}
    assert said["q1"] == "Opens when you finish one of these: “Two”, “Three”"
    assert said["q2"] == ""
    assert said["q3"] == "Opens when you finish “Two” and “Three”"


def test_the_short_way_and_the_measure_agree(app: Any, make_member: Callable[..., Any]) -> None:
    """Finished quests are looked up for all rules at once; the verdict is the one that a start will give."""
    ada, ben = make_member("ada"), make_member("ben")
    one = make_quest("one", ("read",))
    make_activity(ben.id, tags=("tea",))
    rule = {"any": [{"finished": "one"}, {"count": {"tags_any": ["tea"]}, "at_least": 1}]}
    make_quest("two", ("read",), requires=rule)
    make_quest("three", ("read",), requires={"all": [{"finished": "one"}, {"finished": "two"}]})
    take(ada, one, 1)
    for member in (ada, ben, make_member("cleo")):
        shut = {line.slug for line in quests_for(member.id) if line.state == "locked"}
        for slug, data in (("two", rule), ("three", {"all": [{"finished": "one"}, {"finished": "two"}]})):
            criteria = parse(data)
            met = decide(criteria, measure.values(criteria, [member.id], now=clock.utcnow())[member.id]).met
            assert (slug not in shut) is met


def test_what_comes_next(app: Any, make_member: Callable[..., Any]) -> None:
    member = make_member()
    one = make_quest("one", ("read",), position=1)
    make_quest("two", ("read", "read"), position=2, requires={"finished": "one"})
    three = make_quest("three", ("read", "read"), position=3)
    make_quest("four", ("read",), position=4, campaign="autumn")
    first = next_for(member.id)
    assert [step.url["slug"] for step in first] == ["one", "three", "four"]
    assert first[0] == queries.NextStep("One", "A good place to begin.", 12, "learning", "quests.show", {"slug": "one"})
    take(member, one, 1)
    take(member, three, 1)
    found = next_for(member.id, 2)
    assert [(step.title, step.reason, step.minutes, step.endpoint, step.url) for step in found] == [
        ("Three", "You are nearly there: one step is left.", 6, "quests.step", {"slug": "three", "step": "read-2"}),
        ("Two", "It opened when you finished “One”.", 12, "quests.show", {"slug": "two"}),
    ]
    assert [step.title for step in next_for(member.id, 5, campaign="autumn")] == ["Four"]


def test_as_many_statements_for_seven_quests_as_for_one(
    app: Any, make_member: Callable[..., Any], count_queries: Callable[[], Any]
) -> None:
    member = make_member()
    start = make_quest("start", ("read",))
    make_quest("q0", ("read", "quiz"), requires={"finished": "start"})
    take(member, start, 0)
    counts = []
    for more in ((), range(1, 8)):
        for number in more:
            make_quest(f"q{number}", ("read", "quiz", "do"), requires={"finished": f"q{number - 1}"})
        with count_queries() as seen:
            queries.draw(queries.quests_for(member.id))
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 6


NAMES = "abcdefg"


@st.composite
def worlds(draw_from: st.DrawFn) -> tuple[list[tuple[str, list[str], int]], set[str]]:
    """Random quests in an order, each needing some before it, and how many steps were taken (-1: not begun)."""
    quests = []
    for number, name in enumerate(NAMES[: draw_from(st.integers(1, 7))]):
        needs = draw_from(st.lists(st.sampled_from(NAMES[:number]), unique=True)) if number else []
        quests.append((name, needs, draw_from(st.integers(-1, 3))))
    return quests, {name for name, _needs, taken in quests if taken == 3}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_map_and_next_steps_agree_on_any_graph(world: tuple[list[tuple[str, list[str], int]], set[str]]) -> None:
    quests, finished = world
    lines = []
    for number, (name, needs, taken) in enumerate(quests):
        steps = tuple(StepLine(number * 10 + i, number, f"s{i}", i, "read", "", 1, i < taken) for i in range(3))
        state = state_of(set(needs) <= finished, taken >= 0, taken == 3)
        lines.append(QuestLine(number, name, name, "", "learning", 9, None, 0, 0, steps, state, "", tuple(needs)))
    found = draw(lines)
    lit = [station for station in found.stations if station.state == "next"]
    steps = suggest(lines, 100)
    walkable = [line for line in lines if line.state in ("open", "started")]
    assert len(lit) == (1 if walkable else 0)
    assert {step.url["slug"] for step in steps} == {line.slug for line in walkable}
    if lit:
        assert steps[0].url["slug"] == lit[0].slug
    begun = [line.slug for line in lines if line.state == "started"]
    assert [step.url["slug"] for step in steps[: len(begun)]] == sorted(begun, key=lambda s: -shares(lines)[s])
    for line, station in zip(lines, found.stations, strict=True):
        assert (station.state == "locked") == (line.state == "locked")
        if line.state == "locked":
            assert not set(line.needs) <= finished
        if line.state == "started":
            assert line.next_slug is not None
            assert 0 < line.minutes_left <= 9
    direct = {name: {start for start, end in found.lines if end == name} for name, _needs, _taken in quests}
    for name, needs, _taken in quests:
        assert direct[name] <= set(needs)
        assert behind(name, direct) == behind(name, {n: set(ns) for n, ns, _t in quests})
        for start in direct[name]:
            assert not any(start in behind(other, direct) for other in direct[name] - {start})


def behind(name: str, graph: dict[str, set[str]]) -> set[str]:
    return set().union(*({need} | behind(need, graph) for need in graph[name]))


def shares(lines: list[QuestLine]) -> dict[str, float]:
    return {line.slug: line.share for line in lines}

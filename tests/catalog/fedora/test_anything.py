"""Whatever somebody writes into a rule: a badge of ours comes out, or a sentence that says why not. Nothing else."""

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.badges.rules import check_spec
from recognition.catalog.fedora import expressions
from recognition.catalog.fedora.reading import File, Refused, load
from recognition.catalog.fedora.rules import KEYS, convert
from recognition.catalog.fedora.series import chain
from recognition.catalog.fedora.topics import all_of

WORDS = st.sampled_from([
    "a.b", "a.c", "x.a.b", "org.x.prod.a.b", "a", "%(topic)s", "%(msg.agent)s", "%(msg.owner)s", "message.topic", "recipient",
    "count", "", "msg['msg']['n'] == 1", "message.body.n >= 2", "query.count()", "value >= 3",
    "len([m for m in query.all() if m.msg['n'] == 1])",
    ">= 3", "equal to: 2", "A", "B", "\U0001f41d", "9" * 400, "lambda: 0", "((((", "not msg.a", "{msg.user}",
    "msg.get('msg', {}).get('n')",
])  # fmt: skip
NAMES = st.sampled_from([
    "topic", "category", "all", "any", "not", "lambda", "datanommer", "filter", "operation", "condition", "topics", "categories",
    "users", "not_topics", "start", "end", "rows_per_page", "greater than or equal to", "is equal to", "less than", "pkgdb",
])  # fmt: skip
VALUES = st.recursive(
    st.one_of(WORDS, st.none(), st.booleans(), st.integers(-3, 2_000_000), st.floats(), st.dates()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)
PLAIN = [
    {"topic": "a.b"},
    {"topic": ["a.b", "a.c"]},
    {"all": [{"topic": "a.b"}, {"lambda": "msg.msg.n == 1"}]},
    {"category": "a"},
]
TRIGGERS = st.one_of(st.sampled_from(PLAIN), st.sampled_from(PLAIN), VALUES)
USERS = st.sampled_from([["%(msg.agent)s"], ["recipient"], None])
QUERIES = st.one_of(
    VALUES,
    st.builds(
        lambda topics, users, goal: {
            "filter": {"topics": topics, "users": users}, "operation": "count", "condition": {">=": goal},
        },
        st.sampled_from([["%(topic)s"], ["a.b"], ["a.c", "x.a.b"], None]), USERS, st.integers(-1, 9),
    ),
)  # fmt: skip
NAMED = st.sampled_from(["A", "B", "Loaf (Baker I)", "Crust (Baker II)", "Crumb (Baker III)", 7])
PEOPLE = st.sampled_from(["%(msg.agent)s", "message.agent_name", "%(msg.owner)s", "%(msg.guests)s"])
RULES = st.fixed_dictionaries(
    {"name": NAMED, "description": st.just("Something."), "trigger": TRIGGERS},
    optional={
        "criteria": st.one_of(VALUES, QUERIES.map(lambda query: {"datanommer": query})), "previous": st.one_of(QUERIES, WORDS),
        "condition": VALUES, "recipient": st.one_of(PEOPLE, WORDS, VALUES), "creator": VALUES, "discussion": VALUES,
        "recipient_nick2fas": st.booleans(),
    },
)  # fmt: skip


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(RULES, min_size=1, max_size=4))
def test_a_badge_or_a_reason(rules: list[dict[str, Any]]) -> None:
    assert {key for rule in rules for key in rule} <= KEYS
    topics, drafts = all_of(rules), []
    for number, rule in enumerate(rules):
        with suppress(Refused):
            drafts.append(convert(File(f"rule-{number}.yml", rule), f"rule-{number}", topics))
    for by_name in (False, True):
        badges, refused, files = chain(drafts, by_name)
        assert sorted([*refused, *(name for names in files.values() for name in names)]) == sorted(draft.file for draft in drafts)
        for badge in badges:
            check_spec(badge.as_data())


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(alphabet="abms.()[]{}'\"=<>!&|:,_ 019\n\\#*-?%@`~^\x00é", max_size=60))
def test_any_text_is_only_looked_at(text: str) -> None:
    for look in (expressions.path_of, expressions.tests, expressions.goal, expressions.counted, expressions.has_code):
        look(text)
    with suppress(Refused):
        assert isinstance(load(text), dict)

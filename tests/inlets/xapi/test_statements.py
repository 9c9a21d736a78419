"""What a statement may be: the specification's own rules, one sample for each."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.inlets.xapi import values
from recognition.inlets.xapi.sameness import is_same
from recognition.inlets.xapi.shapes import shaped
from recognition.inlets.xapi.statements import statement
from recognition.inlets.xapi.values import BadStatement
from tests.factories.xapi import ADA, BEE, COMPLETED, COURSE, VOIDED, make_statement, make_voiding, statement_id

ACTIVITY = {"objectType": "Activity", "id": COURSE}
REFERENCE = {"objectType": "StatementRef", "id": statement_id(9)}
INSIDE = {"objectType": "SubStatement", "actor": ADA, "verb": {"id": COMPLETED}, "object": ACTIVITY}
FILE = {"usageType": "https://example.org/usage", "display": {"en": "Notes"}, "contentType": "text/plain", "length": 3,
        "sha2": "0" * 64, "fileUrl": "https://example.org/notes.txt"}  # fmt: skip
EVERYTHING = make_statement(
    1,
    actor={"objectType": "Group", "name": "Team", "mbox": "mailto:team@example.org", "member": [ADA, BEE]},
    object={
        "objectType": "Activity", "id": COURSE,
        "definition": {
            "name": {"en-GB": "Q"}, "description": {"zh-Hant-TW": "Q"}, "type": "http://adlnet.gov/expapi/activities/question",
            "moreInfo": "https://example.org/q", "extensions": {"https://example.org/x": None}, "interactionType": "matching",
            "correctResponsesPattern": ["a[.]b"], "source": [{"id": "a", "description": {"en": "A"}}], "target": [{"id": "b"}],
        },
    },
    result={"score": {"scaled": -1, "raw": 3, "min": 0, "max": 5.5}, "success": True, "completion": False, "response": "",
            "duration": "PT1H30M2.55S", "extensions": {"urn:x": [1, {"a": None}]}},
    context={"registration": statement_id(3).upper(), "instructor": BEE, "team": {"objectType": "Group", "member": [BEE]},
             "contextActivities": {"parent": ACTIVITY, "other": [ACTIVITY]}, "revision": "1", "platform": "p",
             "language": "sl-rozaj-biske-1994", "statement": REFERENCE, "extensions": {}},
    timestamp="2026-11-21T18:00:00.1234567+05:30",
    stored="2026-11-21T18:00:00Z",
    authority=ADA,
    version="1.0.3",
    attachments=[FILE],
)  # fmt: skip


def test_everything_that_the_specification_knows() -> None:
    found = statement(EVERYTHING)
    assert found["context"]["registration"] == statement_id(3)
    assert found["context"]["contextActivities"] == {"parent": [ACTIVITY], "other": [ACTIVITY]}
    changed = {"context"}
    assert {name: part for name, part in found.items() if name not in changed} == {
        name: part for name, part in EVERYTHING.items() if name not in changed
    }


@pytest.mark.parametrize("thing", [ACTIVITY, REFERENCE, INSIDE, {"objectType": "Agent", **ADA}, {**INSIDE, "object": REFERENCE}])
def test_what_a_statement_may_be_about(thing: dict[str, Any]) -> None:
    assert statement(make_statement(object=thing))["object"] == thing


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("", {"actor": None}),
    ("", {"verb": None}),
    ("", {"object": None}),
    ("Actor", {"Actor": ADA}),
    ("id", {"id": "1"}),
    ("id", {"id": statement_id(1) + "0"}),
    ("version", {"version": "1.1.0"}),
    ("version", {"version": 1}),
    ("timestamp", {"timestamp": "2026-11-21"}),
    ("timestamp", {"timestamp": "2026-02-30T10:00:00Z"}),
    ("timestamp", {"timestamp": "2026-11-21T10:00:00-00:00"}),
    ("stored", {"stored": "yesterday"}),
    ("actor", {"actor": {"name": "Nobody"}}),
    ("actor", {"actor": {**ADA, "openid": "https://id.example/ada"}}),
    ("actor.mbox", {"actor": {"mbox": "ada@example.org"}}),
    ("actor.mbox", {"actor": {"mbox": 5}}),
    ("actor.mbox_sha1sum", {"actor": {"mbox_sha1sum": "abc"}}),
    ("actor.account.homePage", {"actor": {"account": {"homePage": "learn", "name": "x"}}}),
    ("actor.account", {"actor": {"account": {"homePage": "https://learn.example"}}}),
    ("actor.account.password", {"actor": {"account": {"homePage": "https://a.example", "name": "x", "password": "y"}}}),
    ("actor.objectType", {"actor": {**ADA, "objectType": "Activity"}}),
    ("actor", {"actor": {"objectType": "Group"}}),
    ("actor.member[0].objectType", {"actor": {"objectType": "Group", "member": [{"objectType": "Group", **ADA}]}}),
    ("actor", {"actor": "ada"}),
    ("verb.id", {"verb": {"id": "completed"}}),
    ("verb.display", {"verb": {"id": COMPLETED, "display": {"not a language": "x"}}}),
    ("verb.display.en", {"verb": {"id": COMPLETED, "display": {"en": 5}}}),
    ("verb.display", {"verb": {"id": COMPLETED, "display": None}}),
    ("object.id", {"object": {"id": "course 1"}}),
    ("object.objectType", {"object": {"objectType": "Thing", "id": COURSE}}),
    ("object.object.objectType", {"object": {**INSIDE, "object": INSIDE}}),
    ("object.id", {"object": {**INSIDE, "id": statement_id(1)}}),
    ("object", {"verb": {"id": VOIDED}, "object": ACTIVITY}),
    ("object.definition.type", {"object": {"id": COURSE, "definition": {"type": "course"}}}),
    ("object.definition", {"object": {"id": COURSE, "definition": {"choices": []}}}),
    ("object.definition.choices", {"object": {"id": COURSE, "definition": {"interactionType": "likert", "choices": []}}}),
    (
        "object.definition.steps",
        {"object": {"id": COURSE, "definition": {"interactionType": "performance", "steps": [{"id": "a"}, {"id": "a"}]}}},
    ),
    ("object.definition.extensions.x", {"object": {"id": COURSE, "definition": {"extensions": {"x": 1}}}}),
    ("result.score.scaled", {"result": {"score": {"scaled": 1.1}}}),
    ("result.score.raw", {"result": {"score": {"raw": 6, "max": 5}}}),
    ("result.score.min", {"result": {"score": {"min": 5, "max": 5}}}),
    ("result.score.raw", {"result": {"score": {"raw": True}}}),
    ("result.success", {"result": {"success": "true"}}),
    ("result.duration", {"result": {"duration": "1 hour"}}),
    ("result.duration", {"result": {"duration": "P1.5DT1H"}}),
    ("result.grade", {"result": {"grade": 1}}),
    ("context.registration", {"context": {"registration": "7"}}),
    ("context.team.objectType", {"context": {"team": {**ADA, "objectType": "Agent"}}}),
    ("context.language", {"context": {"language": "english!"}}),
    ("context.platform", {"object": {"objectType": "Agent", **ADA}, "context": {"platform": "p"}}),
    ("context.contextActivities.sibling", {"context": {"contextActivities": {"sibling": []}}}),
    ("context.statement.id", {"context": {"statement": {"objectType": "StatementRef", "id": "x"}}}),
    ("authority", {"authority": {"objectType": "Group", "member": [ADA]}}),
    ("attachments[0]", {"attachments": [{name: part for name, part in FILE.items() if name != "fileUrl"}]}),
    ("attachments[0].sha2", {"attachments": [{**FILE, "sha2": "zz"}]}),
]


@pytest.mark.parametrize(("where", "changes"), WRONG, ids=[f"{number}-{where}" for number, (where, _c) in enumerate(WRONG)])
def test_what_is_refused_and_where_it_stands(where: str, changes: dict[str, Any]) -> None:
    with pytest.raises(BadStatement) as bad:
        statement(make_statement(**changes))
    assert bad.value.where == where


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff", b"{", b'{"a": 1, "a": 2}', b"[NaN]", b"[1e999]", b'["\\u0000"]', b'["\\ud800"]', b'{"\\u0000": 1}',
     b"[" * 30 + b"]" * 30, b"[" * 100_000, b"1" * 5000],
    ids=range(12),
)  # fmt: skip
def test_bodies_that_are_not_read(body: bytes) -> None:
    with pytest.raises(BadStatement):
        values.parsed(body)


_leaf = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
_any = st.recursive(_leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(EVERYTHING)), _any)
def test_anything_in_any_place_is_read_or_refused(name: str, value: Any) -> None:
    """Whatever stands there, the answer is a sentence and never a fault of ours."""
    bent = {**EVERYTHING, name: value}
    try:
        found = statement(bent)
    except BadStatement:
        return
    assert is_same(found, found)
    assert shaped(found, "ids", ["en"])["verb"] == {"id": found["verb"]["id"]}
    shaped(found, "canonical", ["de", "en"])


@settings(max_examples=60, deadline=None)
@given(st.from_regex(r"P(\d{1,3}Y)?(\d{1,3}M)?(\d{1,3}D)?(T(\d{1,3}H)?(\d{1,3}M)?(\d{1,3}(\.\d{1,4})?S)?)?", fullmatch=True))
def test_durations(text: str) -> None:
    is_whole = text != "P" and not text.endswith("T")
    try:
        assert values.duration(text, "x") == text
        assert is_whole
    except BadStatement:
        assert not is_whole or not text.isascii()


SAME = [
    ({}, True),
    ({"verb": {"id": COMPLETED}}, True),
    ({"object": {"id": COURSE}}, True),
    ({"actor": {"objectType": "Agent", "name": "A. L.", "mbox": "mailto:ada@EXAMPLE.org"}}, True),
    ({"version": "1.0.3", "stored": "2020-01-01T00:00:00Z", "authority": BEE}, True),
    ({"timestamp": "2026-11-21T19:00:00.000+01:00"}, True),
    ({"timestamp": "2026-11-21T18:00:01Z"}, False),
    ({"timestamp": None}, True),
    ({"result": {"duration": "PT1.239S"}}, True),
    ({"result": {"duration": "PT1.24S"}}, False),
    ({"result": None}, False),
    ({"actor": BEE}, False),
    ({"object": {"id": COURSE + "/2"}}, False),
    ({"context": {"platform": "p"}}, False),
]


@pytest.mark.parametrize(("changes", "expected"), SAME, ids=range(len(SAME)))
def test_when_two_statements_say_the_same(changes: dict[str, Any], expected: bool) -> None:
    stored = make_statement(1, timestamp="2026-11-21T18:00:00Z", result={"duration": "PT1.23S"})
    assert is_same(statement(stored), statement({name: v for name, v in (stored | changes).items() if v is not None})) is expected


def test_a_group_without_a_name_is_its_members_in_any_order() -> None:
    one, other = ({"objectType": "Group", "member": members} for members in ([ADA, BEE], [BEE, ADA]))
    assert is_same(make_statement(1, actor=one), make_statement(1, actor=other)) is True
    assert is_same(make_statement(1, actor=one), make_statement(1, actor={"objectType": "Group", "member": [ADA]})) is False


def test_the_three_formats() -> None:
    whole = statement(
        make_statement(1, actor={"name": "Ada", **ADA}, context={"contextActivities": {"parent": EVERYTHING["object"]}})
    )
    assert shaped(whole, "exact", []) == whole
    assert shaped(whole, "ids", []) == {
        "id": statement_id(1), "actor": ADA, "verb": {"id": COMPLETED}, "object": {"id": COURSE},
        "context": {"contextActivities": {"parent": [ACTIVITY]}},
    }  # fmt: skip
    in_german = shaped(whole, "canonical", ["de-AT"])
    assert in_german["object"]["definition"] == {"name": {"de": "Erste Hilfe"}}
    assert in_german["verb"]["display"] == {"en": "completed"}
    assert in_german["actor"] == {"name": "Ada", **ADA}


def test_a_voiding_statement_reads_like_any_other() -> None:
    assert statement(make_voiding(5, 6))["object"] == {"objectType": "StatementRef", "id": statement_id(5)}

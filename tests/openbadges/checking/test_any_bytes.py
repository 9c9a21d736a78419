"""Whatever is handed in: never an error, and never good where a signed byte was changed."""

import json
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.openbadges.baking.pictures import bake
from recognition.openbadges.checking.report import CODES, Report
from tests.openbadges.checking import test_v2 as v2
from tests.openbadges.checking import test_v2_signed as v2_signed
from tests.openbadges.checking.made import (
    LIST_URL,
    OWN,
    Web,
    changed,
    credential,
    handmade,
    look,
    signed,
    status_list,
    token,
    web,
)
from tests.openbadges.checking.test_reading import PNG, SVG

GOOD = signed(credential())
TEXT, TOKEN = json.dumps(GOOD), token(credential())
FORMS = [
    TEXT.encode(),
    TOKEN.encode(),
    bake(PNG, {"3.0": TEXT}),
    bake(SVG, {"3.0": TEXT}),
    bake(PNG, {"3.0": TOKEN}),
    v2_signed.jws().encode(),
]
STATUS = json.dumps(status_list())
SIGNERS = v2.site(issuer=v2_signed.signers()).pages


def site() -> Web:
    made = web()
    made.pages |= SIGNERS
    return made


def checked(content: bytes | str, where: Web | None = None) -> Report:
    report = look(content, where or site())
    assert {one.code for one in report.findings} <= set(CODES)
    assert "stumbled" not in {one.code for one in report.findings}
    return report


def test_as_they_are_they_are_good() -> None:
    assert [checked(form).standing for form in FORMS] == ["good"] * len(FORMS)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes_and_any_text(content: bytes | str) -> None:
    assert checked(content).standing != "good"


NAMES = ["@context", "id", "type", "issuer", "proof", "credentialSubject", "credentialStatus", "badge", "verification", "vc", "a"]
TYPES = ["VerifiableCredential", "OpenBadgeCredential", "Assertion", "https://www.w3.org/ns/credentials/v2",
         "https://w3id.org/openbadges/v2", v2.ASSERTION, "DataIntegrityProof"]  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.sampled_from(TYPES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8))
def test_any_object(document: dict[str, object]) -> None:
    assert checked(json.dumps(document)).standing != "good"


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(GOOD)), VALUES)
def test_any_value_in_any_place_of_a_good_one(name: str, value: object) -> None:
    report = checked(json.dumps(GOOD | {name: value}))
    assert report.standing != "good" or value == GOOD[name]


def steps(document: object, so_far: str = "") -> Iterator[str]:
    """Every path in it, as `made.changed` takes them."""
    if so_far:
        yield so_far.removeprefix(".")
    inner = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    for name, value in inner:
        if "." not in str(name):
            yield from steps(value, f"{so_far}.{name}")


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(list(steps(GOOD))), VALUES, st.booleans())
def test_any_value_anywhere_in_a_good_one(path: str, value: object, as_token: bool) -> None:
    """In a token its issuer signed whatever stands there; then it may be good, but nobody stumbles over it."""
    made = changed(GOOD, path, value)
    if as_token:
        checked(handmade({"alg": "RS256", "kid": OWN.kid}, {name: one for name, one in made.items() if name != "proof"}))
    else:
        report = checked(json.dumps(made))
        assert report.standing != "good" or shown(report) == shown(checked(TEXT))


def shown(report: Report) -> list[object]:
    assert report.badge is not None
    badge = report.badge
    return [badge.identifier, badge.name, badge.description, badge.issuer_id, badge.expires_at, badge.criteria]


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_one_byte_of_any_form(data: st.DataObject) -> None:
    """A changed byte may be white space or mean the same (a quote's escape, a chunk's name that is not shown), but then all
    that is shown and signed is as it was."""
    form = data.draw(st.sampled_from(FORMS))
    place, byte = data.draw(st.integers(0, len(form) - 1)), data.draw(st.integers(0, 255))
    report = checked(form[:place] + bytes([byte]) + form[place + 1 :])
    if report.standing == "good":
        before = checked(form)
        assert report.badge is not None
        assert before.badge is not None
        assert (report.badge.name, report.badge.identifier, report.badge.description, report.badge.evidence) == (
            before.badge.name, before.badge.identifier, before.badge.description, before.badge.evidence,
        )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=100) | st.text(max_size=50) | VALUES, st.sampled_from([*SIGNERS, *web().pages]))
def test_any_answer_of_anybody_who_is_asked(answer: object, url: str) -> None:
    where = site()
    where.pages[url] = answer.encode("utf-8", "surrogatepass") if isinstance(answer, str) else answer
    for form in (TEXT, TOKEN, v2_signed.jws(), json.dumps(v2.assertion()), url):
        checked(form, where)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(STATUS) - 1), st.characters(codec="ascii"))
def test_a_changed_list_never_says_more_than_it_did(place: int, sign: str) -> None:
    where = site()
    where.pages[LIST_URL] = (STATUS[:place] + sign + STATUS[place + 1 :]).encode()
    report = checked(TEXT, where)
    assert report.standing in ("good", "unsure")
    if report.standing == "good":
        assert json.loads(where.pages[LIST_URL]) == json.loads(STATUS)

"""Whatever a body holds, an adapter of hooks answers with what was seen or with a fault of its own."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.activities.sources import discourse, github
from recognition.activities.sources.fields import plain
from recognition.activities.sources.seen import KEY_MAX_CHARS, Malformed, NotForUs, key_of
from recognition.inlets.rules import draft_of, moment, where
from tests.inlets import deliveries as d

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FORUM = {"url": d.FORUM_URL}
GOOD = [
    (discourse, "post_created", d.post(), FORUM), (discourse, "topic_edited", d.topic(), FORUM),
    (discourse, "post_liked", d.like(), FORUM), (github, "push", d.push(), {}), (github, "issues", d.issue(), {}),
    (github, "pull_request", d.pull_request(), {}), (github, "issue_comment", d.comment("deleted"), {}),
    (github, "pull_request_review", d.review("edited"), {}), (github, "release", d.release("edited"), {}),
]  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30) | st.just("\ud800x"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [at] if at else []
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += _places(part, (*at, key))
    return found


def _bent(body: dict[str, Any], place: tuple[Any, ...], value: Any) -> bytes:
    bent = copy.deepcopy(body)
    inside: Any = bent
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = value
    return json.dumps(bent).encode()


def _read(adapter: Any, event: str, body: bytes, config: dict[str, Any]) -> None:
    """What comes out can be kept, too."""
    try:
        found = adapter.read(event, body, config, NOW)
    except (Malformed, NotForUs):
        return
    for one in found:
        place, account = where(one.account, adapter.NAME)
        assert max(len(place), len(account), len(one.source_key)) <= 200
        assert one.source_key.isprintable()
        assert moment(one.occurred_at, NOW) <= NOW
        json.dumps(draft_of(one), ensure_ascii=False).encode()


@pytest.mark.parametrize(("adapter", "event", "body", "config"), GOOD, ids=[event for _adapter, event, _body, _config in GOOD])
def test_a_body_that_is_bent_in_one_place(adapter: Any, event: str, body: dict[str, Any], config: dict[str, Any]) -> None:
    places = _places(body)

    @given(st.sampled_from(places), _JSON)
    @settings(max_examples=60, deadline=None)
    def bend(place: tuple[Any, ...], value: Any) -> None:
        _read(adapter, event, _bent(body, place, value), config)

    assert len(adapter.read(event, json.dumps(body).encode(), config, NOW)) == 1
    bend()


@given(st.binary(max_size=200), st.sampled_from(["post_created", "topic_created", "post_liked", "push", "release"]))
@settings(max_examples=100, deadline=None)
def test_a_body_of_anything(body: bytes, event: str) -> None:
    for adapter in (discourse, github):
        _read(adapter, event, body, FORUM)


def test_quotes_and_previews_are_not_the_writers_words() -> None:
    html = "<aside class=quote><p>Theirs</p></aside><p>Mine &amp; <b>true</b></p><script>x</script><blockquote>Old</blockquote>"
    assert plain(html) == "Mine & true"


@given(st.lists(st.text(max_size=120), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_keys_fit_and_stay_apart(parts: list[str]) -> None:
    key = key_of(*parts)
    assert len(key) <= KEY_MAX_CHARS
    assert key.isprintable()
    assert key_of(*parts) == key != key_of(*parts, "more")


@given(st.text(alphabet="<>/ab &;\"'=!-blockquoteasidescript\x00\ud800", max_size=80))
@settings(max_examples=100, deadline=None)
def test_no_html_is_a_surprise(html: str) -> None:
    body = _bent(d.post(), ("post", "cooked"), html)
    bent = json.loads(body)
    bent["post"]["raw"] = None
    _read(discourse, "post_created", json.dumps(bent).encode(), FORUM)

"""Whatever is typed into the forms about kinds, tags and webhooks is taken or answered with a sentence."""

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from recognition.activities.kind_forms import kind_form, tag_form
from recognition.activities.kinds import FAMILIES
from recognition.webhooks.forms import hook_form

NAMES = st.sampled_from(["label", "hint", "points", "family", "offered", "language", "name", "url", "events", "whose"])
TYPED = st.one_of(
    st.text(max_size=300), st.sampled_from([*FAMILIES, "1", "5", "-1", "1001", "٥", "de", "pt-BR", "https://a.example/x"])
)
FORMS = st.lists(st.tuples(NAMES, TYPED), max_size=14)
quick = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(FORMS)
@quick
def test_a_kind_is_what_the_database_can_hold_or_is_refused(app: Flask, pairs: list[tuple[str, str]]) -> None:
    spec, errors = kind_form(MultiDict(pairs))
    if not errors:
        assert (1 <= len(spec.label) <= 120, len(spec.hint) <= 200, 0 <= spec.points <= 1000, spec.family in FAMILIES) == (
            True,
        ) * 4
        assert all(1 <= len(name) <= 120 and len(tag) <= 30 for tag, name in spec.labels.items())


@given(st.text(max_size=100))
@quick
def test_a_tag_is_one_word_or_is_refused(app: Flask, text: str) -> None:
    tag, fault = tag_form(text)
    assert bool(tag) != bool(fault)
    assert tag_form(tag) == (tag, "") if tag else True


@given(FORMS)
@quick
def test_a_webhook_is_what_the_database_can_hold_or_is_refused(app: Flask, pairs: list[tuple[str, str]]) -> None:
    spec, errors = hook_form(MultiDict(pairs))
    if not errors:
        assert (1 <= len(spec.name) <= 120, len(spec.url) <= 1000, bool(spec.events)) == (True,) * 3
        assert spec.url.startswith(("http://", "https://"))

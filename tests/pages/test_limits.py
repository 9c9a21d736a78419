"""What somebody pastes into a form of the council is never cut: too long is said beside the field, and all is still there."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.config import data_dir
from recognition.events.models import Event
from recognition.extensions import db as database
from recognition.objectives import asking
from recognition.objectives.models import PlanComment
from recognition.pages.quest_studio import forms
from recognition.tongues import LETTERS_MAX
from tests.factories.campaigns import make_campaign
from tests.factories.events import make_event
from tests.factories.identity import make_member
from tests.factories.objectives import BEGAN, make_objective
from tests.factories.quests import make_quest

TAIL = "the very end"
SHORT = {
    "address", "band", "along_band", "category", "code", "folder", "goal_tag", "handle", "into", "language", "levels", "original",
    "owner", "person", "room", "secret", "tag", "target", "text", "url", "user", "gone", "kept", "topic", "zone",
    "draw", "limit_minutes", "map_x", "map_y", "minutes", "pass_mark", "position", "quest", "tries_a_day", "valid_days",
    "warn_days",
}  # fmt: skip
"""Words of one piece, addresses and numbers; `text` is what a history is searched for."""
COUNCILS = ("council/*.html", "objectives/*.html", "dashboards/area_form.html", "quests/review*.html", "badges/give.html",
            "badges/revoke.html", "badges/codes.html")  # fmt: skip
"""Where the council and whoever looks after something writes."""
LIMITS = {
    "/council/campaigns/new": {"title": 120, "tagline": 300, "why_now": 600, "goal_sentence": 300, "contact": 200},
    "/council/contests/new": {"title": 120, "brief": 5000, "rules": 10_000},
    "/council/surveys/new": {"title": 120, "intro": 5000},
    "/council/badges/new": {"name": 80, "summary": 300, "story": 4000},
    "/council/objectives/new": {"title": 160, "covered_by": 300, "results-0-title": 300, "milestones-0-title": 300},
    "/council/news/new": {"text-0-title": 160, "text-0-body": 20_000, "decision-0-what": 300, "mention-0-title": 200},
    "/council/quests/new": {"title": 120},
    "/council/roles/new": {"title": 120, "purpose": 8000},
    "/events/new": {"title": 160, "place": 300},
    "/council/channels": {"name": 120, "covers": 300},
    "/groups/new": {"name": 120, "place": 120, "about": 8000, "website": 300},
}  # fmt: skip


@pytest.fixture
def council(app: Any, client: FlaskClient, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    sign_in(client, make_member("cora", roles=("council",)))
    return client


def check(answer: Any, field: str) -> None:
    found = (answer.status_code, TAIL in answer.text, f'-{field}-error"' in answer.text or f'id="{field}-error"' in answer.text)
    assert found == (422, True, True), field


@pytest.mark.parametrize("path", LIMITS)
def test_too_long_is_said_where_it_stands(council: FlaskClient, path: str) -> None:
    for field, most in LIMITS[path].items():
        sent = {"adapter": "forum", "then": "save", field: "x" * most + f" {TAIL}"}
        check(council.post(path, data=sent), field)


def test_reasons_are_not_cut(council: FlaskClient) -> None:
    event, one, ada = make_event(), make_objective("plan", state="draft"), make_member("ada")
    asking.ask(one.id, BEGAN.date().replace(day=20), ada.id, BEGAN)
    comment = asking.comment(one.id, ada.id, "Mine", BEGAN)
    database.session.commit()
    long = "x" * 500 + f" {TAIL}"
    check(council.post(f"/events/{event.slug}/off", data={"reason": long}), "reason")
    with clock.as_of(BEGAN):
        check(council.post(f"/objectives/plan/comments/{comment.id}/down", data={"reason": long}), f"reason-{comment.id}")
    database.session.rollback()
    assert database.session.scalars(sa.select(Event.state)).all() == ["planned"]
    assert database.session.scalars(sa.select(PlanComment.hidden_reason)).all() == [""]


@pytest.mark.parametrize(("path", "field", "wrong"), [("edit", "summary", "summary"), ("steps/read", "body", "body"),
                                                      ("steps/quiz", "q-1-why", "q-1-ask")])  # fmt: skip
def test_what_is_far_too_long_stays_whole_on_the_bench(council: FlaskClient, path: str, field: str, wrong: str) -> None:
    make_quest("long", title="Long")
    database.session.commit()
    path = f"/council/quests/long/{path}"

    def send(letters: int) -> Any:
        sent = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', council.get(path).text))
        return council.post(path, data=sent | {"then": "keep", "q-1-kind": "single", field: "x" * letters + f" {TAIL}"})

    assert (send(110_000).status_code, TAIL in council.get(path).text) == (303, True)
    answer = send(forms.KEPT_LETTERS)
    assert (answer.status_code, TAIL in answer.text, f'-{wrong}-error"' in answer.text, "shorten it" in answer.text) == (
        422,
        True,
        True,
        True,
    )


@pytest.mark.parametrize("of", ["campaigns", "quests"])
def test_a_translation_that_is_too_long_is_still_there(council: FlaskClient, of: str) -> None:
    make_campaign("long") if of == "campaigns" else make_quest("long")
    database.session.commit()
    answer = council.post(f"/council/{of}/long/texts/de", data={"text-title": "x" * LETTERS_MAX + f" {TAIL}", "state": "draft"})
    assert (answer.status_code, TAIL in answer.text, "please shorten it" in answer.text) == (422, True, True)


def test_no_field_of_words_cuts_in_the_browser() -> None:
    """A browser cuts what is pasted at `maxlength`, and says nothing."""
    folder = data_dir("templates")
    found = []
    for path in sorted(path for where in COUNCILS for path in folder.glob(where)):
        for line in path.read_text().splitlines():
            for call in re.split(r"(?=field\(|<input|<textarea)", line):
                name = re.match(r'field\((.*?), _\(|<(?:input|textarea)[^>]*? name="([^"]*)"', call)
                if "maxlength=" in call and name:
                    word = re.findall(r"[a-z_]+", (name[1] or name[2]).removesuffix("}}"))[-1]
                    found += [(path.name, word)] if word not in SHORT else []
    assert found == []

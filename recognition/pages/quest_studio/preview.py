"""The quest as a member will walk it. Nothing is stored: an answer is marked and forgotten."""

from typing import Any

from flask import abort, render_template, request

from recognition.pages.quest_studio import ways
from recognition.pages.quest_studio.blueprint import blueprint, council_only, quest_or_404
from recognition.quests import drafts
from recognition.quests.drafts import Draft, NoStep
from recognition.quests.services.drafting import draft_of
from recognition.web.htmx import respond


@blueprint.get("/<slug>/walk")
@council_only
def walk(slug: str) -> Any:
    quest = quest_or_404(slug)
    draft = draft_of(quest)
    return render_template("council/quest_walk.html", quest=quest, draft=draft, rows=drafts.shape_of(draft["steps"]),
                           opens=ways.opens_words(draft))  # fmt: skip


@blueprint.route("/<slug>/walk/<step>", methods=["GET", "POST"])
@council_only
def walk_step(slug: str, step: str) -> Any:
    quest = quest_or_404(slug)
    draft = draft_of(quest)
    try:
        place, here = drafts.step_at(draft, step)
    except NoStep:
        abort(404)
    marks = _marks(here) if request.method == "POST" else {}
    return respond(render_template("council/quest_walk_step.html", quest=quest, draft=draft, here=here, place=place,
                                   following=_slug(draft, place + 1), before=_slug(draft, place - 1), marks=marks))  # fmt: skip


def _slug(draft: Draft, place: int) -> str:
    return str(draft["steps"][place]["slug"]) if 0 <= place < len(draft["steps"]) else ""


def _marks(here: dict[str, Any]) -> dict[int, str]:
    """By number of the question: right, wrong, or read for what a person will read."""
    found = {}
    for number, question in enumerate(here.get("questions", ()), start=1):
        given, right = request.form.getlist(f"q-{number}"), _right(question)
        fits = sorted(given) == sorted(right) if question.get("kind") == "multiple" else given == right
        found[number] = "read" if question.get("kind") == "text" else "right" if fits else "wrong"
    return found


def _right(question: dict[str, Any]) -> list[str]:
    if question.get("kind") == "matching":
        return [pair[1] for pair in question.get("pairs", ())]
    right = question.get("right", "")
    return right if isinstance(right, list) else [right]

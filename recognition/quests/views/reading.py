"""What the pages of quests share: who looks, where they are, and where it goes on."""

from typing import Any

from flask import abort, render_template, url_for

from recognition.badges.words import names_for
from recognition.extensions import db
from recognition.identity.access import current_member
from recognition.quests import queries, texts
from recognition.quests.models import Step
from recognition.quests.queries import Walk
from recognition.quests.rules import DONE, STARTED, QuestLocked
from recognition.quests.services.crossing import is_behind
from recognition.quests.words import unlock_sentence
from recognition.tongues import Telling, language_name, wanted_languages
from recognition.web.htmx import respond


def viewer_id() -> int | None:
    member = current_member()
    return member.id if member else None


def walk_of(slug: str) -> Walk:
    return queries.walk(slug, viewer_id()) or abort(404)


def step_of(walk: Walk, slug: str) -> Step:
    return next((step for step in walk.steps if step.slug == slug), None) or abort(404)


def onward(walk: Walk, here: Step | None = None) -> str:
    """The next open step; in a finished quest, the step after this one, then the end. Where a person still reads an answer,
    that is where it goes on."""
    line = walk.line
    following = line.next_slug
    if following is None and line.state == DONE and here is not None:
        following = next((s.slug for s in line.steps if s.position > here.position), None)
    if following is None and line.state != DONE:
        following = line.waiting_slug
    return url_for(".step", slug=line.slug, step=following) if following else url_for(".done", slug=line.slug)


def telling_of(walk: Walk) -> Telling:
    return texts.telling(walk, wanted_languages())


def told(walk: Walk, by: Telling) -> dict[str, Any]:
    """What every page of a quest shows of it, in the reader's language."""
    offered = [(code, language_name(code)) for code in by.languages]
    return {"quest": texts.quest_told(walk.quest, by), "line": texts.line_told(walk.line, by), "told_in": by.language,
            "languages": offered if len(offered) > 1 else []}  # fmt: skip


def poster(walk: Walk, status: int = 200, unlocks: str | None = None) -> Any:
    page = render_template(
        "quests/show.html", **told(walk, telling_of(walk)), unlocks=unlocks or walk.line.unlocks,
        refused=status == 409, onward=onward(walk), is_behind=walk.line.state == STARTED and is_behind(walk.enrolment_id),
    )  # fmt: skip
    return respond(page, status)


def shut(slug: str, refused: QuestLocked) -> Any:
    db.session.rollback()
    sentence = unlock_sentence(refused.progress, names_for([refused.progress.criteria]))
    return poster(walk_of(slug), 409, sentence)

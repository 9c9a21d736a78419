"""Pages of quests: the path, a quest's poster, its steps one at a time, and the end with thanks."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.badges.queries import latest_award_id
from recognition.badges.words import names_for
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.quests import forms, queries, services
from recognition.quests.models import DO, QUIZ, READ, REFLECT, Step
from recognition.quests.page import StepPage, quiz_view, step_page
from recognition.quests.queries import NextStep, QuestLine, Walk
from recognition.quests.rules import DONE, LOCKED, OPEN, STARTED, BadAnswer, QuestLocked, TooEarly
from recognition.quests.services import Moved
from recognition.quests.words import unlock_sentence
from recognition.web.access import public
from recognition.web.htmx import goto, respond, wants_fragment

blueprint = Blueprint("quests", __name__)


@blueprint.get("/quests/")
@public
def index() -> Any:
    lines = queries.quests_for(_viewer_id())
    walkable = sorted((line for line in lines if line.state in (STARTED, OPEN)), key=lambda line: line.state != STARTED)
    by_campaign: dict[str | None, list[QuestLine]] = {}
    for line in lines:
        by_campaign.setdefault(line.campaign, []).append(line)
    maps = [_drawn(group) for group in by_campaign.values()]
    return render_template("quests/index.html", maps=maps, walkable=walkable)


def _drawn(lines: list[QuestLine]) -> dict[str, Any]:
    drawn = queries.draw(lines)
    stations = [{**station._asdict(), "url": url_for(".show", slug=station.slug)} for station in drawn.stations]
    return {"stations": stations, "lines": drawn.lines, "families": drawn.families}


@blueprint.get("/quests/<slug>")
@public
def show(slug: str) -> Any:
    return _poster(_walk(slug))


@blueprint.post("/quests/<slug>")
@member_required
def start(slug: str) -> Any:
    walk = _walk(slug)
    try:
        services.start(signed_in(), walk.quest, clock.utcnow())
    except QuestLocked as shut:
        return _shut(walk, shut)
    db.session.commit()
    return goto(_onward(walk))


@blueprint.get("/quests/<slug>/done")
@member_required
def done(slug: str) -> Any:
    walk = _walk(slug)
    if walk.line.state != DONE:
        return goto(_onward(walk) if walk.line.state == STARTED else url_for(".show", slug=slug))
    lines = queries.quests_for(signed_in().id)
    since = request.args.get("since", type=int)
    return render_template(
        "quests/done.html", quest=walk.quest, line=walk.line, steps=_ahead(slug, lines),
        arrivals_url=None if since is None else url_for("badges.arrivals", since=max(since, 0)),
    )  # fmt: skip


def _ahead(slug: str, lines: list[QuestLine]) -> list[NextStep]:
    """What this quest leads to; at the end of a line, whatever else is open."""
    led = {line.slug for line in lines if slug in line.needs}
    found = queries.suggest(lines, len(lines))
    return ([step for step in found if step.url["slug"] in led] or found)[:3]


@blueprint.get("/quests/<slug>/<step>")
@public
def step(slug: str, step: str) -> Any:
    """Words to read are open to everybody; what asks for an answer waits until the quest was begun."""
    walk = _walk(slug)
    here = _step(walk, step)
    line = walk.line
    if line.state == STARTED and not _is_done(line, step) and step != line.next_slug:
        flash(_("One thing at a time: this one comes first."), "plain")
        return goto(_onward(walk))
    if _viewer_id() and line.state in (LOCKED, OPEN) and here.kind != READ:
        return goto(url_for(".show", slug=slug))
    return _show_step(walk, here)


@blueprint.post("/quests/<slug>/<step>")
@member_required
def answer(slug: str, step: str) -> Any:
    walk = _walk(slug)
    here = _step(walk, step)
    member = signed_in()
    since = latest_award_id(member.id)
    try:
        moved = _take(walk, here)
    except QuestLocked as shut:
        return _shut(walk, shut)
    except TooEarly as early:
        flash(_("One thing at a time: this one comes first."), "plain")
        waiting = early.step_slug
        return goto(url_for(".step", slug=slug, step=waiting) if waiting else url_for(".show", slug=slug))
    except BadAnswer as fault:
        db.session.rollback()
        walk = _walk(slug)
        return _show_step(walk, _step(walk, step), fault=fault)
    db.session.commit()
    if here.kind == REFLECT and _is_done(walk.line, step):
        flash(_("Kept, in its new words."), "good")
        return goto(url_for(".step", slug=slug, step=step))
    return _after(slug, here, moved, since)


def _take(walk: Walk, here: Step) -> Moved:
    member, quest, now = signed_in(), walk.quest, clock.utcnow()
    if here.kind == READ:
        return services.read_step(member, quest, here, now)
    if here.kind == QUIZ:
        key, value = request.form.get("question", ""), request.form.get("choice", "")
        return services.answer_question(member, quest, here, key, value, now)
    if here.kind == REFLECT:
        return services.reflect(member, quest, here, forms.reflection(request.form), now)
    if "count" in request.form:
        return services.count_deeds(member, quest, here, now)
    report = forms.deed(request.form, member.id, quest, here, now)
    return services.report_deed(member, quest, here, report, now)


def _after(slug: str, here: Step, moved: Moved, since: int) -> Any:
    """On to what follows; a quiz first says why, in its place."""
    walk = _walk(slug)
    baseline = since if moved.quest_done else None
    if here.kind == QUIZ:
        key = request.form["question"] if moved.right else None
        if wants_fragment():
            return _show_step(walk, here, key=key, since=baseline)
        return goto(url_for(".step", slug=slug, step=here.slug, question=key, since=baseline, _anchor="quiz"))
    if here.kind == DO and not moved.step_done:
        flash(_("Thank you, that is in your log now. This step asks for a little more."), "good")
        return goto(url_for(".step", slug=slug, step=here.slug))
    if moved.quest_done:
        return goto(url_for(".done", slug=slug, since=since))
    return goto(_onward(walk, here))


def _onward(walk: Walk, here: Step | None = None) -> str:
    """The next open step; in a finished quest, the step after this one, then the end."""
    slug, following = walk.line.slug, walk.line.next_slug
    if following is None and here is not None:
        following = next((s.slug for s in walk.line.steps if s.position > here.position), None)
    return url_for(".step", slug=slug, step=following) if following else url_for(".done", slug=slug)


def _next_words(walk: Walk, here: Step) -> str | None:
    """For who only looks around: the step after this one, if it can be read; members begin at the last one instead."""
    after = next((step for step in walk.line.steps if step.position == here.position + 1), None)
    begins = walk.line.state == OPEN and _viewer_id() is not None
    return after.slug if after and after.kind == READ and not begins else None


def _show_step(walk: Walk, here: Step, fault: BadAnswer | None = None, key: str | None = None, since: int | None = None) -> Any:
    member_id = _viewer_id()
    page: StepPage = step_page(walk, here, member_id)
    context: dict[str, Any] = {"page": page, "quest": walk.quest, "line": walk.line, "here": here, "fault": fault}
    context["onward"] = _onward(walk, here)
    context["following"] = _next_words(walk, here) if walk.line.state in (LOCKED, OPEN) else None
    if here.kind == QUIZ:
        since = since if since is not None else request.args.get("since", type=int)
        if walk.line.state == DONE and since is not None:
            context["onward"] = url_for(".done", slug=walk.line.slug, since=max(since, 0))
        context["quiz"] = quiz_view(walk, here, member_id, key or request.args.get("question"))
    context["given"] = {name: request.form.get(name, "") for name in ("text", "url", "visibility")}
    whole = here.kind != QUIZ or not wants_fragment()
    return respond(render_template("quests/step.html" if whole else "quests/_quiz.html", **context), 422 if fault else 200)


def _poster(walk: Walk, status: int = 200, unlocks: str | None = None) -> Any:
    page = render_template(
        "quests/show.html", quest=walk.quest, line=walk.line, unlocks=unlocks or walk.line.unlocks,
        refused=status == 409, onward=_onward(walk),
    )  # fmt: skip
    return respond(page, status)


def _shut(walk: Walk, shut: QuestLocked) -> Any:
    db.session.rollback()
    sentence = unlock_sentence(shut.progress, names_for([shut.progress.criteria]))
    return _poster(_walk(walk.line.slug), 409, sentence)


def _walk(slug: str) -> Walk:
    return queries.walk(slug, _viewer_id()) or abort(404)


def _step(walk: Walk, slug: str) -> Step:
    return next((step for step in walk.quest.steps if step.slug == slug), None) or abort(404)


def _is_done(line: QuestLine, slug: str) -> bool:
    here = line.step(slug)
    return here is not None and here.done


def _viewer_id() -> int | None:
    member = current_member()
    return member.id if member else None

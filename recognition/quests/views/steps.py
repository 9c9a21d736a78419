"""The steps of a quest, one at a time, and what is answered there."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.badges.queries import latest_award_id
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.quests import forms, reviews, texts
from recognition.quests.models import DO, QUIZ, READ, REFLECT, Step
from recognition.quests.page import StepPage, step_page
from recognition.quests.queries import QuestLine, Walk
from recognition.quests.quiz_page import Asked, quiz_page, test_page
from recognition.quests.quizzes import TriesUsedUp, has_texts, is_test
from recognition.quests.rules import DONE, LOCKED, OPEN, STARTED, BadAnswer, QuestLocked, TooEarly
from recognition.quests.services import answering, reviewing, walking
from recognition.quests.services.walking import Moved
from recognition.quests.tries import limit_of
from recognition.quests.views import trying
from recognition.quests.views.blueprint import blueprint
from recognition.quests.views.reading import onward, shut, step_of, telling_of, told, viewer_id, walk_of
from recognition.tongues import Telling
from recognition.web.access import public
from recognition.web.htmx import goto, respond, wants_fragment
from recognition.web.limits import limited


@blueprint.get("/quests/<slug>/<step>")
@public
def step(slug: str, step: str) -> Any:
    """Words to read are open to everybody; what asks for an answer waits until the quest was begun."""
    walk = walk_of(slug)
    here = step_of(walk, step)
    line = walk.line
    if line.state == STARTED and not line.may_answer(step):
        flash(_("One thing at a time: this one comes first."), "plain")
        return goto(onward(walk))
    if viewer_id() and line.state in (LOCKED, OPEN) and here.kind != READ:
        return goto(url_for(".show", slug=slug))
    return _show_step(walk, here)


@blueprint.post("/quests/<slug>/<step>")
@member_required
@limited("quest-step", times=240)
def answer(slug: str, step: str) -> Any:
    walk = walk_of(slug)
    here = step_of(walk, step)
    member = signed_in()
    since = latest_award_id(member.id)
    try:
        moved = _take(walk, here)
    except QuestLocked as refused:
        return shut(slug, refused)
    except TooEarly as early:
        flash(_("One thing at a time: this one comes first."), "plain")
        waiting = early.step_slug
        return goto(url_for(".step", slug=slug, step=waiting) if waiting else url_for(".show", slug=slug))
    except TriesUsedUp:
        # The page says when the next one opens.
        return goto(url_for(".step", slug=slug, step=step))
    except BadAnswer as fault:
        db.session.rollback()
        walk = walk_of(slug)
        return _show_step(walk, step_of(walk, step), fault=fault)
    db.session.commit()
    if here.kind == REFLECT and _is_done(walk.line, step):
        flash(_("Kept, in its new words."), "good")
        return goto(url_for(".step", slug=slug, step=step))
    return _after(slug, here, moved, since)


def _take(walk: Walk, here: Step) -> Moved:
    member, quest, now = signed_in(), walk.quest, clock.utcnow()
    if here.kind == READ:
        return walking.read_step(member, quest, here, now)
    if here.kind == QUIZ and limit_of(here.data):
        return trying.take(member, quest, here, now)
    if here.kind == QUIZ and is_test(here.data):
        number = request.form.get("try", type=int) or 0
        return answering.take_test(member, quest, here, number, request.form.to_dict(flat=False), now)
    if here.kind == QUIZ:
        key, values = request.form.get("question", ""), request.form.getlist("choice")
        if "text" in request.form:
            return reviewing.hand_in(member, quest, here, key, forms.free_answer(request.form), now)
        return answering.answer_question(member, quest, here, key, values, now)
    if here.kind == REFLECT:
        return walking.reflect(member, quest, here, forms.reflection(request.form), now)
    if "count" in request.form:
        return walking.count_deeds(member, quest, here, now)
    report = forms.deed(request.form, member.id, quest, here, now)
    seen_by = forms.witness(request.form, member)
    return walking.report_deed(member, quest, here, report, now, [seen_by.id] if seen_by else [])


def _after(slug: str, here: Step, moved: Moved, since: int) -> Any:
    """On to what follows; a quiz first says why, in its place."""
    if trying.KEEP in request.form and wants_fragment():
        return "", 204
    walk = walk_of(slug)
    baseline = since if moved.quest_done else None
    if here.kind == QUIZ:
        key = request.form.get("question") if moved.right else None
        if wants_fragment():
            return _show_step(walk, here, key=key, since=baseline)
        return goto(url_for(".step", slug=slug, step=here.slug, question=key, since=baseline, _anchor="quiz"))
    if here.kind not in (READ, REFLECT) and not moved.step_done:
        waits = here.kind == DO and forms.asks_for_a_witness(here)
        flash(_("Thank you, that is in your log now. When whoever was there says yes, this step is done by itself.") if waits else
              _("Thank you, that is in your log now. This step asks for a little more."), "good")  # fmt: skip
        return goto(url_for(".step", slug=slug, step=here.slug))
    if moved.quest_done:
        return goto(url_for(".done", slug=slug, since=since))
    return goto(onward(walk, here))


def _next_words(walk: Walk, here: Step) -> str | None:
    """For who only looks around: the step after this one, if it can be read; members begin at the last one instead."""
    after = next((step for step in walk.line.steps if step.position == here.position + 1), None)
    begins = walk.line.state == OPEN and viewer_id() is not None
    return after.slug if after and after.kind == READ and not begins else None


def _show_step(walk: Walk, here: Step, fault: BadAnswer | None = None, key: str | None = None, since: int | None = None) -> Any:
    member_id = viewer_id()
    page: StepPage = step_page(walk, here, member_id)
    by = telling_of(walk)
    context: dict[str, Any] = {"page": page, "here": texts.step_told(here, by), "fault": fault, "test": None, "reviews": {}}
    context |= told(walk, by)
    context["onward"] = onward(walk, here)
    context["following"] = _next_words(walk, here) if walk.line.state in (LOCKED, OPEN) else None
    if here.kind == QUIZ:
        since = since if since is not None else request.args.get("since", type=int)
        if walk.line.state == DONE and since is not None:
            context["onward"] = url_for(".done", slug=walk.line.slug, since=max(since, 0))
        context |= _quiz(walk, here, key, fault, by)
    context["given"] = {name: request.form.get(name, "") for name in ("text", "url", "seen", "visibility")}
    whole = here.kind != QUIZ or not wants_fragment()
    part = "quests/_test.html" if is_test(here.data) else "quests/_quiz.html"
    return respond(render_template("quests/step.html" if whole else part, **context), 422 if fault else 200)


def _quiz(walk: Walk, here: Step, key: str | None, fault: BadAnswer | None, by: Telling) -> dict[str, Any]:
    def tell(asked: Sequence[Asked]) -> tuple[Asked, ...]:
        return tuple(texts.asked_told(one, here.slug, by) for one in asked)

    if is_test(here.data):
        sent = request.form.to_dict(flat=False) if fault else {}
        test = test_page(walk, here, viewer_id(), sent, clock.utcnow())
        return {"test": replace(test, questions=tell(test.questions), told=tell(test.told))}
    own = reviews.of_step(walk.enrolment_id, here.id, current_member(), clock.utcnow()) if has_texts([here]) else {}
    quiz = quiz_page(walk, here, viewer_id(), key or request.args.get("question"))
    asked = tell([quiz.asked])[0] if quiz.asked else None
    return {"quiz": replace(quiz, asked=asked, told=tell(quiz.told)), "reviews": own}


def _is_done(line: QuestLine, slug: str) -> bool:
    here = line.step(slug)
    return here is not None and here.done

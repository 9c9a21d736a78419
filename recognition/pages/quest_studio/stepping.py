"""One step on the bench, with how it will look beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.activities.builder import words as rule_words
from recognition.activities.builder.cards import TooLarge, read
from recognition.activities.builder.moves import moved as rule_moved
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.pages.badge_studio.choices import choices
from recognition.pages.quest_studio import forms, questions, reasons, rules, telling
from recognition.pages.quest_studio.blueprint import blueprint, council_only, quest_or_404
from recognition.pages.quest_studio.editing import fingerprint
from recognition.quests import compare, drafts
from recognition.quests.drafts import NoStep
from recognition.quests.models import DO, Quest
from recognition.quests.services.drafting import DraftMoved, draft_of, keep
from recognition.web.htmx import goto, respond, wants_fragment

Step = dict[str, Any]


@dataclass(frozen=True)
class At:
    """Where the page goes on after a button, and what it says then."""

    focus: str = ""
    fault: str = ""
    question: int = 0
    theirs: list[tuple[str, str]] | None = None
    is_gone: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)


@blueprint.get("/<slug>/steps/<step>")
@council_only
def edit_step(slug: str, step: str) -> Any:
    quest = quest_or_404(slug)
    here = stored_step(quest, step) or abort(404)
    return page(quest, here, fingerprint(here))


@blueprint.post("/<slug>/steps/<step>")
@council_only
def change_step(slug: str, step: str) -> Any:
    quest = quest_or_404(slug)
    stored = stored_step(quest, step)
    here, seen, then = sent(stored, step), request.form.get("seen", ""), request.form.get("then", "keep")
    if move := request.form.get(f"{rules.PROOF}-move"):
        after, at = proof_moved(here, move)
        return page(quest, after, seen, at)
    if then == "look":
        return page(quest, here, seen)
    question = 0
    if move := request.form.get(questions.MOVE):
        here["questions"], question = questions.moved(here.get("questions", []), move)
    return save(quest, stored, here, seen, then, question)


def save(quest: Quest, stored: Step | None, here: Step, seen: str, then: str, question: int = 0) -> Any:
    """Kept over what its writer saw. Else both are there, and keeping again is a decision."""
    if errors := forms.too_much(here):
        return page(quest, here, seen, At(errors=errors), status=422)
    if stored is None and seen != "gone":
        return page(quest, here, "gone", At(is_gone=True), status=409)
    if stored is not None and seen != fingerprint(stored):
        return page(quest, here, fingerprint(stored), At(theirs=differences(stored, here)), status=409)
    draft, slug = draft_of(quest), quest.slug
    if stored is None:
        draft["steps"] = [*draft["steps"], here]
    draft = drafts.with_step(draft, here["slug"], here)
    try:
        keep(quest, draft, quest.draft_number, signed_in().id)
    except DraftMoved:
        db.session.rollback()
        return page(quest_or_404(slug), here, seen, At(theirs=[]), status=409)
    db.session.commit()
    return _kept(slug, here, then, question)


def _kept(slug: str, here: Step, then: str, question: int) -> Any:
    address = url_for(".edit_step", slug=slug, step=here["slug"])
    if question or request.form.get(questions.MOVE):
        if wants_fragment():
            quest = quest_or_404(slug)
            return respond(
                render_template("council/_quest_questions.html", **told(quest, here, fingerprint(here), At(question=question)))
            )
        return goto(f"{address}#question-{question}")
    if then == "back":
        flash(_("Kept. Members see it once you publish."), "good")
        return goto(url_for(".show", slug=slug) + "#steps")
    flash(_("Kept as a draft."), "good")
    return goto(address)


def stored_step(quest: Quest, slug: str) -> Step | None:
    try:
        return dict(drafts.step_at(draft_of(quest), slug)[1])
    except NoStep:
        return None


def sent(stored: Step | None, slug: str) -> Step:
    """As it was written. A step that somebody took out meanwhile is of the kind that the form says."""
    kind = request.form.get("kind", "")
    before = stored or {"slug": slug, "kind": kind if kind in drafts.KINDS else abort(404)}
    try:
        return forms.step(request.form, before)
    except TooLarge:
        abort(413)


def proof_moved(here: Step, move: str) -> tuple[Step, At]:
    done = rule_moved(read(request.form, rules.PROOF), move, rules.PROOF)
    after = dict(here)
    rules.put(after, rules.PROOF, done.card)
    return after, At(focus=done.focus, fault=done.fault)


def differences(stored: Step, mine: Step) -> list[tuple[str, str]]:
    """What stands there now, where it is another than what was sent."""
    theirs, own = forms.step_values(stored), forms.step_values(mine)
    found = [(labels().get(name, name), theirs[name]) for name in theirs if theirs[name] != own[name]]
    if stored.get("proof") != mine.get("proof"):
        found.append((_("What proves it?"), telling.rule_words(stored.get("proof"))))
    if questions_of(stored) != questions_of(mine):
        found.append((_("Questions"), "\n\n".join(telling.whole_question(one) for one in questions_of(stored))))
    return found


def questions_of(step: Step) -> list[dict[str, Any]]:
    return [compare.plain_question(one) for one in step.get("questions", ())]


def labels() -> dict[str, str]:
    return {"title": _("Title"), "minutes": _("Minutes"), "body": _("Words"), "prompt": _("What is asked"),
            "placeholder": _("How an answer may begin"), "ideas": _("Ideas"), "tag": _("Tag"), "pass_mark": _("Passed from"),
            "mode": _("How it goes"), "draw": _("Drawn for each member"), "tries_a_day": _("Tries a day"),
            "limit_minutes": _("Minutes for a try")}  # fmt: skip


def page(quest: Quest, here: Step, seen: str, at: At | None = None, status: int = 200) -> Any:
    return respond(render_template("council/quest_step.html", **told(quest, here, seen, at or At())), status)


def told(quest: Quest, here: Step, seen: str, at: At) -> dict[str, Any]:
    """What lacks is said once somebody wrote something: a step that is just begun shows no faults."""
    alone = {**drafts.blank("x", "x"), "summary": "x", "steps": [here]}
    found = reasons.of_steps(alone, drafts.faults(alone)).get(str(here.get("slug")), {}) if _is_begun(here) else {}
    return {
        "quest": quest, "here": here, "values": forms.step_values(here), "seen": seen, "at": at,
        "errors": _Errors({**found, **at.errors}), "questions": [questions.shown(one) for one in here.get("questions", ())],
        "builder": _builder(quest, here, at, bool(found)) if here["kind"] == DO else None,
        "choices": choices() if here["kind"] == DO else None, "rule_words": rule_words,
        "is_almost": bool(found) and at.theirs is None,
        "look_url": url_for(".look_step", slug=quest.slug, step=here["slug"]),
        "step_url": url_for(".edit_step", slug=quest.slug, step=here["slug"]),
        "picture_url": url_for(".put_picture", slug=quest.slug, step=here["slug"]),
        "given_alt": request.form.get("alt", "") if at.errors else "", "questions_max": questions.QUESTIONS_MAX,
    }  # fmt: skip


def _is_begun(here: Step) -> bool:
    return bool(here.get("title") or here.get("body") or here.get("prompt") or here.get("questions"))


class _Errors(dict[str, str]):
    """A field without a fault has no sentence."""

    def __missing__(self, _name: str) -> str:
        return ""


def _builder(quest: Quest, here: Step, at: At, is_asked: bool) -> dict[str, Any]:
    card = rules.card_of(here, rules.PROOF)
    errors = rules.errors(card, rules.PROOF) if is_asked and not at.focus else {}
    return {"card": card, "name": rules.PROOF, "errors": errors, "focus": at.focus, "fault": at.fault, "levelled": False,
            "move_url": url_for(".move_proof", slug=quest.slug, step=here["slug"])}  # fmt: skip


@blueprint.post("/<slug>/steps/<step>/rule")
@council_only
def move_proof(slug: str, step: str) -> Any:
    quest = quest_or_404(slug)
    after, at = proof_moved(sent(stored_step(quest, step), step), request.form.get(f"{rules.PROOF}-move", ""))
    builder = _builder(quest, after, at, is_asked=False)
    return respond(render_template("council/_badge_rule.html", builder=builder, choices=choices(), rule_words=rule_words))


@blueprint.post("/<slug>/steps/<step>/look")
@council_only
def look_step(slug: str, step: str) -> Any:
    quest = quest_or_404(slug)
    here = sent(stored_step(quest, step), step)
    return respond(render_template("council/_quest_look.html", quest=quest, here=here))

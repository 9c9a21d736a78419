"""The first page of a quest (title, family, place on the map, who may begin), kept as a draft."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.activities.builder import words as rule_words
from recognition.activities.builder.cards import TooLarge, read
from recognition.activities.builder.moves import moved as rule_moved
from recognition.campaigns.models import Campaign
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.pages.badge_studio.choices import CHOICES_MAX, choices
from recognition.pages.quest_studio import forms, reasons, rules, ways
from recognition.pages.quest_studio.blueprint import blueprint, council_only, quest_or_404
from recognition.quests import drafts
from recognition.quests.drafts import Draft
from recognition.quests.models import Quest
from recognition.quests.services.drafting import DraftMoved, draft_of, keep
from recognition.quests.words import family_names
from recognition.web.htmx import goto, respond

FRONT = ("title", "summary", "family", "minutes", "campaign", "position", "map", "language", "thanks", "after", "requires",
         "requires_written")  # fmt: skip


def fingerprint(part: Mapping[str, Any]) -> str:
    """Changes with anything that a page can change."""
    return hashlib.sha256(json.dumps(dict(part), sort_keys=True, default=str).encode()).hexdigest()[:16]


def front_of(draft: Draft) -> dict[str, Any]:
    return {name: draft[name] for name in FRONT if name in draft}


@blueprint.get("/<slug>/edit")
@council_only
def edit(slug: str) -> Any:
    quest = quest_or_404(slug)
    draft = draft_of(quest)
    return page(quest, draft, fingerprint(front_of(draft)))


@blueprint.post("/<slug>/edit")
@council_only
def change(slug: str) -> Any:
    quest = quest_or_404(slug)
    stored = draft_of(quest)
    draft, then = sent(stored), request.form.get("then", "keep")
    move = request.form.get(f"{rules.REQUIRES}-move")
    if move:
        return page(quest, *moved(draft, move))
    seen, theirs = request.form.get("seen", ""), front_of(stored)
    if then == "look":
        return page(quest, draft, seen)
    if seen != fingerprint(theirs):
        return page(quest, draft, fingerprint(theirs), status=409, theirs=differences(stored, draft))
    if errors := forms.too_much(front_of(draft)):
        return page(quest, draft, seen, status=422, errors=errors)
    try:
        keep(quest, draft, quest.draft_number, signed_in().id)
    except DraftMoved:
        db.session.rollback()
        return page(quest_or_404(slug), draft, seen, status=409, theirs=[])
    db.session.commit()
    flash(_("Kept. Members see it once you publish."), "good")
    return goto(url_for(".show", slug=slug))


def sent(stored: Draft) -> Draft:
    try:
        return forms.front(request.form, stored)
    except TooLarge:
        abort(413)


def moved(draft: Draft, move: str) -> tuple[Draft, str, dict[str, str]]:
    """After a button of the rule, with where to go on."""
    done = rule_moved(read(request.form, rules.REQUIRES), move, rules.REQUIRES)
    after = dict(draft)
    rules.put(after, rules.REQUIRES, done.card)
    return after, request.form.get("seen", ""), {"focus": done.focus, "fault": done.fault}


def differences(stored: Draft, mine: Draft) -> list[tuple[str, str]]:
    """What stands there now, where it is another than what was sent."""
    theirs, own = forms.front_values(stored), forms.front_values(mine)
    names = {**reasons.front_names(), "map_y": _("Place on the map")}
    found = [(names.get(name, name), theirs[name]) for name in theirs if theirs[name] != own[name] and name != "opens"]
    if theirs["opens"] != own["opens"] or stored.get(rules.REQUIRES) != mine.get(rules.REQUIRES):
        found.append((_("Who may begin"), ways.opens_words(stored) or _("a rule that is none")))
    return found


def page(quest: Quest, draft: Draft, seen: str, at: dict[str, str] | None = None, *, status: int = 200,
         theirs: list[tuple[str, str]] | None = None, errors: Mapping[str, str] | None = None) -> Any:  # fmt: skip
    shown = told(quest, draft)
    shown["errors"] |= errors or {}
    body = render_template(
        "council/quest_front.html", quest=quest, seen=seen, theirs=theirs, builder=builder_of(quest, draft, at),
        choices=choices(), rule_words=rule_words, families=family_names(), campaigns=campaigns(), **shown,
    )  # fmt: skip
    return respond(body, status)


def told(quest: Quest, draft: Draft) -> dict[str, Any]:
    """The values, what they lack, and the card beside them."""
    found = reasons.of_front(drafts.faults(draft))
    found.pop("steps", None)
    values = forms.front_values(draft)
    is_new = quest.draft_number <= 1 and quest.state == "draft"
    errors = {name: "" if is_new and not values[name] else found.get(name, "") for name in values}
    ring = ways.trouble(quest.slug, draft)
    return {"values": values, "errors": errors, "ring": ring, "drawn": ways.drawn(quest.slug, draft),
            "opens": ways.opens_words(draft), "look_url": url_for(".look", slug=quest.slug)}  # fmt: skip


def builder_of(quest: Quest, draft: Draft, at: dict[str, str] | None = None) -> dict[str, Any]:
    card = rules.card_of(draft, rules.REQUIRES)
    errors = rules.errors(card, rules.REQUIRES) if rules.has(draft, rules.REQUIRES) and at is None else {}
    place = at or {}
    return {"card": card, "name": rules.REQUIRES, "errors": errors, "move_url": url_for(".move", slug=quest.slug),
            "focus": place.get("focus", ""), "fault": place.get("fault", ""), "levelled": False}  # fmt: skip


@blueprint.post("/<slug>/edit/rule")
@council_only
def move(slug: str) -> Any:
    """One button of the rule; nothing is kept by it."""
    quest = quest_or_404(slug)
    draft, _seen, at = moved(sent(draft_of(quest)), request.form.get(f"{rules.REQUIRES}-move", ""))
    rule = render_template(
        "council/_badge_rule.html", builder=builder_of(quest, draft, at), choices=choices(), rule_words=rule_words
    )
    return respond(rule)


@blueprint.post("/<slug>/edit/look")
@council_only
def look(slug: str) -> Any:
    quest = quest_or_404(slug)
    return respond(render_template("council/_quest_card.html", quest=quest, **told(quest, sent(draft_of(quest)))))


def campaigns() -> list[tuple[str, str]]:
    rows = sa.select(Campaign.slug, Campaign.title).order_by(Campaign.id.desc()).limit(CHOICES_MAX)
    return [(row.slug, row.title) for row in db.session.execute(rows)]

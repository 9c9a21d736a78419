"""How one comes to a role: what is asked of new people, the quest that is needed from a day on, and open places."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities.builder import words as rule_words
from recognition.activities.builder.cards import Card, TooLarge, fresh, read
from recognition.activities.builder.making import make
from recognition.activities.builder.moves import moved
from recognition.activities.builder.taking import take
from recognition.activities.builder.words import Options
from recognition.activities.criteria.parse import check_known, parse_seen
from recognition.activities.criteria.values import BadCriteria
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.pages.badge_studio.choices import CHOICES_MAX, choices, known
from recognition.pages.role_desk.blueprint import blueprint, council_only, role_or_404
from recognition.quests.models import Quest
from recognition.roles import entering, queries, services
from recognition.roles.forms import day, number
from recognition.roles.models import Role
from recognition.roles.rules import PLACES_MAX, Entry, TooLate
from recognition.web.htmx import goto, respond, wants_fragment
from recognition.web.limits import limited

RULE = "rule"
FIELDS = ("is_ruled", "quest", "quest_from", "places", "open_until", "seen")


@blueprint.get("/<slug>/entry")
@council_only
def entry(slug: str) -> Any:
    role = role_or_404(slug)
    values = {"is_ruled": "1" if role.rule else "", "quest": role.quest or "", "quest_from": str(role.quest_from or ""),
              "places": str(role.places), "open_until": str(role.open_until or ""),
              "seen": queries.entry_of(role).mark}  # fmt: skip
    return _page(role, take(role.rule) if role.rule else fresh(), values, {})


@blueprint.post("/<slug>/entry")
@council_only
@limited("role-write", times=60)
def set_entry(slug: str) -> Any:
    role, card = role_or_404(slug), _card()
    values = {name: request.form.get(name, "").strip()[:100] for name in FIELDS}
    if request.form.get(f"{RULE}-move"):
        done = moved(card, request.form[f"{RULE}-move"], RULE)
        return _page(role, done.card, values, {}, focus=done.focus, fault=done.fault)
    errors: dict[str, str] = {}
    made = _entry(role, card, values, errors)
    if errors:
        return _page(role, card, values, errors, status=422)
    try:
        services.set_entry(role.id, made, signed_in().id, values["seen"])
    except TooLate as late:
        db.session.rollback()
        role = role_or_404(slug)
        return _page(role, card, {**values, "seen": queries.entry_of(role).mark}, {"seen": str(late)}, status=409)
    db.session.commit()
    flash(_("Decided. It is for those who ask from now on."), "good")
    return goto(url_for(".entry", slug=slug))


def _card() -> Card:
    try:
        return read(request.form, RULE)
    except TooLarge:
        abort(413)


def _entry(role: Role, card: Card, values: Mapping[str, str], errors: dict[str, str]) -> Entry:
    rule = _rule(card, errors) if values["is_ruled"] else None
    quest, quest_from = values["quest"] or None, day(values["quest_from"], "quest_from", errors)
    if quest is not None and quest not in dict(_quests(role)):
        errors["quest"] = _("Please choose one of the list.")
    if quest is not None and quest_from is None:
        errors.setdefault("quest_from", _("From which day on is it needed? Before that day nobody is asked for it."))
    places, until = number(values["places"] or "0"), day(values["open_until"], "open_until", errors)
    if not 0 <= places <= PLACES_MAX:
        errors["places"] = _("A number from 0 to %(max)s, please.", max=PLACES_MAX)
    if places > 0 and until is None:
        errors.setdefault("open_until", _("Until which day can it be asked for?"))
    return Entry(rule, quest, quest_from if quest else None, places, until)


def _quests(role: Role) -> Options:
    """Those that members can walk, and the one that is needed already: everybody reads what it is called."""
    walked = sa.or_(Quest.state == "published", Quest.slug == (role.quest or ""))
    found = sa.select(Quest.slug, Quest.title).where(walked).order_by(Quest.title, Quest.slug).limit(CHOICES_MAX)
    return [(row.slug, row.title) for row in db.session.execute(found)]


def _rule(card: Card, errors: dict[str, str]) -> dict[str, Any] | None:
    """Of what people did: everybody reads it, and sees who holds the role."""
    made = make(card, RULE)
    try:
        check_known(made.data, known(parse_seen(made.data)))
    except BadCriteria as bad:
        errors[made.field_at(bad.place)] = rule_words.fault(bad)
        return None
    return made.data


def _page(
    role: Role, card: Card, values: Mapping[str, str], errors: Mapping[str, str], *, focus: str = "", fault: str = "",
    status: int = 200,
) -> Any:  # fmt: skip
    offered = choices()
    page = render_template(
        "council/role_entry.html", role=role, values=values, card=card, errors=_Errors(errors), focus=focus, fault=fault,
        name=RULE, choices=offered, rule_words=rule_words, quests=[("", _("none")), *_quests(role)],
        rule=entering.rule_words(queries.entry_of(role)), today=clock.utcnow().date(),
    )  # fmt: skip
    return respond(page, status) if wants_fragment() else (page, status)


class _Errors(dict[str, str]):
    """A field without a fault has no sentence."""

    def __missing__(self, _name: str) -> str:
        return ""

"""The council decides how we stay in touch: the rule itself, with what it would come to in totals. Nobody is listed."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities import audience
from recognition.activities.builder import words as rule_words
from recognition.activities.builder.cards import Card, TooLarge, read
from recognition.activities.builder.making import make
from recognition.activities.builder.moves import moved
from recognition.activities.builder.taking import take
from recognition.activities.criteria.parse import check_known, parse
from recognition.activities.criteria.tree import is_momentary
from recognition.activities.criteria.values import BadCriteria
from recognition.crowds import about
from recognition.extensions import db
from recognition.identity.access import role_required, signed_in
from recognition.identity.models import Member
from recognition.pages.badge_studio.choices import choices, known
from recognition.quiet import queries
from recognition.quiet.rules import LIMITS, SMALL, NotSaved, Terms
from recognition.quiet.services import ruling
from recognition.web.htmx import goto, respond, wants_fragment
from recognition.web.limits import limited

blueprint = Blueprint("staying_in_touch", __name__)
council_only = role_required("council")
RULE = "seen"


@blueprint.get("/council/staying-in-touch")
@council_only
def form() -> Any:
    terms = queries.terms()
    return _page(take(terms.seen), _stored(terms), {})


@blueprint.post("/council/staying-in-touch")
@council_only
@limited("judge", times=120)
def save() -> Any:
    card, values = _card(), _typed()
    if request.form.get(f"{RULE}-move"):
        done = moved(card, request.form[f"{RULE}-move"], RULE)
        return _page(done.card, values, {}, focus=done.focus, fault=done.fault)
    terms, errors = _terms(card, values)
    if terms is None or request.form.get("then") == "look":
        return _page(card, values, errors, count=terms is not None, status=422 if errors else 200)
    try:
        ruling.save(terms, signed_in().id, clock.utcnow())
    except NotSaved as late:
        db.session.rollback()
        return _page(card, {**values, "version": str(queries.terms().version)}, late.errors, status=409)
    db.session.commit()
    flash(_("Decided. The page of rules says it from now on."), "good")
    return goto(url_for(".form"))


def _card() -> Card:
    try:
        return read(request.form, RULE)
    except TooLarge:
        abort(413)


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "").strip()[:8] for name in ("version", "is_on", *LIMITS)}


def _stored(terms: Terms) -> dict[str, str]:
    days = {name: str(getattr(terms, name)) for name in LIMITS}
    return {"version": str(terms.version), "is_on": "1" if terms.is_on else "", **days}


def _terms(card: Card, values: Mapping[str, str]) -> tuple[Terms | None, dict[str, str]]:
    """What the form says, or every fault at once."""
    errors: dict[str, str] = {}
    days = {name: _days(values[name], name, errors) for name in LIMITS}
    if not errors and days["again_days"] <= days["thank_days"]:
        errors["again_days"] = _("More days than from the thanks to the question, or the question would never come.")
    seen = _seen(card, errors)
    if errors or seen is None:
        return None, errors
    version = int(values["version"]) if values["version"].isascii() and values["version"].isdecimal() else -1
    return Terms(version, seen, days["thank_days"], days["again_days"], days["grace_days"], values["is_on"] == "1"), {}


def _days(text: str, name: str, errors: dict[str, str]) -> int:
    least, most = LIMITS[name]
    number = int(text) if text.isascii() and text.isdecimal() else -1
    if not least <= number <= most:
        errors[name] = _("A number of days from %(least)s to %(most)s, please.", least=least, most=most)
    return number


def _seen(card: Card, errors: dict[str, str]) -> dict[str, Any] | None:
    """A rule that can end again: otherwise whoever was seen once would count as seen for ever."""
    made = make(card, RULE)
    try:
        criteria = parse(made.data)
        check_known(made.data, known(criteria))
    except BadCriteria as bad:
        errors[made.field_at(bad.place)] = rule_words.fault(bad)
        return None
    if not is_momentary(criteria):
        errors[f"{RULE}-sort"] = _("Say within how many days back from today: a sign from years ago is no sign of today.")
        return None
    return made.data


def _page(
    card: Card, values: Mapping[str, str], errors: Mapping[str, str], *, count: bool = False, focus: str = "", fault: str = "",
    status: int = 200,
) -> Any:  # fmt: skip
    end, totals = queries.totals(clock.utcnow())
    page = render_template(
        "council/staying_in_touch.html", values=values, errors=dict.fromkeys(("version", *LIMITS), "") | dict(errors), card=card,
        rule_errors=_Errors(errors), focus=focus, fault=fault, choices=choices(), rule_words=rule_words, name=RULE,
        preview=_preview(card) if count else None, totals=totals, totals_end=end, states=_states(), history=queries.history(),
        ways=queries.seen_words(queries.terms().seen), small=SMALL,
    )  # fmt: skip
    return respond(page, status) if wants_fragment() else (page, status)


class _Errors(dict[str, str]):
    """A field without a fault has no sentence."""

    def __missing__(self, _name: str) -> str:
        return ""


def _preview(card: Card) -> tuple[int, int]:
    """(about how many would be thanked, of how many), to the nearest five and by what every member may see. Two tries tell of
    nobody."""
    counted = audience.count(make(card, RULE).data, clock.utcnow(), ("active",))
    return about(counted.everybody - counted.about) or 0, about(counted.everybody) or 0


def _states() -> dict[str, int | None]:
    """Members who are here, away and alumni, as profiles say it; a few are not counted out."""
    rows = sa.select(Member.state, sa.func.count()).where(Member.state.in_(("active", "away", "alumni"))).group_by(Member.state)
    return {state: number if number >= SMALL else None for state, number in db.session.execute(rows).all()}

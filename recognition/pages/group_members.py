"""Whom a group counts as its members: decided by whoever looks after it, with the count before it holds, and told to everybody
with the rule and the day."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Blueprint, Flask, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities import audience, member_counts
from recognition.activities.builder import words as rule_words
from recognition.activities.builder.cards import Card, TooLarge, read
from recognition.activities.builder.making import make
from recognition.activities.builder.moves import moved
from recognition.activities.builder.taking import take
from recognition.activities.builder.words import Choices
from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.parse import check_known, parse
from recognition.activities.criteria.tree import Criteria, leaves
from recognition.activities.criteria.values import BadCriteria
from recognition.badges.words import names_for
from recognition.extensions import db
from recognition.identity import policy
from recognition.identity.access import member_required, signed_in
from recognition.identity.models import Group, GroupTerms
from recognition.identity.queries import MemberCount, group_by_slug, membership, newest_terms
from recognition.identity.rules import ACCOUNT, DEEDS, JOINED, MEMBERS_BY, TERMS, MemberRule, Outdated
from recognition.identity.services.member_rules import set_member_rule
from recognition.identity.words import BadText, clean
from recognition.pages.badge_studio.choices import choices, known
from recognition.web.htmx import goto, respond
from recognition.web.limits import limited

blueprint = Blueprint("group_members", __name__)
RULE = "rule"
TERMS_MAX = 8000
INPUTS = ("members_by", "terms", "asks_again", "seen", "looked")


@dataclass(frozen=True)
class Draft:
    """`wanted` is None while `errors` has anything."""

    values: dict[str, str]
    card: Card
    errors: dict[str, str] = field(default_factory=dict)
    wanted: MemberRule | None = None


def install(app: Flask) -> None:
    app.jinja_env.globals["member_rule_words"] = member_rule_words


def member_rule_words(counts: Sequence[MemberCount]) -> list[str]:
    """Each group's rule as everybody may read it, in the same order; in as many statements for many as for one."""
    rules = [parse(one.rule) if one.members_by == DEEDS and one.rule else None for one in counts]
    names = names_for([rule for rule in rules if rule is not None]) if any(rules) else {}
    return [_said(one.members_by, rule, names) for one, rule in zip(counts, rules, strict=True)]


def _said(members_by: str, rule: Criteria | None, names: dict[str, str]) -> str:
    if rule is not None:
        return _("everybody with %(rule)s", rule=describe(rule, names))
    return {
        ACCOUNT: _("everybody who joined and has a login here"),
        TERMS: _("everybody who joined and accepted the terms of the group"),
    }.get(members_by, _("everybody who joined"))


@blueprint.get("/groups/<slug>/members-by")
@member_required
def form(slug: str) -> Any:
    group, _is_council = _group(slug)
    terms = newest_terms(group.id)
    stored = {"members_by": group.members_by, "terms": terms.text if terms else "", "asks_again": "",
              "seen": str(group.rule_number), "looked": ""}  # fmt: skip
    return _page(group, Draft(stored, take(group.members_rule or _came_once(group))))


@blueprint.post("/groups/<slug>/members-by")
@member_required
@limited("judge", times=120)
def save(slug: str) -> Any:
    """First what it comes to, then, if nothing was changed since, it holds."""
    group, is_council = _group(slug)
    values = {name: request.form.get(name, "")[: TERMS_MAX + 1] for name in INPUTS}
    card = _card()
    if move := request.form.get(f"{RULE}-move"):
        done = moved(card, move, RULE)
        return _page(group, Draft(values, done.card), focus=done.focus, fault=done.fault)
    draft = _checked(group, values, card, is_council)
    if draft.wanted is None:
        return _page(group, draft, status=422)
    if request.form.get("then") != "save" or values["looked"] != _mark(draft.wanted):
        return _page(group, draft, counted=_count(group, draft.wanted))
    try:
        set_member_rule(group, draft.wanted, _number(values["seen"]), signed_in(), clock.utcnow())
    except Outdated as late:
        db.session.rollback()
        group, _is_council = _group(slug)
        mine = replace(draft, values={**values, "seen": str(group.rule_number)}, errors={"seen": str(late)})
        return _page(group, mine, status=409)
    db.session.commit()
    flash(_("Saved. It is being counted; nobody came in or went out by it."), "good")
    return goto(url_for("identity.group", slug=slug))


def _group(slug: str) -> tuple[Group, bool]:
    """For whoever looks after it; and whether that is the council."""
    found, viewer = group_by_slug(slug), signed_in()
    if found is None or found.is_outside:
        abort(404)
    if not policy.can_curate(viewer, membership(found.id, viewer.id)):
        abort(403)
    return found, "council" in viewer.roles


def _card() -> Card:
    try:
        return read(request.form, RULE)
    except TooLarge:
        abort(413)


def _came_once(group: Group) -> dict[str, Any]:
    return {"count": {"group": [group.slug]}, "at_least": 1}


def _checked(group: Group, values: dict[str, str], card: Card, is_council: bool) -> Draft:
    errors: dict[str, str] = {}
    members_by = values["members_by"]
    if members_by not in MEMBERS_BY:
        errors["members_by"] = _("Please choose one of these.")
    terms = ""
    try:
        terms = clean(values["terms"], TERMS_MAX, lines=True)
    except BadText as bad:
        errors["terms"] = str(bad)
    if members_by == TERMS and not terms and "terms" not in errors:
        errors["terms"] = _("Write down what people accept.")
    rule = _rule(group, card, is_council, errors) if members_by == DEEDS else None
    wanted = None if errors else MemberRule(members_by, rule, terms, values["asks_again"] == "1")
    return Draft(values, card, errors, wanted)


def _rule(group: Group, card: Card, is_council: bool, errors: dict[str, str]) -> dict[str, Any]:
    made = make(card, RULE)
    try:
        criteria = member_counts.member_rule(made.data, group.slug)
        if made.data != group.members_rule:
            if not is_council and any(leaf.where.object or leaf.where.campaigns_named for leaf in leaves(criteria)):
                raise BadCriteria("", "speaks of a campaign, quest, badge or contest: the council writes such a rule for you")
            check_known(made.data, known(criteria))
    except BadCriteria as bad:
        errors[made.field_at(bad.place)] = rule_words.fault(bad)
    return made.data


def _count(group: Group, wanted: MemberRule) -> audience.Counted:
    """With the terms as they would stand then."""
    terms, accepted_from = newest_terms(group.id), group.terms_from
    if wanted.terms != (terms.text if terms else "") and (wanted.asks_again or not accepted_from):
        accepted_from = terms.version + 1 if terms else 1
    return member_counts.look(group, wanted.members_by, wanted.rule, accepted_from, clock.utcnow())


def _mark(wanted: MemberRule) -> str:
    """Of what was counted, so that nothing else is saved than what its author has seen the count of."""
    said = json.dumps([wanted.members_by, wanted.rule, wanted.terms, wanted.asks_again], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def _offered(is_council: bool) -> Choices:
    """What is still being written is for the council alone."""
    found = choices()
    return found if is_council else replace(found, campaigns=[], quests=[], badges=[], contests=[])


def _page(
    group: Group, draft: Draft, *, counted: audience.Counted | None = None, focus: str = "", fault: str = "", status: int = 200
) -> Any:
    terms: GroupTerms | None = newest_terms(group.id)
    body = render_template(
        "pages/group_members.html", group=group, values=draft.values, card=draft.card, errors=_Errors(draft.errors), focus=focus,
        fault=fault, name=RULE, choices=_offered("council" in signed_in().roles), rule_words=rule_words, terms=terms,
        there=_there(draft.wanted.members_by, counted) if draft.wanted and counted else "",
        mark=_mark(draft.wanted) if draft.wanted and counted else "",
    )  # fmt: skip
    return respond(body, status)


class _Errors(dict[str, str]):
    """A field without a fault has no sentence."""

    def __missing__(self, _name: str) -> str:
        return ""


def _there(members_by: str, found: audience.Counted) -> str:
    """To the nearest five; few are told as few, be they nobody."""
    if found.told is None:
        return _("By this rule there are fewer than five members today, perhaps none yet.")
    if found.is_nearly_all and members_by != JOINED:
        return _("By this rule nearly all who joined are members today.") if members_by != DEEDS else _(
            "By this rule nearly everybody here is a member today.")  # fmt: skip
    return _("By this rule there are about %(number)s members today.", number=found.told)

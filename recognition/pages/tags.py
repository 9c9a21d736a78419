"""Tags that grow, in the workshop: which do, which are likely one word, and what the council makes of them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities.criteria.tree import leaves, listens_to
from recognition.activities.kind_forms import kind_form, tag_form
from recognition.activities.kinds import KindSpec, called
from recognition.activities.models import Kind, TagRule
from recognition.activities.queries import offered_kinds
from recognition.activities.tagging import deciding, figures, made
from recognition.activities.tagging.deciding import Asked, NotPossible
from recognition.activities.tagging.filing import KIND, TAG
from recognition.activities.tagging.nearness import near_pairs
from recognition.badges.models import Badge
from recognition.badges.queries import rules_in_force
from recognition.database import among
from recognition.extensions import db
from recognition.identity.access import role_required, signed_in
from recognition.pages.kinds import family_words
from recognition.web.htmx import goto, respond

blueprint = Blueprint("tags", __name__, url_prefix="/council/tags")
council_only = role_required("council", "admin")
NEW = "new"
PAIRS_SHOWN = 12


@dataclass(frozen=True)
class Preview:
    """What would follow. `listens`, `loses`: badges (name, slug) whose rule asks for what comes, or for what goes."""

    becomes: str
    target: str
    words: str
    now: dict[str, int]
    listens: list[tuple[str, str]]
    loses: list[tuple[str, str]]


@blueprint.get("/")
@council_only
def index() -> Any:
    begins, before = quarters(clock.utcnow())
    after = request.args.get("after")
    found = figures.growing(begins, before, after)
    older = url_for(".index", after=found.next_cursor) if found.next_cursor else ""
    deeds = {} if after else figures.busiest()
    pairs = near_pairs(deeds)[:PAIRS_SHOWN]
    rules = made.of_tags({one.tag for one in found.items} | {pair.tag for pair in pairs})
    pairs = [pair for pair in pairs if pair.tag not in rules]
    newest = [] if after else made.newest(8)
    return render_template(
        "council/tags.html", rows=found.items, older=older, pairs=pairs, deeds=deeds, rules=rules, newest=newest, begins=begins,
        before=before, labels=made.labels([*rules.values(), *newest]), more=bool(after),
    )  # fmt: skip


@blueprint.get("/<tag>")
@council_only
def show(tag: str) -> Any:
    return _page(_tag_or_404(tag), {"into": request.args.get("into", "")}, {}, None)


@blueprint.post("/<tag>/promote")
@council_only
def promote(tag: str) -> Any:
    """First what would follow, then, asked once more, it is done."""
    tag = _tag_or_404(tag)
    errors: dict[str, str] = {}
    kind: str | KindSpec = request.form.get("kind", "")
    if kind == NEW:
        kind, errors = kind_form(request.form)
    elif kind not in {one.slug for one in offered_kinds()}:
        errors = {"kind": _("Choose one of the kinds, or make a new one.")}
    if errors:
        return respond(_page(tag, _typed(), errors, None), 422)
    if request.form.get("then") != "do":
        return _page(tag, _typed(), {}, _preview_kind(tag, kind))
    return _done(tag, lambda: deciding.promote(Asked(tag, kind), signed_in().id, clock.utcnow()))


@blueprint.post("/<tag>/merge")
@council_only
def merge(tag: str) -> Any:
    tag = _tag_or_404(tag)
    into, fault = tag_form(request.form.get("into", ""))
    if fault or into == tag:
        words = fault or _("This is the very same tag. Write the one that it is to become.")
        return respond(_page(tag, _typed(), {"into": words}, None), 422)
    if request.form.get("then") != "do":
        return _page(tag, _typed() | {"into": into}, {}, _preview_tag(tag, into))
    return _done(tag, lambda: deciding.merge(tag, into, signed_in().id, clock.utcnow()))


@blueprint.get("/made/<int:rule_id>")
@council_only
def rule(rule_id: int) -> Any:
    """What was made of a tag, with its counts before, after and undone."""
    one = made.by_id(rule_id) or abort(404)
    steps = [(words, (one.facts or {})[name]) for name, words in _steps() if name in (one.facts or {})]
    people = made.people(one, signed_in())
    return render_template("council/tag_rule.html", rule=one, labels=made.labels([one]), steps=steps, people=people)


@blueprint.post("/made/<int:rule_id>/undo")
@council_only
def undo(rule_id: int) -> Any:
    one = made.by_id(rule_id) or abort(404)
    done = deciding.undo(one.id, signed_in().id, clock.utcnow())
    db.session.commit()
    late = _("That was undone already.")
    flash(_("Every deed goes back to what it was, in a moment.") if done else late, "good" if done else "care")
    return goto(url_for(".rule", rule_id=rule_id))


def quarters(now: datetime) -> tuple[datetime, datetime]:
    """The first moments of the quarter that runs and of the one before it."""
    first = (now.month - 1) // 3 * 3 + 1
    begins = datetime(now.year, first, 1, tzinfo=UTC)
    before = datetime(now.year, first - 3, 1, tzinfo=UTC) if first > 1 else datetime(now.year - 1, 10, 1, tzinfo=UTC)
    return begins, before


def _steps() -> list[tuple[str, str]]:
    return [("before", _("Before")), ("after", _("After")), ("undone", _("Undone"))]


def _tag_or_404(text: str) -> str:
    tag, fault = tag_form(text)
    if fault or tag != text:
        abort(404)
    return tag


def _typed() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if name not in ("csrf_token", "then")}


def _done(tag: str, act: Any) -> Any:
    try:
        one: TagRule = act()
        rule_id = one.id
        db.session.commit()
    except NotPossible as fault:
        db.session.rollback()
        return respond(_page(tag, _typed(), {"kind" if "kind" in request.form else "into": str(fault)}, None), 422)
    flash(_("It holds for new deeds from now on, and past ones follow in a moment."), "good")
    return goto(url_for(".rule", rule_id=rule_id))


def _page(tag: str, typed: dict[str, str], errors: dict[str, str], preview: Preview | None) -> str:
    empty = {"kind": "", "label": tag.replace("-", " ").capitalize(), "family": "helping", "hint": "", "points": "5", "into": ""}
    kinds = [(NEW, _("a new kind")), *((kind.slug, called(kind.label, kind.labels)) for kind in offered_kinds())]
    in_force = made.of_tags([tag]).get(tag)
    return render_template(
        "council/tag.html", tag=tag, values=empty | typed, errors=dict.fromkeys(empty, "") | errors, preview=preview,
        kinds=kinds, families=family_words(), now=figures.of(tag, TAG, tag), rule=in_force, pairs=_hidden(typed),
        labels=made.labels([in_force] if in_force else []),
    )  # fmt: skip


def _hidden(typed: dict[str, str]) -> list[tuple[str, str]]:
    """What the second step sends again."""
    return [*typed.items(), ("then", "do")]


def _preview_kind(tag: str, kind: str | KindSpec) -> Preview:
    if isinstance(kind, KindSpec):
        return Preview(KIND, "", kind.label, figures.of(tag, KIND, ""), [], [])
    known = db.session.get_one(Kind, kind)
    listening = [rule.badge_id for rule in rules_in_force() if kind in listens_to(rule.criteria)]
    return Preview(KIND, kind, called(known.label, known.labels), figures.of(tag, KIND, kind), _badges(listening), [])


def _preview_tag(tag: str, into: str) -> Preview:
    asked = {
        rule.badge_id: {name for leaf in leaves(rule.criteria) for name in (*leaf.where.tags_any, *leaf.where.tags_all)}
        for rule in rules_in_force()
    }
    listening = [badge_id for badge_id, tags in asked.items() if into in tags]
    losing = [badge_id for badge_id, tags in asked.items() if tag in tags]
    return Preview(TAG, into, f"#{into}", figures.of(tag, TAG, into), _badges(listening), _badges(losing))


def _badges(ids: list[int]) -> list[tuple[str, str]]:
    wanted = sa.select(Badge.name, Badge.slug).where(among(Badge.id, ids)).order_by(Badge.name)
    return [(row.name, row.slug) for row in db.session.execute(wanted)]

"""Why does this member not have that badge yet? The parts of its rule, how far each one is, and the deeds that count for
one of them: by what every member may see. Whoever writes rules could otherwise ask about anybody's votes, or what they keep to
themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities import measure
from recognition.activities.criteria.tree import ABOUT_MEMBERS, Criteria, Leaf, Not, in_the_open, leaves
from recognition.activities.models import Activity
from recognition.activities.rules import INTERNAL_KINDS
from recognition.badges import words
from recognition.badges.queries import awards_of
from recognition.badges.rules import Rule, rule_of
from recognition.identity.access import signed_in
from recognition.identity.models import Member
from recognition.identity.queries import member_by_handle
from recognition.identity.rules import visible_fields
from recognition.pages.badge_studio.blueprint import badge_or_404, blueprint, council_only
from recognition.web.htmx import goto

ROWS = 12
TEXT_SHOWN = 200


@dataclass(frozen=True)
class Row:
    """A deed that counts, as this reader may see it."""

    at: datetime
    kind: str
    text: str
    url: str


@dataclass(frozen=True)
class Shown:
    """A part of the rule on the page. `leaf`, with its place among all leaves, where deeds count for it."""

    part: words.Part
    leaf: Leaf | None
    place: int
    parts: tuple["Shown", ...] = ()

    def leaves(self) -> Iterator["Shown"]:
        if self.leaf is not None:
            yield self
        for part in self.parts:
            yield from part.leaves()


@blueprint.get("/<slug>/explain")
@council_only
def look_up(slug: str) -> Any:
    """From a handle as people write it to its page."""
    handle = request.args.get("handle", "").strip().removeprefix("@").lower()
    badge, member = badge_or_404(slug), member_by_handle(handle)
    if member is None or member.state == "suspended":
        flash(_("We know nobody of this handle. It stands on their page, after the @."), "care")
        return goto(url_for(".edit", slug=badge.slug))
    return goto(url_for(".explain", slug=badge.slug, handle=member.handle))


@blueprint.get("/<slug>/explain/<handle>")
@council_only
def explain(slug: str, handle: str) -> Any:
    badge, member = badge_or_404(slug), member_by_handle(handle)
    if member is None or member.state == "suspended":
        abort(404)
    rule, now = rule_of(badge), clock.utcnow()
    # What its holder hides or declined is nobody else's business, the council's neither.
    awards = [award for award in awards_of(member.id, [badge.id]).get(badge.id, []) if award.shown]
    names = words.names_for([rule.criteria]) if rule else {}
    shown = _shown(rule, member, [award.occasion for award in awards], names, now) if rule else None
    chosen = _chosen(shown)
    asked = _asked(chosen.leaf, member) if chosen and chosen.leaf else None
    page = measure.counting_rows(asked, member.id, now, ROWS, request.args.get("after")) if asked else None
    older = ""
    if chosen and page and page.next_cursor:
        older = url_for(".explain", slug=slug, handle=handle, part=chosen.place, after=page.next_cursor)
    open_leaf = asked if chosen and not chosen.part.met else None
    next_on = measure.next_counts(open_leaf, member.id, now) if open_leaf else None
    deeds = page.items if page else []
    return render_template(
        "council/badge_explain.html", badge=badge, person=visible_fields(member, signed_in()), awards=awards, shown=shown,
        how=words.sentence(rule, names), chosen=chosen, rows=_rows(deeds, names), older=older,
        is_own=_is_own(member),
        next_on=next_on if next_on != now.date() else None, is_over=bool(open_leaf) and next_on is None,
    )  # fmt: skip


def _shown(rule: Rule, member: Member, held: list[str], names: words.Names, now: datetime) -> Shown:
    tops = {leaf: rule.top(leaf) for leaf in leaves(rule.criteria)}
    seen = measure.measure_one(member.id, {_asked(leaf, member): top for leaf, top in tops.items()}, now=now)
    part = words.progress(rule, {leaf: seen[_asked(leaf, member)] for leaf in tops}, names, held)
    return _beside(part, rule.criteria, iter(range(1000)))


def _beside(part: words.Part, criteria: Criteria, places: Iterator[int]) -> Shown:
    """Each part of the verdict with what it was decided from."""
    if isinstance(criteria, Not):
        return Shown(part, None, next(places))
    if isinstance(criteria, Leaf):
        return Shown(part, None if criteria.measure in ABOUT_MEMBERS else criteria, next(places))
    parts = tuple(_beside(one, inner, places) for one, inner in zip(part.parts, criteria.parts, strict=True))
    return Shown(part, None, next(places), parts)


def _chosen(shown: Shown | None) -> Shown | None:
    """The part whose deeds are asked for; else the first that is missing something."""
    found = list(shown.leaves()) if shown else []
    asked = [one for one in found if str(one.place) == request.args.get("part")]
    missing = [one for one in found if not one.part.met]
    return next(iter([*asked, *missing, *found]), None)


def _rows(deeds: Any, names: Mapping[str, str]) -> list[Row]:
    """In their own names; `names` has those that the rule speaks of."""
    called = {**names, **words.kind_names({deed.kind for deed in deeds})}
    return [_row(deed, called) for deed in deeds]


def _row(deed: Activity, names: Mapping[str, str]) -> Row:
    linked = deed.kind not in INTERNAL_KINDS
    called = names.get(deed.kind) or deed.kind.replace(".", " ").replace("-", " ")
    thing = names.get((deed.object or "").partition("/")[0], "")
    return Row(deed.occurred_at, called, (deed.text or thing)[:TEXT_SHOWN], f"/activities/{deed.id}" if linked else "")


def _asked(leaf: Leaf, member: Member) -> Leaf:
    return leaf if _is_own(member) else in_the_open(leaf)


def _is_own(member: Member) -> bool:
    return bool(member.id == signed_in().id)

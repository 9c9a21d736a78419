"""A badge on the workbench: new or changed, step by step, with what it would bring beside it."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict

from recognition import clock
from recognition.activities.builder import words as rule_words
from recognition.activities.builder.cards import TooLarge
from recognition.activities.builder.moves import moved
from recognition.badges import words
from recognition.badges.artwork.glyphs import GLYPHS
from recognition.badges.models import DRAFT, PUBLISHED, Badge
from recognition.badges.rules import BadBadge, BadgeSpec
from recognition.badges.services.states import save_badge
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.identity.models import Group
from recognition.pages.badge_studio import forms
from recognition.pages.badge_studio.blueprint import badge_or_404, blueprint, council_only
from recognition.pages.badge_studio.choices import choices
from recognition.pages.badge_studio.forms import RULE, Draft
from recognition.pages.badge_studio.sketch import Who, look_on, sentence_of, sketch
from recognition.web.htmx import goto, respond

MOVE = f"{RULE}-move"


@blueprint.get("/new")
@council_only
def new() -> Any:
    return page(forms.blank(), None, is_asked=False)


@blueprint.post("/new")
@council_only
def create() -> Any:
    return _save(None)


@blueprint.get("/<slug>/edit")
@council_only
def edit(slug: str) -> Any:
    badge = badge_or_404(slug)
    return page(forms.draft_of(badge, issuer_of(badge)), badge, is_asked=False)


@blueprint.post("/<slug>/edit")
@council_only
def change(slug: str) -> Any:
    # Held until the commit: of two who save at once the second sees what the first wrote.
    held = sa.select(Badge).where(Badge.slug == slug).with_for_update()
    return _save(db.session.scalar(held) or abort(404))


def sent(badge: Badge | None) -> Draft:
    try:
        return forms.draft(request.form, badge)
    except TooLarge:
        abort(413)


def issuer_of(badge: Badge) -> str:
    group = db.session.get(Group, badge.issuer_id) if badge.issuer_id else None
    return group.slug if group else ""


def _save(badge: Badge | None) -> Any:
    if request.form.get(MOVE):
        after, focus, fault = moved_of(badge)
        return page(after, badge, focus=focus, fault=fault, is_asked=False)
    draft, then = sent(badge), request.form.get("then", "keep")
    if then in ("look", "who"):
        who = look_on(draft, badge, request.form, signed_in(), clock.utcnow()) if then == "who" else None
        return page(draft, badge, who=who, is_asked=False)
    if badge is not None and draft.values["seen"] != forms.fingerprint(badge):
        return _told_of_the_other(draft, badge)
    if draft.spec is None:
        return page(draft, badge, status=422)
    if badge is not None and badge.state == PUBLISHED and then != "confirm" and _is_new_rule(draft.spec, badge):
        return _consequences(draft, badge)
    try:
        saved = save_badge(_placed(draft.spec) if badge is None else draft.spec, clock.utcnow(), signed_in().id)
        db.session.commit()
    except BadBadge as fault:
        db.session.rollback()
        return page(draft.refused(fault), _again(badge), status=422)
    except IntegrityError:
        db.session.rollback()
        return page(draft.refused(BadBadge("name", _("Somebody made a badge of this name a moment ago"))), None, status=422)
    return _saved(saved, then)


def _saved(badge: Badge, then: str) -> Any:
    if then == "publish" and badge.state == DRAFT:
        return goto(url_for(".ask", slug=badge.slug, move="publish"))
    if badge.state == DRAFT:
        flash(_("Kept as a draft. Only the council sees it."), "good")
        return goto(url_for(".edit", slug=badge.slug))
    flash(_("Saved. Whoever meets the new rule gets the badge in a moment.") if then == "confirm" else _("Saved."), "good")
    return goto(url_for("badges.show", slug=badge.slug))


def moved_of(badge: Badge | None) -> tuple[Draft, str, str]:
    """The sent cards after the button that was pressed, where to go on, and why nothing moved."""
    before = sent(badge)
    done = moved(before.card, request.form[MOVE], RULE)
    return forms.checked(before.values, done.card, badge), done.focus, done.fault


def _again(badge: Badge | None) -> Badge | None:
    """After a rollback, as it is."""
    return badge_or_404(badge.slug) if badge is not None else None


def _is_new_rule(spec: BadgeSpec, badge: Badge) -> bool:
    return spec.criteria != badge.criteria or list(spec.levels) != badge.levels


def _placed(spec: BadgeSpec) -> BadgeSpec:
    """At an address of its own: a new badge never changes one that is there."""
    like = sa.select(Badge.slug).where(Badge.slug.startswith(spec.slug, autoescape=True))
    taken = set(db.session.scalars(like))
    numbered = (f"{spec.slug}-{number}" for number in range(2, len(taken) + 3))
    free = spec.slug if spec.slug not in taken else next(slug for slug in numbered if slug not in taken)
    return replace(spec, slug=free)


def _told_of_the_other(draft: Draft, badge: Badge) -> Any:
    """Somebody else saved it meanwhile. Both versions are there; saving now is a decision."""
    theirs = forms.draft_of(badge, issuer_of(badge))
    other = [name for name in forms.INPUTS if name != "seen" and theirs.values[name] != draft.values[name]]
    shown = [(name, theirs.values[name]) for name in other if name in _SHOWN]
    # The same rule can be written in many ways.
    if theirs.by_rule != draft.by_rule or (draft.by_rule and theirs.criteria != draft.criteria):
        shown.append(("criteria", sentence_of(badge)))
    mine = replace(draft, values={**draft.values, "seen": forms.fingerprint(badge)})
    return page(mine, badge, status=409, theirs=shown, is_asked=False)


_SHOWN = ("name", "family", "glyph", "band", "summary", "story", "levels", "issuer", "valid_days", "warn_days")


def _consequences(draft: Draft, badge: Badge) -> Any:
    """Nothing is saved: what a new rule would bring, and a button that means it."""
    who = look_on(draft, badge, MultiDict(), signed_in(), clock.utcnow())
    return render_template(
        "council/badge_consequences.html", badge=badge, pairs=list(draft.pairs()), old=sentence_of(badge),
        sketch=sketch(draft), who=who, who_url=url_for(".who", of=badge.slug),
    )  # fmt: skip


def page(
    draft: Draft,
    badge: Badge | None,
    *,
    status: int = 200,
    focus: str = "",
    fault: str = "",
    who: Who | None = None,
    theirs: list[tuple[str, str]] | None = None,
    is_asked: bool = True,
) -> Any:
    """`is_asked` False: nobody wants to save it yet, so that what is missing stays out of the fields."""
    errors = draft.errors if is_asked else {}
    body = render_template(
        "council/badge_form.html",
        draft=draft, values=draft.values, errors={name: errors.get(name, "") for name in forms.INPUTS}, almost=bool(errors),
        badge=badge, is_draft=badge is None or badge.state == DRAFT, theirs=theirs or [], labels=labels(),
        builder=builder_of(draft, badge, focus, fault) | {"errors": errors}, choices=choices(), rule_words=rule_words,
        families=words.families(), glyphs=glyphs(draft), sketch=sketch(draft), who=who, **addresses(badge),
    )  # fmt: skip
    return respond(body, status)


def builder_of(draft: Draft, badge: Badge | None, focus: str = "", fault: str = "") -> dict[str, Any]:
    """What the component asks for besides its choices."""
    return {"card": draft.card, "name": RULE, "errors": draft.errors, "move_url": addresses(badge)["move_url"], "focus": focus,
            "fault": fault, "levelled": bool(draft.levels)}  # fmt: skip


def addresses(badge: Badge | None) -> dict[str, str]:
    """Where the parts of the page ask; `of` names the badge that is changed."""
    of = badge.slug if badge is not None else None
    return {f"{name}_url": url_for(f".{name}", of=of) for name in ("move", "preview", "who")}


def glyphs(draft: Draft) -> list[tuple[str, str, str]]:
    """(glyph, its name, address of a pin that wears it)."""
    family = draft.values["family"] if draft.values["family"] in words.families() else "helping"
    return [(name, name.replace("_", " "), url_for(".pin", family=family, glyph=name, band="…")) for name in GLYPHS]


def labels() -> dict[str, str]:
    """Fields as the page calls them, where it speaks of somebody else's changes."""
    return {"name": _("Name"), "family": _("Family"), "glyph": _("Picture"), "band": _("Word on the band"),
            "summary": _("In one line"), "story": _("Story"), "levels": _("Levels"), "issuer": _("Given by"),
            "valid_days": _("Valid for days"), "warn_days": _("Warned before"), "criteria": _("Rule")}  # fmt: skip

"""The kinds of deeds, in the workshop: what they are called, what they bring from now on, and whether people are asked."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.activities import kinds
from recognition.activities.kind_forms import kind_form
from recognition.activities.models import Kind
from recognition.extensions import db
from recognition.identity.access import role_required, signed_in
from recognition.web.htmx import goto, respond

blueprint = Blueprint("kinds", __name__, url_prefix="/council/kinds")
council_only = role_required("council", "admin")
ROOM_FOR_MORE = 3


@blueprint.get("/")
@council_only
def index() -> Any:
    found = kinds.kinds_page(request.args.get("after"))
    older = url_for(".index", after=found.next_cursor) if found.next_cursor else ""
    return render_template("council/kinds.html", rows=found.items, older=older, families=dict(family_words()))


@blueprint.get("/<slug>")
@council_only
def edit(slug: str) -> Any:
    kind = _kind_or_404(slug)
    values = {"label": kind.label, "family": kind.family, "hint": kind.hint, "points": str(kind.points),
              "offered": "1" if kind.offered else ""}  # fmt: skip
    return _form(kind, values, sorted((kind.labels or {}).items()), {})


@blueprint.post("/<slug>")
@council_only
def save(slug: str) -> Any:
    kind = _kind_or_404(slug)
    spec, errors = kind_form(request.form)
    if errors:
        pairs = list(zip(request.form.getlist("language"), request.form.getlist("name"), strict=False))
        typed = {name: request.form.get(name, "") for name in ("label", "family", "hint", "points", "offered")}
        return respond(_form(kind, typed, [pair for pair in pairs if any(pair)], errors), 422)
    kinds.change(kind.slug, spec, signed_in().id)
    db.session.commit()
    flash(_("Saved. Deeds that were told keep the points that they brought."), "good")
    return goto(url_for(".index"))


def family_words() -> list[tuple[str, str]]:
    words = {"learning": _("Learning"), "helping": _("Helping"), "making": _("Making"), "gathering": _("Gathering"),
             "caring": _("Caring")}  # fmt: skip
    return [(name, words[name]) for name in kinds.FAMILIES]


def _kind_or_404(slug: str) -> Kind:
    return kinds.kind_by_slug(slug) or abort(404)


def _form(kind: Kind, values: dict[str, str], names: list[tuple[str, str]], errors: dict[str, str]) -> str:
    shown = dict.fromkeys(("label", "family", "hint", "points", "labels"), "") | errors
    return render_template("council/kind_form.html", kind=kind, values=values, errors=shown, families=family_words(),
                           names=[*names, *[("", "")] * ROOM_FOR_MORE])  # fmt: skip

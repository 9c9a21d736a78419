"""Writing an objective and moving it on, for the council."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.database import among
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.identity.models import Member
from recognition.objectives import forms, queries, services
from recognition.objectives.models import Objective
from recognition.objectives.rules import CLOSERS, ENDED, MEASURES, MILESTONES_MAX, RESULTS_MAX, BadObjective, WrongState
from recognition.objectives.views.blueprint import blueprint, council_only, objective_or_404
from recognition.objectives.views.reading import page
from recognition.web.htmx import goto


@blueprint.post("/objectives/<slug>/state")
@council_only
def move(slug: str) -> Any:
    one = objective_or_404(slug)
    try:
        services.move(one.id, request.form.get("to", ""), request.form.get("reason", ""), signed_in().id, clock.utcnow())
    except BadObjective as fault:
        db.session.rollback()
        return page(objective_or_404(slug), fault.errors, reason=request.form.get("reason", "")), 422
    except WrongState as refused:
        db.session.rollback()
        one = objective_or_404(slug)
        if one.state == ENDED:
            abort(409, str(refused))
        return page(one, {"reason": str(refused)}, reason=request.form.get("reason", "")), 409
    db.session.commit()
    return goto(url_for(".show", slug=slug))


@blueprint.get("/council/objectives/new")
@council_only
def new() -> Any:
    today = clock.utcnow().date()
    values = {"starts_on": str(today), "ends_on": f"{today.year}-12-31", "quiet_days": "30", "owner": signed_in().handle}
    return _form(values, [_empty(forms.RESULT_FIELDS)], [_empty(forms.MILESTONE_FIELDS)])


@blueprint.post("/council/objectives/new")
@council_only
def create() -> Any:
    return _save(None)


@blueprint.get("/council/objectives/<slug>/edit")
@council_only
def edit(slug: str) -> Any:
    one = objective_or_404(slug)
    return _form(*_stored(one), one=one)


@blueprint.post("/council/objectives/<slug>/edit")
@council_only
def change(slug: str) -> Any:
    return _save(objective_or_404(slug))


def _save(one: Objective | None) -> Any:
    results = forms.rows(request.form, "results", forms.RESULT_FIELDS, RESULTS_MAX)
    milestones = forms.rows(request.form, "milestones", forms.MILESTONE_FIELDS, MILESTONES_MAX)
    then = request.form.get("then", "save")
    if then in ("more-results", "more-milestones"):
        rows, fields, most = ((results, forms.RESULT_FIELDS, RESULTS_MAX) if then == "more-results"
                              else (milestones, forms.MILESTONE_FIELDS, MILESTONES_MAX))  # fmt: skip
        if len(rows) < most:
            rows.append(_empty(fields))
        return _form(request.form, results, milestones, one=one, focus=then.removeprefix("more-"))
    try:
        known = {*queries.choices((*CLOSERS, "area")), *_tied(one)}
        spec = forms.objective_spec(request.form, known, _people(forms.handles(request.form)))
        now, actor_id = clock.utcnow(), signed_in().id
        seen = request.form.get("seen", "")
        saved = services.change(one.id, spec, actor_id, now, seen) if one else services.create(spec, actor_id, now)
    except BadObjective as fault:
        db.session.rollback()
        typed = request.form.to_dict()
        if one and "seen" in fault.errors:
            typed["seen"] = services.fingerprint(one)
        return _form(typed, results, milestones, fault.errors, one), 409 if "seen" in fault.errors else 422
    db.session.commit()
    flash(_("Saved."), "good")
    return goto(url_for(".show", slug=saved.slug))


def _form(
    values: Mapping[str, str],
    results: list[forms.Row],
    milestones: list[forms.Row],
    errors: Mapping[str, str] | None = None,
    one: Objective | None = None,
    focus: str = "",
) -> str:
    return render_template(
        "council/objective_form.html", values={name: values.get(name, "") for name in forms.FIELDS}, results=results,
        milestones=milestones, errors=defaultdict(str, errors or {}), one=one, sources=_options(MEASURES),
        closers=_options(CLOSERS), limits=forms.LIMITS, focus=focus,
    )  # fmt: skip


def _options(kinds: tuple[str, ...]) -> list[tuple[str, str]]:
    return [("", _("by hand")), *queries.choices(kinds).items()]


def _stored(one: Objective) -> tuple[dict[str, str], list[forms.Row], list[forms.Row]]:
    ids = {one.owner_id, *(row.owner_id for row in one.milestones)} - {None}
    found = db.session.execute(sa.select(Member.id, Member.handle).where(among(Member.id, [id_ for id_ in ids if id_])))
    handles = {row.id: row.handle for row in found}
    values = {name: str(getattr(one, name)) for name in forms.FIELDS if hasattr(one, name) and name != "owner"}
    values |= {"owner": handles.get(one.owner_id or 0, ""), "seen": services.fingerprint(one)}
    results = [
        {"id": str(row.id), "title": row.title, "source": row.source, "unit": row.unit, "target": f"{row.target:.15g}",
         "value": "" if row.value is None else f"{row.value:.15g}"}
        for row in one.results
    ]  # fmt: skip
    milestones = [
        {"id": str(row.id), "title": row.title, "due_on": str(row.due_on or ""), "owner": handles.get(row.owner_id or 0, ""),
         "closes": row.closes, "help": "1" if row.wants_help else ""}
        for row in one.milestones
    ]  # fmt: skip
    return values, results or [_empty(forms.RESULT_FIELDS)], milestones or [_empty(forms.MILESTONE_FIELDS)]


def _tied(one: Objective | None) -> set[str]:
    """What it is tied to already stays, however many newer ones there are."""
    return {row.source for row in one.results} | {row.closes for row in one.milestones} if one else set()


def _people(handles: set[str]) -> dict[str, int]:
    here = sa.select(Member.handle, Member.id).where(among(Member.handle, handles), Member.state != "suspended")
    return {row.handle: row.id for row in db.session.execute(here)} if handles else {}


def _empty(fields: tuple[str, ...]) -> forms.Row:
    return dict.fromkeys(fields, "")

"""A role's text: drafted with its picture beside it, and published in steps."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.pages.role_desk.blueprint import blueprint, council_only, role_or_404
from recognition.pages.roles import section_words
from recognition.roles import forms, holding, queries, rules, services
from recognition.roles.forms import Written
from recognition.roles.models import Role
from recognition.roles.rules import NotSaved, Sheet, TooLate, sheet
from recognition.web.htmx import goto
from recognition.web.limits import limited

LIMITS = {**forms.TEXTS, "line": rules.LINE_MAX_CHARS, "note": rules.NOTE_MAX_CHARS}


@blueprint.get("/")
@council_only
def index() -> Any:
    found = queries.desk(request.args.get("after"))
    older = url_for(".index", after=found.next_cursor) if found.next_cursor else ""
    number, _since = queries.waiting()
    return render_template("council/roles.html", roles=found.items, older=older, waiting=number, today=clock.utcnow().date())


@blueprint.get("/new")
@council_only
def new() -> Any:
    return _form(None, forms.stored(None, "", 0))


@blueprint.post("/new")
@council_only
@limited("role-write", times=60)
def create() -> Any:
    return _save(None)


@blueprint.get("/<slug>/edit")
@council_only
def edit(slug: str) -> Any:
    role = role_or_404(slug)
    return _form(role, forms.stored(_lying(role), role.held_by, role.draft_number))


@blueprint.post("/<slug>/edit")
@council_only
@limited("role-write", times=60)
def change(slug: str) -> Any:
    return _save(role_or_404(slug))


@blueprint.post("/preview")
@council_only
@limited("role-preview", times=240)
def preview() -> Any:
    """For htmx: how the text would look."""
    return render_template("council/_role_preview.html", sheet=_look(_sent()), sections=section_words())


@blueprint.get("/<slug>/publish")
@council_only
def ask_publish(slug: str) -> Any:
    role = role_or_404(slug)
    if role.draft is None:
        return goto(url_for(".edit", slug=slug))
    return _publish(role, {"all_on": clock.utcnow().date().isoformat(), "seen": str(role.draft_number)}, {})


@blueprint.post("/<slug>/publish")
@council_only
@limited("role-write", times=60)
def publish(slug: str) -> Any:
    role, now = role_or_404(slug), clock.utcnow()
    try:
        said = forms.steps(request.form, [word for word, _words in holding.choices()], now.date())
        seen = forms.number(request.form.get("seen", ""))
        made = services.publish(role.id, seen, said.note, said.first_for, said.first_on, said.all_on, signed_in().id, now)
    except NotSaved as fault:
        db.session.rollback()
        return _publish(role_or_404(slug), request.form, fault.errors), 422
    except TooLate as fault:
        db.session.rollback()
        role = role_or_404(slug)
        if role.draft is None:
            flash(_("Somebody on the council has published it already."))
            return goto(url_for("roles.show", slug=slug))
        return _publish(role, {**request.form, "seen": str(role.draft_number)}, {"note": str(fault)}), 409
    number = made.number
    db.session.commit()
    flash(_("Version %(number)s is published.", number=number), "good")
    return goto(url_for("roles.show", slug=slug))


def _save(role: Role | None) -> Any:
    written = _sent()
    if request.form.get("then") == "look":
        return _form(role, written, is_asked=False)
    if written.sheet is None:
        return _form(role, written), 422
    held_by, actor_id = written.values["held_by"], signed_in().id
    slug = role.slug if role is not None else ""
    try:
        if role is None:
            slug = services.create(written.sheet, held_by, actor_id, clock.utcnow()).slug
        else:
            services.save(role.id, written.sheet, held_by, forms.number(written.values["seen"]), actor_id)
    except NotSaved as fault:
        db.session.rollback()
        return _form(None, Written(written.values, written.duties, None, fault.errors)), 422
    except TooLate as fault:
        db.session.rollback()
        role = role_or_404(slug)
        mine = {**written.values, "seen": str(role.draft_number)}
        return _form(role, Written(mine, written.duties, written.sheet, {}), late=str(fault)), 409
    db.session.commit()
    if request.form.get("then") == "publish":
        return goto(url_for(".ask_publish", slug=slug))
    flash(_("Kept as a draft. Only the council sees it."), "good")
    return goto(url_for(".edit", slug=slug))


def _sent() -> Written:
    return forms.sent(request.form, [word for word, _words in holding.choices()])


def _lying(role: Role) -> Sheet | None:
    """The draft, or where there is none the newest version."""
    return sheet(role.draft) if role.draft is not None else queries.sheet_of(role, role.version)


def _look(written: Written) -> Sheet:
    """As far as it is written."""
    if written.sheet is not None:
        return written.sheet
    values = written.values
    rights = tuple(values["rights"].splitlines())
    return Sheet(values["title"], values["purpose"], tuple(written.duties), rights, values["ask"], values["elsewhere"])


def _form(role: Role | None, written: Written, late: str = "", is_asked: bool = True) -> str:
    return render_template(
        "council/role_form.html", role=role, written=written, values=written.values, late=late, sheet=_look(written),
        errors={name: written.errors.get(name, "") if is_asked else "" for name in (*written.values, "duties")},
        sections=section_words(), holders=[("", _("nobody keeps that here")), *holding.choices()], limits=LIMITS,
    )  # fmt: skip


def _publish(role: Role, values: Any, errors: dict[str, str]) -> str:
    draft = sheet(role.draft) if role.draft is not None else Sheet("", "")
    before = queries.sheet_of(role, role.version)
    filled = {name: values.get(name, "") for name in ("note", "first_for", "first_on", "all_on", "seen")}
    return render_template(
        "council/role_publish.html", role=role, sheet=draft, is_first=before is None, values=filled,
        errors={name: errors.get(name, "") for name in filled}, changes=list(rules.compare(before, draft)) if before else [],
        sections=section_words(), words=[("", _("nobody: everybody at once")), *holding.choices()], limits=LIMITS,
    )  # fmt: skip

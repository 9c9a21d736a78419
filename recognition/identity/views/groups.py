"""Groups: where people come together."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity import policy, queries
from recognition.identity.access import current_member, member_required, role_required, signed_in
from recognition.identity.forms import group_form
from recognition.identity.models import Group
from recognition.identity.rules import TERMS, GroupForm, NotAllowed, Refused
from recognition.identity.services import groups as services
from recognition.identity.services.member_rules import accept_terms, take_back_terms
from recognition.identity.views.blueprint import blueprint
from recognition.web.access import public
from recognition.web.htmx import goto

EMPTY_FORM = GroupForm("", "", "", "open")


@blueprint.get("/groups/")
@public
def groups() -> Any:
    page = queries.groups(request.args.get("after"))
    viewer = current_member()
    return render_template(
        "identity/groups.html",
        page=page,
        mine=queries.groups_of(viewer, viewer) if viewer else [],
        next_url=url_for("identity.groups", after=page.next_cursor) if page.next_cursor else "",
        can_create=viewer is not None and policy.can_create_group(viewer),
    )


@blueprint.get("/groups/<slug>")
@public
def group(slug: str) -> Any:
    found, viewer = _group(slug), current_member()
    own = queries.membership(found.id, viewer.id) if viewer else None
    curates = policy.can_curate(viewer, own)
    page = queries.people(found.id, viewer, request.args.get("after"))
    return render_template(
        "identity/group.html",
        group=found,
        count=queries.member_count(found),
        logo_url=f"/media/{found.logo.key}" if found.logo else "",
        terms=queries.newest_terms(found.id),
        accepted=own.terms_version if own else None,
        keeps_somebody=queries.keeps_somebody(found.id, viewer),
        curators=queries.curators(found.id, viewer),
        page=page,
        next_url=url_for("identity.group", slug=slug, after=page.next_cursor) if page.next_cursor else "",
        state=own.state if own else "out",
        can_join=policy.can_join(viewer, found, own),
        asking=queries.asking(found.id, viewer) if curates and viewer else [],
        curates=curates,
        on_roster=own is not None and own.on_roster,
        sees_roster=policy.sees_roster(viewer, own),
    )


@blueprint.get("/groups/new")
@role_required("council")
def group_new() -> Any:
    return form_page(EMPTY_FORM, {}, None)


@blueprint.post("/groups/new")
@role_required("council")
def group_create() -> Any:
    form, errors = group_form(request.form)
    if not errors:
        try:
            made = services.create_group(form, signed_in(), clock.utcnow())
        except Refused as fault:
            db.session.rollback()
            errors = {"name": str(fault)}
    if errors:
        return form_page(form, errors, None, 422)
    db.session.commit()
    flash(_("The partner is there.") if made.is_outside else _("The group is there. Now invite somebody."), "good")
    return goto(url_for("identity.group", slug=made.slug))


@blueprint.get("/groups/<slug>/edit")
@member_required
def group_edit(slug: str) -> Any:
    found = curated(slug)
    return form_page(form_of(found), {}, found)


@blueprint.post("/groups/<slug>/edit")
@member_required
def group_save(slug: str) -> Any:
    found = curated(slug)
    form, errors = group_form(request.form)
    if errors:
        return form_page(form, errors, found, 422)
    services.update_group(found, form, signed_in())
    db.session.commit()
    flash(_("Saved."), "good")
    return goto(url_for("identity.group", slug=slug))


@blueprint.post("/groups/<slug>/join")
@member_required
def group_join(slug: str) -> Any:
    words = {"in": _("You are in. Say hello to somebody."), "asked": _("You asked. A curator will answer soon.")}

    def join(found: Group) -> str:
        now = clock.utcnow()
        state = services.join(found, signed_in(), now)
        if request.form.get("accepts") == "1":
            accept_terms(found, signed_in(), request.form.get("terms", ""), now)
        return words[state]

    return _do(slug, join)


@blueprint.post("/groups/<slug>/terms")
@member_required
def group_terms(slug: str) -> Any:
    def answer(found: Group) -> str:
        if request.form.get("answer") == "back":
            take_back_terms(found, signed_in())
            return _("Taken back. You are in the group as before.")
        accept_terms(found, signed_in(), request.form.get("terms", ""), clock.utcnow())
        return _("Thank you. You count from the next count on.") if found.members_by == TERMS else _("You accepted these terms.")

    return _do(slug, answer)


@blueprint.post("/groups/<slug>/leave")
@member_required
def group_leave(slug: str) -> Any:
    def leave(found: Group) -> str:
        services.leave(found, signed_in(), clock.utcnow())
        return _("You left the group. The door stays open.")

    return _do(slug, leave)


@blueprint.post("/groups/<slug>/requests/<handle>")
@member_required
def group_decide(slug: str, handle: str) -> Any:
    def decide(found: Group) -> str:
        done = services.decide(found, _member_id(handle), request.form.get("answer") == "accept", signed_in(), clock.utcnow())
        return _("Thank you for answering.") if done else _("Somebody else answered already.")

    return _do(slug, decide)


@blueprint.post("/groups/<slug>/curators/<handle>")
@member_required
def group_curator(slug: str, handle: str) -> Any:
    def choose(found: Group) -> str:
        services.set_curator(found, _member_id(handle), request.form.get("answer") == "on", signed_in())
        return _("Done.")

    return _do(slug, choose)


def _do(slug: str, act: Callable[[Group], str]) -> Any:
    try:
        words = act(_group(slug))
    except NotAllowed:
        abort(403)
    except Refused as fault:
        db.session.rollback()
        flash(str(fault), "care")
    else:
        db.session.commit()
        flash(words, "good")
    return goto(url_for("identity.group", slug=slug))


def _group(slug: str) -> Group:
    found = queries.group_by_slug(slug)
    if found is None:
        abort(404)
    return found


def curated(slug: str) -> Group:
    """For whoever looks after it, and 403 for others."""
    found, viewer = _group(slug), signed_in()
    if not policy.can_curate(viewer, queries.membership(found.id, viewer.id)):
        abort(403)
    return found


def _member_id(handle: str) -> int:
    member = queries.member_by_handle(handle)
    if member is None:
        abort(404)
    return member.id


def form_of(group: Group) -> GroupForm:
    return GroupForm(group.name, group.place, group.about, group.entry, group.website, group.is_outside)


def form_page(form: GroupForm, errors: dict[str, str], group: Group | None, status: int = 200) -> Any:
    errors = dict.fromkeys(("name", "place", "about", "entry", "website", "picture", "alt"), "") | errors
    logo = f"/media/{group.logo.key}/small" if group and group.logo else ""
    count = queries.member_count(group) if group else None
    return render_template("identity/group_form.html", form=form, errors=errors, group=group, logo_url=logo, count=count), status

"""Where a member belongs and who vouches for them: a part of the profile that comes after it, and a page of its own."""

from typing import Any

from flask import Blueprint, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.identity.models import Member
from recognition.identity.queries import member_by_handle, profile
from recognition.vouching import queries, rules, services
from recognition.web.access import public
from recognition.web.htmx import goto, respond, wants_fragment
from recognition.web.limits import limited
from recognition.web.pagination import PAGE_SIZE

blueprint = Blueprint("vouches", __name__)
ONE = f"<int(max={2**53}):vouch_id>"
ON_PROFILE = 3


@blueprint.get("/members/<handle>/vouches")
@public
def of(handle: str) -> Any:
    return _page(handle)


@blueprint.post("/members/<handle>/vouches")
@member_required
@limited("vouch", times=60)
def say(handle: str) -> Any:
    words = request.form.get("words", "")
    try:
        services.vouch(signed_in(), _person(handle), words, clock.utcnow())
    except rules.NotSaid as fault:
        db.session.rollback()
        return _page(handle, words, fault.errors["words"], 422)
    db.session.commit()
    flash(_("Said. They hear of it, and decide who sees it."), "good")
    return goto(url_for(".of", handle=handle))


@blueprint.post("/members/<handle>/vouches/back")
@member_required
@limited("vouch", times=60)
def take_back(handle: str) -> Any:
    person = member_by_handle(handle) or abort(404)
    services.take_back(person.id, signed_in().id, clock.utcnow())
    db.session.commit()
    flash(_("Taken back."), "good")
    return goto(url_for(".said") if request.form.get("from") == "mine" else url_for(".of", handle=handle))


@blueprint.get("/me/vouches")
@member_required
def said() -> Any:
    found = queries.said_by(signed_in(), request.args.get("after"))
    older = url_for(".said", after=found.next_cursor) if found.next_cursor else ""
    return _personal(render_template("vouching/said.html", found=found.items, older=older))


@blueprint.post(f"/me/vouches/{ONE}")
@member_required
@limited("vouch", times=60)
def choose(vouch_id: int) -> Any:
    """`shown_to`, or `declined` for what one would rather not have."""
    member, chosen = signed_in(), request.form.get("shown_to", "")
    if chosen == "declined":
        done = services.decline(vouch_id, member.id, clock.utcnow())
    else:
        done = services.show_to(vouch_id, member.id, chosen)
    if not done:
        abort(404)
    db.session.commit()
    flash(_("It is gone, and nobody is told.") if chosen == "declined" else _("Kept. It is shown as you chose."), "good")
    return goto(url_for(".of", handle=member.handle))


@blueprint.get("/me/affiliations")
@member_required
def affiliations() -> Any:
    return _mine({}, {})


@blueprint.post("/me/affiliations")
@member_required
@limited("affiliation", times=60)
def belong() -> Any:
    form = {name: request.form.get(name, "") for name in ("sort", "name", "shown_to")}
    try:
        services.belong(signed_in(), form["sort"], form["name"], form["shown_to"], clock.utcnow())
    except rules.NotSaid as fault:
        db.session.rollback()
        return _mine(form, fault.errors, 422)
    db.session.commit()
    flash(_("Kept. It stands on your page for those whom you chose."), "good")
    return goto(url_for(".affiliations"))


@blueprint.post(f"/me/affiliations/<int(max={2**53}):affiliation_id>/remove")
@member_required
def belong_no_more(affiliation_id: int) -> Any:
    services.belong_no_more(affiliation_id, signed_in().id)
    db.session.commit()
    flash(_("Taken away."), "good")
    return goto(url_for(".affiliations"))


def _person(handle: str) -> Member:
    found = member_by_handle(handle)
    if found is None or found.state == "suspended":
        abort(404)
    return found


def _mine(form: dict[str, str], errors: dict[str, str], status: int = 200) -> Any:
    member = signed_in()
    values = {"sort": rules.VOLUNTEER, "name": "", "shown_to": rules.MEMBERS} | form
    page = render_template(
        "vouching/affiliations.html", found=queries.affiliations(member.id, member), values=values, sorts=rules.sort_words(),
        errors=dict.fromkeys(("sort", "name", "shown_to"), "") | errors, name_max=rules.NAME_MAX_CHARS,
    )  # fmt: skip
    return _personal(page, status)


def _page(handle: str, words: str = "", error: str = "", status: int = 200) -> Any:
    viewer = current_member()
    person = profile(handle, viewer) or abort(404)
    is_part = wants_fragment()
    found = queries.said_of(person.id, viewer, request.args.get("after"), ON_PROFILE if is_part else PAGE_SIZE)
    own = queries.own_word(person.id, viewer)
    can = viewer is not None and own is None and services.can_vouch(viewer, _person(handle))
    shown = render_template(
        "vouching/_of.html" if is_part else "vouching/of.html", person=person, found=found.items, own=own, can_vouch=can,
        older=url_for(".of", handle=handle, after=found.next_cursor) if found.next_cursor else "", words=words, error=error,
        belongs=queries.affiliations(person.id, viewer), sorts=rules.sort_words(), level=queries.level(person.id, viewer),
        words_max=rules.WORDS_MAX_CHARS,
    )  # fmt: skip
    return respond(shown, status)


def _personal(page: str, status: int = 200) -> Any:
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

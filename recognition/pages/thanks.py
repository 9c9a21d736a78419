"""Thanks: said on somebody's page, read there, and kept or taken back by the two whom they concern."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities import forms, thanking
from recognition.activities.policy import can_thank
from recognition.activities.rules import NotThanked
from recognition.activities.thanking import Thanks
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.identity.queries import member_by_handle, profile
from recognition.identity.rules import ProfileView
from recognition.web.access import public
from recognition.web.htmx import goto
from recognition.web.limits import limited
from recognition.web.pagination import Page

blueprint = Blueprint("thanks", __name__)
NONCE_MAX_CHARS = 64
ONE = f"<int(max={2**53}):thanks_id>"


@blueprint.get("/members/<handle>/thanks")
@public
def of(handle: str) -> Any:
    return _page(profile(handle, current_member()) or abort(404))


@blueprint.post("/members/<handle>/thanks")
@member_required
@limited("thanks", times=60)
def say(handle: str) -> Any:
    giver = signed_in()
    person = profile(handle, giver) or abort(404)
    words, nonce = request.form.get("words", ""), request.form.get("nonce", "")[:NONCE_MAX_CHARS] or forms.new_nonce()
    try:
        thanking.thank(giver.id, person.id, words, clock.utcnow(), nonce)
    except NotThanked as refused:
        db.session.rollback()
        return _page(profile(handle, signed_in()) or abort(404), words, str(refused)), 422
    db.session.commit()
    flash(_("Said. %(name)s will read it.", name=person.called), "good")
    return goto(url_for(".of", handle=handle))


@blueprint.get("/me/thanks")
@member_required
def said() -> Any:
    member = signed_in()
    person = profile(member.handle, member) or abort(404)
    found = thanking.given(member, request.args.get("after"))
    older = url_for(".said", after=found.next_cursor) if found.next_cursor else ""
    return render_template("pages/thanks.html", person=person, found=found.items, older=older, said=True, can_thank=False)


@blueprint.post(f"/thanks/{ONE}/back")
@member_required
def take_back(thanks_id: int) -> Any:
    if not thanking.take_back(thanks_id, signed_in().id, clock.utcnow()):
        abort(404)
    db.session.commit()
    flash(_("Taken back."), "good")
    return goto(url_for(".said"))


@blueprint.post(f"/thanks/{ONE}/keep")
@member_required
def keep(thanks_id: int) -> Any:
    member, private = signed_in(), request.form.get("private") == "yes"
    if not thanking.set_private(thanks_id, member.id, private, clock.utcnow()):
        abort(404)
    db.session.commit()
    flash(_("Only you see it now.") if private else _("Members can read it now."), "good")
    return goto(url_for(".of", handle=member.handle))


def _page(person: ProfileView, words: str = "", error: str = "") -> Any:
    viewer = current_member()
    found: Page[Thanks] = thanking.received(person.id, viewer, request.args.get("after"))
    older = url_for(".of", handle=person.handle, after=found.next_cursor) if found.next_cursor else ""
    receiver = member_by_handle(person.handle)
    return render_template(
        "pages/thanks.html", person=person, found=found.items, older=older, said=False, words=words, error=error,
        can_thank=receiver is not None and can_thank(viewer, receiver), nonce=forms.new_nonce(),
    )  # fmt: skip

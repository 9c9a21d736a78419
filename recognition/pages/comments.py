"""What members say about a deed: said on its page, and taken back there."""

from typing import Any

from flask import Blueprint, abort, flash, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities import commenting, forms, queries
from recognition.activities.rules import NotCommented
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.pages import deeds
from recognition.web.htmx import goto
from recognition.web.limits import limited

blueprint = Blueprint("comments", __name__)
NONCE_MAX_CHARS = 64


@blueprint.post(f"/activities/{deeds.ONE}/comments")
@member_required
@limited("comment", times=60)
def say(activity_id: int) -> Any:
    text, nonce = request.form.get("text", ""), request.form.get("nonce", "")[:NONCE_MAX_CHARS] or forms.new_nonce()
    try:
        commenting.comment(activity_id, signed_in().id, text, nonce, clock.utcnow())
    except NotCommented as refused:
        db.session.rollback()
        found = queries.deed(activity_id, signed_in()) or abort(404)
        versions = queries.history(activity_id) if found.person.is_self else []
        return deeds.page(found, versions, text, str(refused)), 422
    db.session.commit()
    flash(_("Said. Members who see this deed can read it."), "good")
    return goto(url_for("deeds.show", activity_id=activity_id) + "#comments")


@blueprint.post(f"/comments/<int(max={2**53}):comment_id>/back")
@member_required
def take_back(comment_id: int) -> Any:
    activity_id = commenting.take_back(comment_id, signed_in().id, clock.utcnow())
    if activity_id is None:
        abort(404)
    db.session.commit()
    flash(_("Taken back."), "good")
    return goto(url_for("deeds.show", activity_id=activity_id) + "#comments")

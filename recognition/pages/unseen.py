"""For the council: whom others saw helping, and who never says so."""

from typing import Any

from flask import Blueprint, render_template, request, url_for

from recognition import clock
from recognition.activities.unseen import SEEN_DAYS, helpers
from recognition.identity.access import role_required, signed_in

blueprint = Blueprint("unseen", __name__)


@blueprint.get("/council/unseen")
@role_required("council")
def index() -> Any:
    found = helpers(signed_in(), clock.utcnow(), request.args.get("after"))
    older = url_for(".index", after=found.next_cursor) if found.next_cursor else ""
    return render_template("council/unseen.html", helpers=found.items, older=older, days=SEEN_DAYS)

"""The workshop of the council: where everything that it makes is found, and the campaigns on the wall."""

from typing import Any

from flask import Blueprint, render_template, request, url_for

from recognition import clock
from recognition.campaigns.queries import campaigns_page
from recognition.identity.access import role_required
from recognition.pages.posters import poster

blueprint = Blueprint("council", __name__, url_prefix="/council")
council_only = role_required("council", "admin")


@blueprint.get("/")
@council_only
def index() -> Any:
    found = campaigns_page(request.args.get("after"), drafts=True)
    older = url_for("council.index", after=found.next_cursor) if found.next_cursor else ""
    posters = [poster(campaign, clock.utcnow()) for campaign in found.items]
    return render_template("council/index.html", posters=posters, older=older)

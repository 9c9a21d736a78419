"""All badges on the workbench, by state."""

from typing import Any

from flask import render_template, request, url_for

from recognition.badges.models import DRAFT, PUBLISHED, RETIRED
from recognition.pages.badge_studio import queries
from recognition.pages.badge_studio.blueprint import blueprint, council_only

STATES = (PUBLISHED, DRAFT, RETIRED)


@blueprint.get("/")
@council_only
def index() -> Any:
    counts = queries.counts()
    state = request.args.get("state", "")
    if state not in STATES:
        state = next((name for name in STATES if counts.get(name)), PUBLISHED)
    found = queries.badges_in(state, request.args.get("after"))
    older = url_for(".index", state=state, after=found.next_cursor) if found.next_cursor else ""
    return render_template("council/badges.html", rows=found.items, older=older, state=state, counts=counts, states=STATES)

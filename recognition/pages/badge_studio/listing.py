"""All badges on the workbench, by state."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import render_template, request, url_for
from flask_babel import gettext as _

from recognition.badges.models import DRAFT, PUBLISHED, RETIRED, Badge, ClaimCode
from recognition.database import among
from recognition.extensions import db
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
    ways = ways_of([row.badge for row in found.items])
    return render_template(
        "council/badges.html", rows=found.items, ways=ways, older=older, state=state, counts=counts, states=STATES
    )


def ways_of(badges: Sequence[Badge]) -> dict[int, str]:
    """How each comes to people. By hand goes always; a code is a way where somebody made one."""
    ids = [badge.id for badge in badges]
    coded = set(db.session.scalars(sa.select(ClaimCode.badge_id).distinct().where(among(ClaimCode.badge_id, ids))))
    return {
        badge.id: ", ".join(
            way for way, goes in (
                (_("by a rule"), badge.criteria is not None), (_("by hand"), True),
                (_("by nomination"), badge.nominable), (_("with a code"), badge.id in coded),
            ) if goes
        )
        for badge in badges
    }  # fmt: skip

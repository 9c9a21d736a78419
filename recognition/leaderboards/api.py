"""`/api/v1/boards/<slug>`: the top, and who stands around a member, for programs. Only who opted in."""

from typing import Any

from flask import Blueprint, abort, jsonify, request

from recognition import clock
from recognition.identity.access import current_member
from recognition.identity.queries import member_by_handle
from recognition.leaderboards import groups, queries
from recognition.leaderboards.rules import named
from recognition.web.access import public

blueprint = Blueprint("leaderboards_api", __name__, url_prefix="/api/v1")


@blueprint.get("/boards/<slug>")
@public
def board(slug: str) -> Any:
    """`period`: week, month, season, all, or one by name such as 2026-W47. `around`: a handle; 404 for who is not on the
    board, whether they exist or not."""
    found = next((one for one in queries.boards() if one.slug == slug), None) or abort(404)
    asked, handle = request.args.get("period", "week"), request.args.get("around")
    try:
        period = named(asked, clock.utcnow().date())
    except ValueError as fault:
        abort(400, str(fault))
    about = {"board": found.slug, "name": found.name, "measure": found.measure, "period": asked, "named": period}
    if found.per_head:
        # Who belongs to which group is for members.
        lines = groups.leading(found.id, period) if current_member() else []
        return jsonify(about | {"groups": [_group(line) for line in lines]})
    centre = member_by_handle(handle) if handle else None
    if handle and (centre is None or not centre.on_boards or centre.state != "active"):
        abort(404)
    view = queries.board_view(found.id, period, None, [], centre.id if centre else None)
    if handle and not view.around:
        abort(404)
    answer = about | {"top": [_line(line) for line in view.top]}
    return jsonify(answer | ({"around": [_line(line) for line in view.around]} if handle else {}))


def _line(line: queries.Line) -> dict[str, Any]:
    return {"rank": line.rank, "member": line.person.handle, "name": line.person.name, "points": line.score}


def _group(line: groups.GroupLine) -> dict[str, Any]:
    return {"rank": line.rank, "group": line.slug, "name": line.name, "people": line.people, "per_head": line.per_head}

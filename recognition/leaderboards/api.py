"""`/api/v1/boards/<slug>`: the top, and who stands around a member, for programs. Only who opted in."""

from typing import Any

from flask import Blueprint, abort, jsonify, request

from recognition import clock
from recognition.identity.queries import member_by_handle
from recognition.leaderboards import queries
from recognition.leaderboards.rules import PERIODS, current
from recognition.web.access import public

blueprint = Blueprint("leaderboards_api", __name__, url_prefix="/api/v1")


@blueprint.get("/boards/<slug>")
@public
def board(slug: str) -> Any:
    """`period`: week, month or all. `around`: a handle; 404 for who is not on the board, whether they exist or not."""
    found = next((one for one in queries.boards() if one.slug == slug), None) or abort(404)
    period, handle = request.args.get("period", "week"), request.args.get("around")
    if period not in PERIODS:
        abort(400, "period is week, month, season or all")
    centre = member_by_handle(handle) if handle else None
    if handle and (centre is None or not centre.on_boards or centre.state != "active"):
        abort(404)
    view = queries.board_view(found.id, current(period, clock.utcnow().date()), None, [], centre.id if centre else None)
    if handle and not view.around:
        abort(404)
    answer = {"board": found.slug, "name": found.name, "period": period, "top": [_line(line) for line in view.top]}
    return jsonify(answer | ({"around": [_line(line) for line in view.around]} if handle else {}))


def _line(line: queries.Line) -> dict[str, Any]:
    return {"rank": line.rank, "member": line.person.handle, "name": line.person.name, "points": line.score}

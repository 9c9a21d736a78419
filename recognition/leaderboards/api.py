"""`/api/v1/boards/<slug>`: the top, and who stands around a member, for programs. Only who opted in."""

from typing import Any

from flask import Blueprint, abort, jsonify

from recognition import clock
from recognition.identity.access import token_owner, token_welcome
from recognition.identity.queries import member_by_handle
from recognition.leaderboards import groups, queries
from recognition.leaderboards.rules import named
from recognition.web.limits import limited
from recognition.web.openapi import Answer, Operation, Parameter, asked, described
from recognition.web.schemas import many, maybe, record, text, whole

blueprint = Blueprint("leaderboards_api", __name__, url_prefix="/api/v1")

_POINTS = {"type": "integer"}
_RANK = maybe(whole(1, words="Null past the middle of a short list."))
_LINE = record({"rank": _RANK, "member": text(), "name": text(), "points": _POINTS}, name="BoardLine")
_GROUP = record(
    {"rank": whole(1), "group": text(), "name": text(), "people": whole(), "per_head": {"type": "number"}}, name="GroupLine"
)
_ANSWER = record(
    {
        "board": text(), "name": text(), "measure": text(), "period": text(), "named": text(),
        "top": many(_LINE), "around": many(_LINE), "groups": many(_GROUP),
    },
    ["top", "around", "groups"], "Board",
)  # fmt: skip
_PERIOD = "(week|month|season|all|[0-9]{4}-[A-Z]?[0-9]{1,2})"
BOARD = Operation(
    "getBoard",
    "The top of a board, and who stands around a member",
    {200: Answer("`top` and, if asked for, `around`; a board of groups has `groups`, for members alone: with a token.", _ANSWER)},
    "Only those who asked to be on boards.",
    (
        Parameter("period", "week, month, season, all, or one by its name, such as 2026-W47.", text(20, 3, _PERIOD)),
        Parameter("around", "A handle; 404 for who is not on the board.", text(64, 1)),
    ),
)


@blueprint.get("/boards/<slug>")
@token_welcome("members:read")
@limited("api-public", times=600)
@described(BOARD)
def board(slug: str) -> Any:
    """`period`: week, month, season, all, or one by name such as 2026-W47. `around`: a handle; 404 for who is not on the
    board, whether they exist or not."""
    found = next((one for one in queries.boards() if one.slug == slug), None) or abort(404)
    wanted, handle = asked("period", "week"), asked("around")
    try:
        period = named(wanted, clock.utcnow().date())
    except ValueError as fault:
        abort(400, str(fault))
    about = {"board": found.slug, "name": found.name, "measure": found.measure, "period": wanted, "named": period}
    if found.per_head:
        # Who belongs to which group is for members.
        lines = groups.leading(found.id, period) if token_owner() else []
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

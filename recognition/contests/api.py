"""`/api/v1/contests/<slug>/ballots.csv`: the ballots of a closed round, for programs that count again."""

from typing import Any

from flask import Blueprint, abort

from recognition.contests.published import ballots_answer
from recognition.contests.queries import contest_by_slug
from recognition.web.access import public
from recognition.web.limits import limited
from recognition.web.openapi import Answer, Operation, Parameter, described
from recognition.web.schemas import text, whole

blueprint = Blueprint("contests_api", __name__, url_prefix="/api/v1")

BALLOTS = Operation(
    "getBallots",
    "The ballots of a closed round, without names",
    {200: Answer("CSV; docs/counting.md tells its columns.", text(), "text/csv"), 304: Answer("As you have it.")},
    parameters=(
        Parameter("round", "Which round; the last one that is closed if left out.", whole(1, 1000)),
        Parameter("count", "Which count of it, where it was corrected; the newest if left out.", whole(1, 1000)),
    ),
    problems=(409,),
)


@blueprint.get("/contests/<slug>/ballots.csv")
@public
@limited("ballots", times=60)
@described(BALLOTS)
def ballots(slug: str) -> Any:
    """Anonymous; 404 where there is no such contest or round, 409 before the round is closed."""
    return ballots_answer(contest_by_slug(slug) or abort(404))

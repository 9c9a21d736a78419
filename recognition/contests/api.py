"""`/api/v1/contests/<slug>/ballots.csv`: the ballots of a closed round, for programs that count again."""

from typing import Any

from flask import Blueprint, abort

from recognition.contests.published import ballots_answer
from recognition.contests.queries import contest_by_slug
from recognition.web.access import public
from recognition.web.limits import limited

blueprint = Blueprint("contests_api", __name__, url_prefix="/api/v1")


@blueprint.get("/contests/<slug>/ballots.csv")
@public
@limited("ballots", times=60)
def ballots(slug: str) -> Any:
    """Anonymous; 404 where there is no such contest or round, 409 before the round is closed."""
    return ballots_answer(contest_by_slug(slug) or abort(404))

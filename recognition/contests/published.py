"""The file of a round's ballots as an answer, for people and programs."""

from collections.abc import Iterator

from flask import Response, abort, request, stream_with_context
from flask_babel import gettext as _

from recognition.contests import result_words, results
from recognition.contests.ballots import candidates, lines
from recognition.contests.models.contest import Contest, Round
from recognition.contests.rules import CALLED_OFF, CLOSED, PUBLISHED

LINES_AT_ONCE = 2_000


def ballots_answer(contest: Contest) -> Response:
    """The file of a closed round: `?round=` its number, else the last one that is closed. `?count=` the number of a result:
    as it was counted then."""
    if contest.state == CALLED_OFF:
        abort(409, _("This contest was called off. Its ballots were counted by nobody and are not published."))
    one = _asked_round(contest)
    if one.state != CLOSED or contest.state != PUBLISHED:
        abort(409, _("Ballots are published once the round is closed, on %(day)s.", day=one.ends_at.date().isoformat()))
    outcome = results.outcome_of(contest, one, request.args.get("count", type=int)) or abort(404)
    response = Response(mimetype="text/csv", headers={
        "Content-Disposition": f'attachment; filename="{result_words.file_name(contest, one)}"'})  # fmt: skip
    response.set_etag(outcome["digest"])
    response.make_conditional(request)
    if response.status_code != 304:
        # Of the empty body that the question was asked with.
        response.headers.pop("Content-Length", None)
        found = candidates(one.id, only=outcome["candidates"])
        response.response = stream_with_context(_in_pieces(lines(one.id, one.method, found)))
    return response


def _asked_round(contest: Contest) -> Round:
    if "round" in request.args:
        number = request.args.get("round", type=int)
        return next((one for one in contest.rounds if one.position == number), None) or abort(404)
    if not contest.rounds:
        abort(404)
    return ([one for one in contest.rounds if one.state == CLOSED] or contest.rounds)[-1]


def _in_pieces(found: Iterator[str]) -> Iterator[str]:
    piece: list[str] = []
    for line in found:
        piece.append(line)
        if len(piece) == LINES_AT_ONCE:
            yield "".join(piece)
            piece.clear()
    yield "".join(piece)

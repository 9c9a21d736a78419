"""Reads of boards. Who did not opt in is in no answer but their own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from werkzeug.exceptions import BadRequest

from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.leaderboards import ranks
from recognition.leaderboards.models import Board, Standing
from recognition.leaderboards.ranks import Stood, people_on, sides
from recognition.leaderboards.rules import Place
from recognition.web.pagination import Page, as_moment, as_number, decode, encode

TOP = 10
AROUND = 5
FURTHER = 24
PODIUM = 3


@dataclass(frozen=True)
class Line:
    """One person on a board. `rank` is the place among those who are listed; None past the middle of a short list."""

    rank: int | None
    person: ProfileView
    score: int
    mine: bool
    history: Sequence[int] = ()


@dataclass(frozen=True)
class Mine:
    """A member's own standing, which they see whether they are listed or not."""

    rank: int
    score: int
    deeds: int
    listed: bool


@dataclass(frozen=True)
class View:
    """A board for one reader: the top, and who stands around the centre if there is one. `further`: where the list goes
    on, if it does. `past`: the reader's own scores in the periods of the bars."""

    top: Sequence[Line]
    around: Sequence[Line]
    mine: Mine | None
    further: str | None = None
    past: Sequence[int] = ()


def boards() -> Sequence[Board]:
    """The common one first."""
    return db.session.scalars(sa.select(Board).order_by(Board.slug != "community", Board.id).limit(50)).all()


def scores_of(board_id: int, member_ids: Iterable[int], periods: Sequence[str]) -> dict[int, list[int]]:
    """Scores of each period, by member."""
    found: dict[int, list[int]] = {member_id: [0] * len(periods) for member_id in member_ids}
    columns = (Standing.member_id, Standing.period, Standing.score)
    wanted = sa.select(*columns).where(
        Standing.board_id == board_id, among(Standing.member_id, found), among(Standing.period, periods)
    )
    for member_id, period, score in db.session.execute(wanted) if found else ():
        found[member_id][periods.index(period)] = score
    return found


def board_view(
    board_id: int, period: str, viewer: Member | None, bars: Sequence[str], centre: int | None, top: int = TOP
) -> View:
    """`centre`: the member around whom to look; the viewer may be one who is not listed, and then only they see it.
    `bars`: the periods that each line shows small."""
    own, found = ranks.around(board_id, period, centre, top + 1, AROUND)
    if own and not own.listed and (viewer is None or viewer.id != centre):
        own, found = None, found._replace(above=(), below=())
    shown = {row.member_id for row in (*found.top, *found.above, *found.below)} | ({own.place.member_id} if own else set())
    people = len(found.top) if len(found.top) <= top else people_on(board_id, period)
    line, history = _liner(board_id, shown, viewer, bars, numbered_to(people, top))
    around: list[Line] = []
    if own:
        around = [line(own.rank - len(found.above) + n, row.member_id, row.score) for n, row in enumerate(found.above)]
        around.append(line(own.rank, own.place.member_id, own.place.score))
        # Who is not listed takes nobody's place.
        around += [line(own.rank + own.listed + n, row.member_id, row.score) for n, row in enumerate(found.below)]
    leaders = [line(n, row.member_id, row.score) for n, row in enumerate(found.top[:top], 1)]
    further = _cursor(found.top[top - 1]) if len(found.top) > top and top < people // 2 else None
    mine = Mine(own.rank, own.place.score, own.deeds, own.listed) if own else None
    return View(leaders, around, mine, further, history[viewer.id] if viewer else ())


def further_down(board_id: int, period: str, viewer: Member | None, bars: Sequence[str], cursor: str) -> Page[Line]:
    """The list from a place on, by key. It ends in the middle: nobody is shown as one of the last, whatever the address."""
    last = decode(cursor, (int, int, int))
    if last is None:
        raise BadRequest("That page does not exist.")
    place = Place(last[0], as_moment(last[1]), last[2])
    rows = sides(board_id, period, place, 0, FURTHER + 1).below
    begin = ranks.own_place(board_id, period, rows[0].member_id) if rows else None
    if begin is None:
        return Page([], None)
    first, left = begin.rank, people_on(board_id, period) // 2 - begin.rank + 1
    shown = rows[: min(max(left, 0), FURTHER)]
    line, _history = _liner(board_id, [row.member_id for row in shown], viewer, bars)
    lines = [line(first + n, row.member_id, row.score) for n, row in enumerate(shown)]
    return Page(lines, _cursor(shown[-1]) if left > FURTHER else None)


def numbered_to(people: int, top: int = TOP) -> int | None:
    """On a board of a few people everybody is among the first, the last one too: the lower half has no numbers there.
    None: each place has one."""
    return max(PODIUM, (people + 1) // 2) if people < 2 * top else None


def _liner(
    board_id: int, member_ids: Iterable[int], viewer: Member | None, bars: Sequence[str], last: int | None = None
) -> tuple[Callable[[int, int, int], Line], dict[int, list[int]]]:
    people = profiles(list(member_ids), viewer)
    history = scores_of(board_id, {*people, *([viewer.id] if viewer else [])}, bars)

    def line(rank: int, member_id: int, score: int) -> Line:
        mine = viewer is not None and viewer.id == member_id
        return Line(rank if last is None or rank <= last else None, people[member_id], score, mine, history[member_id])

    return line, history


def _cursor(row: Stood) -> str:
    return encode([row.score, as_number(row.reached_at), row.member_id])

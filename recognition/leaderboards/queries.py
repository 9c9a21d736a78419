"""Reads of boards. Who did not opt in is in no answer but their own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.rules import ProfileView, visible_fields
from recognition.leaderboards.models import Board, Standing
from recognition.leaderboards.rules import Place

TOP = 10
AROUND = 5


@dataclass(frozen=True)
class Line:
    """One person on a board. `rank` is the place among those who are listed."""

    rank: int
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
    """A board for one reader: the top, and who stands around the centre if there is one."""

    top: Sequence[Line]
    around: Sequence[Line]
    mine: Mine | None


def boards() -> Sequence[Board]:
    """The common one first."""
    return db.session.scalars(sa.select(Board).order_by(Board.id).limit(50)).all()


def weeks_of(board_id: int, member_ids: Iterable[int], weeks: Sequence[str]) -> dict[int, list[int]]:
    """Points of each week, by member."""
    found: dict[int, list[int]] = {member_id: [0] * len(weeks) for member_id in member_ids}
    columns = (Standing.member_id, Standing.period, Standing.score)
    wanted = sa.select(*columns).where(
        Standing.board_id == board_id, among(Standing.member_id, found), among(Standing.period, weeks)
    )
    for member_id, period, score in db.session.execute(wanted):
        found[member_id][weeks.index(period)] = score
    return found


def standing(board_id: int, period: str, member_id: int) -> Standing | None:
    return db.session.get(Standing, (board_id, member_id, period))


def board_view(board_id: int, period: str, viewer: Member | None, weeks: Sequence[str], centre: int | None) -> View:
    """`centre`: the member around whom to look; the viewer may be one who is not listed, and then only they see it."""
    own = standing(board_id, period, centre) if centre is not None else None
    hidden_own = own is not None and not own.listed
    if hidden_own and (viewer is None or viewer.id != centre):
        own = None
    place = Place(own.score, own.reached_at, own.member_id) if own else None
    rank = rank_of(board_id, period, place) if place else 0
    rows = _rows(board_id, period, place)
    shown = {row.member_id for part in rows.values() for row in part} | ({own.member_id} if own else set())
    people = _people(shown, viewer)
    history = weeks_of(board_id, people, weeks) if people else {}

    def line(rank: int, member_id: int, score: int) -> Line:
        mine = viewer is not None and viewer.id == member_id
        return Line(rank, people[member_id], score, mine, history[member_id])

    top = [line(n, row.member_id, row.score) for n, row in enumerate(rows["top"], 1)]
    around: list[Line] = []
    if own:
        above, below = rows["above"], rows["below"]
        around = [line(rank - len(above) + n, row.member_id, row.score) for n, row in enumerate(above)]
        around.append(line(rank, own.member_id, own.score))
        # Who is not listed takes nobody's place.
        around += [line(rank + own.listed + n, row.member_id, row.score) for n, row in enumerate(below)]
    return View(top, around, Mine(rank, own.score, own.deeds, own.listed) if own else None)


def rank_of(board_id: int, period: str, place: Place) -> int:
    """1 + how many listed standings come before: a range of the index that the lists are read from."""
    before = sa.select(sa.func.count()).select_from(Standing).where(*_listed(board_id, period), _before(place))
    return 1 + (db.session.scalar(before) or 0)


def _listed(board_id: int, period: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (Standing.board_id == board_id, Standing.period == period, Standing.listed.is_(True))


def _before(place: Place) -> sa.ColumnElement[bool]:
    """Smaller keys come first; written with the score apart, since it runs the other way."""
    key = sa.tuple_(Standing.reached_at, Standing.member_id)
    own = sa.tuple_(sa.literal(place.reached_at, Standing.reached_at.type), sa.literal(place.member_id))
    return sa.or_(Standing.score > place.score, sa.and_(Standing.score == place.score, key < own))


def _after(place: Place) -> sa.ColumnElement[bool]:
    key = sa.tuple_(Standing.reached_at, Standing.member_id)
    own = sa.tuple_(sa.literal(place.reached_at, Standing.reached_at.type), sa.literal(place.member_id))
    return sa.or_(Standing.score < place.score, sa.and_(Standing.score == place.score, key > own))


_FORWARD = (Standing.score.desc(), Standing.reached_at, Standing.member_id)
_BACKWARD = (Standing.score, Standing.reached_at.desc(), Standing.member_id.desc())


def _rows(board_id: int, period: str, place: Place | None) -> dict[str, list[sa.Row[Any]]]:
    """The top and both sides of a place, read in one statement; each part from its first to its last."""
    parts = [_part("top", board_id, period, sa.true(), _FORWARD, TOP)]
    if place:
        parts.append(_part("above", board_id, period, _before(place), _BACKWARD, AROUND))
        parts.append(_part("below", board_id, period, _after(place), _FORWARD, AROUND))
    found: dict[str, list[sa.Row[Any]]] = {"top": [], "above": [], "below": []}
    rows = db.session.execute(sa.union_all(*parts)).all()
    for row in sorted(rows, key=lambda row: Place(row.score, row.reached_at, row.member_id)):
        found[row.part].append(row)
    return found


def _part(
    name: str, board_id: int, period: str, side: sa.ColumnElement[bool], order: tuple[Any, ...], limit: int
) -> sa.Select[Any]:
    """The member's own word is asked for again: a standing may follow a changed wish a moment later."""
    rows = (
        sa.select(Standing.member_id, Standing.score, Standing.reached_at)
        .join(Member, Member.id == Standing.member_id)
        .where(*_listed(board_id, period), Member.on_boards, Member.state == "active", side)
        .order_by(*order)
        .limit(limit)
        .subquery()
    )
    return sa.select(sa.literal(name).label("part"), rows)


def _people(member_ids: Iterable[int], viewer: Member | None) -> dict[int, ProfileView]:
    wanted = sa.select(Member).where(among(Member.id, member_ids))
    return {member.id: visible_fields(member, viewer) for member in db.session.scalars(wanted)}

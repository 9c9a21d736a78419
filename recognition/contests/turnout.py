"""How many of a round's roll voted, by group. Nobody can tell from it whether one person did."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from recognition.contests.models.vote import Voter
from recognition.contests.rules import SMALL_GROUP
from recognition.extensions import db
from recognition.identity.models import Group

OTHERS = "*"
"""In place of a slug: groups too small to be told apart, together."""


class Line(NamedTuple):
    """`group`: a slug, None for those in no group, OTHERS."""

    group: str | None
    name: str
    roll: int
    cast: int


def by_group(round_id: int) -> list[Line]:
    voted = sa.func.count().filter(Voter.voted)
    counts = (
        sa.select(Voter.group_id, sa.func.count().label("roll"), voted.label("voted"))
        .where(Voter.round_id == round_id)
        .group_by(Voter.group_id)
        .subquery()
    )
    wanted = sa.select(Group.slug, Group.name, counts.c.roll, counts.c.voted).select_from(counts)
    found = db.session.execute(wanted.outerjoin(Group, Group.id == counts.c.group_id))
    return safe([Line(slug, name or "", roll, cast) for slug, name, roll, cast in found])


def safe(lines: Sequence[Line], least: int = SMALL_GROUP) -> list[Line]:
    """The largest first. Small ones are told together, and so are those in which all voted or nobody did, which would tell
    it of each of them; along with the next larger ones if that is not enough: what is left out could be worked out from
    the sum. Nothing at all where the whole roll is like that."""
    ordered = sorted(lines, key=lambda line: (-line.roll, line.group or ""))
    told = [line for line in ordered if _tells_of_nobody(line.roll, line.cast, least)]
    others = [line for line in ordered if not _tells_of_nobody(line.roll, line.cast, least)]
    while others and told and not _tells_of_nobody(*_sum(others), least):
        others.append(told.pop())
    roll, cast = _sum(others)
    return [*told, Line(OTHERS, "", roll, cast)] if _tells_of_nobody(roll, cast, least) else told


def _sum(lines: Sequence[Line]) -> tuple[int, int]:
    return sum(line.roll for line in lines), sum(line.cast for line in lines)


def _tells_of_nobody(roll: int, cast: int, least: int) -> bool:
    return roll >= least and 0 < cast < roll


def as_data(lines: Sequence[Line]) -> list[dict[str, Any]]:
    return [line._asdict() for line in lines]

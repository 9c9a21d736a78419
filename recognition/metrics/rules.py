"""What is counted over which days, and what an area is."""

from dataclasses import dataclass
from typing import Any

from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import ABOUT_MEMBERS, Criteria, Leaf, Node, leaves
from recognition.activities.criteria.values import BadCriteria

WINDOWS = (28, 56, 182, 364)
"""What pages call one, two, six and twelve months: whole weeks, so that each has as many Sundays as any other. "N days up
to D" is from D minus N days to D, both ends included."""
QUARTER = 90
ALL_TIME = 0
STATES = ("defined", "piloted", "live")
MOVES = {"defined": ("piloted", "live"), "piloted": ("defined", "live"), "live": ("piloted",)}
NOT_TOLD = ""
"""The slot of what somebody did not tell, or keeps to themselves."""
PLAIN = ("count",)


class BadArea(ValueError):
    """`errors`: a sentence for each field."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


class Outdated(Exception):
    """Somebody else changed the area meanwhile."""


@dataclass(frozen=True)
class Counted:
    """One number; see `models.Figure`. The day is that of the whole count."""

    name: str
    value: int
    people: int
    span: int = ALL_TIME
    by: str = ""
    slot: str = ""


@dataclass(frozen=True)
class AreaSpec:
    title: str
    about: str
    state: str
    position: int
    conversion: dict[str, Any]


def conversion(data: Any) -> Criteria:
    """The rule of an area. Each window of the figures gives it its days, so it names none. Raises BadCriteria."""
    criteria = parse(data)
    if all(leaf.measure in ABOUT_MEMBERS for leaf in leaves(criteria)):
        raise BadCriteria("", "being active is something that people do: ask for a deed")
    for leaf in leaves(criteria):
        window = leaf.where.window
        if window.starts or window.ends or window.months or window.campaign or window.any_days or window.last_days:
            raise BadCriteria("", "each figure says by itself which weeks it means: leave the time out")
    return criteria


def is_plain(criteria: Criteria) -> bool:
    """Is it made of counts alone? Then one statement tells it for everybody."""
    if isinstance(criteria, Leaf):
        return criteria.measure in PLAIN and not criteria.where.limits.is_capped
    return isinstance(criteria, Node) and all(is_plain(part) for part in criteria.parts)


def country_of(place: str) -> str:
    """The last part of what people write: "Lagos, Nigeria" is Nigeria."""
    return " ".join(place.rpartition(",")[2].split())[:120]


def figure_name(slug: str) -> str:
    """Under which an area's figures are kept."""
    return f"active.{slug}"

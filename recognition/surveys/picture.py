"""The honest number as a drawing: everybody as one bar, in three lengths, with the goal as a line across. Pure geometry."""

from dataclasses import dataclass

from recognition.surveys.results import Found

BAR_TOP, BAR_HEIGHT = 44, 64
EDGE = 8
LABEL_HALF = 58
"""Half of what the goal's label needs."""
ROOM = 0.13
"""A length narrower than this part of the bar has no room for its number."""


@dataclass(frozen=True)
class Length:
    """`kind`: yes, open or not_yes. `middle`: where its number stands, None where it has no room."""

    kind: str
    x: float
    width: float
    people: int
    middle: float | None


@dataclass(frozen=True)
class Drawing:
    """`goal`: where the line stands; `label`: the middle of its words, which stay inside."""

    width: int
    height: int
    top: int
    bar: int
    lengths: tuple[Length, ...]
    goal: float
    label: float


def drawing(found: Found, width: int) -> Drawing:
    inside = width - 2 * EDGE
    lengths, x = [], float(EDGE)
    for kind in ("yes", "open", "not_yes"):
        people = getattr(found.told, kind)
        wide = inside * people / found.told.people
        has_room = wide >= ROOM * inside
        if people:
            lengths.append(Length(kind, round(x, 2), round(wide, 2), people, round(x + wide / 2, 2) if has_room else None))
        x += wide
    goal = round(EDGE + inside * found.over / 100, 2)
    label = min(max(goal, LABEL_HALF), width - LABEL_HALF)
    return Drawing(width, BAR_TOP + BAR_HEIGHT + 12, BAR_TOP, BAR_HEIGHT, tuple(lengths), goal, label)

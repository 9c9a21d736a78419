"""What a figure may say in a small community. A number below LEAST is about people one could name, and so is one that the
numbers beside it give away."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

from recognition.metrics.rules import WINDOWS

LEAST = 5
Key = TypeVar("Key", bound=Hashable)


def parts(values: Mapping[Key, int], hidden: Collection[Key] = (), least: int = LEAST) -> dict[Key, int | None]:
    """The parts of a whole whose sum may be known; None is hidden. One hidden part alone is what is left of the sum, so
    further ones go with it, the smallest first, until at least two are hidden and what they come to together can be shared out
    among them in more than one way. `hidden`: parts that may not show for another reason."""
    away = {key for key, value in values.items() if value < least} | set(hidden)
    while away and len(away) < len(values) and _is_told(sum(values[key] for key in away), len(away), least):
        smallest = min(value for key, value in values.items() if key not in away)
        # All that are as small: which of them was taken would say something about the others.
        away |= {key for key, value in values.items() if value == smallest}
    return {key: None if key in away else value for key, value in values.items()}


def _is_told(together: int, parts_hidden: int, least: int) -> bool:
    """Would the sum say what each is? So many of the largest small number make a sum that is made in no other way."""
    return parts_hidden < 2 or together < least or together == parts_hidden * (least - 1)


def chain(values: Sequence[int], least: int = LEAST) -> list[int | None]:
    """Numbers of which each is a part of the one before it: members, active in a year, active in a month. One shows where it
    is no small number and where what is missing to the last one that shows is none either; nobody missing is no secret,
    everybody missing is."""
    found: list[int | None] = []
    last: int | None = None
    for value in values:
        shows = value >= least and (last is None or value == last or last - value >= least)
        found.append(value if shows else None)
        last = value if shows else last
    return found


def windows(numbers: Mapping[int, int], everybody: int) -> dict[int, int | None]:
    """People active in each of rules.WINDOWS, as far as that says nothing about the few who were not."""
    widest_first = tuple(reversed(WINDOWS))
    shown = chain([everybody, *(numbers.get(span, 0) for span in widest_first)])
    return dict(zip(widest_first, shown[1:], strict=True))


def table(rows: Mapping[Key, Sequence[int]], least: int = LEAST) -> dict[Key, list[int | None]]:
    """Parts of a whole, each with numbers that are parts of each other (members, active in a year, in a month): along the
    rows first, then down each column."""
    found = {key: chain(numbers, least) for key, numbers in rows.items()}
    width = max(map(len, found.values()), default=0)
    for place in range(width):
        hidden = [key for key, numbers in found.items() if numbers[place] is None]
        column = parts({key: numbers[place] for key, numbers in rows.items()}, hidden, least)
        for key, value in column.items():
            found[key][place] = value
    return found

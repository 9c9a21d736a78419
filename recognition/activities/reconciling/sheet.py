"""Three columns beside each other: as published, as counted in the files, as counted here; and why they differ."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from recognition.activities.reconciling.figures import Book, Deed, Tree

PEOPLE = ("people_missing", "people_joined", "people_changed")
DEEDS = ("deeds_missing", "deeds_withdrawn", "deeds_corrected", "deeds_moved", "deeds_changed", "deeds_added")
EVENTS = ("events_absent", "events_changed")
EDITION, UNEXPLAINED = "other_edition", "unexplained"
CAUSES = {
    "members": PEOPLE, "mentors": (*PEOPLE, *DEEDS), "events": EVENTS,
    "active_on_the_april_roll": (*PEOPLE, *DEEDS), "dirt": (*PEOPLE, *DEEDS, *EVENTS),
}  # fmt: skip
"""What can move the figures of a section; those of all others follow the deeds."""
ONE_OF_EACH, TOP_OF_ALL = "activities_one_of_each", "board_all_time_top10_by_rows"
COLUMNS = ("section", "figure", "published", "in the files", "here", "agrees", "why")
_WORDS = {"dedup_rule", "active_rule"}
"""Sentences among the published figures: they say how was counted."""

Value = int | str | None


@dataclass(frozen=True)
class Line:
    """One figure. None: nothing was said of it there. `why`: causes, where the columns differ."""

    section: str
    name: str
    published: Value
    files: Value
    here: Value
    why: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        return self.files == self.here and self.published in (None, self.files)


def lines(published: Tree, files: Tree, here: Tree, causes: Mapping[str, int]) -> list[Line]:
    """In the order of the figures in the files; `causes`: how often each was found."""
    one, two, three = (dict(_leaves(tree)) for tree in (published, files, here))
    found = []
    for key in dict.fromkeys([*two, *one, *three]):
        line = Line(*key, one.get(key), two.get(key), three.get(key))
        found.append(Line(*key, line.published, line.files, line.here, () if line.is_same else _why(line, causes)))
    return found


def _why(line: Line, causes: Mapping[str, int]) -> tuple[str, ...]:
    why = [EDITION] if line.published not in (None, line.files) else []
    if line.files != line.here:
        about = ("events_absent",) if line.section == "dirt" and line.name.startswith("events_") else ()
        able = about or CAUSES.get(line.section.partition(".")[0], DEEDS)
        why += [cause for cause in able if causes.get(cause)] or [UNEXPLAINED]
    return tuple(why)


def _leaves(tree: Tree, section: str = "") -> Iterator[tuple[tuple[str, str], Value]]:
    for name, part in tree.items():
        below = f"{section}.{name}" if section else name
        if name in _WORDS:
            continue
        if isinstance(part, dict):
            yield from _leaves(part, below)
        elif isinstance(part, list) and all(isinstance(one, dict) for one in part):
            for one in part:
                rest = {key: value for key, value in one.items() if key not in ("as_of", "weeks")}
                yield from _leaves(rest, f"{below}.{one.get('weeks', '')}")
        elif isinstance(part, list) and all(isinstance(one, list) and len(one) == 2 for one in part):
            yield from (((below, str(key)), value) for key, value in part)
        elif isinstance(part, list):
            yield from (((below, str(one)), 1) for one in part)
        else:
            yield (section, name), part


def causes(
    theirs: Book, ours: Book, fates: Iterable[tuple[Deed | None, tuple[str, str, str]]], merged: set[str]
) -> dict[str, int]:
    """How often each cause of a difference was found, row by row."""
    found = Counter(_of_people(theirs, ours, merged))
    found.update(_of_deeds(theirs, fates))
    if theirs.events is not None and ours.events is None:
        found["events_absent"] = len(theirs.events)
    elif theirs.events is not None and ours.events is not None:
        found["events_changed"] = (Counter(theirs.events) - Counter(ours.events)).total()
    return {cause: number for cause, number in found.items() if number}


def _of_people(theirs: Book, ours: Book, merged: set[str]) -> Iterator[str]:
    here = {one.handle: one for one in ours.people}
    for one in theirs.people:
        if one.handle in merged:
            yield "people_joined"
        elif one.handle not in here:
            yield "people_missing"
        else:
            mine = here[one.handle]
            if {**vars(mine), "groups": set(mine.groups)} != {**vars(one), "groups": set(one.groups)}:
                yield "people_changed"


def _of_deeds(theirs: Book, fates: Iterable[tuple[Deed | None, tuple[str, str, str]]]) -> Iterator[str]:
    left = {(one.source, one.key): one for one in theirs.deeds}
    for mine, (source, key, fate) in fates:
        one = left.pop((source, key), None)
        if one is None:
            # A correction stands under a key of its own, beside the withdrawn row that is counted as such.
            yield "deeds_added"
        elif mine is None:
            yield f"deeds_{fate}"
        elif mine.member != one.member:
            yield "deeds_moved"
        elif mine != one:
            yield "deeds_changed"
    yield from ("deeds_missing" for _one in left)


def rows(found: Iterable[Line], said: Callable[[str], str] = str) -> Iterator[Sequence[str | int]]:
    """For a table; `said`: a cause in words."""
    yield COLUMNS
    for line in found:
        why = "; ".join(said(cause) for cause in line.why)
        cells = (line.section, line.name, line.published, line.files, line.here, "yes" if line.is_same else "no", why)
        yield ["" if cell is None else cell for cell in cells]

"""A chart as values: what is drawn, the table behind it, and its lines as a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

DRAWN_MAX = 12
PERCENT = 100
BARS, LINE, STACK, FUNNEL = "bars", "line", "stack", "funnel"


@dataclass(frozen=True)
class Row:
    """None among the values: too small to be told; `instead` is said in its place. `href`: where there is more about it."""

    name: str
    values: tuple[int | None, ...]
    href: str = ""
    instead: str = ""


@dataclass(frozen=True)
class Chart:
    """`slug` is its address among the charts of its page. `about` says what is counted and how. `corner` heads the names,
    `columns` the values; `drawn`: which columns the picture shows. `more`: how many rows are left out because nothing in
    them may be told. `scale`: the value of a full bar, where it is not the largest. `each_alone`: each row's bars compare only
    with each other."""

    slug: str
    title: str
    about: str
    sort: str
    corner: str
    columns: Sequence[str]
    rows: Sequence[Row]
    drawn: Sequence[int] = (0,)
    more: int = 0
    note: str = ""
    family: str = ""
    scale: int = 0
    each_alone: bool = False

    @property
    def is_empty(self) -> bool:
        return not any(row.instead or any(value is not None for value in row.values) for row in self.rows)

    @property
    def has_hidden(self) -> bool:
        return any(value is None for row in self.rows for value in row.values)

    @property
    def pictured(self) -> Sequence[Row]:
        """Rows of the picture: lists are cut where they get long, series are whole. A list's top keeps who ties with its
        last."""
        told = [row for row in self.rows if row.instead or row.values[self.drawn[0]] is not None]
        if self.sort in (LINE, FUNNEL):
            return self.rows
        if len(told) <= DRAWN_MAX:
            return told
        least = told[DRAWN_MAX - 1].values[self.drawn[0]]
        return [row for place, row in enumerate(told) if place < DRAWN_MAX or row.values[self.drawn[0]] == least]

    @property
    def top(self) -> int:
        if self.scale:
            return self.scale
        if self.sort == STACK:
            return max((sum(row.values[n] or 0 for n in self.drawn) for row in self.pictured), default=0) or 1
        return max((row.values[n] or 0 for row in self.pictured for n in self.drawn), default=0) or 1

    def full(self, row: Row) -> int:
        """The value of a full bar in this row."""
        return max((row.values[n] or 0 for n in self.drawn), default=0) or 1 if self.each_alone else self.top

    @property
    def words(self) -> str:
        """What the picture shows, for who cannot see it; all of it stands in the table."""
        told = [
            (row.name, self.drawn_words(row)) for row in self.pictured if row.values[self.drawn[0]] is not None or row.instead
        ]
        if not told:
            return _("Nothing to draw yet.")
        if self.sort == LINE:
            told = [told[0], told[-1]] if len(told) > 1 else told
        return ". ".join(f"{name}: {words}" for name, words in told) + "."

    def drawn_words(self, row: Row) -> str:
        """What stands at the end of a bar, in the order of `drawn`."""
        if row.instead:
            return row.instead
        sign = " %" if self.scale == PERCENT else ""
        return " · ".join(f"{self.said(row.values[n])}{sign}" for n in self.drawn)

    def said(self, value: int | None) -> str:
        return "–" if value is None else format_decimal(value)

    def lines(self) -> Iterator[Sequence[str | int]]:
        yield [self.corner, *self.columns]
        for row in self.rows:
            yield [row.name, *((row.instead or _("hidden")) if value is None else value for value in row.values)]


def without_untold(rows: Sequence[Row], first: int = 0) -> tuple[list[Row], int]:
    """The rows that say something from the column `first` on, and how many others there are."""
    told = [row for row in rows if any(value is not None for value in row.values[first:])]
    return told, len(rows) - len(told)


def more_words(chart: Chart) -> str:
    return ngettext("%(num)s more, with too few people to tell.", "%(num)s more, each with too few people to tell.", chart.more)

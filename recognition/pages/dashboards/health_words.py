"""What a quarter beside the one before says, in whole sentences."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import format_decimal, lazy_gettext, ngettext
from flask_babel import gettext as _

NAMES = {
    "active": lazy_gettext("Active people"),
    "deeds": lazy_gettext("Deeds told"),
    "newcomers": lazy_gettext("New members"),
    "first": lazy_gettext("First deeds"),
    "thanks": lazy_gettext("Thanks said"),
    "confirmed": lazy_gettext("Deeds confirmed by others"),
    "quests": lazy_gettext("Quests finished"),
    "joined": lazy_gettext("Campaigns joined"),
    "votes": lazy_gettext("Votes in contests"),
    "badges": lazy_gettext("Badges that arrived"),
}
TENTH = 10
"""One part in so many more or less is a change; anything below is a quarter like the one before."""


@dataclass(frozen=True)
class Line:
    """`sort`: good, care or same."""

    sort: str
    words: str


def lines(numbers: Mapping[str, tuple[int | None, int | None]]) -> list[Line]:
    """In the order of NAMES; what may not be told is not spoken of."""
    return [
        _line(name, now, before)
        for name, (now, before) in numbers.items()
        if now is not None and before is not None and (now or before)
    ]


LONG_DAYS = 14
"""Beyond that, whoever waits may have given up."""


def waiting(days: int) -> Line:
    """What waits for a person, by the oldest of it."""
    if days > LONG_DAYS:
        return Line("care", ngettext("Something here has waited for a person for %(num)s day.",
                                     "Something here has waited for a person for %(num)s days.", days))  # fmt: skip
    return Line("good", _("Nothing here has waited for a person for longer than two weeks."))


def sort_of(now: int, before: int) -> str:
    change = (now - before) * TENTH
    if change > 0 and change >= before:
        return "good"
    return "care" if change < 0 and -change >= before else "same"


def _line(name: str, now: int, before: int) -> Line:
    sort = sort_of(now, before)
    said = {"what": str(NAMES[name]), "now": format_decimal(now), "before": format_decimal(before)}
    words = {
        "good": _("%(what)s: %(now)s, up from %(before)s.", **said),
        "care": _("%(what)s: %(now)s, down from %(before)s.", **said),
        "same": _("%(what)s: %(now)s, much as before (%(before)s).", **said),
    }
    return Line(sort, words[sort])

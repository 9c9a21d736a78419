"""What a form calls the sorts of parts, and what may be chosen in them. As lists of (value, words), in the order of the form."""

from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import ngettext

from recognition.activities.criteria.values import BadCriteria

Options = list[tuple[str, str]]


@dataclass(frozen=True)
class Choices:
    """What there is to choose from, by slug and name. `kinds` are offered at once, `more_kinds` while typing."""

    kinds: Options = field(default_factory=list)
    more_kinds: Options = field(default_factory=list)
    groups: Options = field(default_factory=list)
    campaigns: Options = field(default_factory=list)
    quests: Options = field(default_factory=list)
    badges: Options = field(default_factory=list)
    contests: Options = field(default_factory=list)


def nodes() -> Options:
    return [
        ("all", _("All of these")),
        ("any", _("Any one of these")),
        ("some", _("Some of these")),
        ("none", _("None of these")),
    ]


def leaves() -> Options:
    return [
        ("count", _("has done a number of deeds")),
        ("first", _("has done it for the first time")),
        ("distinct", _("has done it in different places or ways")),
        ("streak", _("has kept it up in a row")),
        ("sum", _("has collected points or another sum")),
        ("span", _("has stayed with it for days, from first to last")),
        ("holds", _("holds a badge")),
        ("finished", _("has finished a quest")),
        ("placed", _("was among the first in a contest")),
        ("belongs_to", _("belongs to a group")),
        ("member_for", _("has been a member for a time")),
    ]


def fields() -> Options:
    return [
        ("kind", _("kinds of deed")),
        ("campaign", _("campaigns")),
        ("group", _("groups")),
        ("tag", _("tags")),
        ("person", _("people")),
        ("object", _("things they were about")),
        ("source", _("sources")),
        ("day", _("days")),
        ("week", _("weeks")),
        ("month", _("months")),
    ]


def units() -> Options:
    return [("day", _("days")), ("week", _("weeks")), ("month", _("months"))]


def evidence() -> Options:
    return [
        ("", _("their own word is enough")),
        ("passive", _("more than their own word")),
        ("confirmed", _("confirmed by a witness")),
    ]


def windows() -> Options:
    return [
        ("", _("at any time")),
        ("dates", _("between two days")),
        ("period", _("in a year, quarter, month or week")),
        ("months", _("in some months of any year")),
        ("campaign", _("while a campaign runs")),
        ("any_days", _("within any stretch of days")),
        ("last_days", _("in the last days, counted back from today")),
    ]


def months() -> Options:
    names = (_("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"), _("September"),
             _("October"), _("November"), _("December"))  # fmt: skip
    return [(str(number), name) for number, name in enumerate(names, 1)]


def tests() -> Options:
    return [("at_least", _("at least")), ("at_most", _("at most")), ("is", _("one of"))]


def part(path: str) -> str:
    """What a reader who does not see the nesting is told: "Part 2.1" for "rule-1-0"."""
    steps = [str(int(step) + 1) for step in path.split("-")[1:]]
    return str(_("Part %(number)s", number=".".join(steps))) if steps else str(_("The whole rule"))


def parts(number: int) -> str:
    return str(ngettext("%(num)s part", "%(num)s parts", number))


def fault(bad: BadCriteria) -> str:
    """The reason as a sentence."""
    return bad.reason[:1].upper() + bad.reason[1:].rstrip(".") + "."

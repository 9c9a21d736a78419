"""Boards in sentences: what counts, what does not, and how one's own weeks compare. Nothing here names a loss."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from recognition.activities.kinds import called
from recognition.activities.models import Kind
from recognition.database import among
from recognition.extensions import db
from recognition.leaderboards.models import Board
from recognition.leaderboards.rules import ALL, Pace, first_day, sort_of
from recognition.leaderboards.scoring import Why


def unit(board: Board) -> str:
    """The head of the column of scores."""
    return {
        "points": _("Points"),
        "deeds": _("Deeds"),
        "variety": _("Kinds"),
        "firsts": _("First times"),
        "people": _("People"),
    }[board.measure]


def score(board: Board, number: int) -> str:
    return {
        "points": ngettext("%(num)s point", "%(num)s points", number),
        "deeds": ngettext("%(num)s deed", "%(num)s deeds", number),
        "variety": ngettext("%(num)s kind of deed", "%(num)s kinds of deeds", number),
        "firsts": ngettext("%(num)s first time", "%(num)s first times", number),
        "people": ngettext("%(num)s person", "%(num)s people", number),
    }[board.measure]


def periods() -> dict[str, str]:
    return {"week": _("This week"), "month": _("This month"), "season": _("This season"), ALL: _("All time")}


def period(name: str) -> str:
    """A period by its own name: "November 2026"."""
    sort, day = sort_of(name), first_day(name)
    if sort == "week":
        return _("Week %(week)s of %(year)s", week=int(name[6:]), year=name[:4])
    if sort == "month":
        return format_date(day, "LLLL yyyy")
    if sort == "season":
        return _("%(first)s to %(last)s", first=format_date(day, "LLLL"),
                 last=format_date(day.replace(month=day.month + 2), "LLLL yyyy"))  # fmt: skip
    return _("All time")


def last_ones(sort: str) -> str:
    """Words over the small bars."""
    return {"week": _("Last 8 weeks"), "season": _("Last 8 seasons")}.get(sort, _("Last 8 months"))


def bars_note(sort: str) -> str:
    return {
        "week": _("Eight weeks; the last one is this week."),
        "season": _("Eight seasons; the last one is this season."),
    }.get(sort, _("Eight months; the last one is this month."))


def pace(sort: str, found: Pace) -> str:
    """This week, month or season beside the member's own past."""
    if sort == "week":
        return {
            Pace.FIRST: _("Your first week here. Welcome to the hall."),
            Pace.STILL: _("A quiet week so far. Quiet weeks belong to it."),
            Pace.LESS: _("This week has only begun for you, and there is no hurry."),
            Pace.USUAL: _("About what you usually do in a week."),
            Pace.MORE: _("More than in your usual week. Thank you."),
        }[found]
    if sort == "season":
        return {
            Pace.FIRST: _("Your first season here. Welcome to the hall."),
            Pace.STILL: _("A quiet season so far. Quiet seasons belong to it."),
            Pace.LESS: _("This season has room left, and there is no hurry."),
            Pace.USUAL: _("About what you usually do in a season."),
            Pace.MORE: _("More than in your usual season. Thank you."),
        }[found]
    return {
        Pace.FIRST: _("Your first month here. Welcome to the hall."),
        Pace.STILL: _("A quiet month so far. Quiet months belong to it."),
        Pace.LESS: _("This month has room left, and there is no hurry."),
        Pace.USUAL: _("About what you usually do in a month."),
        Pace.MORE: _("More than in your usual month. Thank you."),
    }[found]


def rules(board: Board) -> list[str]:
    """What counts on this board and what does not, a sentence each."""
    labels = _labels([*board.kinds, *board.weights])
    said = [_measured(board)]
    if board.weights:
        weights = [_("%(kind)s %(points)s", kind=labels[kind], points=points) for kind, points in board.weights.items()]
        said.append(_("Here these bring points of their own: %(list)s.", list=_list(weights)))
    if board.kinds and board.measure != "people":
        said.append(_("Of these kinds: %(list)s.", list=_list([labels[kind] for kind in board.kinds])))
    if board.families:
        said.append(_("Of these families: %(list)s.", list=_list([_families()[family] for family in board.families])))
    if board.per_day:
        said.append(ngettext("One deed of a kind counts a day. More are welcome, and bring nothing here.",
                             "Up to %(num)s deeds of a kind count a day. More are welcome, and bring nothing here.",
                             board.per_day))  # fmt: skip
    if board.once_per_object:
        said.append(_("The same thing counts once: a second deed about the same page or bug brings nothing here."))
    if board.per_head:
        said.append(_("Only people who are on boards and show their groups are counted, and a group needs three of them."))
    said.append(_("A deed that was told twice counts once, and what only you can see counts nowhere."))
    said.append(_("A deed counts on the day it happened, in world time (UTC)."))
    if not board.per_head:
        said.append(_("Of two people with the same score, whoever got there first stands first."))
    return said


def _measured(board: Board) -> str:
    return {
        "points": _("Each deed counts with the points it brought."),
        "deeds": _("Each deed counts as one."),
        "variety": _("Each kind of deed counts once in a week, a month, a season, however often you do it."),
        "firsts": _("A deed counts if it is your very first of its kind. What is behind you counts no more."),
        "people": _("Each person counts once in a week, a month, a season, however often they say thank you."),
    }[board.measure]


def why(board: Board, reason: Why) -> str:
    """Beside a deed that pays nothing."""
    return {
        Why.REPEAT: _("told twice"),
        Why.PRIVATE: _("only you see it, so it counts nowhere"),
        Why.SAME_OBJECT: _("the same thing once more"),
        Why.BEYOND_DAY: ngettext("beyond the day's %(num)s", "beyond the day's %(num)s", board.per_day),
        Why.KNOWN: _("counted already") if board.measure != "people" else _("this person is counted already"),
    }.get(reason, _("brings nothing here"))


def _labels(kinds: Sequence[str]) -> Mapping[str, str]:
    known = dict.fromkeys(kinds, "")
    if known:
        asked = sa.select(Kind.slug, Kind.label, Kind.labels).where(among(Kind.slug, known))
        known |= {row.slug: called(row.label, row.labels) for row in db.session.execute(asked)}
    return {slug: label or slug for slug, label in known.items()}


def _families() -> dict[str, str]:
    return {"learning": _("Learning"), "helping": _("Helping"), "making": _("Making"), "gathering": _("Gathering"),
            "caring": _("Caring")}  # fmt: skip


def _list(words: Sequence[str]) -> str:
    return ", ".join(words)

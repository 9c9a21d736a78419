"""Parts of the sentence about a rule: which deeds, in what time, how often. In the reader's language."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_datetime, ngettext
from flask_babel import gettext as _

from recognition.activities.criteria.tree import Comparison, Filter, Limits, Window

Names = Mapping[str, str]
"""Words for slugs: kinds under their slug, everything else under its Ref ("quest:vision"). Missing: the slug."""


def name_of(thing: str, names: Names) -> str:
    """What people call a Ref such as "quest:vision" or "badge:helper/5"."""
    whole, _slash, level = thing.partition("/")
    name = names.get(whole, whole.partition(":")[2] or whole)
    return _("%(thing)s at level %(level)s", thing=name, level=level) if level else name


def a_deed(where: Filter, names: Names) -> str:
    deeds = deeds_in(where, names)
    return _("a deed: %(deeds)s", deeds=deeds) if where.kind else _("a deed %(deeds)s", deeds=deeds)


def deed_of(where: Filter, names: Names) -> str:
    """What follows the word "deed"."""
    deeds = deeds_in(where, names)
    return _(": %(deeds)s", deeds=deeds) if where.kind else _(" %(deeds)s", deeds=deeds)


def deeds_in(where: Filter, names: Names) -> str:
    """Which deeds, without saying that they are deeds: "of any kind, tagged #mdm"."""
    said = or_([names.get(kind, kind) for kind in where.kind]) if where.kind else _("of any kind")
    for tags, joined in ((where.tags_any, _(" or ")), (where.tags_all, _(" and "))):
        if tags:
            said += _(", tagged %(tags)s", tags=joined.join(f"#{tag}" for tag in tags))
    if where.campaign:
        said += _(", in %(campaign)s", campaign=or_([name_of(f"campaign:{c}", names) for c in where.campaign]))
    if where.group:
        said += _(", with %(group)s", group=or_([name_of(f"group:{g}", names) for g in where.group]))
    if where.source:
        said += _(", recorded by %(source)s", source=or_(list(where.source)))
    if where.object:
        said += _(", about %(thing)s", thing=or_([name_of(thing, names) for thing in where.object]))
    if where.evidence:
        said += _(", confirmed by a witness") if where.evidence == 2 else _(", seen by more than your own word")
    said += "".join(_compared(field) for field in where.limits.fields) + _when(where.window, names)
    return said + (_(", each telling of the same deed counts") if where.repeats else "")


def caps_in(limits: Limits) -> str:
    """What is put in brackets behind the rest; empty where every deed counts."""
    if limits.once_per:
        return _(" (the same thing counts once)")
    if limits.per_day and limits.per_week:
        return _(" (at most %(day)s a day and %(week)s a week count)", day=limits.per_day, week=limits.per_week)
    if limits.per_day:
        return _(" (at most %(day)s a day count)", day=limits.per_day)
    return _(" (at most %(week)s a week count)", week=limits.per_week) if limits.per_week else ""


def field_name(name: str) -> str:
    return _("points") if name == "points" else _("“%(field)s”", field=name.removeprefix("data."))


def _compared(field: Comparison) -> str:
    name = field_name(field.name)
    said = ""
    if field.at_least is not None and field.at_least == field.at_most:
        said = _(", with %(field)s of %(number)s", field=name, number=field.at_least)
    elif field.at_least is not None and field.at_most is not None:
        said = _(", with %(field)s from %(least)s to %(most)s", field=name, least=field.at_least, most=field.at_most)
    elif field.at_least is not None:
        said = _(", with %(field)s of at least %(number)s", field=name, number=field.at_least)
    elif field.at_most is not None:
        said = _(", with %(field)s of at most %(number)s", field=name, number=field.at_most)
    if field.one_of:
        said += _(", with %(field)s being %(words)s", field=name, words=or_([str(word) for word in field.one_of]))
    return said


def _when(window: Window, names: Names) -> str:
    if window.campaign:
        return _(", while “%(campaign)s” runs", campaign=name_of(f"campaign:{window.campaign}", names))
    if window.any_days:
        return ngettext(", all on one day", ", all within %(num)s days", window.any_days)
    if window.last_days:
        return ngettext(", in the last day", ", in the last %(num)s days", window.last_days)
    if window.months:
        months = [str(format_date(date(2000, month, 1), "LLLL")) for month in window.months]
        return _(", in %(months)s of any year", months=or_(months))
    said = _period(window) if window.period else _between(window)
    return said + (_(" (time of %(zone)s)", zone=window.zone) if said and window.zone != "UTC" else "")


def _period(window: Window) -> str:
    year, _dash, part = window.period.partition("-")
    if not part:
        return _(", in %(year)s", year=year)
    if part.startswith("Q"):
        return _(", in quarter %(quarter)s of %(year)s", quarter=part[1:], year=year)
    if part.startswith("W"):
        return _(", in week %(week)s of %(year)s", week=int(part[1:]), year=year)
    return _(", in %(month)s", month=format_date(date(int(year), int(part), 1), "LLLL y"))


def _between(window: Window) -> str:
    zone = ZoneInfo(window.zone)
    first = _moment(window.starts, zone, is_end=False) if window.starts else ""
    last = _moment(window.ends, zone, is_end=True) if window.ends else ""
    if first and last:
        return _(", on %(day)s", day=first) if first == last else _(", from %(first)s to %(last)s", first=first, last=last)
    if first:
        return _(", since %(first)s", first=first)
    return _(", until %(last)s", last=last) if last else ""


def _moment(moment: datetime, zone: ZoneInfo, *, is_end: bool) -> str:
    """A day where the moment is a midnight there; a window that ends with a day has it as its last."""
    there = moment.astimezone(zone)
    day = (there - timedelta(microseconds=1)).date() if is_end else there.date()
    midnight = day + timedelta(days=1) if is_end else day
    if datetime(midnight.year, midnight.month, midnight.day, tzinfo=zone) == there:
        return str(format_date(day, "d MMMM y"))
    return str(
        format_datetime(there.replace(tzinfo=None), "d MMMM y, HH:mm:ss" if there.second else "d MMMM y, HH:mm", rebase=False)
    )


def or_(words: list[str]) -> str:
    if len(words) == 1:
        return words[0]
    return _("%(first)s or %(last)s", first=", ".join(words[:-1]), last=words[-1])


def and_(words: list[str]) -> str:
    if len(words) == 1:
        return words[0]
    return _("%(first)s and %(last)s", first=", ".join(words[:-1]), last=words[-1])


def thing(field: str) -> str:
    return {
        "campaign": _("campaign"),
        "group": _("group"),
        "tag": _("tag"),
        "source": _("source"),
        "object": _("thing"),
        "person": _("other person"),
        "day": _("day"),
        "week": _("week"),
        "month": _("month"),
    }[field]


def things(field: str) -> str:
    return {
        "campaign": _("campaigns"),
        "group": _("groups"),
        "tag": _("tags"),
        "source": _("sources"),
        "object": _("things"),
        "person": _("other people"),
        "day": _("days"),
        "week": _("weeks"),
        "month": _("months"),
    }[field]

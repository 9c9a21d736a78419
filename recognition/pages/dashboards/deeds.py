"""The log in numbers: rows by kind, initiative, proof and time, by how many somebody has, and events by country."""

from collections.abc import Sequence

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from recognition.activities.reconciling.figures import ATTENDANCE_CAP
from recognition.metrics import hiding, queries
from recognition.metrics.queries import Number
from recognition.pages.dashboards import ways, words
from recognition.pages.dashboards.charts import BARS, FUNNEL, LINE, Chart, Row, without_untold


def charts(day: int) -> list[Chart]:
    found = queries.figures(
        ["deeds", "deeds.doers", "events", "events.attendance", "members"],
        {"", "kind", "initiative", "evidence", "year", "month", "country", "least"},
        day,
    )
    everybody = next((one.value for one in found.get(("members", ""), ())), 0)
    return [
        _months(found.get(("deeds", "month"), ())),
        _apart("kinds", _("By kind"), _("Kind"), "kind", found, "learning", everybody, day),
        _apart("initiatives", _("By initiative"), _("Initiative"), "initiative", found, "making", everybody, day),
        _evidence(found.get(("deeds", "evidence"), ()), everybody, day),
        _years(found.get(("deeds", "year"), ()), everybody),
        _levels(found.get(("deeds.doers", "least"), ()), everybody),
        events(found.get(("events", "country"), ()), found.get(("events.attendance", ""), ())),
    ]


def safe(numbers: Sequence[Number]) -> dict[str, int | None]:
    """Deeds whose doers are few say what those did."""
    few = [one.slot for one in numbers if one.people < hiding.LEAST]
    return hiding.parts({one.slot: one.value for one in numbers}, few)


def _months(numbers: Sequence[Number]) -> Chart:
    shown = safe(numbers)
    rows = [Row(words.month(slot), (shown[slot],), ways.month(slot)) for slot in sorted(shown)]
    return Chart("months", _("Deeds by month"), _("By when they happened, also where they were told later."), LINE, _("Month"),
                 [_("Deeds")], rows, family="making")  # fmt: skip


def _apart(
    slug: str, title: str, corner: str, by: str, found: queries.Found, family: str, everybody: int, day: int
) -> Chart:  # fmt: skip
    numbers = found.get(("deeds", by), ())
    shown = safe(numbers)
    called = words.names(by, shown)
    rows, more = without_untold([
        Row(called[one.slot], (shown[one.slot], _some(one.people, everybody)), ways.deeds(by, one.slot, day)) for one in numbers
    ])  # fmt: skip
    about = _("All deeds that stand, of all time; those told a second time are counted as often as they were told.")
    return Chart(slug, title, about, BARS, corner, [_("Deeds"), _("People")], rows, more=more, family=family)


def _evidence(numbers: Sequence[Number], everybody: int, day: int) -> Chart:
    """The first ones make up the whole; what was confirmed later is a part of them."""
    confirmed = next((one for one in numbers if one.slot == "confirmed"), None)
    numbers = [one for one in numbers if one is not confirmed]
    shown = safe(numbers)
    called = words.names("evidence", [*shown, "confirmed"])
    rows = [Row(called[one.slot], (shown[one.slot], _some(one.people, everybody))) for one in numbers]
    if confirmed is not None:
        of_few = confirmed.people < hiding.LEAST
        values = (None if of_few else confirmed.value, _some(confirmed.people, everybody))
        rows.append(Row(called["confirmed"], values, ways.deeds("evidence", "confirmed", day)))
    about = _("How a deed became known. What somebody else confirmed is also in one of the lines above it.")
    return Chart("proof", _("By proof"), about, BARS, _("Proof"), [_("Deeds"), _("People")], rows, family="caring")


def _years(numbers: Sequence[Number], everybody: int) -> Chart:
    shown = safe(numbers)
    ordered = sorted(numbers, key=lambda one: one.slot, reverse=True)
    rows = [Row(one.slot, (shown[one.slot], _some(one.people, everybody)), ways.year(one.slot)) for one in ordered]
    return Chart("years", _("By year"), _("By when they happened."), BARS, _("Year"), [_("Deeds"), _("People")], rows,
                 family="gathering")  # fmt: skip


def _levels(numbers: Sequence[Number], everybody: int) -> Chart:
    """Each is a part of the one before it, and the first of all members."""
    values = {int(one.slot): one.value for one in numbers}
    levels = sorted(values)
    shown = hiding.chain([everybody, *(values[level] for level in levels)])[1:]
    rows = [
        Row(ngettext("%(num)s deed or more", "%(num)s deeds or more", level), (value,))
        for level, value in zip(levels, shown, strict=True)
    ]
    about = _("People with at least so many deeds, of all time. Many small deeds are no more than a few large ones.")
    return Chart("how-many", _("How many deeds people have"), about, FUNNEL, _("Deeds"), [_("People")], rows, family="helping")


def events(numbers: Sequence[Number], attendance: Sequence[Number]) -> Chart:
    shown = safe(numbers)
    called = words.names("country", shown)
    rows, more = without_untold([Row(called[one.slot], (shown[one.slot],)) for one in numbers])
    about = _("Events that took place here, and those that came along from elsewhere with a country of their own.")
    return Chart("events", _("Events by country"), about, BARS, _("Country"), [_("Events")], rows, more=more,
                 note=_attendance(attendance), family="helping")  # fmt: skip


def _attendance(numbers: Sequence[Number]) -> str:
    told = next((one for one in numbers if one.people >= hiding.LEAST), None)
    if told is None:
        return ""
    return _("%(people)s people were at them, as far as that was told; no event counts with more than %(most)s.",
             people=format_decimal(told.value), most=format_decimal(ATTENDANCE_CAP))  # fmt: skip


def _some(people: int, everybody: int) -> int | None:
    """Neither a few, nor all but a few."""
    return people if people >= hiding.LEAST and not 0 < everybody - people < hiding.LEAST else None

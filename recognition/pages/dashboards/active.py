"""Who is active: by windows, over time, and told apart in each way that we know."""

from collections.abc import Mapping, Sequence

from flask_babel import format_decimal
from flask_babel import gettext as _

from recognition.metrics import hiding, queries, services
from recognition.metrics.models import Area
from recognition.metrics.queries import Found, Number
from recognition.metrics.rules import ALL_TIME, WINDOWS, figure_name
from recognition.pages.dashboards import ways, words
from recognition.pages.dashboards.charts import BARS, LINE, Chart, Row, without_untold

WIDEST_FIRST = tuple(reversed(WINDOWS))
DRAWN_SPANS = (364, 182, 28)
BY = ("country", "group", "initiative", "kind", "tag")


def charts(area: Area, day: int) -> list[Chart]:
    name = figure_name(area.slug)
    found = queries.figures([name, "members"], {"", *BY, "evidence"}, day)
    drawn = [_windows(name, found, area), _series(name, day), _evidence(name, found)]
    drawn += [_apart(name, found, by, day) for by in BY]
    return drawn


def members_of(found: Found) -> int:
    return next((one.value for one in found.get(("members", ""), ())), 0)


def by_span(numbers: Sequence[Number]) -> dict[int, int]:
    return {one.span: one.value for one in numbers}


def in_words(number: int, everybody: int) -> str:
    """For a number that may not be told."""
    return _("nearly all") if number and 0 < everybody - number < hiding.LEAST else ""


def _windows(name: str, found: Found, area: Area) -> Chart:
    shown = hiding.windows(by_span(found.get((name, ""), ())), members_of(found))
    known, everybody = by_span(found.get((name, ""), ())), members_of(found)
    rows = [
        Row(label, (shown[span],), instead="" if shown[span] is not None else in_words(known.get(span, 0), everybody))
        for span, label in zip(WINDOWS, words.windows(), strict=True)
    ]
    about = _("Different people with a deed that counts here, in the weeks up to this day.")
    return Chart("active", _("Active people"), about, BARS, _("In the last"), [_("People")], rows, family="helping",
                 note=area.about)  # fmt: skip


def _series(name: str, day: int) -> Chart:
    days = services.series_days(day)
    known, everybody = queries.series(name, WINDOWS, days), queries.series("members", [ALL_TIME], days)
    rows = []
    for one in days:
        if any(known.get(one, {}).values()):
            shown = hiding.windows(known[one], everybody.get(one, {}).get(ALL_TIME, 0))
            rows.append(Row(words.day_words(one), tuple(shown[span] for span in DRAWN_SPANS)))
    labels = dict(zip(WINDOWS, words.windows(), strict=True))
    about = _("As it was at the end of each month, counted with what is known today.")
    return Chart("over-time", _("Over time"), about, LINE, _("Up to"), [labels[span] for span in DRAWN_SPANS], rows,
                 drawn=(0, 1, 2), family="learning")  # fmt: skip


def _evidence(name: str, found: Found) -> Chart:
    everybody = by_span(found.get((name, ""), ()))
    numbers = _slots(found.get((name, "evidence"), ()))
    called = words.names("evidence", ("hand", "passive", "confirmed"))
    rows = []
    for slot in ("hand", "passive", "confirmed"):
        shown = hiding.chain([members_of(found), *(numbers.get(slot, {}).get(span, 0) for span in WIDEST_FIRST)])
        kept = dict(zip(WIDEST_FIRST, shown[1:], strict=True))
        safe = {span: hiding.chain([everybody.get(span, 0), numbers.get(slot, {}).get(span, 0)])[1] for span in WINDOWS}
        rows.append(Row(called[slot], tuple(kept[span] if safe[span] is not None else None for span in WINDOWS)))
    about = _("How we know of it. Somebody can be in several of these lines.")
    return Chart(
        "evidence", _("How strong the proof is"), about, BARS, _("Proof"), words.windows(), rows, drawn=(3,), family="caring"
    )


def _apart(name: str, found: Found, by: str, day: int) -> Chart:
    numbers = _slots(found.get((name, by), ()))
    base = {one.slot: one.value for one in found.get(("members", by), ())}
    everybody = members_of(found)
    table = {
        slot: [base.get(slot, everybody), *(numbers.get(slot, {}).get(span, 0) for span in WIDEST_FIRST)]
        for slot in (base or numbers)
    }
    shown = hiding.table(table) if base else {slot: hiding.chain(row)[1:] for slot, row in table.items()}
    called = words.names(by, shown)
    order = sorted(shown, key=lambda slot: (-table[slot][1], -table[slot][0], called[slot]))
    rows = [
        Row(called[slot], tuple(reversed(shown[slot])), ways.people(by, slot) or ways.deeds(by, slot, day, WINDOWS[-1]))
        for slot in order
    ]
    rows, more = without_untold(rows)
    title, about, corner, family = _about(by)
    columns = [*words.windows(), *([_("Members")] if base else [])]
    return Chart(by, title, about, BARS, corner, columns, rows, drawn=(len(WINDOWS) - 1,), more=more, family=family)


def _about(by: str) -> tuple[str, str, str, str]:
    return {
        "country": (_("By country"), _("Where people say they live, as far as they let others see it. The bars show 52 weeks."),
                    _("Country"), "gathering"),
        "group": (_("By group"), _("Of those who belong to a group and let others see it. The bars show 52 weeks."),
                  _("Group"), "helping"),
        "initiative": (_("By initiative"), _("People whose deed names the initiative. The bars show 52 weeks."),
                       _("Initiative"), "making"),
        "kind": (_("By kind of deed"), _("People with such a deed. The bars show 52 weeks."), _("Kind"), "learning"),
        "tag": (_("By tag"), _("People whose deed carries the tag. The bars show 52 weeks."), _("Tag"), "caring"),
    }[by]  # fmt: skip


def _slots(numbers: Sequence[Number]) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for one in numbers:
        found.setdefault(one.slot, {})[one.span] = one.value
    return found


def headlines(areas: Sequence[Area], day: int) -> dict[str, list[str]]:
    """For each area the people of each window in words, in the order of rules.WINDOWS; empty where that may not be told."""
    found = queries.figures(["members", *(figure_name(area.slug) for area in areas)], {""}, day)
    everybody = members_of(found)
    numbers = {area.slug: by_span(found.get((figure_name(area.slug), ""), ())) for area in areas}
    return {slug: _in_windows(known, everybody) for slug, known in numbers.items()}


def _in_windows(known: Mapping[int, int], everybody: int) -> list[str]:
    shown = hiding.windows(known, everybody)
    pairs = [(shown[span], known.get(span, 0)) for span in WINDOWS]
    return [in_words(number, everybody) if value is None else format_decimal(value) for value, number in pairs]

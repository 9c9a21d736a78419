"""Members, their way from newcomer to lead, and mentors."""

from collections.abc import Mapping, Sequence

from flask_babel import format_decimal
from flask_babel import gettext as _

from recognition.metrics import hiding, queries
from recognition.metrics.queries import Number
from recognition.metrics.rules import ALL_TIME, WINDOWS
from recognition.pages.dashboards import ways, words
from recognition.pages.dashboards.charts import BARS, FUNNEL, LINE, STACK, Chart, Row, without_untold

STEPS = ("came", "told", "borne_out", "steady", "leads")
MENTOR_FIGURES = ("mentors.members", "mentors.with", "mentors.live", "mentors.different", "mentors.most")


def charts(day: int) -> list[Chart]:
    found = queries.figures(["members", "members.here", "members.joined"], {"country", "state", "month", "year"}, day)
    return [
        _countries(found.get(("members", "country"), ()), found.get(("members.here", "country"), ())),
        _states(found.get(("members", "state"), ())),
        _joined_by_month(found.get(("members.joined", "month"), ())),
        _joined_by_year(found.get(("members.joined", "year"), ())),
    ]


def journey_charts(day: int) -> list[Chart]:
    found = queries.figures(["journey"], {"step"}, day)
    return [
        _journey("journey", _("From newcomer to lead"), found.get(("journey", "step"), ()), ALL_TIME,
                 _("Everybody who is or was a member. Each step counts those who took all before it.")),
        _journey("newcomers", _("The way of those who came within a year"), found.get(("journey", "step"), ()), WINDOWS[-1],
                 _("The same steps for people who joined in the last 52 weeks. The later steps take time.")),
        _mentors(day),
    ]  # fmt: skip


def _countries(everybody: Sequence[Number], here: Sequence[Number]) -> Chart:
    """Who belongs today comes first; the other sum shows only where it does not tell of a few alumni."""
    of_all = {one.slot: one.value for one in everybody}
    of_here = dict.fromkeys(of_all, 0) | {one.slot: one.value for one in here}
    few = [slot for slot, number in of_all.items() if 0 < number - of_here[slot] < hiding.LEAST]
    today, ever = hiding.parts(of_here), hiding.parts(of_all, few)
    called = words.names("country", of_all)
    order = sorted(of_all, key=lambda slot: (-of_here[slot], -of_all[slot], called[slot]))
    rows, more = without_untold([
        Row(called[slot], (today[slot], ever[slot]), ways.people("country", slot)) for slot in order
    ])  # fmt: skip
    about = _("Where people say they live, as far as they let others see it.")
    columns = [_("Members today"), _("With alumni")]
    return Chart("countries", _("Members by country"), about, BARS, _("Country"), columns, rows, more=more, family="gathering")


def _states(numbers: Sequence[Number]) -> Chart:
    shown = hiding.parts({one.slot: one.value for one in numbers})
    called = words.names("state", shown)
    slots = [slot for slot in ("active", "away", "alumni") if slot in shown]
    rows = [Row(_("Members"), tuple(shown[slot] for slot in slots))] if slots else []
    about = _("Only these sums: who is away or among the alumni is on no list.")
    return Chart("states", _("Here, away, alumni"), about, STACK, _("Who"), [called[slot] for slot in slots], rows,
                 drawn=tuple(range(len(slots))) or (0,), family="caring")  # fmt: skip


def _joined_by_month(numbers: Sequence[Number]) -> Chart:
    shown = hiding.parts({one.slot: one.value for one in numbers})
    rows = [Row(words.month(slot), (shown[slot],)) for slot in sorted(shown)]
    return Chart("joined", _("Who came, by month"), _("New members of the last two years."), LINE, _("Month"), [_("New members")],
                 rows, family="learning")  # fmt: skip


def _joined_by_year(numbers: Sequence[Number]) -> Chart:
    shown = hiding.parts({one.slot: one.value for one in numbers})
    rows = [Row(slot, (shown[slot],)) for slot in sorted(shown, reverse=True)]
    about = _("By the year in which they joined; those suspended are not counted.")
    columns = [_("New members")]
    return Chart("joined-by-year", _("Who came, by year"), about, BARS, _("Year"), columns, rows, family="learning")


def _journey(slug: str, title: str, numbers: Sequence[Number], span: int, about: str) -> Chart:
    values = {one.slot: one.value for one in numbers if one.span == span}
    called = {"came": _("Joined"), "told": _("Told a first deed"), "borne_out": _("Others bear a deed out"),
              "steady": _("Deeds in a third month"), "leads": _("Looks after others")}  # fmt: skip
    shown = hiding.chain([values.get(step, 0) for step in STEPS]) if values else []
    rows = [Row(called[step], (value,)) for step, value in zip(STEPS, shown, strict=False)]
    return Chart(slug, title, about, FUNNEL, _("Step"), [_("People")], rows, family="learning")


def _mentors(day: int) -> Chart:
    """As mentoring itself counts them, once a day."""
    values = queries.latest(MENTOR_FIGURES, day)
    called = (_("Members today"), _("Have a mentor"), _("Their mentor was seen in eight weeks"))
    shown = hiding.chain([values.get(name, 0) for name in MENTOR_FIGURES[: len(called)]]) if values else []
    rows = [Row(name, (value,)) for name, value in zip(called, shown, strict=False)]
    about = _("Mentors are an addition: nothing here waits for one.")
    return Chart("mentors", _("Mentors"), about, FUNNEL, _("Step"), [_("People")], rows, family="helping",
                 note=_mentor_words(values, shown))  # fmt: skip


def _mentor_words(values: Mapping[str, int], shown: Sequence[int | None]) -> str:
    """What the steps leave to be said, as far as no few people stand behind it."""
    different, most = (values.get(name, 0) for name in MENTOR_FIGURES[3:])
    said = []
    if different >= hiding.LEAST:
        said.append(_("%(number)s different people are mentors.", number=format_decimal(different)))
    if most >= hiding.LEAST:
        said.append(_("Whoever has the most stands by %(number)s.", number=format_decimal(most)))
    if shown and shown[0] is not None and shown[2] is not None and shown[0] > shown[2]:
        alone = format_decimal(shown[0] - shown[2])
        said.append(_("%(number)s members have no mentor, or one who was not seen in eight weeks.", number=alone))
    return " ".join(said)

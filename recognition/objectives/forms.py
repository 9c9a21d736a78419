"""The form of an objective with its rows of key results and milestones, in; a checked one or a sentence for each wrong field,
out. Rows without a title are left out."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from flask_babel import gettext as _

from recognition.activities.rules import BadReport, clean_text, slug_of
from recognition.objectives.rules import (
    COUNT,
    MILESTONES_MAX,
    PERCENT,
    RESULTS_MAX,
    BadObjective,
    MilestoneSpec,
    ObjectiveSpec,
    ResultSpec,
    tasks,
)

LIMITS = {"title": 160, "why": 20_000, "covered_by": 300}
ROW_TITLE_MAX_CHARS = 300
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)
QUIET_DAYS = range(1, 366)
RESULT_FIELDS = ("id", "title", "source", "unit", "target", "value")
MILESTONE_FIELDS = ("id", "title", "due_on", "owner", "closes", "help")
FIELDS = (*LIMITS, "seen", "starts_on", "ends_on", "quiet_days", "owner", "tasks")
Row = dict[str, str]


def rows(form: Mapping[str, str], name: str, fields: tuple[str, ...], most: int) -> list[Row]:
    """`results-0-title`, `results-1-title`, ... as the page numbers them, at most `most`."""
    places = sorted({int(key.split("-")[1]) for key in form if key.startswith(f"{name}-") and key.split("-")[1].isdecimal()
                     and len(key.split("-")[1]) < 5})  # fmt: skip
    return [{one: form.get(f"{name}-{place}-{one}", "") for one in fields} for place in places[:most]]


def objective_spec(form: Mapping[str, str], known: Collection[str], people: Mapping[str, int]) -> ObjectiveSpec:
    """`known`: refs that may be named; `people`: members by handle. Raises BadObjective."""
    errors: dict[str, str] = {}
    texts = {name: _text(form, name, limit, errors) for name, limit in LIMITS.items()}
    if not texts["title"]:
        errors.setdefault("title", _("What do we want to reach? One sentence, please."))
    starts, ends = _day(form, "starts_on", errors), _day(form, "ends_on", errors)
    if not {"starts_on", "ends_on"} & set(errors) and starts and ends and ends < starts:
        errors["ends_on"] = _("The last day cannot come before the first.")
    days = form.get("quiet_days", "30")
    if not days.isdecimal() or len(days) > 3 or int(days) not in QUIET_DAYS:
        errors["quiet_days"] = _("A number of days from 1 to 365, please.")
    owner = _person(form.get("owner", ""), "owner", people, errors)
    results = tuple(_results(rows(form, "results", RESULT_FIELDS, RESULTS_MAX), known, errors))
    milestones = (*_milestones(rows(form, "milestones", MILESTONE_FIELDS, MILESTONES_MAX), known, people, errors),
                  *_taken_over(form.get("tasks", ""), errors))  # fmt: skip
    if len(milestones) > MILESTONES_MAX:
        errors["tasks"] = _("At most %(max)s milestones, please; more is a plan for two.", max=MILESTONES_MAX)
    if errors:
        raise BadObjective(errors)
    slug = slug_of(texts["title"])[:50].strip("-") or "objective"
    return ObjectiveSpec(slug=slug, starts_on=starts or EARLIEST, ends_on=ends or LATEST, quiet_days=int(days), owner_id=owner,
                         results=results, milestones=milestones, **texts)  # fmt: skip


def _results(given: list[Row], known: Collection[str], errors: dict[str, str]) -> Iterator[ResultSpec]:
    for place, row in enumerate(given):
        at = f"results-{place}"
        title = _text(row, "title", ROW_TITLE_MAX_CHARS, errors, f"{at}-title")
        if not title:
            continue
        if row["source"] and row["source"] not in known:
            errors[f"{at}-source"] = _("This is not there any more.")
        unit = row["unit"] if row["unit"] in (PERCENT, COUNT) else PERCENT
        target, value = _number(row["target"], f"{at}-target", errors), None
        if target is None or target <= 0 or (unit == PERCENT and target > 100):
            errors.setdefault(f"{at}-target", _("A number above 0, please; at most 100 where it is a share."))
        if row["value"].strip() and not row["source"]:
            value = _number(row["value"], f"{at}-value", errors)
            if unit == PERCENT and value is not None and value > 100:
                errors[f"{at}-value"] = _("At most 100, since it is a share.")
        yield ResultSpec(_id(row["id"]), title, row["source"], unit, target or 1.0, value)


def _milestones(
    given: list[Row], known: Collection[str], people: Mapping[str, int], errors: dict[str, str]
) -> Iterator[MilestoneSpec]:
    for place, row in enumerate(given):
        at = f"milestones-{place}"
        title = _text(row, "title", ROW_TITLE_MAX_CHARS, errors, f"{at}-title")
        if not title:
            continue
        due = _day({f"{at}-due_on": row["due_on"]}, f"{at}-due_on", errors) if row["due_on"].strip() else None
        if row["closes"] and row["closes"] not in known:
            errors[f"{at}-closes"] = _("This is not there any more.")
        owner = _person(row["owner"], f"{at}-owner", people, errors)
        yield MilestoneSpec(_id(row["id"]), title, due, owner, row["closes"], bool(row["help"]))


def _taken_over(text: str, errors: dict[str, str]) -> Iterator[MilestoneSpec]:
    for title, done in tasks(text.replace("\x00", "")):
        if len(title) > ROW_TITLE_MAX_CHARS:
            errors["tasks"] = _("One line is too long: at most %(max)s characters, please.", max=ROW_TITLE_MAX_CHARS)
        yield MilestoneSpec(0, title, None, None, "", False, done)


def handles(form: Mapping[str, str]) -> set[str]:
    """All that the form names, to be looked up at once."""
    named = [form.get("owner", ""), *(row["owner"] for row in rows(form, "milestones", MILESTONE_FIELDS, MILESTONES_MAX))]
    return {_handle(one) for one in named} - {""}


def _handle(text: str) -> str:
    return text.strip().removeprefix("@").lower()[:40]


def _person(text: str, name: str, people: Mapping[str, int], errors: dict[str, str]) -> int | None:
    handle = _handle(text)
    if handle and handle not in people:
        errors[name] = _("Nobody here is called @%(handle)s.", handle=handle)
    return people.get(handle)


def _text(form: Mapping[str, str], name: str, limit: int, errors: dict[str, str], place: str = "") -> str:
    try:
        return clean_text(form.get(name, "").replace("\r\n", "\n").replace("\r", "\n"), name, limit)
    except BadReport as fault:
        errors[place or name] = _("This %(reason)s.", reason=fault.reason)
        return ""


def _day(form: Mapping[str, str], name: str, errors: dict[str, str]) -> date | None:
    try:
        found = date.fromisoformat(form.get(name, "").strip())
    except ValueError:
        found = None
    if found is None or not EARLIEST <= found <= LATEST:
        errors[name] = _("Please give a day, such as 2026-12-01.")
        return None
    return found


def _number(text: str, name: str, errors: dict[str, str]) -> float | None:
    try:
        found = float(text.strip().replace(",", "."))
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1e9:
        errors[name] = _("A number, please, such as 80.")
        return None
    return found


def _id(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0

"""What the council typed about a role, into checked values. Fields of a duty are called `duty-0-what` and `duty-0-seen`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _

from recognition.activities.rules import BadReport, clean_text
from recognition.roles.rules import LINE_MAX_CHARS, LINES_MAX, NOTE_MAX_CHARS, TEXT_MAX_CHARS, TITLE_MAX_CHARS, NotSaved, Sheet

TEXTS = {"title": TITLE_MAX_CHARS, "purpose": TEXT_MAX_CHARS, "ask": TEXT_MAX_CHARS, "elsewhere": TEXT_MAX_CHARS}
SPARE_ROWS = 3


@dataclass(frozen=True)
class Written:
    """`sheet` None: `errors` say why. `values` hold all texts as typed, rights one a line."""

    values: Mapping[str, str]
    duties: Sequence[tuple[str, str]]
    sheet: Sheet | None = None
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> list[tuple[str, str]]:
        """With a few empty ones to fill in."""
        return [*self.duties, *([("", "")] * SPARE_ROWS)][:LINES_MAX]


def stored(sheet: Sheet | None, held_by: str, seen: int) -> Written:
    one = sheet or Sheet("", "")
    values = {"title": one.title, "purpose": one.purpose, "ask": one.ask, "elsewhere": one.elsewhere,
              "rights": "\n".join(one.rights), "held_by": held_by, "seen": str(seen)}  # fmt: skip
    return Written(values, one.duties, sheet)


def sent(form: Mapping[str, str], words: Sequence[str]) -> Written:
    """`words`: what may be said to hold a role."""
    typed = {name: form.get(name, "").replace("\r\n", "\n") for name in (*TEXTS, "rights", "held_by", "seen")}
    rows = [(form.get(f"duty-{at}-what", ""), form.get(f"duty-{at}-seen", "")) for at in range(LINES_MAX)]
    duties = [row for row in rows if row[0].strip() or row[1].strip()]
    errors: dict[str, str] = {}
    texts = {name: _clean(typed[name], limit, name, errors) for name, limit in TEXTS.items()}
    for name in ("title", "purpose"):
        if not texts[name]:
            errors.setdefault(name, _("This is needed before it can be kept."))
    kept = tuple((_line(what, "duties", errors), _line(seen, "duties", errors)) for what, seen in duties)
    if any(seen and not what for what, seen in kept):
        errors["duties"] = _("One says how something is seen, and not what is to be done.")
    rights = tuple(filter(None, (_line(one, "rights", errors) for one in typed["rights"].splitlines())))
    if len(rights) > LINES_MAX:
        errors["rights"] = _("Up to %(max)s lines fit. It is all still here.", max=LINES_MAX)
    if typed["held_by"] and typed["held_by"] not in words:
        errors["held_by"] = _("Please choose one of the list.")
    title = " ".join(texts["title"].split())
    made = None if errors else Sheet(title, texts["purpose"], kept, rights, texts["ask"], texts["elsewhere"])
    return Written(typed, duties, made, errors)


def number(text: str) -> int:
    """-1 for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


@dataclass(frozen=True)
class Steps:
    """When a version is read by whom; see `services.publish`."""

    note: str
    first_for: str
    first_on: date | None
    all_on: date


def steps(form: Mapping[str, str], words: Sequence[str], today: date) -> Steps:
    """Raises NotSaved."""
    errors: dict[str, str] = {}
    note = _clean(form.get("note", ""), NOTE_MAX_CHARS, "note", errors)
    if not note:
        errors.setdefault("note", _("One line, please: what is new, and why?"))
    all_on = day(form.get("all_on", ""), "all_on", errors) or today
    if all_on < today:
        errors["all_on"] = _("That day is over already.")
    first_for, first_on = form.get("first_for", ""), None
    if first_for:
        first_on = day(form.get("first_on", ""), "first_on", errors) or today
        if first_for not in words:
            errors["first_for"] = _("Please choose one of the list.")
        if not today <= first_on < all_on and not errors:
            errors["first_on"] = _("A day from today on, and before the day for everybody.")
    if errors:
        raise NotSaved(errors)
    return Steps(note, first_for, first_on, all_on)


def day(text: str, name: str, errors: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        errors[name] = _("Please give a day, such as 2027-06-30.")
        return None


def _clean(text: str, limit: int, name: str, errors: dict[str, str]) -> str:
    try:
        return clean_text(text, "text", limit)
    except BadReport:
        errors[name] = _("Up to %(max)s characters fit, and only what can be shown. It is all still here.", max=limit)
        return ""


def _line(text: str, name: str, errors: dict[str, str]) -> str:
    return " ".join(_clean(text, LINE_MAX_CHARS, name, errors).split())

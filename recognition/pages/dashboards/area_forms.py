"""The form of an area: what was written, the rule it makes, and a sentence for each field that makes none yet."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from recognition.activities.builder import words
from recognition.activities.builder.cards import Card, Form, fresh, read
from recognition.activities.builder.making import make
from recognition.activities.builder.taking import take
from recognition.activities.criteria.parse import check_known
from recognition.activities.criteria.tree import Criteria
from recognition.activities.criteria.values import BadCriteria
from recognition.activities.rules import BadReport, clean_text, slug_of
from recognition.metrics.models import Area
from recognition.metrics.rules import STATES, AreaSpec, conversion
from recognition.pages.badge_studio.choices import known

RULE = "rule"
INPUTS = ("title", "about", "state", "position", "seen")
BLANK = {"state": "defined", "position": "10"}
LIMITS = {"title": 120, "about": 600}
POSITION_MAX = 999


@dataclass(frozen=True)
class Draft:
    """`spec` is None while `errors` has anything; `criteria` is there as soon as the rule by itself is one."""

    values: Mapping[str, str]
    card: Card
    errors: Mapping[str, str] = field(default_factory=dict)
    criteria: Criteria | None = None
    spec: AreaSpec | None = None


def blank() -> Draft:
    return checked({name: BLANK.get(name, "") for name in INPUTS}, fresh(), None)


def draft_of(area: Area) -> Draft:
    values = {"title": area.title, "about": area.about, "state": area.state, "position": str(area.position),
              "seen": area.changed_at.isoformat()}  # fmt: skip
    return checked(values, take(area.conversion), area)


def draft(form: Form, area: Area | None) -> Draft:
    """As it was sent. Raises cards.TooLarge."""
    return checked({name: form.get(name, "") for name in INPUTS}, read(form, RULE), area)


def checked(values: Mapping[str, str], card: Card, area: Area | None) -> Draft:
    """All faults at once. A rule that stays as it was may speak of things that are gone."""
    errors: dict[str, str] = {}
    texts = {name: _text(values[name], name, limit, errors) for name, limit in LIMITS.items()}
    if not texts["title"]:
        errors.setdefault("title", _("What is this area called? A word or two is enough."))
    if values["state"] not in STATES:
        errors["state"] = _("Please choose one of the three.")
    position = values["position"].strip()
    if not (position.isascii() and position.isdigit() and len(position) <= 3):
        errors["position"] = _("Its place in the list is a whole number from 0 to %(most)s.", most=POSITION_MAX)
    data, criteria = _rule(card, area, errors)
    spec = None
    if not errors:
        spec = AreaSpec(" ".join(texts["title"].split()), texts["about"], values["state"], int(position), data)
    return Draft(values, card, errors, criteria, spec)


def address(title: str) -> str:
    """A name without a Latin letter has one too."""
    return re.sub("[^a-z0-9]+", "-", slug_of(title or "area")[:56]).strip("-")


def _rule(card: Card, area: Area | None, errors: dict[str, str]) -> tuple[dict[str, Any], Criteria | None]:
    made = make(card, RULE)
    try:
        criteria = conversion(made.data)
        if area is None or conversion(area.conversion) != criteria:
            check_known(made.data, known(criteria))
    except BadCriteria as fault:
        errors[made.field_at(fault.place)] = words.fault(fault)
        return made.data, None
    return made.data, criteria


def _text(text: str, name: str, limit: int, errors: dict[str, str]) -> str:
    try:
        return clean_text(text.replace("\r\n", "\n").replace("\r", "\n"), name, limit)
    except BadReport:
        errors[name] = _("This cannot be stored as it is. Please type it anew, and keep it short.")
        return ""

"""The studio's form: what was written, the badge it makes, and a sentence for each field that makes none yet."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _

from recognition.activities.builder import words
from recognition.activities.builder.cards import Card, Form, fresh, pairs, read
from recognition.activities.builder.making import Made, make
from recognition.activities.builder.taking import take
from recognition.activities.criteria.parse import check_known, parse, parse_seen
from recognition.activities.criteria.tree import Criteria
from recognition.activities.criteria.values import BadCriteria
from recognition.activities.rules import BadReport, clean_text, slug_of
from recognition.badges.models import Badge
from recognition.badges.rules import FIELDS, TEXTS, WARN_DAYS, BadBadge, BadgeSpec, BadHold, Ring, check_spec
from recognition.badges.services.states import check_saving
from recognition.badges.words import names_of_refs
from recognition.pages.badge_studio.choices import known

RULE = "rule"
"""What the names of the rule's own fields begin with."""
INPUTS = ("name", "family", "glyph", "band", "summary", "story", "levels", "issuer", "nominable", "valid_days", "warn_days",
          "how", "seen")  # fmt: skip
BLANK = {"family": "helping", "glyph": "star", "how": "rule", "warn_days": str(WARN_DAYS)}
_HARMLESS: dict[str, Any] = {
    "slug": "x", "name": "x", "summary": "x", "story": "", "family": "helping", "glyph": "star", "band": "x", "levels": [],
    "issuer": "", "nominable": False, "valid_days": None, "warn_days": 0, "criteria": None,
}  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """`spec` is None while `errors` has anything; `criteria` is there as soon as the rule by itself is one."""

    values: Mapping[str, str]
    card: Card
    errors: Mapping[str, str] = field(default_factory=dict)
    spec: BadgeSpec | None = None
    criteria: Criteria | None = None
    made: Made | None = None

    @property
    def by_rule(self) -> bool:
        return self.values["how"] == "rule"

    @property
    def levels(self) -> tuple[int, ...]:
        """Nothing where they are no levels yet."""
        numbers = _levels(self.values["levels"])
        return tuple(numbers) if all(isinstance(number, int) for number in numbers) else ()

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Everything as hidden fields, for a page that only asks for a yes."""
        yield from self.values.items()
        yield from pairs(self.card, RULE)

    def refused(self, fault: BadBadge) -> "Draft":
        """What only the other badges can tell: told where the rule names one of them."""
        field_name, sentence = fault.field, _by_name(fault)
        if field_name == "criteria":
            field_name = _naming(self.card, RULE, fault.reason) or f"{RULE}-sort"
        return replace(self, errors={**self.errors, field_name: sentence}, spec=None)


def blank() -> Draft:
    return checked({name: BLANK.get(name, "") for name in INPUTS}, fresh(), None)


def draft_of(badge: Badge, issuer: str) -> Draft:
    """A stored badge as the form shows it. `issuer`: the slug of its group."""
    values = {name: str(getattr(badge, name) or "") for name in INPUTS if hasattr(badge, name)} | {
        "levels": ", ".join(map(str, badge.levels)), "issuer": issuer, "nominable": "1" if badge.nominable else "",
        "warn_days": str(badge.warn_days), "how": "people" if badge.criteria is None else "rule", "seen": fingerprint(badge),
    }  # fmt: skip
    return checked(values, fresh() if badge.criteria is None else take(badge.criteria), badge)


def fingerprint(badge: Badge) -> str:
    """Changes with everything that the form can change."""
    told = [getattr(badge, name) for name in FIELDS if name != "issuer"] + [badge.issuer_id, badge.version]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def draft(form: Form, badge: Badge | None) -> Draft:
    """As it was sent. Raises cards.TooLarge."""
    return checked(values_of(form), read(form, RULE), badge)


def values_of(form: Form) -> dict[str, str]:
    return {name: form.get(name, "") for name in INPUTS}


def checked(values: Mapping[str, str], card: Card, badge: Badge | None) -> Draft:
    """All faults at once. A rule that stays as it was may speak of things that are gone."""
    errors: dict[str, str] = {}
    data = _data(values, badge, errors)
    found = Draft(values, card)
    if found.by_rule:
        made = make(card, RULE, levelled=bool(found.levels))
        criteria = _criteria(made, bool(found.levels), badge, errors)
        data["criteria"] = made.data if criteria is not None else None
        found = replace(found, criteria=criteria, made=made)
        if badge is not None and criteria is not None and _is_same(criteria, badge, found.levels):
            data["criteria"] = badge.criteria
    spec = _checked(data, errors)
    found = replace(found, errors=errors, spec=spec if not errors else None)
    try:
        if spec is not None:
            check_saving(spec, badge)
    except BadBadge as fault:
        return found.refused(fault)
    return found


def _criteria(made: Made, levelled: bool, badge: Badge | None, errors: dict[str, str]) -> Criteria | None:
    try:
        criteria = parse_seen(made.data, levelled=levelled)
        if badge is None or not _is_same(criteria, badge, levelled):
            check_known(made.data, known(criteria))
    except BadCriteria as fault:
        errors[made.field_at(fault.place)] = words.fault(fault)
        return None
    return criteria


def _is_same(criteria: Criteria, badge: Badge, levelled: object) -> bool:
    """Written in another way, a rule is still the same, and no new version."""
    return bool(badge.levels) == bool(levelled) and badge.criteria is not None and parse(
        badge.criteria, levelled=bool(levelled)
    ) == criteria  # fmt: skip


def _data(values: Mapping[str, str], badge: Badge | None, errors: dict[str, str]) -> dict[str, Any]:
    texts = {name: _text(values[name], name, limit, errors) for name, limit in TEXTS.items()}
    days = values["valid_days"].strip()
    return {
        **texts, "slug": badge.slug if badge else address(texts["name"]), "band": " ".join(values["band"].split()),
        "family": values["family"], "glyph": values["glyph"], "levels": _levels(values["levels"]), "issuer": values["issuer"],
        "nominable": bool(values["nominable"]), "valid_days": _number(days) if days else None,
        **({"warn_days": _number(values["warn_days"])} if days and values["warn_days"].strip() else {}),
    }  # fmt: skip


def address(name: str) -> str:
    """Short enough for a number after it; a name without a Latin letter has one too."""
    return re.sub("[^a-z0-9]+", "-", slug_of(name or "badge")[:56]).strip("-")


def _text(text: str, name: str, limit: int, errors: dict[str, str]) -> str:
    try:
        return clean_text(text.replace("\r\n", "\n").replace("\r", "\n"), name, limit)
    except BadReport as fault:
        errors[name] = _sentence(fault.reason)
        return "x"


def _levels(text: str) -> list[Any]:
    """Numbers between commas or spaces; what is none stays a word, which `check_spec` refuses."""
    return [_number(word) for word in re.split(r"[,;\s]+", text.strip()) if word]


def _number(text: str) -> Any:
    try:
        return int(text)
    except ValueError:
        return text


def _checked(data: dict[str, Any], errors: dict[str, str]) -> BadgeSpec | None:
    """`check_spec` names one fault at a time: each one is noted and made harmless until there is no other."""
    for _fault in range(len(FIELDS)):
        try:
            return check_spec(data)
        except BadBadge as fault:
            errors.setdefault("name" if fault.field == "slug" else fault.field, _of(fault))
            data[fault.field] = _HARMLESS[fault.field]
            if fault.field == "levels":
                data["criteria"] = None
    return None


def _by_name(fault: BadBadge) -> str:
    """Files speak of badges by their slugs, people by their names."""
    if isinstance(fault, Ring):
        return _ring(fault)
    return _hold(fault) if isinstance(fault, BadHold) else _sentence(fault.reason)


def _hold(fault: BadHold) -> str:
    name = names_of_refs([f"badge:{fault.slug}"]).get(f"badge:{fault.slug}", fault.slug)
    if not fault.levels:
        return str(_("%(badge)s has no levels: leave the level out.", badge=name))
    if fault.level == fault.levels[0]:
        return str(_("Level %(level)s is the lowest of %(badge)s: leave the level out.", level=fault.level, badge=name))
    levels = ", ".join(map(str, fault.levels))
    return str(_("%(badge)s has no level %(level)s. It has the levels %(levels)s.", badge=name, level=fault.level, levels=levels))


def _ring(fault: Ring) -> str:
    """By the names that people know."""
    names = names_of_refs(f"badge:{slug}" for slug in fault.ring)
    called = [names.get(f"badge:{slug}", slug) for slug in fault.ring]
    return str(_("These badges wait for each other: %(ring)s.", ring=" → ".join(called)))


def _of(fault: BadBadge) -> str:
    if fault.reason == "needs a text":
        return {"name": _("A badge needs a name."), "summary": _("One line that says what it is for, please.")}[fault.field]
    return _sentence(fault.reason)


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:].rstrip(".") + "."


def _naming(card: Card, path: str, reason: str) -> str:
    """The field of the first part that asks for a badge of which the reason speaks."""
    if card.sort == "holds" and re.search(rf"(?<![\w.-]){re.escape(card.one('badge').strip())}(?![\w.-])", reason):
        return f"{path}-{'level' if 'level' in reason and card.one('level') else 'badge'}"
    inner = (_naming(part, f"{path}-{place}", reason) for place, part in enumerate(card.parts))
    return next(filter(None, inner), "")

"""What a badge may be, and which awards a measured number brings."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from recognition.activities.criteria.decide import decide, levels_reached
from recognition.activities.criteria.parse import parse, parse_seen
from recognition.activities.criteria.tree import BADGE_AWARDED, Criteria, Leaf, is_momentary, is_timely, leaves
from recognition.activities.criteria.values import BadCriteria
from recognition.badges.artwork.design import LEVELS as RIMS
from recognition.badges.artwork.design import BadDesign, PinDesign
from recognition.badges.models import DRAFT, PUBLISHED, RETIRED

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
TEXTS = {"name": 80, "summary": 300, "story": 4000}
"""Texts of a badge and how long they may be, in characters."""
RESERVED = {"arrivals"}
"""Addresses beside /badges/<slug>."""
FIELDS = ("slug", "name", "family", "glyph", "band", "summary", "story", "issuer", "nominable", "valid_days", "warn_days",
          "levels", "criteria")  # fmt: skip
MAX_VALID_DAYS = 3660
WARN_DAYS = 30
MOVES = {DRAFT: (PUBLISHED,), PUBLISHED: (RETIRED,), RETIRED: (PUBLISHED,)}
"""From a badge's state to those that may follow. Nothing leads back to a draft: what was given once has a meaning."""


class BadBadge(ValueError):
    """`field` names the input, `reason` says what to mend."""

    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason
        super().__init__(f"{field}: {reason}")


class Ring(BadBadge):
    """Badges that wait for each other, by slug; the last is the first."""

    def __init__(self, ring: Sequence[str]) -> None:
        self.ring = tuple(ring)
        super().__init__("criteria", f"these badges wait for each other: {' -> '.join(ring)}")


class BadHold(BadBadge):
    """A rule builds on the badge `slug` in a way that can never come true; `levels` are what that badge has."""

    def __init__(self, slug: str, level: int, levels: Sequence[int]) -> None:
        self.slug, self.level, self.levels = slug, level, tuple(levels)
        lowest, strange = f"level {level} is the lowest of {slug}: leave the level out", f"asks for level {level} of {slug}"
        super().__init__("criteria", lowest if level in levels else f"{strange}, which has {list(levels) or 'no levels'}")


class NotGiven(ValueError):
    """A badge that nobody gets now; the sentence is for whoever wanted to give it."""


class NoReason(ValueError):
    """An award is taken back with a reason, or not at all: its holder and whoever sees it read why."""


class WrongState(ValueError):
    """A move that MOVES does not know."""


@dataclass(frozen=True)
class Rule:
    """A badge as the drain needs it. `top` is what counting stops at. `valid_days` None: an award stays for ever."""

    badge_id: int
    slug: str
    version: int
    criteria: Criteria = field(hash=False)
    levels: tuple[int, ...]
    issuer_id: int | None = None
    valid_days: int | None = None
    warn_days: int = WARN_DAYS

    @property
    def momentary(self) -> bool:
        """Decided as of now: what it gave stays, whatever the log says later."""
        return is_momentary(self.criteria)

    @property
    def timely(self) -> bool:
        """Time passing alone may bring it."""
        return is_timely(self.criteria)

    @property
    def terms(self) -> "Terms":
        return Terms(self.badge_id, self.slug, self.version, self.levels, self.issuer_id, self.valid_days)

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """Each once."""
        return tuple(dict.fromkeys(leaves(self.criteria)))

    def top(self, leaf: Leaf) -> int:
        return self.levels[-1] if self.levels else leaf.at_least

    def occasions(self) -> tuple[str, ...]:
        return occasions_of(self.levels)


class Terms(NamedTuple):
    """What giving a badge needs to know of it, with a rule or without."""

    badge_id: int
    slug: str
    version: int
    levels: tuple[int, ...]
    issuer_id: int | None
    valid_days: int | None

    def expiry(self, start: datetime) -> datetime | None:
        return None if self.valid_days is None else start + timedelta(days=self.valid_days)


def terms_of(badge: Any) -> Terms:
    return Terms(badge.id, badge.slug, badge.version, tuple(badge.levels), badge.issuer_id, badge.valid_days)


def occasions_of(levels: Sequence[int]) -> tuple[str, ...]:
    """What a badge with these levels can be given for: each level as text, or "" once."""
    return tuple(str(level) for level in levels) or ("",)


@dataclass(frozen=True)
class BadgeSpec:
    """A badge as somebody wrote it, checked. `criteria` stays the data it was, so that an export gives it back; None:
    people give it. `issuer` is the slug of a group, or empty for the whole house."""

    slug: str
    name: str
    family: str
    glyph: str
    band: str
    summary: str
    story: str
    levels: tuple[int, ...]
    criteria: Mapping[str, Any] | None
    issuer: str = ""
    nominable: bool = False
    valid_days: int | None = None
    warn_days: int = WARN_DAYS

    @property
    def tree(self) -> Criteria | None:
        return None if self.criteria is None else parse(self.criteria, levelled=bool(self.levels))


def check_spec(data: Mapping[str, Any]) -> BadgeSpec:
    """Raises BadBadge for the first fault. Whether the badges it builds on exist is `check_holds`' question."""
    unknown = sorted(set(data) - set(FIELDS))
    if unknown:
        raise BadBadge(unknown[0], "is not a field of a badge")
    slug = data.get("slug")
    if not isinstance(slug, str) or not SLUG.fullmatch(slug) or len(slug) > 64 or slug in RESERVED:
        raise BadBadge("slug", "needs small letters, digits and single hyphens, such as first-deed")
    texts: dict[str, Any] = {name: _text(data, name, limit) for name, limit in TEXTS.items()}
    try:
        design = PinDesign(_part(data, "family"), _part(data, "glyph"), _part(data, "band"))
    except BadDesign as fault:
        raise BadBadge(fault.field, str(fault)) from fault
    levels = check_levels(data.get("levels", []))
    if data.get("criteria") is not None:
        check_criteria(data["criteria"], levels)
    return BadgeSpec(slug, family=design.family, glyph=design.glyph, band=design.band, levels=levels,
                     criteria=data.get("criteria"), **texts, **_giving(data))  # fmt: skip


def _giving(data: Mapping[str, Any]) -> dict[str, Any]:
    """Who gives it, and for how long."""
    issuer, nominable = data.get("issuer", ""), data.get("nominable", False)
    if not isinstance(issuer, str) or (issuer and not SLUG.fullmatch(issuer)):
        raise BadBadge("issuer", "needs the slug of a group")
    if not isinstance(nominable, bool):
        raise BadBadge("nominable", "is true or false")
    valid = None if data.get("valid_days") is None else _days(data, "valid_days", 1)
    warn = _days(data, "warn_days", 0) if "warn_days" in data else min(WARN_DAYS, (valid or MAX_VALID_DAYS) - 1)
    if valid is not None and warn >= valid:
        raise BadBadge("warn_days", f"must be fewer than the {valid} days that an award is valid")
    return {"issuer": issuer, "nominable": nominable, "valid_days": valid, "warn_days": warn}


def _days(data: Mapping[str, Any], name: str, least: int) -> int:
    value = data[name]
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MAX_VALID_DAYS:
        raise BadBadge(name, f"needs a whole number of days from {least} to {MAX_VALID_DAYS}")
    return value


def _text(data: Mapping[str, Any], name: str, limit: int) -> str:
    text = data.get(name, "" if name == "story" else None)
    if not isinstance(text, str) or (name != "story" and not text.strip()):
        raise BadBadge(name, "needs a text")
    if len(text) > limit:
        raise BadBadge(name, f"is longer than {limit} characters")
    return text


def _part(data: Mapping[str, Any], name: str) -> str:
    if not isinstance(data.get(name), str):
        raise BadBadge(name, "needs a word")
    return str(data[name])


def held_badges(criteria: Criteria | None) -> list[tuple[str, int | None]]:
    """The badges a rule builds on, each with the level it asks for."""
    asked = [leaf for leaf in leaves(criteria) if leaf.where.kind == (BADGE_AWARDED,)] if criteria is not None else []
    things = [thing.removeprefix("badge:").partition("/") for leaf in asked for thing in leaf.where.object]
    return [(slug, int(level) if level.isdigit() else None) for slug, _slash, level in things]


def check_holds(criteria: Criteria | None, known: Mapping[str, Sequence[int]]) -> None:
    """`known`: the levels of every badge by slug. The lowest level of a badge is the badge itself in the log, so asking
    for it by number would wait for ever."""
    for slug, level in held_badges(criteria):
        if slug not in known:
            raise BadBadge("criteria", f"builds on the badge {slug!r}, which does not exist")
        if level is not None and level not in known[slug][1:]:
            raise BadHold(slug, level, known[slug])


def check_no_cycle(builds_on: Mapping[str, Sequence[str]]) -> None:
    """Badges that wait for each other would wait for ever. Raises Ring."""
    done: set[str] = set()

    def walk(slug: str, path: tuple[str, ...]) -> None:
        if slug in path:
            raise Ring((*path[path.index(slug) :], slug))
        if slug not in done:
            for other in builds_on.get(slug, ()):
                walk(other, (*path, slug))
            done.add(slug)

    for slug in sorted(builds_on):
        walk(slug, ())


def check_change(old: Sequence[int], new: Sequence[int]) -> None:
    """For a badge that somebody holds: what was given must keep its meaning, in our log and on their page."""
    if list(old) != list(new) and (not old or not new or old[0] != new[0] or not set(old) <= set(new)):
        raise BadBadge("levels", "people hold this badge: levels may be added above the lowest, none may change or go")


def rim_of(levels: Sequence[int], level: int | None) -> int:
    """Which of the four rims a level wears: the first plain, the last radiant where there are four."""
    if not levels or level is None:
        return RIMS[0]
    if set(levels) <= set(RIMS):
        return level
    place, last = list(levels).index(level), len(levels) - 1
    return RIMS[place if last < len(RIMS) else round(place * (len(RIMS) - 1) / last)]


def earned(rule: Rule, values: Mapping[Leaf, int]) -> list[str]:
    """The occasions that these values bring: "" once, or each level reached as text."""
    if rule.levels and isinstance(rule.criteria, Leaf):
        return [str(level) for level in levels_reached(values.get(rule.criteria, 0), list(rule.levels))]
    return [""] if decide(rule.criteria, values).met else []


def object_of(slug: str, occasion: str, levels: Sequence[int]) -> str:
    """What the log says an award was: the badge, and above the lowest level which one."""
    return f"badge:{slug}" if occasion in ("", str(levels[0]) if levels else "") else f"badge:{slug}/{occasion}"


def check_levels(levels: Any) -> tuple[int, ...]:
    whole = isinstance(levels, list | tuple) and all(isinstance(n, int) and not isinstance(n, bool) for n in levels)
    if not whole or len(levels) > 8 or list(levels) != sorted(set(levels)) or any(not 1 <= n <= 1_000_000 for n in levels):
        raise BadBadge("levels", "needs at most 8 rising whole numbers, such as [1, 5, 25, 100]")
    return tuple(levels)


def check_criteria(data: Any, levels: Sequence[int]) -> Criteria:
    try:
        return parse_seen(data, levelled=bool(levels))
    except BadCriteria as fault:
        raise BadBadge("criteria", str(fault)) from fault


@lru_cache(maxsize=4096)
def rule_told(criteria: str, levels: str, badge_id: int, version: int, slug: str, *terms: Any) -> Rule:
    """Criteria and levels as JSON text, so that an edited rule is never mistaken for the old one."""
    numbers = tuple(json.loads(levels))
    return Rule(badge_id, slug, version, parse(json.loads(criteria), levelled=bool(numbers)), numbers, *terms)


def rule_of(badge: Any, version: Any = None) -> Rule | None:
    """`badge`: a Badge or a row with its RULE_COLUMNS; `version`: the BadgeVersion whose rule is meant. None where there
    is no rule: people give the badge."""
    told = badge if version is None else version
    if told.criteria is None:
        return None
    return rule_told(json.dumps(told.criteria, sort_keys=True), json.dumps(list(told.levels)), badge.id, told.version, badge.slug,
                     badge.issuer_id, badge.valid_days, badge.warn_days)  # fmt: skip


RULE_COLUMNS = ("id", "slug", "version", "criteria", "levels", "issuer_id", "valid_days", "warn_days")

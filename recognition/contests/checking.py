"""What a contest must be before it is saved, and what may still become of one that is out. Pure; every fault names its
place: a field of the contest, or `rounds-2-method` for one of its second round."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from recognition.activities.criteria.parse import parse_seen
from recognition.activities.criteria.values import BadCriteria
from recognition.contests.rules import (
    APPROVAL,
    COMMUNITY,
    COUNT,
    DRAW,
    EXTEND,
    JURY,
    LICENCES,
    METHODS,
    PICTURE,
    SHARE,
    SLUG,
    TAKES,
    TEXT,
    TITLE_MAX,
    BadContest,
    ContestSpec,
    RoundSpec,
)

FAMILIES = ("learning", "helping", "making", "gathering", "caring")
TEXTS = {"title": TITLE_MAX, "brief": 5_000, "rules": 10_000}
SLUG_MAX = 54
"""So that its pins find room for a word behind it."""
RESERVED_SLUGS = ("form", "hall-of-fame", "new", "preview")
ROUNDS_MAX, JURORS_MAX, CHOICES_MAX, QUORUM_MAX = 5, 50, 500, 1_000_000
LONGEST = timedelta(days=366)
Faults = Iterator[tuple[str, str]]


def place_of(number: int, name: str) -> str:
    """The field of the `number`-th round, from 1."""
    return f"rounds-{number}-{name}"


def check(spec: ContestSpec) -> None:
    """Raises BadContest with every fault."""
    errors: dict[str, str] = {}
    for name, sentence in faults(spec):
        errors.setdefault(name, sentence)
    if errors:
        raise BadContest(errors)


def faults(spec: ContestSpec) -> Faults:
    yield from _words(spec)
    yield from _dates(spec)
    for number, one in enumerate(spec.rounds, start=1):
        is_last = number == len(spec.rounds)
        yield from ((place_of(number, name), sentence) for name, sentence in _round(one, is_last))
    if spec.rounds and sum(one.weight for one in spec.rounds) <= 0:
        yield place_of(len(spec.rounds), "weight"), _("Some round has to weigh more than nothing.")


def _words(spec: ContestSpec) -> Faults:
    if not SLUG.fullmatch(spec.slug) or len(spec.slug) > SLUG_MAX or spec.slug in RESERVED_SLUGS:
        yield "slug", _("Use small letters, digits and single hyphens, such as draw-what-mdm-means.")
    if not spec.title.strip():
        yield "title", _("A contest needs a title.")
    if not spec.brief.strip():
        yield "brief", _("Tell people in a sentence or two what you would like to see.")
    for name, limit in TEXTS.items():
        if len(getattr(spec, name)) > limit:
            yield name, ngettext("At most %(num)s character, please.", "At most %(num)s characters, please.", limit)
    yield from _choices(spec)


def _choices(spec: ContestSpec) -> Faults:
    for name, allowed in (("takes", TAKES), ("family", FAMILIES), ("tie_rule", (SHARE, DRAW))):
        if getattr(spec, name) not in allowed:
            yield name, _("Please choose one of these.")
    if not 1 <= spec.entries_each <= 20:
        yield "entries_each", _("A whole number from 1 to 20, please.")
    if set(spec.licences) - set(LICENCES) or (spec.takes in (PICTURE, TEXT) and not spec.licences):
        yield "licences", _("Please choose at least one licence that people may give.")
    for name in ("may_enter", "may_vote"):
        yield from _rule(name, getattr(spec, name))


def _rule(name: str, data: dict[str, Any] | None) -> Faults:
    try:
        if data is not None:
            parse_seen(data)
    except BadCriteria as fault:
        yield name, str(fault)


def _dates(spec: ContestSpec) -> Faults:
    if spec.entries_until <= spec.entries_from:
        yield "entries_until", _("The entries have to end after they began.")
    elif spec.entries_until - spec.entries_from > LONGEST:
        yield "entries_until", _("A year is long enough to hand something in.")
    if not spec.rounds:
        yield "rounds", _("A contest needs at least one round of votes.")
    elif len(spec.rounds) > ROUNDS_MAX:
        yield "rounds", ngettext("There is room for %(num)s round.", "There is room for %(num)s rounds.", ROUNDS_MAX)
    free_from = spec.entries_until
    for number, one in enumerate(spec.rounds, start=1):
        if one.starts_at < free_from:
            yield place_of(number, "starts_at"), _too_early(number, spec.rounds[number - 2] if number > 1 else None)
        if one.ends_at <= one.starts_at:
            yield place_of(number, "ends_at"), _("A round has to end after it began.")
        elif one.ends_at - one.starts_at > LONGEST:
            yield place_of(number, "ends_at"), _("A year is long enough to vote.")
        free_from = max(free_from, last_moment(one))


def last_moment(one: RoundSpec) -> datetime:
    """The first moment after a round, also where it stays open longer."""
    return one.ends_at + timedelta(days=one.extend_days) if one.missing == EXTEND and one.quorum else one.ends_at


def _too_early(number: int, before: RoundSpec | None) -> str:
    if before is None:
        return str(_("A round begins when the entries are over, or later."))
    if last_moment(before) > before.ends_at:
        return str(_("Round %(number)s may stay open longer; this one begins after that.", number=number - 1))
    return str(_("Rounds follow each other: this one begins when round %(number)s is over, or later.", number=number - 1))


def _round(one: RoundSpec, is_last: bool) -> Faults:
    for name, allowed in (("judges", (COMMUNITY, JURY)), ("method", METHODS), ("missing", (COUNT, EXTEND))):
        if getattr(one, name) not in allowed:
            yield name, _("Please choose one of these.")
    if len(one.title) > TITLE_MAX:
        yield "title", ngettext("At most %(num)s character, please.", "At most %(num)s characters, please.", TITLE_MAX)
    if one.most_choices is not None and (one.method != APPROVAL or not 1 <= one.most_choices <= CHOICES_MAX):
        yield "most_choices", _("Only where people approve of entries: a whole number from 1, or nothing.")
    if one.advance_count is not None and is_last:
        yield "advance_count", _("After the last round there is nowhere to go on to.")
    elif one.advance_count is not None and not 1 <= one.advance_count <= CHOICES_MAX:
        yield "advance_count", _("How many go on? A whole number from 1, or nothing for all of them.")
    if not 0 <= one.weight <= 100:
        yield "weight", _("A whole number from 0 to 100, please.")
    if not 0 <= one.quorum <= QUORUM_MAX:
        yield "quorum", _("A whole number, please; 0 where every ballot counts, however few there are.")
    if not 1 <= one.extend_days <= 60:
        yield "extend_days", _("A whole number from 1 to 60, please.")
    yield from _jury(one)


def _jury(one: RoundSpec) -> Faults:
    if one.judges != JURY:
        if one.jurors or one.deputies:
            yield "jurors", _("Only a jury's round has jurors.")
        return
    if not one.jurors:
        yield "jurors", _("Who is on the jury? One handle at least.")
    elif one.quorum > len(one.jurors):
        yield "quorum", _("The jury has fewer people than this.")
    if len(one.jurors) + len(one.deputies) > JURORS_MAX:
        yield "jurors", ngettext("There is room for %(num)s person.", "There is room for %(num)s people.", JURORS_MAX)
    if len({*one.jurors, *one.deputies}) < len(one.jurors) + len(one.deputies):
        yield "deputies", _("Somebody is named twice.")
    if one.deputies_at is not None and not one.starts_at < one.deputies_at < one.ends_at:
        yield "deputies_at", _("Deputies come in while the round runs: after its first moment and before its last.")

"""What may still change of a contest that is out: words (those of the rules until the vote begins), dates that lie ahead;
never how it is decided once the entries have begun, and nothing of a round that has begun but its name."""

from collections.abc import Iterator
from datetime import datetime

from flask_babel import gettext as _

from recognition.contests.checking import place_of
from recognition.contests.models.contest import Contest, Round
from recognition.contests.rules import CALLED_OFF, DRAFT, WAITING, ContestSpec, RoundSpec

FIXED = ("entries_from", "may_enter", "may_vote", "shows_at_once", "tie_rule")
"""Of the contest, once its entries have begun."""
DECIDES = ("judges", "method", "most_choices", "advance_count", "weight", "quorum", "missing", "extend_days")
"""Of a round: how it is decided."""
DATES = ("starts_at", "ends_at", "deputies_at")
Faults = Iterator[tuple[str, str]]


def refused(contest: Contest, spec: ContestSpec, now: datetime) -> dict[str, str]:
    """A sentence for each field that may not become what `spec` says."""
    return dict(_faults(contest, spec, now)) if contest.state != DRAFT else {}


def has_begun(one: Round, now: datetime) -> bool:
    return one.state != WAITING or now >= one.starts_at


def _faults(contest: Contest, spec: ContestSpec, now: datetime) -> Faults:
    if contest.state == CALLED_OFF:
        yield "title", _("This contest was called off. Make a new one from a template instead.")
        return
    if spec.takes != contest.takes:
        yield "takes", _("What people hand in stays as it was announced.")
    if now >= contest.entries_from:
        yield from _once_begun(contest, spec, now)
    elif spec.entries_from != contest.entries_from and spec.entries_from <= now:
        yield "entries_from", _("A new date has to lie ahead.")


def _once_begun(contest: Contest, spec: ContestSpec, now: datetime) -> Faults:
    for name in FIXED:
        if getattr(spec, name) != getattr(contest, name):
            yield name, _("The entries have begun, so this stays as it was announced.")
    if sorted(spec.licences) != sorted(contest.licences):
        yield "licences", _("The entries have begun, so this stays as it was announced.")
    if spec.entries_each < contest.entries_each:
        yield "entries_each", _("The entries have begun: it may become more, not less.")
    if spec.rules != contest.rules and contest.rounds and has_begun(contest.rounds[0], now):
        yield "rules", _("The vote has begun: what was agreed beforehand stays as people read it.")
    if spec.entries_until != contest.entries_until:
        yield from _until(contest, spec, now)
    if len(spec.rounds) != len(contest.rounds):
        yield "rounds", _("The entries have begun, so the number of rounds stays as it was announced.")
        return
    for number, (one, wanted) in enumerate(zip(contest.rounds, spec.rounds, strict=True), start=1):
        yield from ((place_of(number, name), sentence) for name, sentence in _round(one, wanted, now))


def _until(contest: Contest, spec: ContestSpec, now: datetime) -> Faults:
    if now >= contest.entries_until:
        yield "entries_until", _("The entries are over; their last moment stays as it was.")
    elif spec.entries_until <= now:
        yield "entries_until", _("A new date has to lie ahead.")


def _round(one: Round, wanted: RoundSpec, now: datetime) -> Faults:
    for name in DECIDES:
        if getattr(one, name) != getattr(wanted, name):
            yield name, _("The entries have begun, so this stays as it was announced.")
    moved = [name for name in DATES if getattr(one, name) != getattr(wanted, name)]
    if has_begun(one, now):
        yield from ((name, _("This round has begun, so its dates stay.")) for name in moved)
    else:
        ahead = {name: getattr(wanted, name) for name in moved}
        yield from ((name, _("A new date has to lie ahead.")) for name, date in ahead.items() if date and date <= now)

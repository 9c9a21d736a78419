"""The council's form, in; a checked contest or a sentence for each wrong field, out. Fields of a round are called
`rounds-1-method`; moments are written as a browser sends them and mean UTC."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from recognition.activities.builder import words
from recognition.activities.builder.cards import Card, Form, fresh, pairs, read
from recognition.activities.builder.making import make
from recognition.activities.builder.taking import take
from recognition.activities.criteria.parse import Known, check_known, parse, parse_seen
from recognition.activities.criteria.tree import Criteria
from recognition.activities.criteria.values import BadCriteria
from recognition.activities.rules import BadReport, clean_text, slug_of
from recognition.contests import checking
from recognition.contests.checking import ROUNDS_MAX, SLUG_MAX, TEXTS, place_of
from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.vote import DEPUTY, JUROR
from recognition.contests.rules import APPROVAL, COMMUNITY, COUNT, JURY, TITLE_MAX, ContestSpec, RoundSpec

PLAIN = ("title", "slug", "brief", "rules", "takes", "family", "campaign", "entries_from", "entries_until", "entries_each",
         "shows_at_once", "tie_rule", "who_enters", "who_votes", "seen")  # fmt: skip
LISTS = ("licences", "prizes")
OF_ROUND = ("title", "judges", "method", "starts_at", "ends_at", "most_choices", "advance_count", "weight", "quorum", "missing",
            "extend_days", "deputies_at", "jurors", "deputies")  # fmt: skip
RULES = {"enter": ("may_enter", "who_enters"), "vote": ("may_vote", "who_votes")}
"""What the fields of each rule begin with, the field of the contest it fills, and the choice that asks for it."""
DATES = ("entries_from", "entries_until", "starts_at", "ends_at", "deputies_at")
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)
_HARMLESS = datetime(2000, 1, 1, tzinfo=UTC)
Named = Callable[[Criteria], Known]
"""Of all that a rule names, what there is."""


@dataclass(frozen=True)
class Written:
    """What was written, as text. `spec` is None while `errors` has anything."""

    values: Mapping[str, str]
    lists: Mapping[str, Sequence[str]]
    rounds: Sequence[Mapping[str, str]]
    cards: Mapping[str, Card]
    errors: Mapping[str, str] = field(default_factory=dict)
    spec: ContestSpec | None = None
    criteria: Mapping[str, Criteria] = field(default_factory=dict)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Everything as a browser sends it."""
        yield from self.values.items()
        yield from ((name, text) for name in LISTS for text in self.lists[name])
        for number, one in enumerate(self.rounds, start=1):
            yield from ((place_of(number, name), text) for name, text in one.items())
        for name, card in self.cards.items():
            yield from pairs(card, name)


def written(form: Form) -> Written:
    """Raises cards.TooLarge."""
    rounds: list[dict[str, str]] = []
    while len(rounds) <= ROUNDS_MAX and place_of(len(rounds) + 1, "method") in form:
        number = len(rounds) + 1
        rounds.append({name: form.get(place_of(number, name), "") for name in OF_ROUND})
    return Written({name: form.get(name, "") for name in PLAIN}, {name: form.getlist(name) for name in LISTS}, rounds,
                   {name: read(form, name) for name in RULES})  # fmt: skip


def moved(draft: Written, move: str) -> Written:
    """After a button of the rounds: `add`, or `remove:2`."""
    verb, _colon, text = move.partition(":")
    rounds = list(draft.rounds)
    if verb == "add" and len(rounds) < ROUNDS_MAX:
        rounds.append(next_round(rounds, draft.values["entries_until"]))
    elif verb == "remove" and text.isascii() and text.isdigit() and 1 <= int(text[:3]) <= len(rounds) > 1:
        del rounds[int(text[:3]) - 1]
    return replace(draft, rounds=rounds, errors={}, spec=None)


def replaced(draft: Written, name: str, card: Card) -> Written:
    """With other cards for one of its rules."""
    return replace(draft, cards={**draft.cards, name: card}, errors={}, spec=None)


def with_values(draft: Written, **values: str) -> Written:
    return replace(draft, values={**draft.values, **values})


def refused(draft: Written, errors: Mapping[str, str]) -> Written:
    """What only the stored contests, badges and people can tell."""
    return replace(draft, errors={**draft.errors, **errors}, spec=None)


def next_round(rounds: Sequence[Mapping[str, str]], entries_until: str) -> dict[str, str]:
    """A week of votes after what is there."""
    after = rounds[-1]["ends_at"] if rounds else entries_until
    starts = _moment(after)
    ends = moment_text(starts + timedelta(days=7)) if starts else ""
    return blank_round(starts_at=after if starts else "", ends_at=ends)


def blank_round(**changes: str) -> dict[str, str]:
    values = dict.fromkeys(OF_ROUND, "") | {
        "judges": COMMUNITY, "method": APPROVAL, "weight": "100", "quorum": "0", "missing": COUNT, "extend_days": "7"
    }  # fmt: skip
    return values | changes


def written_of(contest: Contest, juries: Mapping[int, Mapping[str, Sequence[str]]]) -> Written:
    """A stored contest as the form shows it. `juries`: what `jury.handles` found."""
    values = {name: str(getattr(contest, name, "") or "") for name in PLAIN} | {
        "entries_from": moment_text(contest.entries_from), "entries_until": moment_text(contest.entries_until),
        "shows_at_once": "1" if contest.shows_at_once else "", "seen": fingerprint(contest),
        "who_enters": "all" if contest.may_enter is None else "rule", "who_votes": "all" if contest.may_vote is None else "rule",
    }  # fmt: skip
    rounds = []
    for one in contest.rounds:
        both = juries.get(one.id, {})
        told = {name: _shown(getattr(one, name, "")) for name in OF_ROUND}
        rounds.append(told | {"jurors": ", ".join(both.get(JUROR, ())), "deputies": ", ".join(both.get(DEPUTY, ()))})
    kept = {name: getattr(contest, column) for name, (column, _who) in RULES.items()}
    cards = {name: fresh() if data is None else take(data) for name, data in kept.items()}
    return Written(values, {"licences": contest.licences, "prizes": [prize.badge for prize in contest.prizes]}, rounds, cards)


def fingerprint(contest: Contest) -> str:
    """Changes with everything that the form can change."""
    told = [getattr(contest, name) for name in (*(name for name in PLAIN if hasattr(contest, name)), "may_enter", "may_vote")]
    told += [[getattr(one, name) for name in OF_ROUND if hasattr(one, name)] for one in contest.rounds]
    told += [contest.licences, [prize.badge for prize in contest.prizes]]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return moment_text(value)
    return "" if value is None else str(value)


def moment_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")


def checked(draft: Written, known: Named, contest: Contest | None = None) -> Written:
    """All faults at once. `contest`: the one that is changed, None for a new one, which is named after its title. What
    stays as it is stored may speak of things that are gone."""
    errors: dict[str, str] = {}
    values = draft.values
    texts: dict[str, Any] = {name: _text(values[name], name, limit, errors) for name, limit in TEXTS.items()}
    rules, criteria = _rules(draft, known, errors, contest)
    spec = ContestSpec(
        slug=contest.slug if contest else values["slug"].strip() or address(texts["title"]), takes=values["takes"],
        family=values["family"], campaign=values["campaign"] or None, entries_each=_number(values["entries_each"], 1),
        entries_from=_date(values, "entries_from", errors, kept=contest),
        entries_until=_date(values, "entries_until", errors, kept=contest), tie_rule=values["tie_rule"],
        shows_at_once=bool(values["shows_at_once"]), licences=tuple(draft.lists["licences"]),
        prizes=tuple(draft.lists["prizes"]), rounds=tuple(_rounds(draft.rounds, errors, contest)), **texts, **rules,
    )  # fmt: skip
    has_bad_date = any(name.rpartition("-")[2] in DATES for name in errors)
    for name, sentence in checking.faults(spec):
        about_dates = name.rpartition("-")[2] in DATES
        if name not in ("may_enter", "may_vote") and not (about_dates and has_bad_date):
            errors.setdefault("title" if name == "slug" and not values["slug"] else name, sentence)
    return replace(draft, errors=errors, spec=None if errors else spec, criteria=criteria)


def _rules(
    draft: Written, known: Named, errors: dict[str, str], contest: Contest | None
) -> tuple[dict[str, Any], dict[str, Criteria]]:
    rules: dict[str, Any] = {}
    criteria: dict[str, Criteria] = {}
    for name, (column, who) in RULES.items():
        rules[column] = None
        if draft.values[who] == "rule":
            made = make(draft.cards[name], name)
            try:
                criteria[name] = parse_seen(made.data)
                rules[column] = made.data
                stored = getattr(contest, column) if contest else None
                if stored is not None and parse(stored) == criteria[name]:
                    rules[column] = stored
                else:
                    check_known(made.data, known(criteria[name]))
            except BadCriteria as fault:
                criteria.pop(name, None)
                errors[made.field_at(fault.place)] = words.fault(fault)
    return rules, criteria


def _rounds(rounds: Sequence[Mapping[str, str]], errors: dict[str, str], contest: Contest | None) -> Iterator[RoundSpec]:
    stored = contest.rounds if contest else []
    for number, one in enumerate(rounds, start=1):
        yield _round(one, number, errors, stored[number - 1] if number <= len(stored) else None)


def _round(one: Mapping[str, str], number: int, errors: dict[str, str], stored: Round | None) -> RoundSpec:
    def date(name: str) -> datetime:
        return _date(one, name, errors, place_of(number, name), stored)

    is_jury = one["judges"] == JURY
    has_deputies_at = is_jury and bool(one["deputies_at"].strip())
    title = _text(one["title"], place_of(number, "title"), TITLE_MAX, errors)
    return RoundSpec(
        date("starts_at"), date("ends_at"), title, one["judges"], one["method"],
        _some(one["most_choices"]) if one["method"] == APPROVAL else None, _some(one["advance_count"]),
        _number(one["weight"], 100), _number(one["quorum"], 0), one["missing"], _number(one["extend_days"], 7),
        date("deputies_at") if has_deputies_at else None, handles(one["jurors"]) if is_jury else (),
        handles(one["deputies"]) if is_jury else (),
    )  # fmt: skip


def handles(text: str) -> tuple[str, ...]:
    """However they are divided, with or without their @."""
    return tuple(word.removeprefix("@").lower() for word in re.split(r"[,;\s]+", text) if word.removeprefix("@"))


def address(title: str) -> str:
    """Short enough for a number after it; a title without a Latin letter has one too."""
    return re.sub("[^a-z0-9]+", "-", slug_of(title or "contest")[: SLUG_MAX - 4]).strip("-")


def _text(text: str, name: str, limit: int, errors: dict[str, str]) -> str:
    try:
        return clean_text(text.replace("\r\n", "\n").replace("\r", "\n"), name, limit)
    except BadReport as fault:
        errors[name] = _("This %(reason)s.", reason=fault.reason)
        return "x"


def _number(text: str, otherwise: int) -> int:
    """One that no field takes, where it is none."""
    text = text.strip()
    if not text:
        return otherwise
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1


def _some(text: str) -> int | None:
    return _number(text, 0) if text.strip() else None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip()).replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if _EARLIEST <= moment <= _LATEST else None


def _date(
    values: Mapping[str, str], name: str, errors: dict[str, str], place: str = "", kept: Contest | Round | None = None
) -> datetime:
    """A form knows minutes: what reads as it is stored stays as it is stored."""
    stored: datetime | None = getattr(kept, name) if kept is not None else None
    if stored is not None and moment_text(stored) == values[name].strip()[:16]:
        return stored
    moment = _moment(values[name])
    if moment is None:
        errors[place or name] = _("Please give a day and a time, such as 2026-12-01 18:00.")
    return moment or _HARMLESS

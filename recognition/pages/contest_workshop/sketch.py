"""What a contest that nobody saved yet would look like, and what is still missing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from recognition.activities.criteria.describe import describe
from recognition.badges.words import names_for
from recognition.contests import terms
from recognition.contests.eligible import rule_words
from recognition.contests.forms import RULES, Written
from recognition.contests.models.contest import Contest, Round
from recognition.contests.rules import JURY, ContestSpec, RoundSpec


@dataclass(frozen=True)
class Stage:
    """The entries, or a round: when, and what was agreed about it."""

    title: str
    starts: datetime
    ends: datetime
    lines: Sequence[str]


@dataclass(frozen=True)
class Sketch:
    """`stages` are there once everything fits together; `missing` says what to mend until then."""

    title: str
    brief: str
    family: str
    stages: Sequence[Stage]
    enters: str
    votes: str
    further: Sequence[str]
    missing: Sequence[str]


def sketch(draft: Written) -> Sketch:
    who = {}
    for name, (_column, choice) in RULES.items():
        criteria = draft.criteria.get(name)
        if draft.values[choice] != "rule":
            who[name] = rule_words(None)
        else:
            who[name] = _capital(describe(criteria, names_for([criteria]))) if criteria is not None else ""
    spec = draft.spec
    return Sketch(
        draft.values["title"].strip(), draft.values["brief"].strip(), draft.values["family"], stages(spec) if spec else (),
        who["enter"], who["vote"], further(spec) if spec else (),
        [place_words(name, sentence) for name, sentence in draft.errors.items()],
    )  # fmt: skip


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:] + "."


def stages(contest: Contest | ContestSpec, jurors: dict[int, int] | None = None) -> list[Stage]:
    """`jurors`: how many sit in each stored jury's round, by its position."""
    entries = Stage(_("Entries"), contest.entries_from, contest.entries_until, [])
    found = [entries]
    rounds: Sequence[Round | RoundSpec] = contest.rounds
    for number, one in enumerate(rounds, start=1):
        named = len(one.jurors) if isinstance(one, RoundSpec) else (jurors or {}).get(number, 0)
        title, lines = round_title(one, number, len(rounds)), _lines(one, named, number == len(rounds))
        found.append(Stage(title, one.starts_at, one.ends_at, lines))
    return found


def round_title(one: Round | RoundSpec, number: int, rounds: int) -> str:
    if one.title:
        return one.title
    return str(_("The vote")) if rounds == 1 else str(_("Round %(number)s", number=number))


def _lines(one: Round | RoundSpec, jurors: int, is_last: bool) -> list[str]:
    lines = [terms.judges(one, jurors), terms.method(one), terms.goes_on(one, is_last), terms.missing(one)]
    return [line for line in [*lines, terms.deputies(one) if one.judges == JURY else ""] if line]


def further(contest: Contest | ContestSpec) -> list[str]:
    return [line for line in (terms.carried(contest), terms.ties(contest.tie_rule)) if line]


def place_words(name: str, sentence: str) -> str:
    """Away from its field a fault says where it is."""
    found = re.fullmatch(r"rounds-(\d+)-.+", name)
    if found:
        return str(_("Round %(number)s: %(fault)s", number=found[1], fault=sentence))
    if name.startswith("enter-"):
        return str(_("Who may enter: %(fault)s", fault=sentence))
    if name.startswith("vote-"):
        return str(_("Who may vote: %(fault)s", fault=sentence))
    return sentence

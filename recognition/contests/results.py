"""What the page of results is told from: frozen outcomes and the newest result, with the entries as this reader may see
them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, lazyload, selectinload

from recognition.contests import former, queries
from recognition.contests.cards import Card, card, title_of
from recognition.contests.duels import Duels, duels
from recognition.contests.former import Former
from recognition.contests.models.contest import Contest, Result, Round
from recognition.contests.models.entry import IN, OUT, Author, Entry
from recognition.contests.order import numbered
from recognition.contests.rules import CLOSED, PERSON, PUBLISHED, SCORE, SCORE_MAX
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.rules import ProfileView, visible_fields
from recognition.web.pagination import Page, decode, encode

LINES_A_PAGE = 24
PODIUM = 3
"""Places that are told with a picture, besides the first."""
STEPS_SHOWN = 10


@dataclass(frozen=True)
class Line:
    """An entry and how it did. `key` empty: it is not shown to this reader. `share`: 0 to 100, for a bar. `card` None: only
    its name is told here. `person`: whom a nomination names."""

    entry_id: int
    key: str
    title: str
    place: int
    is_shared: bool
    number: float | None
    share: float
    card: Card | None = None
    licence: str = ""
    words: str = ""
    person: ProfileView | None = None
    places: tuple[int, ...] = ()
    """In each round that it took part in, where there are several."""


@dataclass(frozen=True)
class Step:
    """Of instant runoff. `lines`: who stood, the highest first, with the ballots they had."""

    number: int
    lines: Sequence[Line]
    fell: Sequence[str]
    is_drawn: bool
    resting: int


@dataclass(frozen=True)
class RoundStory:
    round: Round
    outcome: Mapping[str, Any]
    lines: Sequence[Line]
    duels: Duels | None
    steps: Sequence[Step]
    steps_before: int

    @property
    def cast(self) -> int:
        return int(self.outcome["ballots"])


class Correction(NamedTuple):
    number: int
    reason: str
    at: datetime


@dataclass(frozen=True)
class Story:
    """`result` None: a round is closed, and others follow. `winners` share the first place; `podium` came next."""

    contest: Contest
    result: Result | None
    with_numbers: bool
    winners: Sequence[Line]
    podium: Sequence[Line]
    page: Page[Line]
    thanked: Sequence[str]
    rounds: Sequence[RoundStory]
    corrections: Sequence[Correction]
    entries_count: int
    """All that were handed in, also what was disqualified since."""
    before: Sequence[Former]
    out: Sequence[Entry] = field(default=())

    @property
    def voters(self) -> int:
        """Of the round that most voted in."""
        return max((one.cast for one in self.rounds), default=0)

    @property
    def roll(self) -> int:
        return max(((one.cast, one.outcome["roll"]) for one in self.rounds), default=(0, 0))[1]


def story(contest: Contest, viewer: Member | None, cursor: str | None, with_numbers: bool) -> Story:
    """For a contest with a closed round. Of persons the chosen ones alone, and everybody's name, unless numbers are asked
    for."""
    results = _results(contest.id)
    newest = results[-1] if results else None
    outcomes = _outcomes(contest, newest)
    entries, shown = _entries(contest.id)
    teller = _Teller(contest, entries, shown, outcomes, newest, viewer)
    lines = teller.final_lines()
    told = [] if contest.takes == PERSON and not with_numbers else lines
    page = _page(told, cursor)
    winners = [line for line in lines if line.place == 1]
    podium = [] if contest.takes == PERSON else [line for line in lines if 1 < line.place <= PODIUM and line.key][:PODIUM]
    told_whole = teller.with_cards([*winners, *podium, *page.items])
    return Story(
        contest=contest, result=newest, with_numbers=contest.takes != PERSON or with_numbers,
        winners=[told_whole[one.entry_id] for one in winners], podium=[told_whole[one.entry_id] for one in podium],
        page=Page([told_whole[one.entry_id] for one in page.items], page.next_cursor), thanked=_names(teller, lines),
        rounds=teller.rounds(), corrections=[Correction(one.number, one.reason, one.at) for one in results[1:]],
        entries_count=sum(_may_be_told(entry) for entry in entries.values()),
        before=former.before(contest, results, entries, shown, viewer, 1 if told is not lines else None),
        out=[entry for entry in entries.values() if entry.state == OUT and entry.out_reason],
    )  # fmt: skip


def is_told(contest: Contest) -> bool:
    """Whether there is anything to tell yet."""
    return contest.state == PUBLISHED and any(one.state == CLOSED for one in contest.rounds)


def outcome_of(contest: Contest, one: Round, number: int | None) -> Mapping[str, Any] | None:
    """Of a closed round, as the result of this number counted it; None asks for the newest."""
    if number is not None:
        result = db.session.get(Result, (contest.id, number)) if 0 < number < 2**31 else None
        return result.detail["rounds"].get(str(one.position)) if result else None
    results = _results(contest.id)
    return _outcomes(contest, results[-1] if results else None).get(one.position)


def _results(contest_id: int) -> Sequence[Result]:
    """The reasons of all, and what the newest says in full."""
    newest = sa.select(sa.func.max(Result.number)).where(Result.contest_id == contest_id).scalar_subquery()
    wanted = sa.select(Result).where(Result.contest_id == contest_id).order_by(Result.number)
    short = wanted.where(Result.number < newest).options(defer(Result.detail))
    last = db.session.scalars(wanted.where(Result.number == newest)).all()
    return [*(db.session.scalars(short) if last and last[0].number > 1 else ()), *last]


def _outcomes(contest: Contest, newest: Result | None) -> dict[int, Mapping[str, Any]]:
    """By position. As the newest result counted them; before there is one, as they were frozen."""
    if newest is not None:
        return {int(position): outcome for position, outcome in newest.detail["rounds"].items()}
    return {one.position: one.outcome for one in contest.rounds if one.state == CLOSED and one.outcome is not None}


def _entries(contest_id: int) -> tuple[dict[int, Entry], set[int]]:
    """All that were handed in, and which of them nobody hid; with their nominees, without their authors."""
    wanted = sa.select(Entry, queries.unhidden_entries()).where(Entry.contest_id == contest_id, Entry.state.in_((IN, OUT)))
    options = (joinedload(Entry.nominee).lazyload(Member.picture), lazyload(Entry.authors))
    rows = db.session.execute(wanted.options(*options).order_by(Entry.id)).all()
    return {row[0].id: row[0] for row in rows}, {row[0].id for row in rows if row[1]}


def _with_names(entry_ids: Sequence[int]) -> Sequence[Entry]:
    options = (
        joinedload(Entry.member).lazyload(Member.picture), joinedload(Entry.nominee).lazyload(Member.picture),
        selectinload(Entry.authors).joinedload(Author.member).lazyload(Member.picture),
    )  # fmt: skip
    wanted = sa.select(Entry).where(among(Entry.id, entry_ids)).options(*options)
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).unique().all()


class _Teller:
    """Puts names and numbers to the ids of outcomes."""

    def __init__(
        self, contest: Contest, entries: Mapping[int, Entry], shown: set[int], outcomes: Mapping[int, Mapping[str, Any]],
        result: Result | None, viewer: Member | None,
    ) -> None:  # fmt: skip
        self.contest, self.entries, self.shown, self.outcomes = contest, entries, shown, outcomes
        self.result, self.viewer = result, viewer
        self.place_in = {position: _place_of(outcome["places"]) for position, outcome in outcomes.items()}

    def final_lines(self) -> list[Line]:
        """Of the whole contest once it is over."""
        if self.result is None:
            return []
        if len(self.outcomes) == 1:
            return self.round_lines(next(iter(self.outcomes.values())), self.result.places)
        whole = sum(one.weight for one in self.contest.rounds) or 1
        sums = {int(one): score for one, (_last, score) in self.result.detail["sums"].items()}
        return [
            self.line(entry_id, place, len(group) > 1, None, 100 * sums.get(entry_id, 0) / whole)
            for place, group in numbered(self.result.places)
            for entry_id in group
        ]

    def round_lines(self, outcome: Mapping[str, Any], places: Sequence[Sequence[int]]) -> list[Line]:
        numbers = outcome["numbers"]
        most = most_of(outcome)
        return [
            self.line(entry_id, place, len(group) > 1, numbers[str(entry_id)], 100 * numbers[str(entry_id)] / most)
            for place, group in numbered(places)
            for entry_id in group
        ]

    def line(self, entry_id: int, place: int, is_shared: bool, number: float | None, share: float) -> Line:
        entry = self.entries.get(entry_id)
        is_shown = entry is not None and entry.state == IN and entry_id in self.shown
        title = title_of(entry, self.viewer) if entry is not None and is_shown else ""
        places = tuple(where[entry_id] for _position, where in sorted(self.place_in.items()) if entry_id in where)
        return Line(entry_id, entry.key if entry is not None and is_shown else "", title, place, is_shared, number,
                    round(share, 1), places=places if len(self.place_in) > 1 else ())  # fmt: skip

    def with_cards(self, lines: Iterable[Line]) -> dict[int, Line]:
        found = {line.entry_id: line for line in lines}
        whole = _with_names([line.entry_id for line in found.values() if line.key])
        pictures = queries.pictures(whole)
        for entry in whole:
            line = found[entry.id]
            person = visible_fields(entry.nominee, self.viewer) if entry.nominee is not None else None
            found[entry.id] = Line(**{**vars(line), "card": card(self.contest.takes, entry, pictures, self.viewer),
                                      "licence": entry.licence, "words": entry.story, "person": person})  # fmt: skip
        return found

    def rounds(self) -> list[RoundStory]:
        return [self._round(one, self.outcomes[one.position]) for one in self.contest.rounds if one.position in self.outcomes]

    def _round(self, one: Round, outcome: Mapping[str, Any]) -> RoundStory:
        lines = self.round_lines(outcome, outcome["places"])
        steps = [self._step(number, step) for number, step in enumerate(outcome["steps"], start=1)]
        return RoundStory(one, outcome, lines, duels(outcome, lines), steps[-STEPS_SHOWN:], max(len(steps) - STEPS_SHOWN, 0))

    def _step(self, number: int, step: Mapping[str, Any]) -> Step:
        most = max(step["counts"].values(), default=0) or 1
        standing = sorted(step["counts"].items(), key=lambda item: -item[1])
        lines = [self.line(int(one), place, False, count, 100 * count / most) for place, (one, count) in enumerate(standing, 1)]
        fell = [self.line(one, 0, False, None, 0).title for one in step["fell"]]
        return Step(number, lines, fell, bool(step["drawn"]), step["resting"])


def most_of(outcome: Mapping[str, Any]) -> float:
    """What a full bar stands for."""
    if outcome["method"] == "approval":
        return outcome["ballots"] or 1
    return SCORE_MAX if outcome["method"] == SCORE else max(outcome["numbers"].values(), default=0) or 1


def _place_of(places: Sequence[Sequence[int]]) -> dict[int, int]:
    return {entry_id: place for place, group in numbered(places) for entry_id in group}


def _may_be_told(entry: Entry) -> bool:
    """Who was named and did not agree is told to nobody, not even as a number."""
    return entry.nominee_id is None or entry.nominee_agreed is True


def _names(teller: _Teller, lines: Sequence[Line]) -> list[str]:
    """Everybody who was named, in no order but that of the alphabet."""
    return sorted((line.title for line in lines if line.title), key=str.casefold) if teller.contest.takes == PERSON else []


def _page(lines: Sequence[Line], cursor: str | None) -> Page[Line]:
    """By the number of lines before: the order is frozen."""
    last = decode(cursor, (int,))
    start = max(last[0], 0) if last else 0
    items = lines[start : start + LINES_A_PAGE]
    return Page(items, encode([start + LINES_A_PAGE]) if len(lines) > start + LINES_A_PAGE else None)

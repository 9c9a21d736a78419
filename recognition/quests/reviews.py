"""Answers that a person reads: one's own with where they are, the queue of those that wait, and what was decided."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.campaigns.queries import owned_by
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.quests.models import Enrolment, Quest, Review, Step
from recognition.quests.policy import can_override, is_reader
from recognition.quests.quizzes import PASSED, RETURNED, WAITING, question_key
from recognition.web.pagination import PAGE_SIZE, Page, as_moment, as_number, decode, page

HELPING_MAX = 200
QUESTS_MAX = 200
LIKE_ESCAPE = "\\"


@dataclass(frozen=True)
class ReviewLine:
    """`reader`: what whoever has it on the desk, or has decided, is called; empty while nobody does. `time`: this is the first,
    second... answer to the question. `again`: somebody looked at it again and changed what was decided."""

    id: int
    key: str
    time: int
    text: str
    state: str
    words: str
    asked_at: datetime
    widened_at: datetime | None
    reader: str = ""
    again: bool = False


@dataclass(frozen=True)
class Waiting:
    """One answer in the queue. `question`: as it stands in the sheet, with the guide. `taken_by`: who has it on the desk."""

    line: ReviewLine
    author: ProfileView | None
    quest_slug: str
    quest_title: str
    step_title: str
    question: Mapping[str, Any]
    taken_by: ProfileView | None
    is_mine: bool


@dataclass(frozen=True)
class Decided:
    """`was`: the decision that this one changed, or nothing. `is_changed`: it does not stand any more. `may_change`: this viewer
    may look at it again."""

    line: ReviewLine
    author: ProfileView | None
    quest_slug: str
    quest_title: str
    ask: str
    decided_at: datetime
    decided_by: ProfileView | None
    was: str
    is_changed: bool
    may_change: bool


@dataclass(frozen=True)
class Asked:
    """Empty asks nothing. `text`: in the answer or in the reader's words."""

    text: str = ""
    outcome: str = ""
    quest: str = ""


def of_step(enrolment_id: int | None, step_id: int, viewer: Member | None, now: datetime) -> dict[str, ReviewLine]:
    """The latest of each question, by its key, for the member whose enrolment it is."""
    if enrolment_id is None:
        return {}
    wanted = sa.select(Review).where(Review.enrolment_id == enrolment_id, Review.step_id == step_id)
    rows = db.session.scalars(wanted.order_by(Review.question_key, Review.number)).all()
    latest = {row.question_key: row for row in rows}
    who = {key: _reader_id(row, now) for key, row in latest.items()}
    people = people_of([one for one in who.values() if one], viewer) if any(who.values()) else {}
    before = {(row.question_key, row.number + 1, row.asked_at) for row in rows}
    return {
        key: line_of(
            row, _called(people.get(who[key] or 0), who[key]), again=(row.question_key, row.number, row.asked_at) in before
        )
        for key, row in latest.items()
    }


def people_of(member_ids: list[int], viewer: Member | None) -> dict[int, ProfileView]:
    """By id; who is suspended is named nowhere."""
    return {one.id: one for one in profiles(member_ids, viewer).values() if one.state != "suspended"}


def _is_here() -> sa.ColumnElement[bool]:
    """Nobody need read for an author who is suspended, which the empty row of a merge is as well."""
    return sa.exists().where(Member.id == Enrolment.member_id, Member.state != "suspended")


def _reader_id(row: Review, now: datetime) -> int | None:
    if row.state != WAITING:
        return row.decided_by_id
    return row.taken_by_id if row.taken_until is not None and row.taken_until > now else None


def _called(person: ProfileView | None, member_id: int | None) -> str:
    return person.called if person else str(_("Somebody")) if member_id else ""


def line_of(row: Review, reader: str = "", time: int = 1, again: bool = False) -> ReviewLine:
    return ReviewLine(row.id, row.question_key, time, row.text, row.state, row.words, row.asked_at, row.widened_at, reader, again)


def helping(member_id: int) -> list[int]:
    """The quests, by id, whose answers this member would read."""
    wanted = sa.select(Enrolment.quest_id).where(
        Enrolment.member_id == member_id, Enrolment.helps.is_(True), Enrolment.finished_at.is_not(None)
    )
    return list(db.session.scalars(wanted.order_by(Enrolment.quest_id).limit(HELPING_MAX)))


def queue(viewer: Member, quest: str, cursor: str | None, now: datetime, size: int = PAGE_SIZE) -> Page[Waiting]:
    """What this viewer may read, the longest wait first; never their own."""
    wanted = _joined(_WRITTEN.scalar_subquery().label("time")).where(
        Review.state == WAITING, Enrolment.member_id != viewer.id, _is_here(), *_for(viewer)
    )
    if quest:
        wanted = wanted.where(Quest.slug == quest)
    after = decode(cursor, (int, int))
    if after:
        wanted = wanted.where(sa.tuple_(Review.asked_at, Review.id) > (as_moment(after[0]), after[1]))
    rows = db.session.execute(wanted.order_by(Review.asked_at, Review.id).limit(size + 1)).all()
    found = page(rows, size, lambda row: (as_number(row.Review.asked_at), row.Review.id))
    people = people_of([one for row in found.items for one in (row.member_id, row.Review.taken_by_id) if one], viewer)
    return Page([_waiting(row, people, viewer, now) for row in found.items], found.next_cursor)


_ANOTHER = sa.orm.aliased(Review)
_SAME = (_ANOTHER.enrolment_id == Review.enrolment_id, _ANOTHER.step_id == Review.step_id,
         _ANOTHER.question_key == Review.question_key)  # fmt: skip
_WRITTEN = sa.select(sa.func.count(_ANOTHER.asked_at.distinct())).where(*_SAME, _ANOTHER.number <= Review.number)
"""How often there was an answer; a decision that was changed is no new one."""
_WAS = sa.select(_ANOTHER.state).where(
    *_SAME, _ANOTHER.number == Review.number - 1, _ANOTHER.asked_at == Review.asked_at
)  # fmt: skip
_LATER = sa.exists().where(*_SAME, _ANOTHER.number > Review.number)
_CHANGED = sa.exists().where(*_SAME, _ANOTHER.number == Review.number + 1, _ANOTHER.asked_at == Review.asked_at)


def _joined(*columns: Any) -> sa.Select[Any]:
    return (
        sa.select(Review, Enrolment.member_id, Quest.slug, Quest.title, Step.title.label("step_title"), Step.data, *columns)
        .join(Enrolment, Enrolment.id == Review.enrolment_id)
        .join(Step, Step.id == Review.step_id)
        .join(Quest, Quest.id == Enrolment.quest_id)
    )


def _for(viewer: Member) -> list[sa.ColumnElement[bool]]:
    if is_reader(viewer):
        return []
    return [Review.widened_at.is_not(None), among(Enrolment.quest_id, helping(viewer.id))]


def _waiting(row: Any, people: Mapping[int, ProfileView], viewer: Member, now: datetime) -> Waiting:
    taken_by = _reader_id(row.Review, now)
    return Waiting(line_of(row.Review, time=row.time), people.get(row.member_id), row.slug, row.title, row.step_title,
                   question_in(row.data, row.Review),
                   people.get(taken_by or 0), taken_by == viewer.id)  # fmt: skip


def question_in(data: Mapping[str, Any], review: Review) -> dict[str, Any]:
    """Which of a quiz's questions was answered."""
    return next(one for one in data["questions"] if question_key(one) == review.question_key)


def quests_waiting(viewer: Member) -> list[tuple[str, str, int]]:
    """(slug, title, how many wait) of the quests in this viewer's queue, for choosing one."""
    wanted = (
        sa.select(Quest.slug, Quest.title, sa.func.count())
        .select_from(Review)
        .join(Enrolment, Enrolment.id == Review.enrolment_id)
        .join(Quest, Quest.id == Enrolment.quest_id)
        .where(Review.state == WAITING, Enrolment.member_id != viewer.id, _is_here(), *_for(viewer))
        .group_by(Quest.slug, Quest.title)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(wanted.order_by(Quest.title, Quest.slug).limit(QUESTS_MAX))]


def decided(viewer: Member, asked: Asked, cursor: str | None, size: int = PAGE_SIZE) -> Page[Decided]:
    """The newest first, for readers by role: what was asked, written and said, so that like is treated alike."""
    mine = sa.exists().where(*_SAME, _ANOTHER.asked_at == Review.asked_at, _ANOTHER.decided_by_id == viewer.id)
    stands = sa.and_(~_LATER, ~mine, Step.version == Enrolment.version, _is_here()).label("stands")
    more = (_WAS.scalar_subquery().label("was"), _CHANGED.label("changed"), stands, Quest.campaign)
    wanted = _joined(*more).where(Review.state.in_((PASSED, RETURNED)), Enrolment.member_id != viewer.id)
    if asked.outcome in (PASSED, RETURNED):
        wanted = wanted.where(Review.state == asked.outcome)
    if asked.quest:
        wanted = wanted.where(Quest.slug == asked.quest)
    if asked.text:
        like = f"%{_escaped(asked.text)}%"
        wanted = wanted.where(sa.or_(Review.text.ilike(like, escape=LIKE_ESCAPE), Review.words.ilike(like, escape=LIKE_ESCAPE)))
    after = decode(cursor, (int,))
    if after:
        wanted = wanted.where(Review.id < after[0])
    rows = db.session.execute(wanted.order_by(Review.id.desc()).limit(size + 1)).all()
    found = page(rows, size, lambda row: (row.Review.id,))
    people = people_of([one for row in found.items for one in (row.member_id, row.Review.decided_by_id) if one], viewer)
    owned = owned_by(viewer.id)
    return Page([_decided(row, people, _may_change(row, viewer, owned)) for row in found.items], found.next_cursor)


def _may_change(row: Any, viewer: Member, owned: Set[str]) -> bool:
    return (
        bool(row.stands) and row.Review.decided_by_id != viewer.id and can_override(viewer, row.member_id, row.campaign in owned)
    )


def _decided(row: Any, people: Mapping[int, ProfileView], may_change: bool) -> Decided:
    return Decided(line_of(row.Review), people.get(row.member_id), row.slug, row.title, question_in(row.data, row.Review)["ask"],
                   row.Review.decided_at, people.get(row.Review.decided_by_id or 0), row.was or "", row.changed,
                   may_change)  # fmt: skip


def _escaped(text: str) -> str:
    for sign in (LIKE_ESCAPE, "%", "_"):
        text = text.replace(sign, LIKE_ESCAPE + sign)
    return text


def readers_of(review_ids: Sequence[int], viewer: Member, now: datetime) -> dict[int, str]:
    """Who has them on the desk or has decided, as this viewer may call them; by the review's id."""
    rows = db.session.scalars(
        sa.select(Review).where(among(Review.id, review_ids)), execution_options={"populate_existing": True}
    ).all()
    who = {row.id: _reader_id(row, now) for row in rows}
    people = people_of([one for one in who.values() if one], viewer)
    return {review_id: _called(people.get(member_id or 0), member_id) for review_id, member_id in who.items()}


def waiting_by_quest() -> list[tuple[str, str, int, datetime]]:
    """(slug, title, how many, the oldest since), for the list of what waits for somebody."""
    wanted = (
        sa.select(Quest.slug, Quest.title, sa.func.count(), sa.func.min(Review.asked_at))
        .select_from(Review)
        .join(Enrolment, Enrolment.id == Review.enrolment_id)
        .join(Quest, Quest.id == Enrolment.quest_id)
        .where(Review.state == WAITING, _is_here())
        .group_by(Quest.slug, Quest.title)
    )
    found = db.session.execute(wanted.order_by(sa.func.min(Review.asked_at)).limit(QUESTS_MAX))
    return [(row[0], row[1], row[2], row[3]) for row in found]

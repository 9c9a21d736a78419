"""Reading mentors, questions and words, each as one reader may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.mentoring.models import MentorAsk, MentorLink, MentorOffer, MentorWord
from recognition.mentoring.rules import COUNCIL_AFTER, MENTOR, PASS_ON_AFTER, WORD
from recognition.metrics.models import Figure
from recognition.web.pagination import PAGE_SIZE, Page, decode, page

HISTORY_MAX = 20
SMALL = 5
ANSWERED_LATELY = 40


@dataclass(frozen=True)
class Link:
    """`person`: the other one of the two, as the reader sees them; None: not to be seen any more."""

    id: int
    person: ProfileView | None
    since: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Ask:
    """`mentee`, `answerer`: as the reader sees them. `is_passed_on`: everybody who offers help may read it, from `seen_from` on
    where nobody reads it yet. `is_offered`: their mentor went, and they have not asked themselves."""

    id: int
    want: str
    words: str
    asked_at: datetime
    is_passed_on: bool
    seen_from: datetime
    is_offered: bool
    answered_at: datetime | None
    answer: str
    mentee: ProfileView | None
    answerer: ProfileView | None


@dataclass(frozen=True)
class Offer:
    person: ProfileView
    words: str
    mentees: int
    most: int


@dataclass(frozen=True)
class Word:
    id: int
    author: ProfileView | None
    mentor: ProfileView | None
    mood: str
    words: str
    at: datetime
    is_new: bool


def mentors_of(member: Member) -> list[Link]:
    """Who stands by this member, and who did: the present one first."""
    wanted = sa.select(MentorLink).where(MentorLink.mentee_id == member.id)
    return _links(wanted, MentorLink.mentor_id, member)


def mentees_of(member: Member, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[ProfileView]:
    """Whom this member stands by, in the order of their names."""
    wanted = sa.select(Member).where(Member.mentor_id == member.id, Member.state != "suspended")
    after = decode(cursor, (str, int))
    if after is not None:
        wanted = wanted.where(sa.tuple_(Member.sort_name, Member.id) > sa.tuple_(*map(sa.literal, after)))
    rows = db.session.scalars(wanted.order_by(Member.sort_name, Member.id).limit(size + 1)).all()
    found = page(rows, size, lambda one: (one.sort_name, one.id))
    people = profiles([one.id for one in found.items], member)
    return Page([people[one.id] for one in found.items], found.next_cursor)


def _links(wanted: Any, other: Any, reader: Member) -> list[Link]:
    ordered = wanted.order_by(MentorLink.ended_at.is_not(None), MentorLink.id.desc()).limit(HISTORY_MAX)
    rows = db.session.scalars(ordered).all()
    people = _seen([getattr(row, other.key) for row in rows], reader)
    return [Link(row.id, people.get(getattr(row, other.key)), row.since, row.ended_at) for row in rows]


def _seen(ids: Sequence[int | None], reader: Member) -> dict[int, ProfileView]:
    known = profiles(sorted({one for one in ids if one is not None}), reader)
    return {one: view for one, view in known.items() if view.state != "suspended"}


def own_asks(member: Member, cursor: str | None = None, size: int = 10) -> Page[Ask]:
    """What this member asked, newest first."""
    wanted = sa.select(MentorAsk).where(MentorAsk.mentee_id == member.id).order_by(MentorAsk.id.desc())
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(MentorAsk.id < last[0])
    return _asks(wanted, member, size)


def asks_to(member: Member) -> list[Ask]:
    """Open questions to this member alone, the oldest first; at most fifty."""
    wanted = sa.select(MentorAsk).where(MentorAsk.mentor_id == member.id, MentorAsk.answered_at.is_(None), MentorAsk.want == WORD)
    return list(_asks(wanted.order_by(MentorAsk.asked_at, MentorAsk.id), member, 50).items)


def pool(member: Member, is_pool: bool, now: datetime, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Ask]:
    """What waits for anybody who likes to answer, the longest wait first; for the council, what waits for two weeks."""
    wanted = sa.select(MentorAsk).join(Member, Member.id == MentorAsk.mentee_id)
    wanted = wanted.where(MentorAsk.answered_at.is_(None), MentorAsk.passed_on_at.is_not(None), Member.state != "suspended")
    own = sa.func.coalesce(MentorAsk.mentor_id, 0) != member.id
    wanted = wanted.where(MentorAsk.mentee_id != member.id, own)
    if not is_pool:
        wanted = wanted.where(MentorAsk.asked_at <= now - COUNCIL_AFTER)
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(MentorAsk.id > last[0])
    return _asks(wanted.order_by(MentorAsk.id), member, size)


def _asks(wanted: Any, reader: Member, size: int) -> Page[Ask]:
    found = page(db.session.scalars(wanted.limit(size + 1)).all(), size, lambda row: [row.id])
    people = _seen([who for row in found.items for who in (row.mentee_id, row.answered_by_id)], reader)
    asks = [
        Ask(
            id=row.id, want=row.want, words=row.words, asked_at=row.asked_at, is_passed_on=row.passed_on_at is not None,
            seen_from=row.asked_at + PASS_ON_AFTER, is_offered=row.want == MENTOR and row.passed_on_at != row.asked_at,
            answered_at=row.answered_at, answer=row.answer, mentee=people.get(row.mentee_id),
            answerer=people.get(row.answered_by_id or 0),
        )
        for row in found.items
    ]  # fmt: skip
    return Page(asks, found.next_cursor)


def offers(reader: Member, today: date, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Offer]:
    """Who has room for one more, in the order of their names; not who stands by the reader already."""
    mentees = (
        sa.select(sa.func.count())
        .where(_Mentee.mentor_id == Member.id, _Mentee.merged_into_id.is_(None))
        .correlate(Member)
        .scalar_subquery()
    )
    wanted = sa.select(Member, MentorOffer, mentees.label("mentees")).join(MentorOffer, MentorOffer.member_id == Member.id)
    rested = sa.or_(MentorOffer.rests_until.is_(None), MentorOffer.rests_until < today)
    others = Member.id.not_in([reader.id, reader.mentor_id or 0])
    wanted = wanted.where(MentorOffer.is_open, rested, Member.state == "active", others, mentees < MentorOffer.most)
    after = decode(cursor, (str, int))
    if after is not None:
        wanted = wanted.where(sa.tuple_(Member.sort_name, Member.id) > sa.tuple_(*map(sa.literal, after)))
    rows = db.session.execute(wanted.order_by(Member.sort_name, Member.id).limit(size + 1)).all()
    found = page(rows, size, lambda row: (row.Member.sort_name, row.Member.id))
    people = profiles([row.Member.id for row in found.items], reader)
    return Page(
        [Offer(people[row.Member.id], row.MentorOffer.words, row.mentees, row.MentorOffer.most) for row in found.items],
        found.next_cursor,
    )


_Mentee = sa.orm.aliased(Member)


def offer_of(member_id: int) -> MentorOffer | None:
    return db.session.get(MentorOffer, member_id)


def usual_days() -> int | None:
    """In how many days half of the newest answers came; None while there are too few to tell without telling of anybody."""
    answered = sa.select(MentorAsk.asked_at, MentorAsk.answered_at).where(
        MentorAsk.answered_at.is_not(None), MentorAsk.want == WORD
    )
    rows = db.session.execute(answered.order_by(MentorAsk.id.desc()).limit(ANSWERED_LATELY)).all()
    days = sorted((row.answered_at - row.asked_at).days for row in rows)
    return max(days[len(days) // 2], 1) if len(days) >= 2 * SMALL else None


def may_read(reader_id: int) -> sa.ColumnElement[bool]:
    """Of a row of `MentorWord`. Who once stood by its author may be who it is about, whatever its mentor is by now: it may be
    written after the two had parted."""
    stood_by = sa.exists().where(MentorLink.mentee_id == MentorWord.member_id, MentorLink.mentor_id == reader_id)
    return sa.and_(MentorWord.mentor_id.is_distinct_from(reader_id), ~stood_by)


def hidden_words(reader_id: int) -> Sequence[int]:
    """Numbers of the words that are kept from this reader."""
    return db.session.scalars(sa.select(MentorWord.id).where(~may_read(reader_id)).order_by(MentorWord.id)).all()


def words_page(reader: Member, only_new: bool, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Word]:
    """For the council, newest first. Nobody reads what is about themselves, or even that it is there."""
    wanted = sa.select(MentorWord).where(may_read(reader.id))
    if only_new:
        wanted = wanted.where(MentorWord.seen_at.is_(None))
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(MentorWord.id < last[0])
    found = page(db.session.scalars(wanted.order_by(MentorWord.id.desc()).limit(size + 1)).all(), size, lambda row: [row.id])
    people = _seen([who for row in found.items for who in (row.member_id, row.mentor_id)], reader)
    words = [
        Word(row.id, people.get(row.member_id), people.get(row.mentor_id or 0), row.mood, row.words, row.at, row.seen_at is None)
        for row in found.items
    ]
    return Page(words, found.next_cursor)


@dataclass(frozen=True)
class Coverage:
    """As a job counted it. None: too few people to tell."""

    counted_at: datetime
    members: int | None
    with_one: int | None
    live: int | None
    loads: Sequence[tuple[str, int | None]]

    @property
    def share(self) -> int | None:
        return None if self.live is None or not self.members else round(100 * self.live / self.members)


def coverage() -> Coverage | None:
    """None: nobody counted yet."""
    newest = sa.select(sa.func.max(Figure.day)).where(Figure.name == "mentors.members", Figure.span == 0).scalar_subquery()
    names = ("mentors.members", "mentors.with", "mentors.live", "mentors.load")
    rows = db.session.scalars(sa.select(Figure).where(Figure.name.in_(names), Figure.day == newest, Figure.span == 0)).all()
    values = {(row.name, row.slot): row.value for row in rows}
    if ("mentors.members", "") not in values:
        return None
    everybody, with_one, live = (values[(name, "")] for name in names[:3])
    loads = [
        (slot, number if number >= SMALL else None) for (name, slot), number in sorted(values.items()) if name == "mentors.load"
    ]
    return Coverage(rows[0].counted_at, *shown(everybody, with_one, live), loads)


def shown(everybody: int, with_one: int, live: int) -> tuple[int | None, int | None, int | None]:
    """Without those that stand for fewer than five, by themselves or as what is left of a larger one."""
    told: list[int | None] = []
    larger = 0
    for number in (everybody, with_one, live):
        hidden = number < SMALL or 0 < larger - number < SMALL
        told.append(None if hidden else number)
        larger = larger if hidden else number
    return told[0], told[1], told[2]


def waiting() -> dict[str, int]:
    """Open questions in the pool, and people who want a mentor."""
    counted = sa.select(MentorAsk.want, sa.func.count()).join(Member, Member.id == MentorAsk.mentee_id)
    counted = counted.where(MentorAsk.answered_at.is_(None), MentorAsk.passed_on_at.is_not(None), Member.state != "suspended")
    return {WORD: 0, MENTOR: 0} | {row[0]: row[1] for row in db.session.execute(counted.group_by(MentorAsk.want))}


FREE_MAX = 100


def free_places(today: date) -> int:
    """How many of those who offer have room for one more; no more than a hundred are counted."""
    mentees = (
        sa.select(sa.func.count())
        .where(_Mentee.mentor_id == MentorOffer.member_id, _Mentee.merged_into_id.is_(None))
        .correlate(MentorOffer)
        .scalar_subquery()
    )
    rested = sa.or_(MentorOffer.rests_until.is_(None), MentorOffer.rests_until < today)
    wanted = sa.select(MentorOffer.member_id).join(Member, Member.id == MentorOffer.member_id)
    wanted = wanted.where(MentorOffer.is_open, rested, Member.state == "active", mentees < MentorOffer.most)
    return db.session.scalar(sa.select(sa.func.count()).select_from(wanted.limit(FREE_MAX).subquery())) or 0

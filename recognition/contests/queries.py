"""Reads of contests and their entries. Drafts of contests are the council's; what may be seen of an entry is decided here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload, selectinload

from recognition.contests.models.contest import Contest
from recognition.contests.models.entry import ASKED, IN, OUT, WITHDRAWN, Author, Entry
from recognition.contests.models.entry import DRAFT as ENTRY_DRAFT
from recognition.contests.models.vote import Voter
from recognition.contests.rules import CALLED_OFF, DRAFT, PUBLISHED, Stand, stand
from recognition.database import among, moment
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.media.models import Media
from recognition.media.queries import Picture
from recognition.media.queries import pictures as media_pictures
from recognition.web.pagination import PAGE_SIZE, Page, decode, page

_WITH_PEOPLE = (joinedload(Entry.member), joinedload(Entry.nominee), selectinload(Entry.authors).joinedload(Author.member))
_WITH_NAMES = (
    joinedload(Entry.member).lazyload(Member.picture), joinedload(Entry.nominee).lazyload(Member.picture),
    selectinload(Entry.authors).joinedload(Author.member).lazyload(Member.picture),
)  # fmt: skip
_WITHOUT_NAMES = (lazyload(Entry.authors), joinedload(Entry.nominee).lazyload(Member.picture))
"""People with their faces, with their names only, and not at all but for whom a nomination names."""


@dataclass(frozen=True)
class Reader:
    """Who asks to see entries. `member_id` None: nobody signed in."""

    member_id: int | None = None
    is_council: bool = False


def contest_by_slug(slug: str, drafts: bool = False) -> Contest | None:
    wanted = sa.select(Contest).where(Contest.slug == slug)
    if not drafts:
        wanted = wanted.where(Contest.state != DRAFT)
    return db.session.scalars(wanted.options(joinedload(Contest.rounds), joinedload(Contest.prizes))).unique().one_or_none()


def contests_page(cursor: str | None, drafts: bool = False, size: int = PAGE_SIZE) -> Page[Contest]:
    """Newest first."""
    wanted = sa.select(Contest).order_by(Contest.id.desc()).limit(size + 1)
    if not drafts:
        wanted = wanted.where(Contest.state != DRAFT)
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(Contest.id < last[0])
    return page(db.session.scalars(wanted).all(), size, lambda contest: [contest.id])


def stand_of(contest: Contest, now: datetime | None = None) -> Stand:
    """Where it stands by the database's time."""
    return stand(contest.state, (contest.entries_from, contest.entries_until), contest.rounds, now or moment())


def entry_by_key(contest: Contest, key: str) -> Entry | None:
    """Whoever may see it; ask `shown` too."""
    return db.session.scalar(sa.select(Entry).where(Entry.key == key, Entry.contest_id == contest.id))


def seen_entry(contest: Contest, key: str, reader: Reader, now: datetime) -> Entry | None:
    """With its authors; None where there is none, and where the reader may not see it."""
    wanted = sa.select(Entry).where(Entry.key == key, shown(contest, reader, now)).options(*_WITH_PEOPLE)
    return db.session.scalar(wanted)


def shown(contest: Contest, reader: Reader, now: datetime) -> sa.ColumnElement[bool]:
    """Which of the contest's entries the reader may see: those that stand, once they are shown; one's own at any time;
    the council those that were handed in, whatever became of them."""
    open_to_all = contest.state not in (DRAFT, CALLED_OFF) and (contest.shows_at_once or now >= contest.entries_until)
    may: list[sa.ColumnElement[bool]] = [sa.false()]
    if reader.member_id is not None:
        may.append(_made_by(reader.member_id))
    if open_to_all:
        may.append(public_entries())
    if reader.is_council:
        # Whether somebody agreed to be named is between them and who named them.
        may.append(sa.and_(Entry.state.in_((IN, OUT)), sa.or_(Entry.nominee_id.is_(None), Entry.nominee_agreed.is_(True))))
    return sa.and_(Entry.contest_id == contest.id, sa.or_(*may))


def public_entries() -> sa.ColumnElement[bool]:
    """Those that stand and are not hidden, by people who may be shown; a nomination once its nominee has agreed, of people
    who may be shown too."""
    return sa.and_(Entry.state == IN, unhidden_entries())


def unhidden_entries() -> sa.ColumnElement[bool]:
    """The same whether they stand or not."""
    return sa.and_(
        Entry.hidden_at.is_(None), _may_be_shown(Entry.member_id),
        sa.or_(Entry.nominee_id.is_(None), sa.and_(Entry.nominee_agreed.is_(True), _may_be_shown(Entry.nominee_id))),
    )  # fmt: skip


def _may_be_shown(person: Any) -> sa.ColumnElement[bool]:
    return sa.exists().where(Member.id == person, Member.state != "suspended").correlate(Entry)


def entries_page(
    contest: Contest, reader: Reader, now: datetime, cursor: str | None = None, size: int = PAGE_SIZE, with_names: bool = True
) -> Page[Entry]:
    """As the gallery hangs: in the order of their keys, which are drawn by lot, so that nobody hangs first for being
    early. With the names of their authors; one's own drafts hang elsewhere."""
    wanted = sa.select(Entry).where(shown(contest, reader, now), Entry.state == IN, Entry.hidden_at.is_(None))
    last = decode(cursor, (str,))
    if last:
        wanted = wanted.where(Entry.key > last[0])
    wanted = wanted.order_by(Entry.key).limit(size + 1)
    wanted = wanted.options(*(_WITH_NAMES if with_names else _WITHOUT_NAMES))
    return page(db.session.scalars(wanted).all(), size, lambda entry: [entry.key])


def first_entries(contests: Sequence[Contest], each: int) -> dict[int, list[Entry]]:
    """The first of the gallery of each contest, for walls that everybody sees; in one statement, without authors."""
    public = sa.or_(Contest.shows_at_once, Contest.entries_until <= moment())
    place = sa.func.row_number().over(partition_by=Entry.contest_id, order_by=Entry.key).label("place")
    hung = sa.select(Entry.id, place).join(Contest, Contest.id == Entry.contest_id)
    hung = hung.where(among(Entry.contest_id, [one.id for one in contests]), Contest.state == PUBLISHED, public, public_entries())
    firsts = hung.subquery()
    wanted = sa.select(Entry).join(firsts, firsts.c.id == Entry.id).where(firsts.c.place <= each)
    found: dict[int, list[Entry]] = {}
    for entry in db.session.scalars(wanted.order_by(Entry.contest_id, Entry.key).options(*_WITHOUT_NAMES)):
        found.setdefault(entry.contest_id, []).append(entry)
    return found


def neighbours(contest: Contest, entry: Entry, reader: Reader, now: datetime) -> tuple[str | None, str | None]:
    """The keys before and after it in the gallery, in one statement."""
    hangs = sa.and_(shown(contest, reader, now), Entry.state == IN, Entry.hidden_at.is_(None))
    before = sa.select(sa.func.max(Entry.key)).where(hangs, Entry.key < entry.key).scalar_subquery()
    after = sa.select(sa.func.min(Entry.key)).where(hangs, Entry.key > entry.key).scalar_subquery()
    found = db.session.execute(sa.select(before, after)).one()
    return found[0], found[1]


def pictures(entries: Iterable[Entry]) -> dict[int, Picture]:
    """By `media_id`, in one statement."""
    return media_pictures(entry.media_id for entry in entries if entry.media_id is not None)


def shows_picture(media: Media, reader: Reader, now: datetime) -> bool:
    """Whether an entry that this reader may see is made of it."""
    found = db.session.scalars(sa.select(Entry).where(Entry.media_id == media.id).options(joinedload(Entry.contest))).first()
    if found is None or (found.contest.state == DRAFT and not reader.is_council):
        return False
    return db.session.scalar(sa.select(sa.literal(1)).where(Entry.id == found.id, shown(found.contest, reader, now))) is not None


def my_entries(contest: Contest, member_id: int) -> Sequence[Entry]:
    """What a member handed in, has in the works or was named in; not what they withdrew."""
    wanted = sa.select(Entry).where(Entry.contest_id == contest.id, _made_by(member_id), Entry.state != WITHDRAWN)
    return db.session.scalars(wanted.order_by(Entry.id)).all()


def _made_by(member_id: int) -> sa.ColumnElement[bool]:
    """Whoever has it in hand; once it is no draft any more also whoever is named in it, or is asked whether they made it
    too."""
    beside = sa.exists().where(Author.entry_id == Entry.id, Author.member_id == member_id, Author.state.in_((IN, ASKED)))
    named = sa.or_(Entry.nominee_id == member_id, beside.correlate(Entry))
    return sa.or_(Entry.member_id == member_id, sa.and_(Entry.state != ENTRY_DRAFT, named))


def handed_in_count(contest_id: int) -> int:
    """How many were handed in and stand."""
    return db.session.scalar(sa.select(sa.func.count()).where(Entry.contest_id == contest_id, Entry.state == IN)) or 0


def used_by(contest_id: int, member_id: int) -> int:
    """How many of the entries that one member may have are taken: drafts count as well, a nomination that was declined
    does not."""
    wanted = sa.select(sa.func.count()).where(
        Entry.contest_id == contest_id, Entry.member_id == member_id, Entry.state.in_((ENTRY_DRAFT, IN, OUT)),
        Entry.nominee_agreed.is_not(False),
    )  # fmt: skip
    return db.session.scalar(wanted) or 0


def on_roll(round_id: int, member_id: int) -> bool:
    return db.session.get(Voter, (round_id, member_id)) is not None


def has_voted(round_ids: Iterable[int], member_id: int) -> bool:
    """In any of these rounds. For the member's own page and for talk; shown to nobody else."""
    wanted = sa.exists().where(among(Voter.round_id, round_ids), Voter.member_id == member_id, Voter.voted.is_(True))
    return bool(db.session.scalar(sa.select(wanted)))

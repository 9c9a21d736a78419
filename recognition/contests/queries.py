"""Reads of contests and their entries. Drafts of contests are the council's; what may be seen of an entry is decided here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.entry import ASKED, IN, OUT, WITHDRAWN, Author, Entry
from recognition.contests.models.entry import DRAFT as ENTRY_DRAFT
from recognition.contests.models.vote import Voter
from recognition.contests.rules import CALLED_OFF, DRAFT, Stand, stand
from recognition.database import among, moment
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.web.pagination import PAGE_SIZE, Page, decode, page


@dataclass(frozen=True)
class Reader:
    """Who asks to see entries. `member_id` None: nobody signed in."""

    member_id: int | None = None
    is_council: bool = False


def contest_by_slug(slug: str, drafts: bool = False) -> Contest | None:
    wanted = sa.select(Contest).where(Contest.slug == slug)
    if not drafts:
        wanted = wanted.where(Contest.state != DRAFT)
    return db.session.scalar(wanted)


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


def round_at(contest: Contest, position: int) -> Round | None:
    return next((one for one in contest.rounds if one.position == position), None)


def entry_by_key(contest: Contest, key: str) -> Entry | None:
    """Whoever may see it; ask `shown` too."""
    return db.session.scalar(sa.select(Entry).where(Entry.key == key, Entry.contest_id == contest.id))


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
        may.append(Entry.state.in_((IN, OUT)))
    return sa.and_(Entry.contest_id == contest.id, sa.or_(*may))


def public_entries() -> sa.ColumnElement[bool]:
    """Those that stand and are not hidden, by people who may be shown; a nomination once its nominee has agreed."""
    maker = sa.exists().where(Member.id == Entry.member_id, Member.state != "suspended").correlate(Entry)
    return sa.and_(
        Entry.state == IN, Entry.hidden_at.is_(None), maker,
        sa.or_(Entry.nominee_id.is_(None), Entry.nominee_agreed.is_(True)),
    )  # fmt: skip


def my_entries(contest: Contest, member_id: int) -> Sequence[Entry]:
    """What a member handed in, has in the works or was named in; not what they withdrew."""
    wanted = sa.select(Entry).where(Entry.contest_id == contest.id, _made_by(member_id), Entry.state != WITHDRAWN)
    return db.session.scalars(wanted.order_by(Entry.id)).all()


def _made_by(member_id: int) -> sa.ColumnElement[bool]:
    """Whoever handed it in, is named in it, or is asked whether they made it too."""
    named = sa.exists().where(Author.entry_id == Entry.id, Author.member_id == member_id, Author.state.in_((IN, ASKED)))
    return sa.or_(Entry.member_id == member_id, Entry.nominee_id == member_id, named.correlate(Entry))


def handed_in_count(contest_id: int) -> int:
    """How many were handed in and stand."""
    return db.session.scalar(sa.select(sa.func.count()).where(Entry.contest_id == contest_id, Entry.state == IN)) or 0


def used_by(contest_id: int, member_id: int) -> int:
    """How many of the entries that one member may have are taken: drafts count as well."""
    wanted = sa.select(sa.func.count()).where(
        Entry.contest_id == contest_id, Entry.member_id == member_id, Entry.state.in_((ENTRY_DRAFT, IN, OUT))
    )
    return db.session.scalar(wanted) or 0


def on_roll(round_id: int, member_id: int) -> bool:
    return db.session.get(Voter, (round_id, member_id)) is not None


def has_voted(round_ids: Iterable[int], member_id: int) -> bool:
    """In any of these rounds. For the member's own page and for talk; shown to nobody else."""
    wanted = sa.exists().where(among(Voter.round_id, round_ids), Voter.member_id == member_id, Voter.voted.is_(True))
    return bool(db.session.scalar(sa.select(wanted)))

"""What members say about an entry, as one reader may see it. While a vote runs it is open to those who have cast theirs, so
that nobody's vote is swayed; after the last close to all members."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.contests.models.contest import Contest
from recognition.contests.models.entry import IN, Entry, Flag, Remark
from recognition.contests.models.vote import Voter
from recognition.contests.queries import stand_of
from recognition.contests.rules import BETWEEN, COUNTING, DRAWING, OPEN, OVER, VOTING
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.web.pagination import Page, decode, page

PAGE_REMARKS = 20
_AFTER_A_START = (BETWEEN, VOTING, COUNTING)


@dataclass(frozen=True)
class Access:
    """`shut`: why not and when, in a sentence; empty where it is open. `early`: open to whoever voted, not yet to all."""

    shut: str = ""
    early: bool = False

    @property
    def is_open(self) -> bool:
        return not self.shut


@dataclass(frozen=True)
class RemarkLine:
    """`hidden_reason` None: it is shown; else it stands in the place of the words."""

    id: int
    text: str
    at: datetime
    who: ProfileView
    is_flagged: bool
    hidden_reason: str | None


@dataclass(frozen=True)
class Talk:
    """`may_say`: there is a box to write in."""

    access: Access
    lines: Sequence[RemarkLine]
    next_cursor: str | None
    may_say: bool


def access(contest: Contest, member_id: int | None, now: datetime) -> Access:
    """May this member read and write remarks in the contest?"""
    phase = stand_of(contest, now).phase
    if member_id is None:
        return Access(_("The talk about the entries is among members. Sign in to read along."))
    if phase == OVER:
        return Access()
    if phase not in _AFTER_A_START:
        return Access(_("The talk opens for you once you have voted, and for all members once the vote is over."))
    return _while_it_runs(contest, member_id)


def _while_it_runs(contest: Contest, member_id: int) -> Access:
    wanted = sa.select(Voter.round_id, Voter.voted).where(
        among(Voter.round_id, [one.id for one in contest.rounds]), Voter.member_id == member_id
    )
    voted = {row.round_id: row.voted for row in db.session.execute(wanted)}
    running = {one.id for one in contest.rounds if one.state in (DRAWING, OPEN)}
    return _decide(voted, running)


def _decide(voted: dict[int, bool], running: Collection[int]) -> Access:
    """`voted`: by round on whose roll they are. Whoever still has a vote to cast waits."""
    if any(not done for one, done in voted.items() if one in running):
        return Access(_("The talk opens for you as soon as you have voted."))
    if not any(voted.values()):
        return Access(_("The talk opens for all members once the vote is over, so that no vote is swayed."))
    return Access(early=True)


def talk_about(contest: Contest, entry: Entry, viewer: Member | None, now: datetime, cursor: str | None = None) -> Talk:
    """Newest first. The caller has asked whether the viewer may see the entry."""
    may = access(contest, viewer.id if viewer else None, now)
    if viewer is None or not may.is_open:
        return Talk(may, [], None, False)
    found = _rows(entry.id, cursor)
    people = profiles([one.member_id for one in found.items], viewer)
    flagged = _flagged_by(viewer.id, [one.id for one in found.items])
    lines = [_line(one, people[one.member_id], one.id in flagged) for one in found.items]
    return Talk(may, lines, found.next_cursor, takes_remarks(entry))


def takes_remarks(entry: Entry) -> bool:
    return entry.state == IN and entry.hidden_at is None


def _rows(entry_id: int, cursor: str | None) -> Page[Remark]:
    """Those of suspended members are shown to nobody."""
    wanted = sa.select(Remark).join(Member, Member.id == Remark.member_id)
    wanted = wanted.where(Remark.entry_id == entry_id, Member.state != "suspended").order_by(Remark.id.desc())
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(Remark.id < last[0])
    return page(db.session.scalars(wanted.limit(PAGE_REMARKS + 1)).all(), PAGE_REMARKS, lambda one: [one.id])


def _line(one: Remark, who: ProfileView, is_flagged: bool) -> RemarkLine:
    hidden = one.hidden_reason if one.hidden_at is not None else None
    return RemarkLine(one.id, one.text if hidden is None else "", one.at, who, is_flagged, hidden)


def _flagged_by(member_id: int, remark_ids: Collection[int]) -> set[int]:
    open_flags = sa.select(Flag.remark_id).where(
        among(Flag.remark_id, remark_ids), Flag.member_id == member_id, Flag.settled_at.is_(None)
    )
    return {found for found in db.session.scalars(open_flags) if found is not None} if remark_ids else set()


def remark_of(entry: Entry, remark_id: int) -> Remark | None:
    return db.session.scalar(sa.select(Remark).where(Remark.id == remark_id, Remark.entry_id == entry.id))

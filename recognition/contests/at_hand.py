"""Contests in a few values, for pages that gather many things: what a member could do next, what runs, what belongs to a
campaign. One statement each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from recognition.contests.eligible import meets
from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.entry import IN, OUT, Entry
from recognition.contests.models.vote import Juror, Voter
from recognition.contests.rules import OPEN, PERSON, PUBLISHED
from recognition.extensions import db
from recognition.identity.models import Member

ENTER, VOTE = "enter", "vote"
ASKED_MOST = 3


class AtHand(NamedTuple):
    """`what`: vote or enter, or what somebody else's statement says; `until`: how long it is possible; `takes`: what an entry
    is."""

    what: str
    slug: str
    title: str
    family: str
    takes: str
    until: datetime


def at_hand(member: Member, now: datetime, most: int = 2, beside: sa.Select[Any] | None = None) -> list[AtHand]:
    """Votes that wait for this member, then contests that take their entries; of each sort what ends first. Who is on a
    roll and has voted is told to themselves only. `beside`: rows of `what`, slug, title and a moment that the page wants too,
    read in the same statement; they come at the end."""
    columns = (Contest.slug, Contest.title, Contest.family, Contest.takes)
    no_rule = sa.cast(sa.null(), sa.Text).label("rule")
    votes = (
        sa.select(sa.literal(VOTE).label("what"), *columns, Round.ends_at.label("until"), no_rule)
        .join_from(Voter, Round, Round.id == Voter.round_id)
        .join(Contest, Contest.id == Round.contest_id)
        .where(Voter.member_id == member.id, Voter.voted.is_(False), Contest.state == PUBLISHED, Round.state == OPEN,
               Round.starts_at <= now, Round.ends_at > now)
    )  # fmt: skip
    mine = sa.exists().where(Entry.contest_id == Contest.id, Entry.member_id == member.id, Entry.state.in_((IN, OUT)))
    judges = sa.exists().where(Juror.round_id == Round.id, Round.contest_id == Contest.id, Juror.member_id == member.id)
    enters = sa.select(
        sa.literal(ENTER), *columns, Contest.entries_until, sa.cast(Contest.may_enter, sa.Text)
    ).where(Contest.state == PUBLISHED, Contest.entries_from <= now, Contest.entries_until > now, ~mine, ~judges)  # fmt: skip
    others = [] if beside is None else [_with_all(beside.subquery())]
    rows: Any = db.session.execute(sa.union_all(votes, enters, *others)).all()
    ordered = [AtHand(*row[:6]) for row in sorted(rows, key=lambda row: (row.what != VOTE, row.until, row.slug))]
    found = [one for one in ordered if one.what in (VOTE, ENTER)]
    ruled = {row.slug for row in rows if row.rule not in (None, "null")}
    mine_now = [one for one in found[:ASKED_MOST] if one.slug not in ruled or _may_enter(one.slug, member, now)][:most]
    return mine_now + [one for one in ordered if one.what not in (VOTE, ENTER)]


def _with_all(rows: Any) -> sa.Select[Any]:
    what, slug, title, until = rows.c
    return sa.select(what, slug, title, sa.literal(""), sa.literal(""), until, sa.cast(sa.null(), sa.Text))


def _may_enter(slug: str, member: Member, now: datetime) -> bool:
    return meets(db.session.scalar(sa.select(Contest.may_enter).where(Contest.slug == slug)), member, now)


def running(now: datetime) -> Contest | None:
    """The one whose vote or entries end next and that has something to show."""
    shows = sa.or_(Contest.shows_at_once, Contest.entries_until <= now)
    hangs = sa.exists().where(Entry.contest_id == Contest.id, Entry.state == IN, Entry.hidden_at.is_(None))
    open_round = sa.exists().where(Round.contest_id == Contest.id, Round.ends_at > now)
    wanted = sa.select(Contest).where(
        Contest.state == PUBLISHED, Contest.takes != PERSON, Contest.entries_from <= now, open_round, shows, hangs
    )  # fmt: skip
    pictures_first = sa.case((Contest.takes == "picture", 0), else_=1)
    votes_first = sa.case((Contest.entries_until <= now, 0), else_=1)
    order = (pictures_first, votes_first, Contest.entries_until, Contest.id)
    return db.session.scalars(wanted.order_by(*order).options(lazyload(Contest.prizes)).limit(1)).first()


def of_campaign(slug: str) -> Sequence[Contest]:
    """Those that belong to it, in the order of their first day."""
    wanted = sa.select(Contest).where(Contest.campaign == slug, Contest.state == PUBLISHED).options(lazyload(Contest.prizes))
    rows: Any = db.session.scalars(wanted.order_by(Contest.entries_from, Contest.id).limit(12))
    return list(rows)

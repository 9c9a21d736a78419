"""The hall of fame: what was chosen in every contest, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload, selectinload

from recognition.contests import queries
from recognition.contests.cards import Card, card
from recognition.contests.models.contest import Contest, Result
from recognition.contests.models.entry import Author, Entry
from recognition.contests.rules import PUBLISHED
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.web.pagination import Page, as_moment, as_number, decode, page

CONTESTS_A_PAGE = 12
WINNERS_SHOWN = 3
"""Of one contest where many share the first place; its own page shows all of them."""


@dataclass(frozen=True)
class HallLine:
    contest: Contest
    cards: Sequence[Card]
    more: int


def hall(viewer: Member | None, cursor: str | None) -> Page[HallLine]:
    """By when it was decided. Entries that are not shown any more are left out."""
    first, newest = sa.orm.aliased(Result), sa.select(sa.func.max(Result.number)).correlate(Contest)
    newest_number = newest.where(Result.contest_id == Contest.id).scalar_subquery()
    wanted = (
        sa.select(first.at, Contest, Result.places)
        .join(first, sa.and_(first.contest_id == Contest.id, first.number == 1))
        .join(Result, sa.and_(Result.contest_id == Contest.id, Result.number == newest_number))
        .where(Contest.state == PUBLISHED)
        .order_by(first.at.desc(), Contest.id.desc())
        .limit(CONTESTS_A_PAGE + 1)
        .options(lazyload(Contest.rounds), lazyload(Contest.prizes))
    )
    last = decode(cursor, (int, int))
    if last:
        there = (sa.literal(as_moment(last[0]), first.at.type), sa.literal(last[1]))
        wanted = wanted.where(sa.tuple_(first.at, Contest.id) < sa.tuple_(*there))
    rows = page(db.session.execute(wanted).all(), CONTESTS_A_PAGE, lambda row: [as_number(row[0]), row[1].id])
    chosen = {row[1].id: row[2][0] if row[2] else [] for row in rows.items}
    cards = _cards([one for ids in chosen.values() for one in ids], {row[1].id: row[1].takes for row in rows.items}, viewer)
    return Page([_line(row[1], chosen[row[1].id], cards) for row in rows.items], rows.next_cursor)


def _line(contest: Contest, chosen: Sequence[int], cards: dict[int, Card]) -> HallLine:
    shown = [cards[one] for one in chosen if one in cards]
    return HallLine(contest, shown[:WINNERS_SHOWN], max(len(shown) - WINNERS_SHOWN, 0))


def _cards(entry_ids: Sequence[int], takes: dict[int, str], viewer: Member | None) -> dict[int, Card]:
    options = (
        joinedload(Entry.member).lazyload(Member.picture), joinedload(Entry.nominee).lazyload(Member.picture),
        selectinload(Entry.authors).joinedload(Author.member).lazyload(Member.picture),
    )  # fmt: skip
    wanted = sa.select(Entry).where(among(Entry.id, entry_ids), queries.public_entries()).options(*options)
    entries = db.session.scalars(wanted).unique().all()
    pictures = queries.pictures(entries)
    return {entry.id: card(takes[entry.contest_id], entry, pictures, viewer) for entry in entries}

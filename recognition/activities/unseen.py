"""Who helps and does not talk about it: members whom others thanked, named or saw at work, and who told nothing themselves.
Nobody is on it for being quiet; each is there for what somebody else said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition.activities.models import Activity, Confirmation, NamedPerson
from recognition.activities.queries import visible
from recognition.activities.rules import INTERNAL_KINDS
from recognition.activities.thanking import RECEIVED
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.rules import ProfileView, may_see, visible_fields
from recognition.web.pagination import PAGE_SIZE, Page, decode, page

SEEN_DAYS = 90
"""What others said lately counts."""
TOLD_DAYS = 180
"""Whoever told a deed of their own in this time is seen already."""
SIGNS_MAX = 5000
"""Of each sort, the newest: what the page costs does not grow with the log."""
WORDS_EACH = 2


@dataclass(frozen=True)
class Helper:
    """`thanks`: the newest words that this reader may read; the figures say how often others told of them."""

    person: ProfileView
    thanks: Sequence[str]
    thanked: int
    stood_up: int
    named: int
    can_be_thanked: bool


def helpers(viewer: Member, now: datetime, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Helper]:
    """By name, not by number."""
    signs = _signs(viewer, now - timedelta(days=SEEN_DAYS)).cte("sign")
    counts = [sa.func.count().filter(signs.c.what == what).label(what) for what in ("thanked", "stood_up", "named")]
    wanted = sa.select(Member, *counts).join(signs, signs.c.member_id == Member.id).group_by(Member.id)
    wanted = wanted.where(Member.state == "active", Member.id != viewer.id, ~_told_themselves(now - timedelta(days=TOLD_DAYS)))
    after = decode(cursor, (str, int))
    if after is not None:
        wanted = wanted.where(sa.tuple_(Member.sort_name, Member.id) > sa.tuple_(*map(sa.literal, after)))
    rows = db.session.execute(wanted.order_by(Member.sort_name, Member.id).limit(size + 1)).all()
    found = page(rows, size, lambda row: (row.Member.sort_name, row.Member.id))
    words = _words([row.Member.id for row in found.items], now - timedelta(days=SEEN_DAYS))
    helpers = [
        Helper(visible_fields(row.Member, viewer), words.get(row.Member.id, []), row.thanked, row.stood_up, row.named,
               may_see(row.Member, "name", viewer))
        for row in found.items
    ]  # fmt: skip
    return Page(helpers, found.next_cursor)


def _signs(viewer: Member, since: datetime) -> Any:
    """Rows of (member_id, what) for what others said, as far as this reader may see it."""
    seen = visible(viewer.id)
    named = sa.select(NamedPerson.member_id, _called("named")).join(Activity, Activity.id == NamedPerson.activity_id)
    named = named.join(Member, Member.id == Activity.member_id).where(seen, NamedPerson.asked_at >= since)
    named = named.where(NamedPerson.stands_in_for_id.is_(None), sa.func.coalesce(NamedPerson.answer, "yes") == "yes")
    said = sa.select(Confirmation.witness_id, _called("stood_up")).join(Activity, Activity.id == Confirmation.activity_id)
    said = said.join(Member, Member.id == Activity.member_id).where(seen, Confirmation.confirmed_at >= since)
    told = sa.select(Activity.member_id, _called("named")).join(Member, Member.id == Activity.member_id)
    told = told.where(seen, Activity.occurred_at >= since, Activity.kind.not_in(INTERNAL_KINDS))
    told = told.where(Activity.reporter_id != Activity.member_id)
    parts = (
        _thanks(since).with_only_columns(Activity.member_id, _called("thanked")).order_by(Activity.occurred_at.desc()),
        named.order_by(NamedPerson.activity_id.desc()), said.order_by(Confirmation.activity_id.desc()),
        told.order_by(Activity.occurred_at.desc()),
    )  # fmt: skip
    return sa.union_all(*(sa.select(part.limit(SIGNS_MAX).subquery()) for part in parts))


def _called(what: str) -> sa.Label[str]:
    return sa.literal(what, sa.Text).label("what")


def _thanks(since: datetime) -> sa.Select[Any]:
    """Which their receivers do not keep to themselves, from people who are here."""
    wanted: Any = sa.select(Activity.member_id, Activity.text).join(Member, Member.id == Activity.reporter_id)
    live = (Activity.kind == RECEIVED, Activity.withdrawn_at.is_(None), Activity.visibility.in_(("public", "members")))
    lately: sa.Select[Any] = wanted.where(*live, Activity.occurred_at >= since, Member.state != "suspended")
    return lately


def _told_themselves(since: datetime) -> sa.Exists:
    """Also what a program told for them. Saying yes to what somebody else told is not telling."""
    own = sa.func.coalesce(Activity.reporter_id, Activity.member_id) == Activity.member_id
    told = sa.exists().where(Activity.member_id == Member.id, Activity.occurred_at >= since, own)
    return told.where(Activity.kind.not_in(INTERNAL_KINDS), Activity.source.not_in(("list", "together"))).correlate(Member)


def _words(member_ids: list[int], since: datetime) -> dict[int, list[str]]:
    newest = sa.func.row_number().over(partition_by=Activity.member_id, order_by=Activity.id.desc()).label("newest")
    ranked = _thanks(since).add_columns(newest).where(among(Activity.member_id, member_ids)).subquery()
    wanted = sa.select(ranked).where(ranked.c.newest <= WORDS_EACH).order_by(ranked.c.member_id, ranked.c.newest)
    found: dict[int, list[str]] = {}
    for row in db.session.execute(wanted) if member_ids else ():
        found.setdefault(row.member_id, []).append(row.text)
    return found

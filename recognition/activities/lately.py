"""What people did in a span of time, as a guest may see it: for digests that leave the house and are passed on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.models import Activity
from recognition.activities.queries import Deed, Wanted, deeds, visible
from recognition.activities.rules import INTERNAL_KINDS
from recognition.activities.thanking import RECEIVED
from recognition.extensions import db
from recognition.identity.models import Member

SMALLEST_SHOWN = 5
COUNTED_MAX = 100_000
LOOKED_AT = 60


@dataclass(frozen=True)
class Lately:
    """`deeds`: a few of them, plain ones first; `deed_count` and `thanks_count` are 0 where there were too few to be told as
    a number."""

    deeds: Sequence[Deed]
    deed_count: int
    thanks_count: int

    @property
    def is_empty(self) -> bool:
        return not self.deeds and not self.thanks_count


def lately(since: datetime, until: datetime, most: int) -> Lately:
    """Both ends by the moment at which a deed happened; `until` is not in it."""
    newest = deeds(None, Wanted(since=since.date(), until=until.date()), size=LOOKED_AT).items
    within = [deed for deed in newest if since <= deed.occurred_at < until]
    return Lately(picked(within, most), _deeds(since, until), _thanks(since, until))


def picked(found: Iterable[Deed], most: int) -> list[Deed]:
    """One from each person before a second one from anybody, and what belongs to no campaign first: campaigns are told of
    elsewhere, and what people do besides is told nowhere."""
    chosen: list[tuple[int, bool, Deed]] = []
    seen: dict[int, int] = {}
    ordered = sorted(found, key=lambda deed: deed.campaign is not None)
    for deed in ordered:
        turn = seen.get(deed.person.id, 0)
        seen[deed.person.id] = turn + 1
        chosen.append((turn, deed.campaign is not None, deed))
    return [deed for _turn, _campaign, deed in sorted(chosen, key=lambda one: one[:2])[:most]]


def _deeds(since: datetime, until: datetime) -> int:
    plain = (visible(None), Activity.kind.not_in(INTERNAL_KINDS))
    return _told(sa.select(Activity.id).join(Member, Member.id == Activity.member_id).where(*plain), since, until)


def _thanks(since: datetime, until: datetime) -> int:
    """How often somebody said thank you, save where it is kept private. The number alone: the words are the members'."""
    said = (Activity.kind == RECEIVED, Activity.withdrawn_at.is_(None), Activity.visibility != "me")
    return _told(sa.select(Activity.id).where(*said), since, until)


def _told(wanted: sa.Select[Any], since: datetime, until: datetime) -> int:
    within = wanted.where(Activity.occurred_at >= since, Activity.occurred_at < until).limit(COUNTED_MAX)
    number = db.session.scalar(sa.select(sa.func.count()).select_from(within.subquery())) or 0
    return number if number >= SMALLEST_SHOWN else 0

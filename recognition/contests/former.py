"""Results that a correction took the place of: they stay readable as they were told."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.contests.cards import title_of
from recognition.contests.models.contest import Contest, Result
from recognition.contests.models.entry import OUT, Entry
from recognition.contests.order import Places, numbered
from recognition.extensions import db
from recognition.identity.models import Member


class Placed(NamedTuple):
    """`title` empty: it is not shown to this reader. `key` empty: it has no page. `out_reason`: disqualified since."""

    title: str
    key: str
    place: int
    is_shared: bool
    is_out: bool
    out_reason: str


class Former(NamedTuple):
    """`until` and `reason`: of the result that took its place. `digests`: of the file of ballots as it was counted then, by
    the position of the round."""

    number: int
    at: datetime
    until: datetime
    reason: str
    order: Sequence[Placed]
    digests: Mapping[int, str]


def before(
    contest: Contest, results: Sequence[Result], entries: Mapping[int, Entry], shown: Collection[int], viewer: Member | None,
    places: int | None,
) -> list[Former]:  # fmt: skip
    """All of these results but the last, the newest first. `shown`: entries that nobody hid. `places`: so many of each are
    told; None tells all."""
    if len(results) < 2:
        return []
    digests = _digests(contest, results[-1].number)
    found = []
    for one, following in pairwise(results):
        order = [placed for placed in _order(one.places, entries, shown, viewer) if places is None or placed.place <= places]
        found.append(Former(one.number, one.at, following.at, following.reason, order, digests[one.number]))
    return found[::-1]


def _order(places: Places, entries: Mapping[int, Entry], shown: Collection[int], viewer: Member | None) -> Iterator[Placed]:
    for place, group in numbered(places):
        for entry_id in group:
            entry = entries.get(entry_id)
            is_out = entry is not None and entry.state == OUT
            is_shown = entry is not None and entry_id in shown
            yield Placed(
                _title(entry, viewer) if entry is not None and is_shown else "",
                entry.key if entry is not None and is_shown and not is_out else "",
                place, len(group) > 1, is_out, entry.out_reason if entry is not None and is_out else "",
            )  # fmt: skip


def _title(entry: Entry, viewer: Member | None) -> str:
    """Whom a nomination named that is out is told to nobody."""
    return str(_("A nomination")) if entry.state == OUT and entry.nominee_id is not None else title_of(entry, viewer)


def _digests(contest: Contest, newest: int) -> dict[int, dict[int, str]]:
    """By number and round, without the rest of what those results hold: duels of hundreds are large."""
    positions = [one.position for one in contest.rounds]
    columns = [Result.detail["rounds", str(position), "digest"].as_string() for position in positions]
    wanted = sa.select(Result.number, *columns).where(Result.contest_id == contest.id, Result.number < newest)
    return {row[0]: {at: told for at, told in zip(positions, row[1:], strict=True) if told} for row in db.session.execute(wanted)}

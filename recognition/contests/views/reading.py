"""Who reads, and what every page of one contest needs."""

from datetime import datetime
from typing import NamedTuple

from flask import abort
from flask_babel import gettext as _

from recognition.contests import queries
from recognition.contests.models.contest import Contest
from recognition.contests.queries import Reader
from recognition.contests.rules import Stand
from recognition.database import moment
from recognition.identity.access import current_member
from recognition.identity.models import Member
from recognition.media.models import Media


class Read(NamedTuple):
    contest: Contest
    member: Member | None
    reader: Reader
    stand: Stand
    now: datetime


def reader_of(member: Member | None) -> Reader:
    return Reader(member.id if member else None, member is not None and bool(member.roles & {"council", "admin"}))


def read(slug: str) -> Read:
    """A draft is there for the council only."""
    member = current_member()
    reader = reader_of(member)
    contest = queries.contest_by_slug(slug, drafts=reader.is_council) or abort(404)
    now = moment()
    return Read(contest, member, reader, queries.stand_of(contest, now), now)


def shows_picture(media: Media) -> bool:
    """A guard of `/media/`: the picture of an entry, for those who may see the entry."""
    return queries.shows_picture(media, reader_of(current_member()), moment())


def nobody_yet(contest: Contest, stand: Stand) -> str:
    """Why the gallery is empty, as an invitation."""
    if not contest.shows_at_once and stand.phase in ("upcoming", "entering"):
        return str(_("Everything that is handed in is shown once the time for entries is over, all at the same moment."))
    if stand.phase not in ("draft", "upcoming", "entering"):
        return str(_("Nothing was handed in this time."))
    return str(_("Nothing hangs here yet. Yours could be the first."))

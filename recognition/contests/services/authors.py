"""Who made an entry: whoever hands it in, and those they name, once these say so."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.announcements.services import Message, tell, untell
from recognition.contests import jury
from recognition.contests.models.contest import Contest
from recognition.contests.models.entry import ASKED, DECLINED, IN, OUT, Author, Entry
from recognition.contests.rules import BadEntry, NotAllowed, WrongPhase
from recognition.contests.services.entered import settle_facts
from recognition.contests.services.locks import hold_contest
from recognition.database import among, moment
from recognition.extensions import db
from recognition.identity.models import Member


def name_authors(entry: Entry, handles: Sequence[str]) -> None:
    """The first is whoever hands it in; the others are these, in this order. Who is named already keeps their answer.
    Raises BadEntry."""
    members = _members(handles, but_for_id=entry.member_id)
    known = {author.member_id: author for author in entry.authors}
    wanted = [entry.member_id, *(member.id for member in members)]
    for author in [one for one in entry.authors if one.member_id not in wanted]:
        untell([_key(entry, author.member_id)], heard=False)
        entry.authors.remove(author)
    for position, member_id in enumerate(wanted):
        if member_id in known:
            known[member_id].position = position
        else:
            state = IN if position == 0 else ASKED
            entry.authors.append(Author(member_id=member_id, position=position, state=state))
    db.session.flush()


def _members(handles: Sequence[str], but_for_id: int) -> list[Member]:
    if not handles:
        return []
    found = db.session.scalars(sa.select(Member).where(among(Member.handle, handles), Member.state != "suspended")).all()
    by_handle = {member.handle: member for member in found}
    unknown = [handle for handle in handles if handle not in by_handle]
    if unknown:
        raise BadEntry({"co_authors": _("We know nobody called %(names)s here.", names=", ".join(f"@{one}" for one in unknown))})
    return [by_handle[handle] for handle in handles if by_handle[handle].id != but_for_id]


def ask_co_authors(contest: Contest, entry: Entry, now: datetime) -> None:
    """Each of those named is asked once."""
    path = f"/contests/{contest.slug}/entries/{entry.key}"
    tell([Message(author.member_id, kind="contest.co_author", key=_key(entry, author.member_id), path=path,
                  data={"person": entry.member_id, "entry": entry.title})
          for author in entry.authors if author.state == ASKED], now)  # fmt: skip


def answer_co_author(entry_id: int, member_id: int, agrees: bool) -> bool:
    """False: they had said so already. Until the first vote begins they may change their mind. Raises NotAllowed,
    WrongPhase."""
    entry = db.session.get_one(Entry, entry_id)
    contest = hold_contest(entry.contest_id)
    # Not before: whoever waited here for the round to open answers too late.
    now = moment()
    db.session.refresh(entry, with_for_update={"of": Entry})
    author = next((one for one in entry.authors if one.member_id == member_id), None)
    if contest is None or author is None or member_id == entry.member_id:
        raise NotAllowed(_("Only those who are named as having made it can answer."))
    if entry.state not in (IN, OUT):
        raise WrongPhase(_("This entry is not handed in, so there is nothing to answer."))
    if contest.rounds and now >= contest.rounds[0].starts_at:
        raise WrongPhase(_("The vote has begun, so the names stay as they are."))
    wanted = IN if agrees else DECLINED
    if author.state == wanted:
        return False
    if agrees and (why := jury.why_apart(contest.id, member_id)):
        raise NotAllowed(why)
    author.state = wanted
    settle_facts(entry, now)
    if agrees:
        tell([Message(entry.member_id, kind="contest.co_author_agreed", key=f"co_author_agreed:{entry.id}:{member_id}",
                      path=f"/contests/{contest.slug}/entries/{entry.key}",
                      data={"person": member_id, "entry": entry.title})], now)  # fmt: skip
    return True


def _key(entry: Entry, member_id: int) -> str:
    return f"co_author:{entry.id}:{member_id}"

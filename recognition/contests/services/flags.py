"""What somebody thinks should not stand, and what the council makes of it. What is hidden stays in the count; what is
disqualified leaves it, and the votes for all others stay (docs/contests.md). Everything is in the audit, and asked twice it
is done once."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.activities.rules import BadReport, clean_text
from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.contests.flagged import people_of
from recognition.contests.models.contest import Contest
from recognition.contests.models.entry import IN, OUT, Entry, Flag, Remark
from recognition.contests.policy import may_judge
from recognition.contests.queries import stand_of
from recognition.contests.rules import OVER, REASON_MAX, BadEntry, NotAllowed, WrongPhase
from recognition.contests.services import correcting, entering, talking
from recognition.contests.services.locks import hold_contest
from recognition.database import insert_new
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.refs import Ref

KEPT, HIDDEN, DISQUALIFIED = "kept", "hidden", "out"


def report(entry: Entry, remark: Remark | None, member_id: int, reason: str, now: datetime) -> bool:
    """False: they have said so already, and it is not settled yet. Raises NotAllowed, BadEntry."""
    if (remark.member_id if remark else None) == member_id or (remark is None and member_id in people_of(entry)):
        raise NotAllowed(_("This is your own. You can take it back yourself."))
    table: Any = Flag.__table__
    row = {"entry_id": entry.id, "remark_id": remark.id if remark else None, "member_id": member_id,
           "reason": checked_reason(reason), "at": now, "outcome": ""}  # fmt: skip
    return bool(insert_new(table, [row], table.c.id))


def keep(entry: Entry, remark: Remark | None, actor: Member, now: datetime) -> None:
    """Nothing is wrong with it. Raises NotAllowed, WrongPhase."""
    _contest, held = _hold(entry, actor, remark)
    if _settle(held, remark, KEPT, actor, now):
        _note("kept", held, remark, actor)


def hide(entry: Entry, actor: Member, reason: str, now: datetime) -> None:
    """From everybody but its authors and the council, until that is settled. Raises NotAllowed, WrongPhase, BadEntry."""
    contest, held = _hold(entry, actor)
    why = checked_reason(reason)
    if held.state != IN:
        raise WrongPhase(_("Only an entry that takes part can be hidden."))
    if held.hidden_at is None:
        held.hidden_at, held.out_reason = now, why
        _settle(held, None, HIDDEN, actor, now)
        _note("hidden", held, None, actor, why)
        _tell(contest, held, "contest.hidden", why, now)


def show(entry: Entry, actor: Member, now: datetime) -> None:
    """What was hidden can be seen again. Raises NotAllowed."""
    contest, held = _hold(entry, actor)
    if held.hidden_at is not None:
        held.hidden_at, held.out_reason = None, ""
        _settle(held, None, KEPT, actor, now)
        _note("shown", held, None, actor)
        _tell(contest, held, "contest.shown", "", now)


def disqualify(entry: Entry, actor: Member, reason: str, now: datetime) -> None:
    """Raises NotAllowed, WrongPhase, BadEntry."""
    contest, held = _hold(entry, actor)
    why = checked_reason(reason)
    if held.state == OUT:
        return
    if held.state != IN:
        raise WrongPhase(_("Only an entry that was handed in can be disqualified."))
    if stand_of(contest, now).phase == OVER:
        correcting.disqualify(held, actor.id, why, now)
    else:
        held.state, held.out_reason = OUT, why
        entering.take_out_facts(held, actor.id, why, now)
    held.hidden_at = None
    _settle(held, None, DISQUALIFIED, actor, now)
    _note("disqualified", held, None, actor, why)
    _tell(contest, held, "contest.out", why, now)


def requalify(entry: Entry, actor: Member, reason: str, now: datetime) -> None:
    """Raises NotAllowed, WrongPhase, BadEntry."""
    contest, held = _hold(entry, actor)
    why = checked_reason(reason)
    if held.state == IN:
        return
    if held.state != OUT:
        raise WrongPhase(_("Only an entry that was disqualified can be let in again."))
    if stand_of(contest, now).phase == OVER:
        correcting.requalify(held, actor.id, why, now)
    else:
        held.state = IN
        entering.put_back_facts(held, now)
    held.out_reason = ""
    _note("requalified", held, None, actor, why)
    _tell(contest, held, "contest.back", why, now)


def hide_remark(entry: Entry, remark: Remark, actor: Member, reason: str, now: datetime) -> None:
    """A line with the reason stays in its place. Raises NotAllowed, WrongPhase, BadEntry."""
    contest, held = _hold(entry, actor, remark)
    why = checked_reason(reason)
    if remark.hidden_at is None:
        remark.hidden_at, remark.hidden_reason = now, why
        talking.hush(remark, held)
        _settle(held, remark, HIDDEN, actor, now)
        _note("hidden", held, remark, actor, why)
        key = f"contest.remark_hidden:{remark.id}:{now.isoformat()}"
        tell([Message(remark.member_id, kind="contest.remark_hidden", key=key, path=f"{_path(contest, held)}/talk",
                      data={"words": why})], now)  # fmt: skip


def show_remark(entry: Entry, remark: Remark, actor: Member) -> None:
    """Raises NotAllowed, WrongPhase."""
    _contest, held = _hold(entry, actor, remark)
    if remark.hidden_at is not None:
        remark.hidden_at, remark.hidden_reason = None, ""
        _note("shown", held, remark, actor)


def checked_reason(reason: str) -> str:
    try:
        said = clean_text(reason.replace("\r\n", "\n"), "reason", REASON_MAX)
    except BadReport:
        fault = _("Up to %(max)s characters fit, of signs that can be shown. It is all still here.", max=REASON_MAX)
        raise BadEntry({"reason": fault}) from None
    if not said:
        raise BadEntry({"reason": _("Please say why, in a sentence. Those concerned will read it.")})
    return said


def _hold(entry: Entry, actor: Member, remark: Remark | None = None) -> tuple[Contest, Entry]:
    """The contest, then the entry, as they are now: a close and a second moderator wait for us."""
    contest = hold_contest(entry.contest_id)
    held = db.session.scalar(
        sa.select(Entry).where(Entry.id == entry.id).with_for_update(of=Entry), execution_options={"populate_existing": True}
    )
    if contest is None or held is None:
        raise WrongPhase(_("This entry is gone."))
    if not may_judge(actor, people_of(held) | ({remark.member_id} if remark else set())):
        raise NotAllowed(_("This one is your own: somebody else decides."))
    if remark is not None and not _holds_still(remark):
        raise WrongPhase(_("Whoever said it has taken it back."))
    return contest, held


def _holds_still(remark: Remark) -> bool:
    there = sa.select(Remark).where(Remark.id == remark.id).with_for_update(of=Remark)
    return db.session.scalar(there, execution_options={"populate_existing": True}) is not None


def _settle(entry: Entry, remark: Remark | None, outcome: str, actor: Member, now: datetime) -> int:
    """Close what was reported of it, and thank whoever did. How many that were."""
    same = Flag.remark_id == remark.id if remark else Flag.remark_id.is_(None)
    open_still = sa.update(Flag).where(Flag.entry_id == entry.id, same, Flag.settled_at.is_(None))
    values = {"settled_at": now, "settled_by_id": actor.id, "outcome": outcome}
    settled = db.session.execute(
        open_still.values(**values).returning(Flag.id, Flag.member_id).execution_options(synchronize_session=False)
    ).all()
    path, title = _path(entry.contest, entry), entry.title or entry.contest.title
    if remark is None and outcome != KEPT:
        path = f"/contests/{entry.contest.slug}"  # They may not see the entry any more.
    messages = [
        Message(row.member_id, kind="contest.flag_settled", key=f"flag:{row.id}", path=path, data={"entry": title})
        for row in settled
        if row.member_id is not None
    ]
    tell(messages, now)
    return len(settled)


def _note(done: str, entry: Entry, remark: Remark | None, actor: Member, reason: str = "") -> None:
    after: dict[str, Any] = {"contest": entry.contest.slug} | ({"reason": reason} if reason else {})
    sort = "remark" if remark else "entry"
    target = Ref("remark", remark.id) if remark else Ref("entry", entry.key)
    audit.record(f"{sort}.{done}", target, actor.id, after=after)


def _tell(contest: Contest, entry: Entry, kind: str, reason: str, now: datetime) -> None:
    """Whoever handed it in and made it; of a nomination, whoever stands in it, once they know of it and agreed."""
    to = {entry.member_id, *(author.member_id for author in entry.authors if author.state == IN)}
    if entry.nominee_id is not None and entry.nominee_agreed:
        to.add(entry.nominee_id)
    data = {"entry": entry.title or contest.title, "words": reason}
    messages = [
        Message(one, kind=kind, key=f"{kind}:{entry.id}:{one}:{now.isoformat()}", path=_path(contest, entry), data=data)
        for one in sorted(to)
    ]
    tell(messages, now)


def _path(contest: Contest, entry: Entry) -> str:
    return f"/contests/{contest.slug}/entries/{entry.key}"

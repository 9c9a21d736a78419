"""Giving a badge to a list of people, and saying beforehand what would come of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches

import sqlalchemy as sa

from recognition.badges.models import DECLINED, HAND, Award, Badge
from recognition.badges.services import giving
from recognition.database import among
from recognition.extensions import db
from recognition.identity.fields import look
from recognition.identity.models import Member
from recognition.identity.rules import ProfileView, visible_fields

UNKNOWN, TWICE, NO_REASON = "unknown", "twice", "no_reason"
"""What may be wrong with a line, beside the outcomes of `hand_out`."""
KEPT_BACK = "kept_back"
"""They have it and do not show it, or said no: nobody else's business."""
SUGGESTED_MAX = 40


@dataclass(frozen=True)
class Wanted:
    """One line of a list: whom somebody wants to give it to, and why."""

    number: int
    handle: str
    reason: str


@dataclass(frozen=True)
class Foreseen:
    """What will become of a line, or became of it. `suggestions`: handles that look like an unknown one."""

    wanted: Wanted
    state: str
    person: ProfileView | None = None
    suggestions: tuple[str, ...] = ()

    @property
    def gives(self) -> bool:
        return self.state in (giving.GIVEN, giving.RENEWED)


def foresee(badge: Badge, level: int | None, wanted: Sequence[Wanted], giver: Member) -> list[Foreseen]:
    """Changes nothing. Raises NotGiven."""
    handles = {one.handle for one in wanted}
    members = {m.handle: m for m in db.session.scalars(sa.select(Member).where(among(Member.handle, handles)))}
    known = {handle: member for handle, member in members.items() if member.state != "suspended"}
    outcomes = giving.foresee(badge, [member.id for member in known.values()], level)
    quiet = _quietly_held(badge, [m for m, outcome in outcomes.items() if outcome in (giving.HELD, giving.RENEWED)])
    guesses = _guesses(sorted(handles - known.keys()))
    seen: set[str] = set()
    found = []
    for one in wanted:
        member = known.get(one.handle)
        if member is None:
            found.append(Foreseen(one, UNKNOWN, suggestions=guesses.get(one.handle, ())))
            continue
        state = outcomes[member.id]
        if member.id in quiet or state == DECLINED:
            # That theirs begins anew would tell that they have it; and that they have it, that its rule found them.
            state = giving.GIVEN if state == giving.RENEWED or badge.criteria is not None else KEPT_BACK
        state = NO_REASON if state in (giving.GIVEN, giving.RENEWED) and not one.reason else state
        state = giving.YOURSELF if member.id == giver.id else TWICE if one.handle in seen else state
        seen.add(one.handle)
        found.append(Foreseen(one, state, visible_fields(member, giver)))
    return found


def give_list(badge: Badge, level: int | None, wanted: Sequence[Wanted], giver: Member, now: datetime) -> list[Foreseen]:
    """Gives it to every line that can have it; the others come back with what is wrong. Doing it again changes nothing.
    Raises NotGiven."""
    lines = foresee(badge, level, wanted, giver)
    chosen = {one.person.id: one.wanted.reason for one in lines if one.gives and one.person is not None}
    if not chosen:
        return lines
    outcomes = giving.hand_out(badge, list(chosen), now, how=HAND, giver_id=giver.id, reason=chosen, level=level)
    first = min((member_id for member_id, outcome in outcomes.items() if outcome == giving.GIVEN), default=min(chosen))
    giving.note_given(badge, outcomes, giver.id, level, chosen[first])
    kept = {giving.HELD: KEPT_BACK, DECLINED: KEPT_BACK}
    done = {member_id: kept.get(outcome, outcome) for member_id, outcome in outcomes.items()}
    return [replace(one, state=done.get(one.person.id, one.state)) if one.gives and one.person else one for one in lines]


def _quietly_held(badge: Badge, members: Sequence[int]) -> set[int]:
    """Those of the holders who do not show it."""
    if not members:
        return set()
    shown = sa.select(Award.member_id).where(Award.badge_id == badge.id, among(Award.member_id, members), Award.shown)
    return set(members) - set(db.session.scalars(shown))


def _guesses(unknown: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For the first unknown handles: those that begin alike, or look alike, at most three each; in one statement."""
    asked = [handle for handle in unknown if len(handle) >= 2][:SUGGESTED_MAX]
    if not asked:
        return {}
    alike = [Member.handle_look.startswith(look(handle)[:2], autoescape=True) for handle in asked]
    rows = sa.select(Member.handle).where(sa.or_(*alike), Member.state != "suspended").order_by(Member.handle).limit(1000)
    known = list(db.session.scalars(rows))
    return {handle: tuple(get_close_matches(handle, known, n=3, cutoff=0.6)) for handle in asked}

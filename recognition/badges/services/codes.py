"""Making claim codes, closing them, and bringing a badge to whoever claims one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.audit import services as audit
from recognition.badges import codes
from recognition.badges.models import CODE, DECLINED, RETIRED, Badge, Claim, ClaimCode
from recognition.badges.rules import NotGiven
from recognition.badges.services.giving import GIVEN, RENEWED, hand_out
from recognition.database import insert_new
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.refs import Ref

TRIES = 5
AGAIN, USED = "again", "used"
"""Outcomes of a code that this member used before, beside those of `hand_out`: they have its award, or it has expired."""


class BadCode(ValueError):
    """`field` names the input, the text is a sentence."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


class NoClaim(Exception):
    """Its text says why this code brings nothing."""


@dataclass(frozen=True)
class Claimed:
    """`new`: the badge came just now; otherwise the member had it already, and no use was counted."""

    code: ClaimCode
    award_key: str
    new: bool


def make_code(
    badge: Badge,
    label: str,
    limit: int,
    opens_at: datetime,
    expires_at: datetime,
    level: int | None,
    actor: Member,
    now: datetime,
) -> ClaimCode:
    """A code may be made while its badge is a draft; it opens once that is published. Raises BadCode."""
    if badge.state == RETIRED:
        raise BadCode("label", _("This badge is retired; nobody gets it any more."))
    if not label or len(label) > 120:
        raise BadCode("label", _("Say in up to 120 characters what the code is for. It is shown with the badge."))
    if not 1 <= limit <= codes.LIMIT_MAX:
        raise BadCode("limit", _("How many people, from 1 to %(most)s?", most=codes.LIMIT_MAX))
    if expires_at <= max(opens_at, now):
        raise BadCode("until", _("The last day lies before the first one, or is over already."))
    if (level is None) != (not badge.levels) or (level is not None and level not in badge.levels):
        raise BadCode("level", _("Choose one of the levels of this badge."))
    row = {"badge_id": badge.id, "label": label, "level": level, "claims_limit": limit, "used": 0, "opens_at": opens_at,
           "expires_at": expires_at, "created_at": now, "created_by_id": actor.id}  # fmt: skip
    made = _insert(row)
    audit.record("code.made", Ref("code", made.id), actor.id, after={"badge": badge.slug, "limit": limit})
    return made


def _insert(row: dict[str, Any]) -> ClaimCode:
    table: Any = ClaimCode.__table__
    for _try in range(TRIES):
        new = insert_new(table, [row | {"code": codes.new_text()}], table.c.id)
        if new:
            return db.session.get_one(ClaimCode, new[0].id)
    raise RuntimeError("no free code was found")


def close_code(code_id: int, actor: Member, now: datetime) -> bool:
    """False: it was closed already."""
    done: Any = db.session.execute(
        sa.update(ClaimCode).where(ClaimCode.id == code_id, ClaimCode.closed_at.is_(None)).values(closed_at=now)
    )
    if done.rowcount:
        audit.record("code.closed", Ref("code", code_id), actor.id)
    return bool(done.rowcount)


def claim(typed: str, member: Member, now: datetime) -> Claimed:
    """Use a code once. Raises NoClaim; then nothing was used."""
    code = codes.code_by_text(typed)
    if code is None:
        raise NoClaim(_("We know no such code. Look at the letters once more; there is never a 0, 1, I, L or O in it."))
    held = codes.award_by(code, member.id)
    if codes.is_had(held, now):
        return Claimed(code, held.key, new=False)
    _refuse_unless_open(code, now)
    if member.id == code.created_by_id:
        raise NoClaim(_("You made this code, and nobody gives a badge to themselves."))
    with db.session.begin_nested():
        outcome = _bring(code, member, now) if _note(code, member.id, now) else AGAIN
        held = codes.award_by(code, member.id)
        if outcome == AGAIN and held is not None and not codes.is_had(held, now):
            outcome = DECLINED if held.answer == DECLINED else USED
        if outcome not in (GIVEN, RENEWED, AGAIN) or held is None:
            raise NoClaim(_not_given(outcome))
    return Claimed(code, held.key, new=outcome != AGAIN)


def _bring(code: ClaimCode, member: Member, now: datetime) -> str:
    """The outcome. Raises NoClaim where the badge was changed a moment ago."""
    _use(code, now)
    try:
        return hand_out(code.badge, [member.id], now, how=CODE, giver_id=code.created_by_id, reason=code.label,
                        level=code.level)[member.id]  # fmt: skip
    except NotGiven as fault:
        raise NoClaim(str(fault)) from fault


def _note(code: ClaimCode, member_id: int, now: datetime) -> bool:
    """False: this member used the code before, perhaps a moment ago in another window."""
    table: Any = Claim.__table__
    return bool(insert_new(table, [{"code_id": code.id, "member_id": member_id, "claimed_at": now}], table.c.member_id))


def _use(code: ClaimCode, now: datetime) -> None:
    """Counts one use, if there is one left at this very moment."""
    left = (
        sa.update(ClaimCode)
        .where(ClaimCode.id == code.id, ClaimCode.used < ClaimCode.claims_limit, ClaimCode.closed_at.is_(None))
        .values(used=ClaimCode.used + 1)
        .execution_options(synchronize_session=False)
    )
    done: Any = db.session.execute(left)
    db.session.refresh(code)
    if not done.rowcount:
        raise NoClaim(codes.state_words(code, now))


def _refuse_unless_open(code: ClaimCode, now: datetime) -> None:
    words = codes.state_words(code, now)
    if words:
        raise NoClaim(words)


def _not_given(outcome: str) -> str:
    words = {
        "held": _("You have it already. Nothing was used up."),
        "declined": _("You declined this badge once. You find it on your jacket's page, if you want it after all."),
        USED: _("You used this code before, and what it brought you has expired. A new code brings it back."),
        "no_badges": _("You chose to take no badges. Switch them on in your settings, and come back to this code."),
        "blocked": _("You take no badges from this group. You can change that in your settings."),
    }
    gone = _("This badge was taken back from you, so a code cannot bring it. Ask the council if that seems wrong.")
    return words.get(outcome, gone)

"""What holders say to their awards: yes, no, where it is worn, and from whom they want none."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.badges import holders
from recognition.badges.models import ACCEPTED, DECLINED, Award, IssuerBlock
from recognition.badges.portable import due
from recognition.badges.services.considering import look_at_member_later
from recognition.badges.services.facts import hold_facts, tell_again, withdraw_facts
from recognition.badges.services.flags import rejudge
from recognition.badges.services.locks import hold_awards
from recognition.database import insert_new
from recognition.extensions import db
from recognition.identity.models import Member


def arrange(member_id: int, keys: Sequence[str], hidden: Iterable[str], asked: Iterable[str] | None = None) -> None:
    """Wear one's awards in this order; `hidden` badges, with all their levels, stay with the member alone. Keys of
    other people are passed by, and what is not accepted stays unseen. `asked`: what the page showed, None for all; the
    others stay as they are, since they may have been hidden in another window."""
    own = _own(member_id)
    away = {own[key].badge_id for key in hidden if key in own}
    on_page = {award.badge_id for key, award in own.items() if asked is None or key in set(asked)}
    seen = _seen(own.values())
    for award in own.values():
        if award.badge_id in on_page and award.revoked_at is None:
            award.position, award.shown = None, award.answer == ACCEPTED and award.badge_id not in away
    for place, key in enumerate(dict.fromkeys(keys)):
        if key in own:
            own[key].position = place
    _recounted(member_id, seen, own.values())


def accept(member_id: int, keys: Sequence[str], now: datetime, at_once: bool = False, shown: bool = True) -> int:
    """Show these awards, with all levels of their badges, also such as were declined before. `at_once`: what comes later
    shows without being asked about. `shown` False: they are taken and stay with the member alone. What was accepted before
    stays as it is, see `show`. Returns how many badges it was."""
    if at_once:
        db.session.get_one(Member, member_id).wears_at_once = True
    own = _own(member_id)
    badges = {own[key].badge_id for key in keys if key in own}
    seen = _seen(own.values())
    open_ones = [a for a in own.values() if a.badge_id in badges and a.answer != ACCEPTED and a.revoked_at is None]
    declined = [award for award in open_ones if award.answer == DECLINED]
    for award in open_ones:
        award.answer, award.answered_at, award.shown = ACCEPTED, now, shown
    if open_ones:
        due.ring()
    _recounted(member_id, seen, own.values())
    if declined:
        tell_again(declined, now)
        # What was declined was compared with nothing meanwhile.
        rejudge([member_id], now)
        # Further levels were not given meanwhile.
        look_at_member_later(member_id)
    return len({award.badge_id for award in open_ones})


def show(member_id: int, key: str, shown: bool) -> bool:
    """Another word about a badge that was accepted before, with all its levels. False: there is none that could be shown."""
    own = _own(member_id)
    same = [a for a in own.values() if key in own and a.badge_id == own[key].badge_id and a.revoked_at is None]
    accepted = [award for award in same if award.answer == ACCEPTED]
    seen = _seen(own.values())
    for award in accepted:
        award.shown = shown
    _recounted(member_id, seen, own.values())
    return bool(accepted)


def decline(member_id: int, key: str, now: datetime) -> bool:
    """This badge is shown nowhere, counts for nothing and does not come again; it may be accepted later. False: there is
    nothing to decline."""
    same = sa.select(Award.badge_id).where(Award.member_id == member_id, Award.key == key).scalar_subquery()
    hold_facts(db.session.scalars(sa.select(Award).where(Award.member_id == member_id, Award.badge_id == same)).all())
    own = _own(member_id)
    if key not in own:
        return False
    seen = _seen(own.values())
    asked = [a for a in own.values() if a.badge_id == own[key].badge_id and a.answer != DECLINED and a.revoked_at is None]
    for award in asked:
        award.answer, award.answered_at, award.shown, award.position = DECLINED, now, False, None
    db.session.flush()
    withdraw_facts(asked, member_id, "declined", now)
    # The drain, too, counts last.
    _recounted(member_id, seen, own.values())
    return bool(asked)


def block_issuer(member_id: int, group_id: int, on: bool, now: datetime) -> None:
    """Take no badges from this group, or take them again. What was taken before stays."""
    if on:
        insert_new(IssuerBlock.__table__, [{"member_id": member_id, "group_id": group_id, "since": now}])
        return
    gone = sa.delete(IssuerBlock).where(IssuerBlock.member_id == member_id, IssuerBlock.group_id == group_id)
    done: Any = db.session.execute(gone)
    if done.rowcount:
        look_at_member_later(member_id)


def _own(member_id: int) -> dict[str, Award]:
    """The member's awards by key, locked until the commit, or two at once would both count the same badge off."""
    hold_awards(Award.member_id == member_id)
    held = sa.select(Award).where(Award.member_id == member_id).order_by(Award.id)
    return {award.key: award for award in db.session.scalars(held, execution_options={"populate_existing": True})}


def _recounted(member_id: int, seen: set[int], awards: Iterable[Award]) -> None:
    db.session.flush()
    now_seen = _seen(awards)
    if db.session.get_one(Member, member_id).state != "suspended":
        holders.add(dict.fromkeys(now_seen - seen, 1) | dict.fromkeys(seen - now_seen, -1))


def _seen(awards: Iterable[Award]) -> set[int]:
    return {award.badge_id for award in awards if award.shown and award.revoked_at is None}

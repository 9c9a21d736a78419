"""What holders say to their awards."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from recognition.badges import holders
from recognition.badges.models import Award
from recognition.extensions import db
from recognition.identity.models import Member


def arrange(member_id: int, keys: Sequence[str], hidden: Iterable[str]) -> None:
    """Wear one's awards in this order; `hidden` badges, with all their levels, stay with the member alone. Keys of
    other people are passed by."""
    # Held until the commit, or two at once would both count the same badge off.
    held = sa.select(Award).where(Award.member_id == member_id).order_by(Award.id).with_for_update(of=Award)
    own = {award.key: award for award in db.session.scalars(held, execution_options={"populate_existing": True})}
    away = {own[key].badge_id for key in hidden if key in own}
    seen = _seen(own.values())
    for award in own.values():
        award.position, award.shown = None, award.badge_id not in away
    for place, key in enumerate(dict.fromkeys(keys)):
        if key in own:
            own[key].position = place
    db.session.flush()
    now_seen = _seen(own.values())
    if db.session.get_one(Member, member_id).state != "suspended":
        holders.add(dict.fromkeys(now_seen - seen, 1) | dict.fromkeys(seen - now_seen, -1))


def _seen(awards: Iterable[Award]) -> set[int]:
    return {award.badge_id for award in awards if award.shown and award.revoked_at is None}

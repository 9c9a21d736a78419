"""What waits in the demo for somebody's word: two people put forward for a badge, and a code for an evening to come."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition.badges.models import Badge, ClaimCode
from recognition.badges.queries import badge_by_slug
from recognition.badges.services.codes import make_code
from recognition.badges.services.nominating import BadNomination, nominate
from recognition.extensions import db
from recognition.identity.models import Member

PUT_FORWARD = (
    ("kofi", "saoirse", "carer", 1, timedelta(days=6),
     "Sat with each newcomer at the last three meetings until they had somebody to talk to."),
    ("marta", "jonas", "hearth-keeper", None, timedelta(days=2),
     "Opened the hall in the cold week, made tea for everybody and stayed to wash the cups."),
)  # fmt: skip
"""nominator, nominee, badge, level, how long ago, words"""
CODE_FOR, CODE_BADGE, CODE_MAKER = "Open evening in the hall", "hearth-keeper", "lior"


def leave_waiting(ids: Mapping[str, int], now: datetime) -> None:
    """Safe to repeat. Whoever is missing is passed by."""
    people = {handle: db.session.get_one(Member, member_id) for handle, member_id in ids.items()}
    for nominator, nominee, slug, level, ago, words in PUT_FORWARD:
        badge = badge_by_slug(slug)
        if badge is not None and nominator in people and nominee in people:
            try:
                nominate(badge, people[nominee], people[nominator], words, level, now - ago)
            except BadNomination:
                continue  # they were put forward when this ran before
    badge, maker = badge_by_slug(CODE_BADGE), people.get(CODE_MAKER)
    known = db.session.scalar(sa.select(ClaimCode.id).where(ClaimCode.label == CODE_FOR).limit(1))
    if badge is not None and maker is not None and known is None:
        make_code(badge, CODE_FOR, 40, now - timedelta(days=1), now + timedelta(days=21), None, maker, now)


def know_silences(now: datetime) -> None:
    """Ten invented weeks say nothing of what is usual: a rule is listened to from when it gives to a visitor."""
    db.session.execute(sa.update(Badge).values(silent_since=None, silence_known_at=now))

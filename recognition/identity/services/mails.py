"""Whether a member takes mails, said from outside of the settings page."""

import sqlalchemy as sa

from recognition.extensions import db
from recognition.identity.models import Member


def take_no_mail(member_id: int) -> None:
    """Safe to repeat; nothing for a member who is gone."""
    db.session.execute(sa.update(Member).where(Member.id == member_id).values(takes_mail=False))

"""Whether a member takes mails, said from outside of the settings page."""

import sqlalchemy as sa

from recognition.extensions import db
from recognition.identity.models import Member


def take_no_mail(member_id: int) -> None:
    """Safe to repeat; nothing for a member who is gone. Who was joined to another row is meant by both."""
    joined = sa.select(Member.merged_into_id).where(Member.id == member_id).scalar_subquery()
    meant = sa.or_(Member.id == member_id, Member.id == joined)
    change = sa.update(Member).where(meant).values(takes_mail=False)
    db.session.execute(change, execution_options={"synchronize_session": False})


def take_mail(member_id: int) -> None:
    change = sa.update(Member).where(Member.id == member_id).values(takes_mail=True)
    db.session.execute(change, execution_options={"synchronize_session": False})

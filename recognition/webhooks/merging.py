"""When two rows of one person become one: the programs that hear for them."""

from typing import Any

import sqlalchemy as sa

from recognition.extensions import db
from recognition.identity.services.merging import Merge
from recognition.webhooks.models import Webhook


def merge_members(one: Merge) -> dict[str, Any]:
    mine = sa.update(Webhook).where(Webhook.member_id == one.from_id).values(member_id=one.into_id).returning(Webhook.id)
    return {"webhooks": sorted(db.session.scalars(mine, execution_options={"synchronize_session": "fetch"}))}

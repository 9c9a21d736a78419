"""a member's campaigns are found without reading their deeds

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    named = sa.text("campaign IS NOT NULL")
    op.create_index("ix_activity_member_campaign", "activity", ["member_id", "kind", "campaign"],
                    sqlite_where=named, postgresql_where=named)  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_activity_member_campaign", "activity")

"""the common board is in every house: the navigation leads to it

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COLUMNS = {"slug": sa.String, "name": sa.String, "about": sa.String, "kinds": sa.JSON}
_BOARD = sa.table("board", *(sa.column(name, kind) for name, kind in _COLUMNS.items()))


def upgrade() -> None:
    """A house that loaded a catalogue has it already."""
    there = sa.select(sa.func.count()).select_from(_BOARD).where(_BOARD.c.slug == "community")
    if not op.get_bind().scalar(there):
        about = "Everything that counts, from everybody who likes to be on a board."
        op.bulk_insert(_BOARD, [{"slug": "community", "name": "The whole hall", "about": about, "kinds": []}])


def downgrade() -> None:
    """The board stays: it may hold people's places."""

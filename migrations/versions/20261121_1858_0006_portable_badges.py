"""portable badges: keys, credentials, status lists, endorsements, and badges from elsewhere

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("jwk", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_key")),
    )
    op.create_table(
        "holder_key",
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_holder_key_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_holder_key")),
        sa.UniqueConstraint("key", name=op.f("uq_holder_key_key")),
    )
    op.create_table(
        "status_list",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("taken", sa.LargeBinary(), nullable=False),
        sa.Column("revoked", sa.LargeBinary(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=True),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["key_id"], ["signing_key.kid"], name=op.f("fk_status_list_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_list")),
    )
    op.create_table(
        "external_badge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("form", sa.String(length=4), nullable=False),
        sa.Column("version", sa.String(length=3), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=2000), nullable=False),
        sa.Column("credential", sa.String(length=2000), nullable=False),
        sa.Column("credential_hash", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("standing", sa.String(length=8), nullable=False),
        sa.Column("findings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("is_mine", sa.Boolean(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("source_url", sa.String(length=2000), nullable=True),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("form IN ('json', 'jwt', 'png', 'svg')", name="ck_external_badge_form"),
        sa.CheckConstraint(
            "standing IN ('good', 'false', 'revoked', 'expired', 'not_yet', 'unsure')", name="ck_external_badge_standing"
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_external_badge_media_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_external_badge_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_badge")),
        sa.UniqueConstraint("key", name=op.f("uq_external_badge_key")),
        sa.UniqueConstraint("member_id", "credential_hash", name=op.f("uq_external_badge_member_id_credential_hash")),
    )
    with op.batch_alter_table("external_badge", schema=None) as batch_op:
        batch_op.create_index("ix_external_badge_shown", ["shown", "checked_at", "id"], unique=False)

    op.create_table(
        "credential",
        sa.Column("award_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("identifiers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("jwt", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=True),
        sa.Column("jwt_key_id", sa.String(length=64), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=500), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_credential_award_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["jwt_key_id"], ["signing_key.kid"], name=op.f("fk_credential_jwt_key_id")),
        sa.ForeignKeyConstraint(["key_id"], ["signing_key.kid"], name=op.f("fk_credential_key_id")),
        sa.ForeignKeyConstraint(["list_id"], ["status_list.id"], name=op.f("fk_credential_list_id")),
        sa.PrimaryKeyConstraint("award_id", name=op.f("pk_credential")),
        sa.UniqueConstraint("list_id", "position", name=op.f("uq_credential_list_id_position")),
    )
    with op.batch_alter_table("credential", schema=None) as batch_op:
        batch_op.create_index("ix_credential_jwt_key_id", ["jwt_key_id"], unique=False)
        batch_op.create_index("ix_credential_key_id", ["key_id"], unique=False)

    op.create_table(
        "endorsement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("award_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'shown', 'declined', 'withdrawn', 'removed')", name="ck_endorsement_state"),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_endorsement_award_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["group_id"], ["community_group.id"], name=op.f("fk_endorsement_group_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_endorsement_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorsement")),
        sa.UniqueConstraint("award_id", "group_id", name=op.f("uq_endorsement_award_id_group_id")),
        sa.UniqueConstraint("key", name=op.f("uq_endorsement_key")),
    )
    with op.batch_alter_table("endorsement", schema=None) as batch_op:
        batch_op.create_index("ix_endorsement_award_id", ["award_id", "state"], unique=False)
        batch_op.create_index("ix_endorsement_member_id", ["member_id", "id"], unique=False)
        batch_op.create_index(
            "ix_endorsement_own",
            ["award_id", "member_id"],
            unique=True,
            sqlite_where=sa.text("group_id IS NULL"),
            postgresql_where=sa.text("group_id IS NULL"),
        )

    due = sa.text("sign_due AND answer = 'accepted'")
    op.add_column("award", sa.Column("sign_due", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_index("ix_award_to_sign", "award", ["id"], sqlite_where=due, postgresql_where=due)


def downgrade() -> None:
    op.drop_index("ix_award_to_sign", "award")
    op.drop_column("award", "sign_due")
    with op.batch_alter_table("endorsement", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_endorsement_own", sqlite_where=sa.text("group_id IS NULL"), postgresql_where=sa.text("group_id IS NULL")
        )
        batch_op.drop_index("ix_endorsement_member_id")
        batch_op.drop_index("ix_endorsement_award_id")

    op.drop_table("endorsement")
    with op.batch_alter_table("credential", schema=None) as batch_op:
        batch_op.drop_index("ix_credential_key_id")
        batch_op.drop_index("ix_credential_jwt_key_id")

    op.drop_table("credential")
    with op.batch_alter_table("external_badge", schema=None) as batch_op:
        batch_op.drop_index("ix_external_badge_shown")

    op.drop_table("external_badge")
    op.drop_table("status_list")
    op.drop_table("holder_key")
    op.drop_table("signing_key")

"""every way to give a badge, notices, witnesses, boards that count more than points

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _refer(table: str, column: str, to: str) -> None:
    """A new column that names a row of another table. SQLite takes it without copying the table, which Alembic would."""
    name = f"fk_{table}_{column}"
    if op.get_bind().dialect.name == "sqlite":
        place = f"{column} INTEGER CONSTRAINT {name} REFERENCES {to} (id) ON DELETE SET NULL"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {place}")
        return
    op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=True))
    op.create_foreign_key(name, table, to, [column], ["id"], ondelete="SET NULL")


def upgrade() -> None:
    op.create_table(
        "counted_period",
        sa.Column("board_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("board_id", "period", name=op.f("pk_counted_period")),
    )
    op.create_table(
        "standing_count",
        sa.Column("board_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("bucket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("board_id", "period", "level", "bucket", name=op.f("pk_standing_count")),
    )
    op.create_table(
        "group_standing",
        sa.Column("board_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("per_head", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_group_standing_board_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["group_id"], ["community_group.id"], name=op.f("fk_group_standing_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("board_id", "period", "group_id", name=op.f("pk_group_standing")),
    )
    with op.batch_alter_table("group_standing") as batch_op:
        batch_op.create_index("ix_group_standing_rank", ["board_id", "period", "per_head", "group_id"], unique=False)

    op.create_table(
        "issuer_block",
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["community_group.id"], name=op.f("fk_issuer_block_group_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_issuer_block_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", "group_id", name=op.f("pk_issuer_block")),
    )
    op.create_table(
        "member_merge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["member.id"], name=op.f("fk_member_merge_actor_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["from_id"], ["member.id"], name=op.f("fk_member_merge_from_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["into_id"], ["member.id"], name=op.f("fk_member_merge_into_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_merge")),
    )
    with op.batch_alter_table("member_merge") as batch_op:
        batch_op.create_index(batch_op.f("ix_member_merge_from_id"), ["from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_merge_into_id"), ["into_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gathered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_notice_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_key")),
    )
    with op.batch_alter_table("notice") as batch_op:
        batch_op.create_index("ix_notice_member_id", ["member_id", "id"], unique=False)
        batch_op.create_index(
            "ix_notice_ungathered",
            ["created_at", "id"],
            unique=False,
            sqlite_where=sa.text("gathered_at IS NULL"),
            postgresql_where=sa.text("gathered_at IS NULL"),
        )
        batch_op.create_index(
            "ix_notice_unread",
            ["member_id", "id"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )

    op.create_table(
        "badge_rarity",
        sa.Column("badge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("holders", sa.Integer(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["badge_id"], ["badge.id"], name=op.f("fk_badge_rarity_badge_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("badge_id", name=op.f("pk_badge_rarity")),
    )
    op.create_table(
        "claim_code",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("badge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("claims_limit", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("used >= 0 AND used <= claims_limit", name="ck_claim_code_used"),
        sa.ForeignKeyConstraint(["badge_id"], ["badge.id"], name=op.f("fk_claim_code_badge_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["member.id"], name=op.f("fk_claim_code_created_by_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_code")),
        sa.UniqueConstraint("code", name=op.f("uq_claim_code_code")),
    )
    with op.batch_alter_table("claim_code") as batch_op:
        batch_op.create_index("ix_claim_code_badge_id", ["badge_id", "id"], unique=False)

    op.create_table(
        "confirmation",
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("witness_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_confirmation_activity_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["witness_id"], ["member.id"], name=op.f("fk_confirmation_witness_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("activity_id", "witness_id", name=op.f("pk_confirmation")),
    )
    with op.batch_alter_table("confirmation") as batch_op:
        batch_op.create_index("ix_confirmation_witness_id", ["witness_id", "activity_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mail", sa.String(length=22), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'refused', 'unsure', 'dropped')", name="ck_delivery_state"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_delivery_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_delivery_notice_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery") as batch_op:
        batch_op.create_index(
            "ix_delivery_due",
            ["due_at", "mail"],
            unique=False,
            sqlite_where=sa.text("state IN ('waiting', 'sending')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending')"),
        )
        batch_op.create_index(
            "ix_delivery_lost",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('refused', 'unsure')"),
            postgresql_where=sa.text("state IN ('refused', 'unsure')"),
        )
        batch_op.create_index("ix_delivery_mail", ["mail"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_member_id"), ["member_id"], unique=False)

    op.create_table(
        "nomination",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("badge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nominator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.CheckConstraint("state IN ('open', 'approved', 'refused', 'taken_back')", name="ck_nomination_state"),
        sa.ForeignKeyConstraint(["badge_id"], ["badge.id"], name=op.f("fk_nomination_badge_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name=op.f("fk_nomination_decided_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_nomination_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["nominator_id"], ["member.id"], name=op.f("fk_nomination_nominator_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
        sa.UniqueConstraint("badge_id", "member_id", "nominator_id", name=op.f("uq_nomination_badge_id_member_id_nominator_id")),
    )
    with op.batch_alter_table("nomination") as batch_op:
        batch_op.create_index("ix_nomination_member_id", ["member_id"], unique=False)
        batch_op.create_index("ix_nomination_nominator_id", ["nominator_id", "id"], unique=False)
        batch_op.create_index("ix_nomination_state", ["state", "id"], unique=False)

    op.create_table(
        "claim",
        sa.Column("code_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["claim_code.id"], name=op.f("fk_claim_code_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_claim_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code_id", "member_id", name=op.f("pk_claim")),
    )
    op.add_column("activity", sa.Column("told_evidence", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("activity", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("activity", sa.Column("withdrawn_reason", sa.String(length=300), nullable=True))
    op.add_column("activity", sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
    op.create_index(
        "ix_activity_corrects_id",
        "activity",
        ["corrects_id"],
        unique=False,
        sqlite_where=sa.text("corrects_id IS NOT NULL"),
        postgresql_where=sa.text("corrects_id IS NOT NULL"),
    )
    op.create_index(
        "ix_activity_member_object",
        "activity",
        ["member_id", "object", "occurred_day"],
        unique=False,
        sqlite_where=sa.text("object IS NOT NULL"),
        postgresql_where=sa.text("object IS NOT NULL"),
    )

    op.add_column("award", sa.Column("how", sa.String(length=10), server_default="rule", nullable=False))
    op.add_column("award", sa.Column("reason", sa.String(length=500), server_default="", nullable=False))
    op.add_column("award", sa.Column("answer", sa.String(length=8), server_default="accepted", nullable=False))
    op.add_column("award", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("award", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("award", sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("award", sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("award", sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("award", sa.Column("unsupported_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("award", sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_award_expires",
        "award",
        ["expires_at", "id"],
        unique=False,
        sqlite_where=sa.text("expires_at IS NOT NULL AND expired_at IS NULL AND revoked_at IS NULL"),
        postgresql_where=sa.text("expires_at IS NOT NULL AND expired_at IS NULL AND revoked_at IS NULL"),
    )
    op.create_index(
        "ix_award_flagged",
        "award",
        ["id"],
        unique=False,
        sqlite_where=sa.text("unsupported_at IS NOT NULL"),
        postgresql_where=sa.text("unsupported_at IS NOT NULL"),
    )

    op.add_column("badge", sa.Column("nominable", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("badge", sa.Column("valid_days", sa.Integer(), nullable=True))
    op.add_column("badge", sa.Column("warn_days", sa.Integer(), server_default="30", nullable=False))
    op.add_column("badge", sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("badge", sa.Column("silent_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("badge", sa.Column("silence_known_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("badge", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("badge") as batch_op:
        batch_op.alter_column("criteria", existing_type=sa.JSON(), nullable=True)

    with op.batch_alter_table("badge_version") as batch_op:
        batch_op.alter_column("criteria", existing_type=sa.JSON(), nullable=True)

    op.add_column(
        "board",
        sa.Column("families", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="[]", nullable=False),
    )
    op.add_column("board", sa.Column("measure", sa.String(length=10), server_default="points", nullable=False))
    op.add_column(
        "board",
        sa.Column("weights", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False),
    )
    op.add_column("board", sa.Column("per_day", sa.Integer(), server_default="0", nullable=False))
    op.add_column("board", sa.Column("once_per_object", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("board", sa.Column("per_head", sa.Boolean(), server_default=sa.false(), nullable=False))

    op.add_column("member", sa.Column("takes_badges", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("member", sa.Column("takes_mail", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("member", sa.Column("wears_at_once", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("award") as batch_op:
        batch_op.create_check_constraint("ck_award_how", "how IN ('rule', 'hand', 'nomination', 'code')")
        batch_op.create_check_constraint("ck_award_answer", "answer IN ('waiting', 'accepted', 'declined')")
    with op.batch_alter_table("board") as batch_op:
        batch_op.create_check_constraint("ck_board_measure", "measure IN ('points', 'deeds', 'variety', 'firsts', 'people')")
    # Until now nobody could confirm a deed afterwards: what a row has is what it was told with.
    op.execute("UPDATE activity SET told_evidence = evidence WHERE evidence <> 0")
    # Last: a copy of a table, as above, would forget what SQLite keeps with such a column.
    _refer("activity", "withdrawn_by_id", "member")
    _refer("award", "given_by_id", "member")
    _refer("award", "revoked_by_id", "member")
    _refer("award", "kept_by_id", "member")
    _refer("badge", "issuer_id", "community_group")
    _refer("badge_version", "saved_by_id", "member")
    _refer("member", "merged_into_id", "member")


def downgrade() -> None:

    with op.batch_alter_table("member") as batch_op:
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("wears_at_once")
        batch_op.drop_column("takes_mail")
        batch_op.drop_column("takes_badges")

    with op.batch_alter_table("board") as batch_op:
        batch_op.drop_constraint("ck_board_measure", type_="check")
        batch_op.drop_column("per_head")
        batch_op.drop_column("once_per_object")
        batch_op.drop_column("per_day")
        batch_op.drop_column("weights")
        batch_op.drop_column("measure")
        batch_op.drop_column("families")

    with op.batch_alter_table("badge_version") as batch_op:
        batch_op.alter_column("criteria", existing_type=sa.JSON(), nullable=False)
        batch_op.drop_column("saved_by_id")

    with op.batch_alter_table("badge") as batch_op:
        batch_op.alter_column("criteria", existing_type=sa.JSON(), nullable=False)
        batch_op.drop_column("looked_at")
        batch_op.drop_column("silence_known_at")
        batch_op.drop_column("silent_since")
        batch_op.drop_column("retired_at")
        batch_op.drop_column("warn_days")
        batch_op.drop_column("valid_days")
        batch_op.drop_column("nominable")
        batch_op.drop_column("issuer_id")

    with op.batch_alter_table("award") as batch_op:
        batch_op.drop_constraint("ck_award_answer", type_="check")
        batch_op.drop_constraint("ck_award_how", type_="check")
        batch_op.drop_index(
            "ix_award_flagged",
            sqlite_where=sa.text("unsupported_at IS NOT NULL"),
            postgresql_where=sa.text("unsupported_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_award_expires",
            sqlite_where=sa.text("expires_at IS NOT NULL AND expired_at IS NULL AND revoked_at IS NULL"),
            postgresql_where=sa.text("expires_at IS NOT NULL AND expired_at IS NULL AND revoked_at IS NULL"),
        )
        batch_op.drop_column("kept_by_id")
        batch_op.drop_column("kept_at")
        batch_op.drop_column("unsupported_at")
        batch_op.drop_column("revoked_by_id")
        batch_op.drop_column("expired_at")
        batch_op.drop_column("warned_at")
        batch_op.drop_column("renewed_at")
        batch_op.drop_column("expires_at")
        batch_op.drop_column("answered_at")
        batch_op.drop_column("answer")
        batch_op.drop_column("reason")
        batch_op.drop_column("given_by_id")
        batch_op.drop_column("how")

    with op.batch_alter_table("activity") as batch_op:
        batch_op.drop_index(
            "ix_activity_member_object",
            sqlite_where=sa.text("object IS NOT NULL"),
            postgresql_where=sa.text("object IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_activity_corrects_id",
            sqlite_where=sa.text("corrects_id IS NOT NULL"),
            postgresql_where=sa.text("corrects_id IS NOT NULL"),
        )
        batch_op.drop_column("corrects_id")
        batch_op.drop_column("withdrawn_reason")
        batch_op.drop_column("withdrawn_by_id")
        batch_op.drop_column("withdrawn_at")
        batch_op.drop_column("told_evidence")

    op.drop_table("claim")
    with op.batch_alter_table("nomination") as batch_op:
        batch_op.drop_index("ix_nomination_state")
        batch_op.drop_index("ix_nomination_nominator_id")
        batch_op.drop_index("ix_nomination_member_id")

    op.drop_table("nomination")
    with op.batch_alter_table("delivery") as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_member_id"))
        batch_op.drop_index("ix_delivery_mail")
        batch_op.drop_index(
            "ix_delivery_lost",
            sqlite_where=sa.text("state IN ('refused', 'unsure')"),
            postgresql_where=sa.text("state IN ('refused', 'unsure')"),
        )
        batch_op.drop_index(
            "ix_delivery_due",
            sqlite_where=sa.text("state IN ('waiting', 'sending')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending')"),
        )

    op.drop_table("delivery")
    with op.batch_alter_table("confirmation") as batch_op:
        batch_op.drop_index("ix_confirmation_witness_id")

    op.drop_table("confirmation")
    with op.batch_alter_table("claim_code") as batch_op:
        batch_op.drop_index("ix_claim_code_badge_id")

    op.drop_table("claim_code")
    op.drop_table("badge_rarity")
    with op.batch_alter_table("notice") as batch_op:
        batch_op.drop_index(
            "ix_notice_unread", sqlite_where=sa.text("read_at IS NULL"), postgresql_where=sa.text("read_at IS NULL")
        )
        batch_op.drop_index(
            "ix_notice_ungathered", sqlite_where=sa.text("gathered_at IS NULL"), postgresql_where=sa.text("gathered_at IS NULL")
        )
        batch_op.drop_index("ix_notice_member_id")

    op.drop_table("notice")
    with op.batch_alter_table("member_merge") as batch_op:
        batch_op.drop_index(batch_op.f("ix_member_merge_into_id"))
        batch_op.drop_index(batch_op.f("ix_member_merge_from_id"))

    op.drop_table("member_merge")
    op.drop_table("issuer_block")
    with op.batch_alter_table("group_standing") as batch_op:
        batch_op.drop_index("ix_group_standing_rank")

    op.drop_table("group_standing")
    op.drop_table("standing_count")
    op.drop_table("counted_period")

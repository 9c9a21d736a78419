"""credit for all work: named people, comments, reports of content, tags that grow, inlets, webhooks

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
WHEN = sa.DateTime(timezone=True)


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
        "content_report",
        sa.Column("id", BIG, nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("reporter_id", BIG, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("reported_at", WHEN, nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("decided_by_id", BIG, nullable=True),
        sa.Column("decided_at", WHEN, nullable=True),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.CheckConstraint("outcome IN ('kept', 'taken_down')", name="ck_content_report_outcome"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name="fk_content_report_decided_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["reporter_id"], ["member.id"], name="fk_content_report_reporter_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_content_report"),
    )
    with op.batch_alter_table("content_report") as batch_op:
        batch_op.create_index(
            "ix_content_report_open",
            ["id"],
            unique=False,
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        )
        batch_op.create_index("ix_content_report_reporter_id", ["reporter_id"], unique=False)
        batch_op.create_index(
            "uq_content_report_open",
            ["subject", "reporter_id"],
            unique=True,
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        )

    op.create_table(
        "inlet",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("member_id", BIG, nullable=True),
        sa.Column("group_id", BIG, nullable=True),
        sa.Column("config", JSON, nullable=False),
        sa.Column("state", sa.String(length=3), nullable=False),
        sa.Column("secret_number", sa.Integer(), nullable=False),
        sa.Column("former_until", WHEN, nullable=True),
        sa.Column("cursor", JSON, nullable=True),
        sa.Column("due_at", WHEN, nullable=True),
        sa.Column("looked_at", WHEN, nullable=True),
        sa.Column("heard_at", WHEN, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("made_by_id", BIG, nullable=True),
        sa.Column("made_at", WHEN, nullable=False),
        sa.CheckConstraint("state IN ('on', 'off')", name="ck_inlet_state"),
        sa.CheckConstraint("member_id IS NULL OR group_id IS NULL", name="ck_inlet_owner"),
        sa.ForeignKeyConstraint(["group_id"], ["community_group.id"], name="fk_inlet_group_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by_id"], ["member.id"], name="fk_inlet_made_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_inlet_member_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_inlet"),
        sa.UniqueConstraint("key", name="uq_inlet_key"),
    )
    with op.batch_alter_table("inlet") as batch_op:
        batch_op.create_index(
            "ix_inlet_due",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'on' AND due_at IS NOT NULL"),
            postgresql_where=sa.text("state = 'on' AND due_at IS NOT NULL"),
        )
        batch_op.create_index("ix_inlet_group_id", ["group_id"], unique=False)
        batch_op.create_index("ix_inlet_member_id", ["member_id"], unique=False)
        batch_op.create_index("ix_inlet_source", ["source", "id"], unique=False)

    op.create_table(
        "linked_account",
        sa.Column("id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("proof", sa.String(length=10), nullable=False),
        sa.Column("mode", sa.String(length=4), nullable=False),
        sa.Column("asked_at", WHEN, nullable=False),
        sa.Column("proven_at", WHEN, nullable=True),
        sa.CheckConstraint("mode IN ('ask', 'take', 'off')", name="ck_linked_account_mode"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_linked_account_member_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_linked_account"),
        sa.UniqueConstraint("member_id", "source", "place", "folded", name="uq_linked_account_member_id_source_place_folded"),
    )
    with op.batch_alter_table("linked_account") as batch_op:
        batch_op.create_index("ix_linked_account_member_id", ["member_id"], unique=False)
        batch_op.create_index(
            "ix_linked_account_proven",
            ["source", "place", "folded"],
            unique=True,
            sqlite_where=sa.text("proven_at IS NOT NULL"),
            postgresql_where=sa.text("proven_at IS NOT NULL"),
        )

    op.create_table(
        "merge_suggestion",
        sa.Column("one_id", BIG, nullable=False),
        sa.Column("other_id", BIG, nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("found_at", WHEN, nullable=False),
        sa.Column("decided_by_id", BIG, nullable=True),
        sa.Column("decided_at", WHEN, nullable=True),
        sa.CheckConstraint("state IN ('open', 'dropped', 'joined')", name="ck_merge_suggestion_state"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name="fk_merge_suggestion_decided_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["one_id"], ["member.id"], name="fk_merge_suggestion_one_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["member.id"], name="fk_merge_suggestion_other_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("one_id", "other_id", name="pk_merge_suggestion"),
    )
    with op.batch_alter_table("merge_suggestion") as batch_op:
        batch_op.create_index("ix_merge_suggestion_other_id", ["other_id"], unique=False)

    op.create_table(
        "reconciliation",
        sa.Column("id", BIG, nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("sheet", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reconciliation"),
    )

    op.create_table(
        "statement",
        sa.Column("id", BIG, nullable=False),
        sa.Column("statement_id", sa.String(length=36), nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("refers_to", sa.String(length=36), nullable=True),
        sa.Column("voids", sa.Boolean(), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("stored_at", WHEN, nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_statement_member_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_statement"),
        sa.UniqueConstraint("statement_id", name="uq_statement_statement_id"),
    )
    with op.batch_alter_table("statement") as batch_op:
        batch_op.create_index("ix_statement_member_stored_at", ["member_id", "stored_at", "id"], unique=False)
        batch_op.create_index("ix_statement_refers_to", ["refers_to"], unique=False)
        batch_op.create_index("ix_statement_stored_at", ["stored_at", "id"], unique=False)

    op.create_table(
        "statement_mark",
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("statement_id", BIG, nullable=False),
        sa.Column("via_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name="fk_statement_mark_statement_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["via_id"], ["statement.id"], name="fk_statement_mark_via_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("mark", "statement_id", "via_id", name="pk_statement_mark"),
    )
    with op.batch_alter_table("statement_mark") as batch_op:
        batch_op.create_index("ix_statement_mark_statement_id", ["statement_id"], unique=False)
        batch_op.create_index("ix_statement_mark_via_id", ["via_id"], unique=False)

    op.create_table(
        "tag_rule",
        sa.Column("id", BIG, nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("becomes", sa.String(length=4), nullable=False),
        sa.Column("target", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("facts", JSON, nullable=True),
        sa.Column("made_by_id", BIG, nullable=True),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("undone_by_id", BIG, nullable=True),
        sa.Column("undone_at", WHEN, nullable=True),
        sa.CheckConstraint("becomes IN ('kind', 'tag')", name="ck_tag_rule_becomes"),
        sa.CheckConstraint("state IN ('running', 'done', 'undoing', 'undone')", name="ck_tag_rule_state"),
        sa.ForeignKeyConstraint(["made_by_id"], ["member.id"], name="fk_tag_rule_made_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["undone_by_id"], ["member.id"], name="fk_tag_rule_undone_by_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_tag_rule"),
    )
    with op.batch_alter_table("tag_rule") as batch_op:
        batch_op.create_index(
            "ix_tag_rule_tag",
            ["tag"],
            unique=True,
            sqlite_where=sa.text("state IN ('running', 'done')"),
            postgresql_where=sa.text("state IN ('running', 'done')"),
        )

    op.create_table(
        "webhook",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.Column("events", JSON, nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("secret_number", sa.Integer(), nullable=False),
        sa.Column("former_until", WHEN, nullable=True),
        sa.Column("failing_since", WHEN, nullable=True),
        sa.Column("made_at", WHEN, nullable=False),
        sa.CheckConstraint("state IN ('on', 'off', 'resting')", name="ck_webhook_state"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_webhook_member_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
        sa.UniqueConstraint("key", name="uq_webhook_key"),
    )
    with op.batch_alter_table("webhook") as batch_op:
        batch_op.create_index("ix_webhook_member_id", ["member_id"], unique=False)

    op.create_table(
        "arrival",
        sa.Column("id", BIG, nullable=False),
        sa.Column("inlet_id", BIG, nullable=False),
        sa.Column("delivery", sa.String(length=200), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=80), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.ForeignKeyConstraint(["inlet_id"], ["inlet.id"], name="fk_arrival_inlet_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_arrival"),
        sa.UniqueConstraint("inlet_id", "delivery", name="uq_arrival_inlet_id_delivery"),
    )
    with op.batch_alter_table("arrival") as batch_op:
        batch_op.create_index("ix_arrival_at", ["at"], unique=False)

    op.create_table(
        "webhook_message",
        sa.Column("id", BIG, nullable=False),
        sa.Column("webhook_id", BIG, nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("event_key", sa.String(length=120), nullable=False),
        sa.Column("subject_id", BIG, nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", WHEN, nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("sent_at", WHEN, nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("facts", JSON, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed', 'dropped')", name="ck_webhook_message_state"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name="fk_webhook_message_webhook_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_message"),
        sa.UniqueConstraint("key", name="uq_webhook_message_key"),
        sa.UniqueConstraint("webhook_id", "event_key", name="uq_webhook_message_webhook_id_event_key"),
    )
    with op.batch_alter_table("webhook_message") as batch_op:
        batch_op.create_index(
            "ix_webhook_message_due",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.create_index("ix_webhook_message_webhook_id", ["webhook_id", "id"], unique=False)

    op.create_table(
        "comment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("activity_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("nonce", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_at", WHEN, nullable=False),
        sa.Column("removed_at", WHEN, nullable=True),
        sa.Column("hidden_at", WHEN, nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_comment_activity_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_comment_member_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
        sa.UniqueConstraint("nonce", name="uq_comment_nonce"),
    )
    with op.batch_alter_table("comment") as batch_op:
        batch_op.create_index("ix_comment_activity_id", ["activity_id", "id"], unique=False)
        batch_op.create_index("ix_comment_member_id", ["member_id", "id"], unique=False)

    op.create_table(
        "named_person",
        sa.Column("activity_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("role", sa.String(length=4), nullable=False),
        sa.Column("asked_at", WHEN, nullable=False),
        sa.Column("answer", sa.String(length=3), nullable=True),
        sa.Column("answered_at", WHEN, nullable=True),
        sa.Column("own_id", BIG, nullable=True),
        sa.Column("passed_on_at", WHEN, nullable=True),
        sa.Column("stands_in_for_id", BIG, nullable=True),
        sa.CheckConstraint("answer IN ('yes', 'no')", name="ck_named_person_answer"),
        sa.CheckConstraint("role IN ('with', 'seen')", name="ck_named_person_role"),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_named_person_activity_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_named_person_member_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["own_id"], ["activity.id"], name="fk_named_person_own_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["stands_in_for_id"], ["member.id"], name="fk_named_person_stands_in_for_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("activity_id", "member_id", name="pk_named_person"),
    )
    with op.batch_alter_table("named_person") as batch_op:
        batch_op.create_index("ix_named_person_member_id", ["member_id", "activity_id"], unique=False)
        batch_op.create_index(
            "ix_named_person_silent",
            ["asked_at", "activity_id"],
            unique=False,
            sqlite_where=sa.text("answer IS NULL AND passed_on_at IS NULL"),
            postgresql_where=sa.text("answer IS NULL AND passed_on_at IS NULL"),
        )

    op.create_table(
        "sighting",
        sa.Column("id", BIG, nullable=False),
        sa.Column("inlet_id", BIG, nullable=True),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("member_id", BIG, nullable=True),
        sa.Column("version_at", WHEN, nullable=False),
        sa.Column("occurred_at", WHEN, nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("draft", JSON, nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("activity_id", BIG, nullable=True),
        sa.Column("seen_at", WHEN, nullable=False),
        sa.CheckConstraint("state IN ('new', 'asked', 'taken', 'dropped')", name="ck_sighting_state"),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_sighting_activity_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["inlet_id"], ["inlet.id"], name="fk_sighting_inlet_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_sighting_member_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_sighting"),
        sa.UniqueConstraint("source", "source_key", name="uq_sighting_source_source_key"),
    )
    with op.batch_alter_table("sighting") as batch_op:
        batch_op.create_index("ix_sighting_activity_id", ["activity_id"], unique=False)
        batch_op.create_index(
            "ix_sighting_asked",
            ["member_id", "occurred_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )
        batch_op.create_index("ix_sighting_inlet_id", ["inlet_id", "id"], unique=False)
        batch_op.create_index("ix_sighting_member_id", ["member_id"], unique=False)
        batch_op.create_index(
            "ix_sighting_nobodys",
            ["source", "place", "account", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'new'"),
            postgresql_where=sa.text("state = 'new'"),
        )

    op.create_table(
        "tag_move",
        sa.Column("rule_id", BIG, nullable=False),
        sa.Column("activity_id", BIG, nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_tag_move_activity_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["rule_id"], ["tag_rule.id"], name="fk_tag_move_rule_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("rule_id", "activity_id", name="pk_tag_move"),
    )

    op.add_column("kind", sa.Column("labels", JSON, nullable=True))
    op.add_column("member_merge", sa.Column("differences", JSON, nullable=True))
    op.add_column("member_merge", sa.Column("undone_at", WHEN, nullable=True))
    op.add_column("member_merge", sa.Column("undone_reason", sa.String(length=500), nullable=True))
    _refer("member_merge", "undone_by_id", "member")
    op.add_column("activity", sa.Column("place", sa.String(length=120), nullable=True))
    _refer("activity", "picture_id", "media")
    some = sa.text("picture_id IS NOT NULL")
    op.create_index("ix_activity_picture_id", "activity", ["picture_id"], sqlite_where=some, postgresql_where=some)
    named = sa.text("campaign IS NOT NULL")
    place = ["campaign", "occurred_at", "id"]
    op.create_index("ix_activity_campaign_at", "activity", place, sqlite_where=named, postgresql_where=named)


def downgrade() -> None:
    op.drop_index("ix_activity_campaign_at", "activity")
    op.drop_index("ix_activity_picture_id", "activity")
    with op.batch_alter_table("activity") as batch_op:
        batch_op.drop_column("picture_id")
        batch_op.drop_column("place")
    with op.batch_alter_table("member_merge") as batch_op:
        batch_op.drop_column("undone_by_id")
        batch_op.drop_column("undone_reason")
        batch_op.drop_column("undone_at")
        batch_op.drop_column("differences")
    with op.batch_alter_table("kind") as batch_op:
        batch_op.drop_column("labels")
    op.drop_table("tag_move")
    op.drop_table("sighting")
    op.drop_table("named_person")
    op.drop_table("comment")
    op.drop_table("webhook_message")
    op.drop_table("arrival")
    op.drop_table("webhook")
    op.drop_table("tag_rule")
    op.drop_table("statement_mark")
    op.drop_table("reconciliation")
    op.drop_table("statement")
    op.drop_table("merge_suggestion")
    op.drop_table("linked_account")
    op.drop_table("inlet")
    op.drop_table("content_report")

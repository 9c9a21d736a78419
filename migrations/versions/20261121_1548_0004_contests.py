"""contests, and smaller sizes of whole pictures

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contest",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("takes", sa.String(length=8), nullable=False),
        sa.Column("family", sa.String(length=10), nullable=False),
        sa.Column("campaign", sa.String(length=80), nullable=True),
        sa.Column("may_enter", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("may_vote", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("entries_each", sa.Integer(), nullable=False),
        sa.Column("licences", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("shows_at_once", sa.Boolean(), nullable=False),
        sa.Column("entries_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entries_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tie_rule", sa.String(length=5), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("called_off_reason", sa.String(length=500), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'published', 'called_off')", name="ck_contest_state"),
        sa.CheckConstraint("takes IN ('picture', 'text', 'link', 'person')", name="ck_contest_takes"),
        sa.CheckConstraint("tie_rule IN ('share', 'draw')", name="ck_contest_tie_rule"),
        sa.CheckConstraint("entries_each BETWEEN 1 AND 20", name="ck_contest_entries_each"),
        sa.CheckConstraint("entries_until > entries_from", name="ck_contest_dates"),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name=op.f("fk_contest_owner_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest")),
        sa.UniqueConstraint("slug", name=op.f("uq_contest_slug")),
    )
    with op.batch_alter_table("contest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contest_campaign"), ["campaign"], unique=False)
        batch_op.create_index(batch_op.f("ix_contest_state"), ["state"], unique=False)

    op.create_table(
        "contest_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contest_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("alt", sa.String(length=1000), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("licence", sa.String(length=20), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("nominee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("nominee_agreed", sa.Boolean(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("out_reason", sa.String(length=500), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'in', 'withdrawn', 'out')", name="ck_contest_entry_state"),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_contest_entry_contest_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_contest_entry_media_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_contest_entry_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["nominee_id"], ["member.id"], name=op.f("fk_contest_entry_nominee_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_contest_entry_key")),
    )
    with op.batch_alter_table("contest_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contest_entry_media_id"), ["media_id"], unique=False)
        batch_op.create_index("ix_contest_entry_member_id", ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contest_entry_nominee_id"), ["nominee_id"], unique=False)
        batch_op.create_index("ix_contest_entry_shown", ["contest_id", "state", "handed_in_at", "id"], unique=False)
        batch_op.create_index(
            "uq_contest_entry_nominee",
            ["contest_id", "nominee_id"],
            unique=True,
            sqlite_where=sa.text("nominee_id IS NOT NULL AND state <> 'withdrawn'"),
            postgresql_where=sa.text("nominee_id IS NOT NULL AND state <> 'withdrawn'"),
        )

    op.create_table(
        "contest_prize",
        sa.Column("contest_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("badge", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_contest_prize_contest_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("contest_id", "badge", name=op.f("pk_contest_prize")),
    )
    op.create_table(
        "contest_result",
        sa.Column("contest_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("places", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("detail", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["member.id"], name=op.f("fk_contest_result_actor_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_contest_result_contest_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("contest_id", "number", name=op.f("pk_contest_result")),
    )
    op.create_table(
        "contest_round",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contest_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("judges", sa.String(length=10), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("most_choices", sa.Integer(), nullable=True),
        sa.Column("advance_count", sa.Integer(), nullable=True),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("missing", sa.String(length=8), nullable=False),
        sa.Column("extend_days", sa.Integer(), nullable=False),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deputies_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deputies_called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("roll_cursor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("roll_count", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.CheckConstraint("judges IN ('community', 'jury')", name="ck_contest_round_judges"),
        sa.CheckConstraint("method IN ('approval', 'score', 'borda', 'irv', 'schulze')", name="ck_contest_round_method"),
        sa.CheckConstraint("missing IN ('count', 'extend')", name="ck_contest_round_missing"),
        sa.CheckConstraint("state IN ('waiting', 'drawing', 'open', 'closed')", name="ck_contest_round_state"),
        sa.CheckConstraint("ends_at > starts_at", name="ck_contest_round_dates"),
        sa.CheckConstraint("weight BETWEEN 0 AND 100", name="ck_contest_round_weight"),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_contest_round_contest_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_round")),
        sa.UniqueConstraint("contest_id", "position", name=op.f("uq_contest_round_contest_id_position")),
    )
    with op.batch_alter_table("contest_round", schema=None) as batch_op:
        batch_op.create_index("ix_contest_round_unfinished", ["state", "ends_at"], unique=False)

    op.create_table(
        "media_size",
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_media_size_media_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("media_id", "width_px", name=op.f("pk_media_size")),
    )
    with op.batch_alter_table("media_size", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_media_size_content_hash"), ["content_hash"], unique=False)

    op.create_table(
        "contest_author",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'in', 'declined')", name="ck_contest_author_state"),
        sa.ForeignKeyConstraint(["entry_id"], ["contest_entry.id"], name=op.f("fk_contest_author_entry_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_contest_author_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", "member_id", name=op.f("pk_contest_author")),
    )
    with op.batch_alter_table("contest_author", schema=None) as batch_op:
        batch_op.create_index("ix_contest_author_member_id", ["member_id"], unique=False)

    op.create_table(
        "contest_ballot",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("voter_key", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("receipt_hash", sa.String(length=64), nullable=False),
        sa.Column("abstains", sa.Boolean(), nullable=False),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["contest_round.id"], name=op.f("fk_contest_ballot_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_ballot")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_contest_ballot_receipt_hash")),
        sa.UniqueConstraint("round_id", "voter_key", "number", name=op.f("uq_contest_ballot_round_id_voter_key_number")),
    )
    with op.batch_alter_table("contest_ballot", schema=None) as batch_op:
        batch_op.create_index(
            "uq_contest_ballot_standing",
            ["round_id", "voter_key"],
            unique=True,
            sqlite_where=sa.text("NOT replaced"),
            postgresql_where=sa.text("NOT replaced"),
        )

    op.create_table(
        "contest_candidate",
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seen_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["contest_entry.id"], name=op.f("fk_contest_candidate_entry_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["contest_round.id"], name=op.f("fk_contest_candidate_round_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "entry_id", name=op.f("pk_contest_candidate")),
    )
    with op.batch_alter_table("contest_candidate", schema=None) as batch_op:
        batch_op.create_index("ix_contest_candidate_entry_id", ["entry_id"], unique=False)

    op.create_table(
        "contest_juror",
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part", sa.String(length=6), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("excused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("part IN ('juror', 'deputy')", name="ck_contest_juror_part"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_contest_juror_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["round_id"], ["contest_round.id"], name=op.f("fk_contest_juror_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("round_id", "member_id", name=op.f("pk_contest_juror")),
    )
    with op.batch_alter_table("contest_juror", schema=None) as batch_op:
        batch_op.create_index("ix_contest_juror_member_id", ["member_id"], unique=False)

    op.create_table(
        "contest_remark",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["contest_entry.id"], name=op.f("fk_contest_remark_entry_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_contest_remark_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_remark")),
        sa.UniqueConstraint("member_id", "key", name=op.f("uq_contest_remark_member_id_key")),
    )
    with op.batch_alter_table("contest_remark", schema=None) as batch_op:
        batch_op.create_index("ix_contest_remark_entry_id", ["entry_id", "id"], unique=False)
        batch_op.create_index("ix_contest_remark_member_id", ["member_id"], unique=False)

    op.create_table(
        "contest_sheet",
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("voter_key", sa.String(length=64), nullable=False),
        sa.Column("entry_order", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("marks", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["contest_round.id"], name=op.f("fk_contest_sheet_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("round_id", "voter_key", name=op.f("pk_contest_sheet")),
    )
    op.create_table(
        "contest_voter",
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["community_group.id"], name=op.f("fk_contest_voter_group_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_contest_voter_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["round_id"], ["contest_round.id"], name=op.f("fk_contest_voter_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("round_id", "member_id", name=op.f("pk_contest_voter")),
    )
    with op.batch_alter_table("contest_voter", schema=None) as batch_op:
        batch_op.create_index("ix_contest_voter_member_id", ["member_id"], unique=False)
        batch_op.create_index(
            "ix_contest_voter_silent",
            ["round_id", "member_id"],
            unique=False,
            sqlite_where=sa.text("NOT voted"),
            postgresql_where=sa.text("NOT voted"),
        )

    op.create_table(
        "contest_flag",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("remark_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["contest_entry.id"], name=op.f("fk_contest_flag_entry_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_contest_flag_member_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["remark_id"], ["contest_remark.id"], name=op.f("fk_contest_flag_remark_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["member.id"], name=op.f("fk_contest_flag_settled_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_flag")),
    )
    with op.batch_alter_table("contest_flag", schema=None) as batch_op:
        batch_op.create_index("ix_contest_flag_member_id", ["member_id"], unique=False)
        batch_op.create_index(
            "uq_contest_flag_open",
            ["entry_id", sa.text("coalesce(remark_id, 0)"), "member_id"],
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "contest_mark",
        sa.Column("ballot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["contest_ballot.id"], name=op.f("fk_contest_mark_ballot_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["entry_id"], ["contest_entry.id"], name=op.f("fk_contest_mark_entry_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ballot_id", "entry_id", name=op.f("pk_contest_mark")),
    )


def downgrade() -> None:
    op.drop_table("contest_mark")
    with op.batch_alter_table("contest_flag", schema=None) as batch_op:
        batch_op.drop_index("uq_contest_flag_open")
        batch_op.drop_index("ix_contest_flag_member_id")

    op.drop_table("contest_flag")
    with op.batch_alter_table("contest_voter", schema=None) as batch_op:
        batch_op.drop_index("ix_contest_voter_silent", sqlite_where=sa.text("NOT voted"), postgresql_where=sa.text("NOT voted"))
        batch_op.drop_index("ix_contest_voter_member_id")

    op.drop_table("contest_voter")
    op.drop_table("contest_sheet")
    with op.batch_alter_table("contest_remark", schema=None) as batch_op:
        batch_op.drop_index("ix_contest_remark_member_id")
        batch_op.drop_index("ix_contest_remark_entry_id")

    op.drop_table("contest_remark")
    with op.batch_alter_table("contest_juror", schema=None) as batch_op:
        batch_op.drop_index("ix_contest_juror_member_id")

    op.drop_table("contest_juror")
    with op.batch_alter_table("contest_candidate", schema=None) as batch_op:
        batch_op.drop_index("ix_contest_candidate_entry_id")

    op.drop_table("contest_candidate")
    with op.batch_alter_table("contest_ballot", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_contest_ballot_standing", sqlite_where=sa.text("NOT replaced"), postgresql_where=sa.text("NOT replaced")
        )

    op.drop_table("contest_ballot")
    with op.batch_alter_table("contest_author", schema=None) as batch_op:
        batch_op.drop_index("ix_contest_author_member_id")

    op.drop_table("contest_author")
    with op.batch_alter_table("media_size", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_media_size_content_hash"))

    op.drop_table("media_size")
    with op.batch_alter_table("contest_round", schema=None) as batch_op:
        batch_op.drop_index("ix_contest_round_unfinished")

    op.drop_table("contest_round")
    op.drop_table("contest_result")
    op.drop_table("contest_prize")
    with op.batch_alter_table("contest_entry", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_contest_entry_nominee",
            sqlite_where=sa.text("nominee_id IS NOT NULL AND state <> 'withdrawn'"),
            postgresql_where=sa.text("nominee_id IS NOT NULL AND state <> 'withdrawn'"),
        )
        batch_op.drop_index("ix_contest_entry_shown")
        batch_op.drop_index(batch_op.f("ix_contest_entry_nominee_id"))
        batch_op.drop_index("ix_contest_entry_member_id")
        batch_op.drop_index(batch_op.f("ix_contest_entry_media_id"))

    op.drop_table("contest_entry")
    with op.batch_alter_table("contest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contest_state"))
        batch_op.drop_index(batch_op.f("ix_contest_campaign"))

    op.drop_table("contest")

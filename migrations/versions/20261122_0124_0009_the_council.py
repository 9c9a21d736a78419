"""the council: campaigns with their states, quests with versions, announcements, surveys, events, mentoring, objectives

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
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
        "area",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("conversion", JSON, nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("counted_at", WHEN, nullable=True),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("changed_at", WHEN, nullable=False),
        sa.CheckConstraint("state IN ('defined', 'piloted', 'live')", name="ck_area_state"),
        sa.PrimaryKeyConstraint("id", name="pk_area"),
        sa.UniqueConstraint("slug", name="uq_area_slug"),
    )
    op.create_table(
        "figure",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("span", sa.Integer(), nullable=False),
        sa.Column("told_by", sa.String(length=20), nullable=False),
        sa.Column("slot", sa.String(length=160), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("counted_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("name", "day", "span", "told_by", "slot", name="pk_figure"),
    )
    with op.batch_alter_table("figure") as batch_op:
        batch_op.create_index("ix_figure_series", ["name", "span", "told_by", "slot", "day"], unique=False)

    op.create_table(
        "stopped_address",
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("bounces", sa.Integer(), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.Column("first_at", WHEN, nullable=False),
        sa.Column("last_at", WHEN, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("letter", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_stopped_address"),
    )
    op.create_table(
        "subscriber",
        sa.Column("id", BIG, nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("rhythm", sa.String(length=7), nullable=False),
        sa.Column("asked_at", WHEN, nullable=False),
        sa.Column("confirmed_at", WHEN, nullable=True),
        sa.Column("told_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", WHEN, nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriber"),
        sa.UniqueConstraint("address", name="uq_subscriber_address"),
    )
    with op.batch_alter_table("subscriber") as batch_op:
        batch_op.create_index("ix_subscriber_due_at", ["due_at"], unique=False)

    op.create_table(
        "announcement",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("sort", sa.String(length=8), nullable=False),
        sa.Column("topic", sa.String(length=96), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("audience", JSON, nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("channels", JSON, nullable=False),
        sa.Column("about_ref", sa.String(length=120), nullable=False),
        sa.Column("about_at", WHEN, nullable=True),
        sa.Column("lead_days", sa.Integer(), server_default=sa.text("14"), nullable=False),
        sa.Column("send_at", WHEN, nullable=True),
        sa.Column("out_at", WHEN, nullable=True),
        sa.Column("told_count", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=True),
        sa.Column("decisions", JSON, nullable=False),
        sa.Column("mentions", JSON, nullable=False),
        sa.Column("corrections", JSON, nullable=False),
        sa.Column("mailed_count", sa.Integer(), nullable=False),
        sa.Column("read_count", sa.Integer(), nullable=False),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=False),
        sa.Column("author_id", BIG, nullable=True),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("changed_at", WHEN, nullable=False),
        sa.CheckConstraint("sort IN ('news', 'article', 'minutes', 'digest')", name="ck_announcement_sort"),
        sa.CheckConstraint("state IN ('draft', 'planned', 'out', 'withdrawn')", name="ck_announcement_state"),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name="fk_announcement_author_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_announcement"),
        sa.UniqueConstraint("slug", name="uq_announcement_slug"),
    )
    with op.batch_alter_table("announcement") as batch_op:
        batch_op.create_index("ix_announcement_about_ref", ["about_ref"], unique=False)
        batch_op.create_index("ix_announcement_due", ["state", "send_at"], unique=False)
        batch_op.create_index("ix_announcement_out_at", ["out_at", "id"], unique=False)

    op.create_table(
        "channel",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("adapter", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("covers", sa.String(length=300), nullable=False),
        sa.Column("config", JSON, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=3), nullable=False),
        sa.Column("group_id", BIG, nullable=True),
        sa.Column("created_at", WHEN, nullable=False),
        sa.CheckConstraint("state IN ('on', 'off')", name="ck_channel_state"),
        sa.ForeignKeyConstraint(["group_id"], ["community_group.id"], name="fk_channel_group_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_channel"),
        sa.UniqueConstraint("slug", name="uq_channel_slug"),
    )
    op.create_table(
        "event",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("form", sa.String(length=6), nullable=False),
        sa.Column("starts_at", WHEN, nullable=False),
        sa.Column("ends_at", WHEN, nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("campaign", sa.String(length=80), nullable=True),
        sa.Column("group_id", BIG, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("called_off_reason", sa.String(length=500), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.Column("coming_count", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reminded_at", WHEN, nullable=True),
        sa.Column("host_id", BIG, nullable=True),
        sa.Column("published_at", WHEN, nullable=True),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("changed_at", WHEN, nullable=False),
        sa.CheckConstraint("form IN ('site', 'online', 'both')", name="ck_event_form"),
        sa.CheckConstraint("kind IN ('call', 'meeting', 'workshop', 'sprint', 'talk', 'other')", name="ck_event_kind"),
        sa.CheckConstraint("state IN ('draft', 'planned', 'called_off')", name="ck_event_state"),
        sa.CheckConstraint("ends_at > starts_at", name="ck_event_dates"),
        sa.ForeignKeyConstraint(["group_id"], ["community_group.id"], name="fk_event_group_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["host_id"], ["member.id"], name="fk_event_host_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("slug", name="uq_event_slug"),
    )
    with op.batch_alter_table("event") as batch_op:
        batch_op.create_index("ix_event_campaign", ["campaign"], unique=False)
        batch_op.create_index("ix_event_group_id", ["group_id"], unique=False)
        batch_op.create_index("ix_event_series", ["series", "starts_at"], unique=False)
        batch_op.create_index("ix_event_starts_at", ["starts_at", "id"], unique=False)

    op.create_table(
        "mail_wish",
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("rhythms", JSON, nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.Integer(), nullable=False),
        sa.Column("due_at", WHEN, nullable=True),
        sa.Column("follows_due_at", WHEN, nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_mail_wish_member_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", name="pk_mail_wish"),
    )
    with op.batch_alter_table("mail_wish") as batch_op:
        batch_op.create_index("ix_mail_wish_due_at", ["due_at"], unique=False)
        batch_op.create_index("ix_mail_wish_follows_due_at", ["follows_due_at"], unique=False)

    op.create_table(
        "follow",
        sa.Column("id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("sort", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("since_at", WHEN, nullable=False),
        sa.CheckConstraint("sort IN ('tag', 'group', 'campaign', 'member')", name="ck_follow_sort"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_follow_member_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["member.id"], name="fk_follow_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_follow"),
        sa.UniqueConstraint("member_id", "sort", "name", name="uq_follow_member_id_sort_name"),
    )
    with op.batch_alter_table("follow") as batch_op:
        batch_op.create_index("ix_follow_person_id", ["person_id"], unique=False)

    op.create_table(
        "mentor_ask",
        sa.Column("id", BIG, nullable=False),
        sa.Column("mentee_id", BIG, nullable=False),
        sa.Column("mentor_id", BIG, nullable=True),
        sa.Column("want", sa.String(length=6), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_at", WHEN, nullable=False),
        sa.Column("passed_on_at", WHEN, nullable=True),
        sa.Column("answered_at", WHEN, nullable=True),
        sa.Column("answered_by_id", BIG, nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint("want IN ('word', 'mentor')", name="ck_mentor_ask_want"),
        sa.ForeignKeyConstraint(["answered_by_id"], ["member.id"], name="fk_mentor_ask_answered_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["mentee_id"], ["member.id"], name="fk_mentor_ask_mentee_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["mentor_id"], ["member.id"], name="fk_mentor_ask_mentor_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_mentor_ask"),
    )
    with op.batch_alter_table("mentor_ask") as batch_op:
        batch_op.create_index("ix_mentor_ask_mentee_id", ["mentee_id", "id"], unique=False)
        batch_op.create_index("ix_mentor_ask_mentor_id", ["mentor_id"], unique=False)
        batch_op.create_index(
            "ix_mentor_ask_open",
            ["asked_at"],
            unique=False,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )

    op.create_table(
        "mentor_link",
        sa.Column("id", BIG, nullable=False),
        sa.Column("mentee_id", BIG, nullable=False),
        sa.Column("mentor_id", BIG, nullable=True),
        sa.Column("since", WHEN, nullable=False),
        sa.Column("ended_at", WHEN, nullable=True),
        sa.Column("ended_by", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["mentee_id"], ["member.id"], name="fk_mentor_link_mentee_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["mentor_id"], ["member.id"], name="fk_mentor_link_mentor_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_mentor_link"),
    )
    with op.batch_alter_table("mentor_link") as batch_op:
        batch_op.create_index("ix_mentor_link_mentee_id", ["mentee_id", "id"], unique=False)
        batch_op.create_index("ix_mentor_link_mentor_id", ["mentor_id", "id"], unique=False)
        batch_op.create_index(
            "uq_mentor_link_now",
            ["mentee_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "mentor_offer",
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("rests_until", sa.Date(), nullable=True),
        sa.Column("since", WHEN, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_mentor_offer_member_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", name="pk_mentor_offer"),
    )
    op.create_table(
        "mentor_word",
        sa.Column("id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("mentor_id", BIG, nullable=True),
        sa.Column("mood", sa.String(length=5), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("seen_at", WHEN, nullable=True),
        sa.CheckConstraint("mood IN ('good', 'mixed', 'poor')", name="ck_mentor_word_mood"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_mentor_word_member_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["mentor_id"], ["member.id"], name="fk_mentor_word_mentor_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_mentor_word"),
    )
    with op.batch_alter_table("mentor_word") as batch_op:
        batch_op.create_index("ix_mentor_word_member_id", ["member_id"], unique=False)
        batch_op.create_index("ix_mentor_word_mentor_id", ["mentor_id"], unique=False)

    op.create_table(
        "objective",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("state_reason", sa.String(length=500), nullable=False),
        sa.Column("state_at", WHEN, nullable=False),
        sa.Column("quiet_days", sa.Integer(), nullable=False),
        sa.Column("covered_by", sa.String(length=300), nullable=False),
        sa.Column("news_at", WHEN, nullable=False),
        sa.Column("warned_at", WHEN, nullable=True),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("comments_until", sa.Date(), nullable=True),
        sa.Column("unasked_reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.CheckConstraint("state IN ('draft', 'asking', 'running', 'paused', 'ended')", name="ck_objective_state"),
        sa.CheckConstraint("ends_on >= starts_on", name="ck_objective_dates"),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name="fk_objective_owner_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_objective"),
        sa.UniqueConstraint("slug", name="uq_objective_slug"),
    )
    op.create_table(
        "quest_text",
        sa.Column("quest_id", BIG, nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("words", JSON, nullable=False),
        sa.Column("was", JSON, nullable=False),
        sa.Column("state", sa.String(length=5), nullable=False),
        sa.Column("changed_at", WHEN, nullable=False),
        sa.Column("by_id", BIG, nullable=True),
        sa.CheckConstraint("state IN ('draft', 'ready')", name="ck_quest_text_state"),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name="fk_quest_text_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["quest_id"], ["quest.id"], name="fk_quest_text_quest_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("quest_id", "language", name="pk_quest_text"),
    )
    op.create_table(
        "quest_version",
        sa.Column("quest_id", BIG, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sheet", JSON, nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("by_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name="fk_quest_version_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["quest_id"], ["quest.id"], name="fk_quest_version_quest_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("quest_id", "version", name="pk_quest_version"),
    )
    op.create_table(
        "question",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sort", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", BIG, nullable=True),
        sa.Column("is_anonymous", sa.Boolean(), nullable=False),
        sa.Column("asked_at", WHEN, nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_at", WHEN, nullable=True),
        sa.Column("replied_by_id", BIG, nullable=True),
        sa.Column("campaign", sa.String(length=80), nullable=True),
        sa.CheckConstraint("sort IN ('question', 'idea')", name="ck_question_sort"),
        sa.CheckConstraint("state IN ('open', 'answered', 'declined', 'withdrawn', 'hidden')", name="ck_question_state"),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name="fk_question_author_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["replied_by_id"], ["member.id"], name="fk_question_replied_by_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
    )
    with op.batch_alter_table("question") as batch_op:
        batch_op.create_index("ix_question_author_id", ["author_id"], unique=False)
        batch_op.create_index("ix_question_campaign", ["campaign"], unique=False)
        batch_op.create_index("ix_question_list", ["sort", "state", "votes", "id"], unique=False)

    op.create_table(
        "quiet_note",
        sa.Column("id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("thanked_at", WHEN, nullable=False),
        sa.Column("asked_at", WHEN, nullable=True),
        sa.Column("answer", sa.String(length=6), nullable=True),
        sa.Column("answered_at", WHEN, nullable=True),
        sa.Column("closed_at", WHEN, nullable=True),
        sa.CheckConstraint("answer IN ('here', 'pause', 'alumni')", name="ck_quiet_note_answer"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_quiet_note_member_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_quiet_note"),
    )
    with op.batch_alter_table("quiet_note") as batch_op:
        batch_op.create_index("ix_quiet_note_member_id", ["member_id", "id"], unique=False)
        batch_op.create_index(
            "ix_quiet_note_to_ask",
            ["thanked_at"],
            unique=False,
            sqlite_where=sa.text("asked_at IS NULL AND closed_at IS NULL"),
            postgresql_where=sa.text("asked_at IS NULL AND closed_at IS NULL"),
        )
        batch_op.create_index(
            "uq_quiet_note_open",
            ["member_id"],
            unique=True,
            sqlite_where=sa.text("answer IS NULL AND closed_at IS NULL"),
            postgresql_where=sa.text("answer IS NULL AND closed_at IS NULL"),
        )

    op.create_table(
        "quiet_rule",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seen", JSON, nullable=False),
        sa.Column("thank_days", sa.Integer(), nullable=False),
        sa.Column("again_days", sa.Integer(), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("by_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name="fk_quiet_rule_by_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("version", name="pk_quiet_rule"),
    )
    op.create_table(
        "survey",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("intro", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("campaign", sa.String(length=80), nullable=True),
        sa.Column("is_anonymous", sa.Boolean(), nullable=False),
        sa.Column("audience", JSON, nullable=True),
        sa.Column("strata", JSON, nullable=False),
        sa.Column("method", JSON, nullable=False),
        sa.Column("evidence", JSON, nullable=True),
        sa.Column("opens_at", WHEN, nullable=False),
        sa.Column("closes_at", WHEN, nullable=False),
        sa.Column("ready_at", WHEN, nullable=True),
        sa.Column("roll_cursor", sa.BigInteger(), nullable=True),
        sa.Column("roll_size", sa.Integer(), nullable=False),
        sa.Column("rules_hash", sa.String(length=64), nullable=False),
        sa.Column("roll_hash", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("reminded_at", WHEN, nullable=True),
        sa.Column("result", JSON, nullable=True),
        sa.Column("result_at", WHEN, nullable=True),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("created_at", WHEN, nullable=False),
        sa.CheckConstraint("state IN ('draft', 'drawing', 'open', 'closed')", name="ck_survey_state"),
        sa.CheckConstraint("closes_at > opens_at", name="ck_survey_dates"),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name="fk_survey_owner_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_survey"),
        sa.UniqueConstraint("slug", name="uq_survey_slug"),
    )
    with op.batch_alter_table("survey") as batch_op:
        batch_op.create_index("ix_survey_campaign", ["campaign"], unique=False)
        batch_op.create_index("ix_survey_unfinished", ["state", "opens_at"], unique=False)

    op.create_table(
        "announcement_text",
        sa.Column("announcement_id", BIG, nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name="fk_announcement_text_announcement_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("announcement_id", "language", name="pk_announcement_text"),
    )
    op.create_table(
        "coming",
        sa.Column("event_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("answer", sa.String(length=5), nullable=False),
        sa.Column("shows", sa.Boolean(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.CheckConstraint("answer IN ('yes', 'maybe', 'no')", name="ck_coming_answer"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_coming_event_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_coming_member_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id", "member_id", name="pk_coming"),
    )
    with op.batch_alter_table("coming") as batch_op:
        batch_op.create_index("ix_coming_member_id", ["member_id"], unique=False)

    op.create_table(
        "dispatch",
        sa.Column("id", BIG, nullable=False),
        sa.Column("announcement_id", BIG, nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", WHEN, nullable=False),
        sa.Column("sent_at", WHEN, nullable=True),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed', 'unsure')", name="ck_dispatch_state"),
        sa.ForeignKeyConstraint(["announcement_id"], ["announcement.id"], name="fk_dispatch_announcement_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_dispatch"),
        sa.UniqueConstraint("announcement_id", "channel", name="uq_dispatch_announcement_id_channel"),
        sa.UniqueConstraint("key", name="uq_dispatch_key"),
    )
    with op.batch_alter_table("dispatch") as batch_op:
        batch_op.create_index(
            "ix_dispatch_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('waiting', 'sending')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending')"),
        )

    op.create_table(
        "key_result",
        sa.Column("id", BIG, nullable=False),
        sa.Column("objective_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=7), nullable=False),
        sa.Column("target", sa.Double(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("changed_at", WHEN, nullable=False),
        sa.CheckConstraint("unit IN ('percent', 'count')", name="ck_key_result_unit"),
        sa.ForeignKeyConstraint(["objective_id"], ["objective.id"], name="fk_key_result_objective_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_key_result"),
    )
    with op.batch_alter_table("key_result") as batch_op:
        batch_op.create_index("ix_key_result_objective_id", ["objective_id"], unique=False)

    op.create_table(
        "milestone",
        sa.Column("id", BIG, nullable=False),
        sa.Column("objective_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("closes", sa.String(length=120), nullable=False),
        sa.Column("wants_help", sa.Boolean(), nullable=False),
        sa.Column("done_at", WHEN, nullable=True),
        sa.Column("done_by", sa.String(length=20), nullable=False),
        sa.Column("reopened_at", WHEN, nullable=True),
        sa.ForeignKeyConstraint(["objective_id"], ["objective.id"], name="fk_milestone_objective_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name="fk_milestone_owner_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_milestone"),
    )
    with op.batch_alter_table("milestone") as batch_op:
        batch_op.create_index("ix_milestone_closes", ["closes"], unique=False)
        batch_op.create_index("ix_milestone_due_on", ["due_on"], unique=False)
        batch_op.create_index("ix_milestone_objective_id", ["objective_id"], unique=False)

    op.create_table(
        "objective_news",
        sa.Column("id", BIG, nullable=False),
        sa.Column("objective_id", BIG, nullable=False),
        sa.Column("author_id", BIG, nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name="fk_objective_news_author_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["objective_id"], ["objective.id"], name="fk_objective_news_objective_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_objective_news"),
    )
    with op.batch_alter_table("objective_news") as batch_op:
        batch_op.create_index("ix_objective_news_objective_id", ["objective_id", "id"], unique=False)

    op.create_table(
        "plan_theme",
        sa.Column("id", BIG, nullable=False),
        sa.Column("objective_id", BIG, nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["objective_id"], ["objective.id"], name="fk_plan_theme_objective_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_plan_theme"),
        sa.UniqueConstraint("objective_id", "title", name="uq_plan_theme_title"),
    )
    op.create_table(
        "plan_comment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("objective_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("theme_id", BIG, nullable=True),
        sa.Column("hidden_reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["objective_id"], ["objective.id"], name="fk_plan_comment_objective_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_plan_comment_member_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["theme_id"], ["plan_theme.id"], name="fk_plan_comment_theme_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_plan_comment"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("plan_comment") as batch_op:
        batch_op.create_index("ix_plan_comment_objective_id", ["objective_id", "id"], unique=False)
        batch_op.create_index("ix_plan_comment_member_id", ["member_id"], unique=False)
        batch_op.create_index("ix_plan_comment_theme_id", ["theme_id"], unique=False)

    op.create_table(
        "quest_review",
        sa.Column("id", BIG, nullable=False),
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("step_id", BIG, nullable=False),
        sa.Column("question_key", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_at", WHEN, nullable=False),
        sa.Column("widened_at", WHEN, nullable=True),
        sa.Column("taken_by_id", BIG, nullable=True),
        sa.Column("taken_until", WHEN, nullable=True),
        sa.Column("decided_by_id", BIG, nullable=True),
        sa.Column("decided_at", WHEN, nullable=True),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'passed', 'returned', 'dropped')", name="ck_quest_review_state"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name="fk_quest_review_decided_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name="fk_quest_review_enrolment_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name="fk_quest_review_step_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["taken_by_id"], ["member.id"], name="fk_quest_review_taken_by_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_quest_review"),
        sa.UniqueConstraint(
            "enrolment_id", "step_id", "question_key", "number", name="uq_quest_review_enrolment_id_step_id_question_key_number"
        ),
    )
    with op.batch_alter_table("quest_review") as batch_op:
        batch_op.create_index("ix_quest_review_decided_by_id", ["decided_by_id"], unique=False)
        batch_op.create_index("ix_quest_review_step_id", ["step_id"], unique=False)
        batch_op.create_index("ix_quest_review_taken_by_id", ["taken_by_id"], unique=False)
        batch_op.create_index(
            "ix_quest_review_waiting",
            ["asked_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "question_vote",
        sa.Column("question_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_question_vote_member_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name="fk_question_vote_question_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("question_id", "member_id", name="pk_question_vote"),
    )
    with op.batch_alter_table("question_vote") as batch_op:
        batch_op.create_index("ix_question_vote_member_id", ["member_id"], unique=False)

    op.create_table(
        "survey_answer",
        sa.Column("id", BIG, nullable=False),
        sa.Column("survey_id", BIG, nullable=False),
        sa.Column("person_key", sa.String(length=64), nullable=False),
        sa.Column("member_id", BIG, nullable=True),
        sa.Column("stratum", sa.String(length=40), nullable=False),
        sa.Column("region", sa.String(length=120), nullable=False),
        sa.Column("claim", sa.String(length=8), nullable=False),
        sa.Column("given", JSON, nullable=False),
        sa.CheckConstraint("claim IN ('yes', 'no', 'other', 'declined')", name="ck_survey_answer_claim"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_survey_answer_member_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name="fk_survey_answer_survey_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_survey_answer"),
        sa.UniqueConstraint("survey_id", "person_key", name="uq_survey_answer_survey_id_person_key"),
    )
    with op.batch_alter_table("survey_answer") as batch_op:
        batch_op.create_index("ix_survey_answer_member_id", ["member_id"], unique=False)

    op.create_table(
        "survey_person",
        sa.Column("survey_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("stratum", sa.String(length=40), nullable=False),
        sa.Column("region", sa.String(length=120), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_survey_person_member_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name="fk_survey_person_survey_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("survey_id", "member_id", name="pk_survey_person"),
    )
    with op.batch_alter_table("survey_person") as batch_op:
        batch_op.create_index("ix_survey_person_member_id", ["member_id"], unique=False)
        batch_op.create_index(
            "ix_survey_person_silent",
            ["survey_id", "member_id"],
            unique=False,
            sqlite_where=sa.text("NOT answered"),
            postgresql_where=sa.text("NOT answered"),
        )

    op.create_table(
        "survey_question",
        sa.Column("id", BIG, nullable=False),
        sa.Column("survey_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("ask", sa.String(length=300), nullable=False),
        sa.Column("hint", sa.String(length=300), nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("is_claim", sa.Boolean(), nullable=False),
        sa.Column("yes", JSON, nullable=False),
        sa.Column("no", JSON, nullable=False),
        sa.CheckConstraint("kind IN ('choice', 'several', 'scale', 'text')", name="ck_survey_question_kind"),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name="fk_survey_question_survey_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_survey_question"),
        sa.UniqueConstraint("survey_id", "position", name="uq_survey_question_survey_id_position"),
    )
    op.create_table(
        "campaign_text",
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("words", JSON, nullable=False),
        sa.Column("was", JSON, nullable=False),
        sa.Column("state", sa.String(length=5), nullable=False),
        sa.Column("changed_at", WHEN, nullable=False),
        sa.Column("by_id", BIG, nullable=True),
        sa.CheckConstraint("state IN ('draft', 'ready')", name="ck_campaign_text_state"),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name="fk_campaign_text_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_campaign_text_campaign_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("campaign_id", "language", name="pk_campaign_text"),
    )
    op.create_table(
        "campaign_state",
        sa.Column("id", BIG, nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("by_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name="fk_campaign_state_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_campaign_state_campaign_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_campaign_state"),
    )
    with op.batch_alter_table("campaign_state") as batch_op:
        batch_op.create_index("ix_campaign_state_campaign_id", ["campaign_id", "id"], unique=False)

    op.create_table(
        "milestone_help",
        sa.Column("milestone_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_milestone_help_member_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name="fk_milestone_help_milestone_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("milestone_id", "member_id", name="pk_milestone_help"),
    )
    with op.batch_alter_table("milestone_help") as batch_op:
        batch_op.create_index("ix_milestone_help_member_id", ["member_id"], unique=False)

    op.add_column("campaign", sa.Column("publish_at", WHEN, nullable=True))
    op.add_column("campaign", sa.Column("lead_days", sa.Integer(), server_default=sa.text("14"), nullable=False))
    op.add_column("campaign", sa.Column("outcome", JSON, nullable=True))
    op.add_column("campaign", sa.Column("outcome_at", WHEN, nullable=True))
    op.add_column("campaign", sa.Column("contact", sa.String(length=200), server_default="", nullable=False))
    op.add_column("campaign", sa.Column("mentions", JSON, server_default=sa.text("'[]'"), nullable=False))
    op.create_table(
        "role",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("held_by", sa.String(length=80), nullable=False),
        sa.Column("draft", JSON, nullable=True),
        sa.Column("draft_number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rule", JSON, nullable=True),
        sa.Column("quest", sa.String(length=80), nullable=True),
        sa.Column("quest_from", sa.Date(), nullable=True),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("open_until", sa.Date(), nullable=True),
        sa.Column("created_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_role"),
        sa.UniqueConstraint("slug", name="uq_role_slug"),
    )
    op.create_index("ix_role_open_until", "role", ["open_until"])
    op.create_table(
        "role_version",
        sa.Column("id", BIG, nullable=False),
        sa.Column("role_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sheet", JSON, nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("first_for", sa.String(length=80), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("all_on", sa.Date(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("by_id", BIG, nullable=True),
        sa.Column("told_at", WHEN, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name="fk_role_version_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name="fk_role_version_role_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_role_version"),
        sa.UniqueConstraint("role_id", "number", name="uq_role_version_role_id_number"),
    )
    op.create_index("ix_role_version_all_on", "role_version", ["all_on"])
    op.create_table(
        "role_word",
        sa.Column("id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("gone_at", WHEN, nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name="fk_role_word_author_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["version_id"], ["role_version.id"], name="fk_role_word_version_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_role_word"),
    )
    op.create_index("ix_role_word_author_id", "role_word", ["author_id"])
    op.create_index("ix_role_word_version_id", "role_word", ["version_id", "id"])
    op.create_table(
        "role_application",
        sa.Column("id", BIG, nullable=False),
        sa.Column("role_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("decided_at", WHEN, nullable=True),
        sa.Column("decided_by_id", BIG, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'accepted', 'declined', 'withdrawn')", name="ck_role_application_state"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name="fk_role_application_decided_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_role_application_member_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name="fk_role_application_role_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_role_application"),
    )
    op.create_index("ix_role_application_member_id", "role_application", ["member_id"])
    op.create_index("ix_role_application_role_id", "role_application", ["role_id"])
    op.create_index("ix_role_application_state", "role_application", ["state", "id"])
    op.create_table(
        "role_place",
        sa.Column("id", BIG, nullable=False),
        sa.Column("role_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("by_id", BIG, nullable=True),
        sa.Column("since", WHEN, nullable=False),
        sa.Column("ended_at", WHEN, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name="fk_role_place_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_role_place_member_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name="fk_role_place_role_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_role_place"),
    )
    now = sa.text("ended_at IS NULL")
    columns = ["role_id", "member_id"]
    op.create_index("uq_role_place_now", "role_place", columns, unique=True, sqlite_where=now, postgresql_where=now)
    op.create_index("ix_role_place_member_id", "role_place", ["member_id"])
    _resources()
    op.add_column("campaign", sa.Column("language", sa.String(length=16), server_default=sa.text("'en'"), nullable=False))
    _refer("campaign", "idea_id", "question")
    op.add_column("enrolment", _one("version"))
    op.add_column("enrolment", sa.Column("helps", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("member", sa.Column("away_until", sa.Date(), nullable=True))
    _ties()
    op.add_column("role_grant", sa.Column("ends_on", sa.Date(), nullable=True))
    op.add_column("role_grant", sa.Column("wish", sa.String(length=9), nullable=True))
    op.create_index("ix_role_grant_ends_on", "role_grant", ["ends_on"])
    op.add_column("notice", sa.Column("topic", sa.String(length=96), server_default=sa.text("'mine'"), nullable=False))
    op.add_column("quest", _one("version"))
    op.add_column("quest", sa.Column("language", sa.String(length=16), server_default=sa.text("'en'"), nullable=False))
    op.add_column("quest", sa.Column("draft", JSON, nullable=True))
    op.add_column("quest", _none("draft_number"))
    _groups()
    _teams()
    _vouching()
    with op.batch_alter_table("step") as batch_op:
        batch_op.add_column(_one("version"))
        batch_op.add_column(_none("reached_count"))
        batch_op.add_column(_none("done_count"))
        batch_op.add_column(_none("stuck_count"))
        batch_op.drop_constraint("uq_step_quest_id_slug", type_="unique")
        batch_op.create_unique_constraint("uq_step_quest_id_version_slug", ["quest_id", "version", "slug"])


def _resources() -> None:
    op.create_table(
        "resource_kind",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_resource_kind"),
        sa.UniqueConstraint("name", name="uq_resource_kind_name"),
    )
    op.create_table(
        "resource_ask",
        sa.Column("id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("group_id", BIG, nullable=True),
        sa.Column("kind_id", BIG, nullable=True),
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=120), nullable=False),
        sa.Column("about", sa.String(length=100), nullable=False),
        sa.Column("shows_name", sa.Boolean(), nullable=False),
        sa.Column("shows_words", sa.Boolean(), nullable=False),
        sa.Column("asked_at", WHEN, nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("given", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("decided_at", WHEN, nullable=True),
        sa.Column("decided_by_id", BIG, nullable=True),
        sa.Column("deed_id", BIG, nullable=True),
        sa.Column("told_at", WHEN, nullable=True),
        sa.Column("words_down_at", WHEN, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'granted', 'partly', 'declined', 'withdrawn')", name="ck_resource_ask_state"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name="fk_resource_ask_decided_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["deed_id"], ["activity.id"], name="fk_resource_ask_deed_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["group_id"], ["community_group.id"], name="fk_resource_ask_group_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["kind_id"], ["resource_kind.id"], name="fk_resource_ask_kind_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_resource_ask_member_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_resource_ask"),
    )
    op.create_index("ix_resource_ask_decided_at", "resource_ask", ["decided_at", "id"])
    op.create_index("ix_resource_ask_decided_by_id", "resource_ask", ["decided_by_id"])
    op.create_index("ix_resource_ask_deed_id", "resource_ask", ["deed_id"])
    op.create_index("ix_resource_ask_group_id", "resource_ask", ["group_id"])
    op.create_index("ix_resource_ask_kind_id", "resource_ask", ["kind_id", "decided_at", "id"])
    op.create_index("ix_resource_ask_member_id", "resource_ask", ["member_id", "id"])
    op.create_index("ix_resource_ask_region", "resource_ask", ["region", "decided_at", "id"])
    op.create_index("ix_resource_ask_state", "resource_ask", ["state", "id"])


def _groups() -> None:
    op.create_table(
        "group_terms",
        sa.Column("group_id", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since", WHEN, nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["community_group.id"], name="fk_group_terms_group_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("group_id", "version", name="pk_group_terms"),
    )
    op.add_column("community_group", sa.Column("members_by", sa.String(length=8), server_default="joined", nullable=False))
    op.add_column("community_group", sa.Column("members_rule", JSON, nullable=True))
    op.add_column("community_group", _none("terms_from"))
    op.add_column("community_group", _none("rule_number"))
    op.add_column("community_group", sa.Column("member_count", sa.Integer(), nullable=True))
    op.add_column("community_group", sa.Column("counted_at", WHEN, nullable=True))
    _refer("community_group", "logo_id", "media")
    op.create_index("ix_community_group_logo_id", "community_group", ["logo_id"])
    op.add_column("community_group", sa.Column("logo_alt", sa.String(length=200), server_default="", nullable=False))
    op.add_column("community_group", sa.Column("website", sa.String(length=300), server_default="", nullable=False))
    op.add_column("community_group", sa.Column("is_outside", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("membership", sa.Column("terms_version", sa.Integer(), nullable=True))
    op.add_column("membership", sa.Column("terms_at", WHEN, nullable=True))
    _roster()
    op.add_column("media", sa.Column("source_hash", sa.String(length=64), nullable=True))
    op.create_index("ix_media_source_hash", "media", ["source_hash"])


def _roster() -> None:
    op.add_column("membership", sa.Column("on_roster", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("membership", sa.Column("reached_on", sa.Date(), nullable=True))
    op.add_column("membership", sa.Column("told_on", sa.Date(), nullable=True))
    op.add_column("membership", sa.Column("told_before", sa.Date(), nullable=True))
    allowed = sa.text("on_roster")
    op.create_index("ix_membership_roster", "membership", ["group_id", "id"], sqlite_where=allowed, postgresql_where=allowed)


def _ties() -> None:
    op.add_column("member", sa.Column("shows_ties", sa.Boolean(), server_default=sa.false(), nullable=False))
    for name, table, column, rows in (
        ("ix_activity_there", "activity", "object", "kind = 'event.attended' AND object IS NOT NULL"),
        ("ix_named_person_own_id", "named_person", "own_id", "own_id IS NOT NULL"),
    ):
        op.create_index(name, table, [column], sqlite_where=sa.text(rows), postgresql_where=sa.text(rows))


def _teams() -> None:
    live = sa.text("done_at IS NULL AND gone_at IS NULL")
    op.create_table(
        "group_task",
        sa.Column("id", BIG, nullable=False),
        sa.Column("group_id", BIG, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("made_by_id", BIG, nullable=True),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("taken_by_id", BIG, nullable=True),
        sa.Column("taken_at", WHEN, nullable=True),
        sa.Column("taken_until", WHEN, nullable=True),
        sa.Column("done_at", WHEN, nullable=True),
        sa.Column("done_by_id", BIG, nullable=True),
        sa.Column("gone_at", WHEN, nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["community_group.id"], name="fk_group_task_group_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by_id"], ["member.id"], name="fk_group_task_made_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["taken_by_id"], ["member.id"], name="fk_group_task_taken_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["done_by_id"], ["member.id"], name="fk_group_task_done_by_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_group_task"),
    )
    op.create_index("ix_group_task_live", "group_task", ["group_id", "id"], sqlite_where=live, postgresql_where=live)
    op.create_index("ix_group_task_done", "group_task", ["group_id", "done_at"])
    op.create_index("ix_group_task_taken_until", "group_task", ["taken_until"])
    op.create_index("ix_group_task_taken_by_id", "group_task", ["taken_by_id"])
    op.create_index("ix_group_task_until", "group_task", ["until", "id"], sqlite_where=live, postgresql_where=live)
    op.create_table(
        "group_task_want",
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("word", sa.String(length=80), nullable=False),
        sa.Column("said", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["group_task.id"], name="fk_group_task_want_task_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("task_id", "word", name="pk_group_task_want"),
    )
    op.create_index("ix_group_task_want_word", "group_task_want", ["word", "task_id"])


def _vouching() -> None:
    op.create_table(
        "affiliation",
        sa.Column("id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("sort", sa.String(length=9), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("shown_to", sa.String(length=7), nullable=False),
        sa.Column("said_at", WHEN, nullable=False),
        sa.CheckConstraint("sort IN ('staff', 'volunteer', 'outside')", name="ck_affiliation_sort"),
        sa.CheckConstraint("shown_to IN ('public', 'members', 'me')", name="ck_affiliation_shown_to"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_affiliation_member_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_affiliation"),
        sa.UniqueConstraint("member_id", "sort", "name", name="uq_affiliation_member_id_sort_name"),
    )
    op.create_index("ix_affiliation_sort", "affiliation", ["sort", "shown_to", "member_id"])
    op.create_table(
        "vouch",
        sa.Column("id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("by_id", BIG, nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("shown_to", sa.String(length=7), nullable=False),
        sa.Column("declined_at", WHEN, nullable=True),
        sa.Column("back_at", WHEN, nullable=True),
        sa.CheckConstraint("member_id <> by_id", name="ck_vouch_self"),
        sa.CheckConstraint("shown_to IN ('public', 'members', 'me')", name="ck_vouch_shown_to"),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name="fk_vouch_by_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_vouch_member_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_vouch"),
        sa.UniqueConstraint("member_id", "by_id", name="uq_vouch_member_id_by_id"),
    )
    op.create_index("ix_vouch_by_id", "vouch", ["by_id", "id"])


def _one(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=sa.text("1"), nullable=False)


def _none(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)


def downgrade() -> None:
    op.drop_index("ix_named_person_own_id", "named_person")
    op.drop_index("ix_activity_there", "activity")
    op.drop_index("ix_role_grant_ends_on", "role_grant")
    op.drop_index("ix_membership_roster", "membership")
    op.drop_index("ix_community_group_logo_id", "community_group")
    op.drop_index("ix_media_source_hash", "media")
    op.execute("DELETE FROM step WHERE version < (SELECT version FROM quest WHERE quest.id = step.quest_id)")
    with op.batch_alter_table("step") as batch_op:
        batch_op.drop_constraint("uq_step_quest_id_version_slug", type_="unique")
        batch_op.create_unique_constraint("uq_step_quest_id_slug", ["quest_id", "slug"])
        for name in ("stuck_count", "done_count", "reached_count", "version"):
            batch_op.drop_column(name)
    for table, columns in {
        "quest": ("draft_number", "draft", "language", "version"),
        "notice": ("topic",),
        "member": ("shows_ties", "away_until"),
        "role_grant": ("wish", "ends_on"),
        "enrolment": ("version", "helps"),
        "membership": ("told_before", "told_on", "reached_on", "on_roster", "terms_at", "terms_version"),
        "media": ("source_hash",),
        "community_group": (
            "is_outside",
            "website",
            "logo_alt",
            "logo_id",
            "counted_at",
            "member_count",
            "rule_number",
            "terms_from",
            "members_rule",
            "members_by",
        ),
        "campaign": ("idea_id", "language", "mentions", "contact", "outcome_at", "outcome", "lead_days", "publish_at"),
    }.items():
        with op.batch_alter_table(table) as batch_op:
            for name in columns:
                batch_op.drop_column(name)
    op.drop_table("vouch")
    op.drop_table("affiliation")
    op.drop_table("group_task_want")
    op.drop_table("group_task")
    op.drop_table("group_terms")
    for name in ("resource_ask", "resource_kind", "role_place", "role_application", "role_word", "role_version", "role"):
        op.drop_table(name)
    op.drop_table("milestone_help")
    op.drop_table("campaign_state")
    op.drop_table("campaign_text")
    op.drop_table("survey_question")
    op.drop_table("survey_person")
    op.drop_table("survey_answer")
    op.drop_table("question_vote")
    op.drop_table("quest_review")
    op.drop_table("plan_comment")
    op.drop_table("plan_theme")
    op.drop_table("objective_news")
    op.drop_table("milestone")
    op.drop_table("key_result")
    op.drop_table("dispatch")
    op.drop_table("coming")
    op.drop_table("announcement_text")
    op.drop_table("survey")
    op.drop_table("quiet_rule")
    op.drop_table("quiet_note")
    op.drop_table("question")
    op.drop_table("quest_version")
    op.drop_table("quest_text")
    op.drop_table("objective")
    op.drop_table("mentor_word")
    op.drop_table("mentor_offer")
    op.drop_table("mentor_link")
    op.drop_table("mentor_ask")
    op.drop_table("follow")
    op.drop_table("mail_wish")
    op.drop_table("event")
    op.drop_table("channel")
    op.drop_table("announcement")
    op.drop_table("subscriber")
    op.drop_table("stopped_address")
    op.drop_table("figure")
    op.drop_table("area")

"""programs that act for a member with the member's word

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "oauth_client",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("redirect_uris", JSON, nullable=False),
        sa.Column("auth_method", sa.String(length=20), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("refreshes", sa.Boolean(), nullable=False),
        sa.Column("about", JSON, nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.CheckConstraint(
            "auth_method IN ('client_secret_basic', 'client_secret_post', 'none')", name="ck_oauth_client_auth_method"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oauth_client")),
        sa.UniqueConstraint("key", name=op.f("uq_oauth_client_key")),
    )
    op.create_index(op.f("ix_oauth_client_created_at"), "oauth_client", ["created_at"])
    op.create_table(
        "oauth_consent",
        sa.Column("id", BIG, nullable=False),
        sa.Column("client_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("code_used_at", WHEN, nullable=True),
        sa.Column("redirect_uri", sa.String(length=500), nullable=False),
        sa.Column("code_challenge", sa.String(length=43), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("last_used_at", WHEN, nullable=True),
        sa.Column("lasts_until", WHEN, nullable=False),
        sa.Column("ended_at", WHEN, nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["oauth_client.id"], name=op.f("fk_oauth_consent_client_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_oauth_consent_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oauth_consent")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_oauth_consent_code_hash")),
    )
    op.create_index(op.f("ix_oauth_consent_client_id"), "oauth_consent", ["client_id"])
    op.create_index("ix_oauth_consent_member_id", "oauth_consent", ["member_id", "client_id"])
    op.create_index(op.f("ix_oauth_consent_lasts_until"), "oauth_consent", ["lasts_until"])
    op.create_table(
        "oauth_token",
        sa.Column("id", BIG, nullable=False),
        sa.Column("consent_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("expires_at", WHEN, nullable=False),
        sa.Column("ended_at", WHEN, nullable=True),
        sa.CheckConstraint("kind IN ('access', 'refresh')", name="ck_oauth_token_kind"),
        sa.ForeignKeyConstraint(["consent_id"], ["oauth_consent.id"], name=op.f("fk_oauth_token_consent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oauth_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_oauth_token_token_hash")),
    )
    op.create_index(op.f("ix_oauth_token_consent_id"), "oauth_token", ["consent_id"])
    op.create_index(op.f("ix_oauth_token_expires_at"), "oauth_token", ["expires_at"])


def downgrade() -> None:
    op.drop_table("oauth_token")
    op.drop_table("oauth_consent")
    op.drop_table("oauth_client")

"""What makes an award portable: public keys, signed credentials, lists of what was taken back, words of others."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recognition.badges.models import Award
from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db


class SigningKey(db.Model):
    """The public half of a key that signed something: published for ever, or old badges would verify no longer. `kid` is
    its RFC 7638 thumbprint, `jwk` the public JWK. `withdrawn_at`: the private half got into wrong hands; it is published
    no more, and what it signed is signed anew."""

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    jwk: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_reason: Mapped[str] = mapped_column(sa.String(500), default="", server_default="")


class HolderKey(db.Model):
    """By which documents call a member: it says nothing about them and never changes."""

    __tablename__ = "holder_key"

    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(22), unique=True)


class StatusList(db.Model):
    """131,072 places, one a credential, most significant bit first (W3C Bitstring Status List). `taken`: places given out,
    never given again; `revoked`: what the list says. `document` is the signed list as it is served; `stale`: it no longer
    says what `revoked` does."""

    __tablename__ = "status_list"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    taken: Mapped[bytes] = mapped_column(sa.LargeBinary)
    revoked: Mapped[bytes] = mapped_column(sa.LargeBinary)
    used: Mapped[int] = mapped_column(default=0)
    document: Mapped[str] = mapped_column(sa.Text, default="")
    key_id: Mapped[str | None] = mapped_column(sa.ForeignKey("signing_key.kid"))
    stale: Mapped[bool] = mapped_column(default=True)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Credential(db.Model):
    """An award as a signed document. `document` (JSON with its proof) and `jwt` are served byte for byte. `identifiers`:
    salted hashes of the holder's addresses, the newest first. `error`: why it could not be made."""

    __tablename__ = "credential"
    __table_args__ = (
        sa.UniqueConstraint("list_id", "position"),
        sa.Index("ix_credential_key_id", "key_id"),
        sa.Index("ix_credential_jwt_key_id", "jwt_key_id"),
    )

    award_id: Mapped[int] = mapped_column(sa.ForeignKey("award.id", ondelete="CASCADE"), primary_key=True)
    list_id: Mapped[int | None] = mapped_column(sa.ForeignKey("status_list.id"))
    position: Mapped[int | None]
    identifiers: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    document: Mapped[str] = mapped_column(sa.Text, default="")
    jwt: Mapped[str] = mapped_column(sa.Text, default="")
    key_id: Mapped[str | None] = mapped_column(sa.ForeignKey("signing_key.kid"))
    jwt_key_id: Mapped[str | None] = mapped_column(sa.ForeignKey("signing_key.kid"))
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(sa.String(500), default="", server_default="")
    award: Mapped[Award] = relationship(lazy="raise")


WAITING, SHOWN, DECLINED, WITHDRAWN, REMOVED = "waiting", "shown", "declined", "withdrawn", "removed"
"""Of an endorsement: waits for the holder's word; the holder shows it; does not; its author took it back; the council did."""
OWN = "group_id IS NULL"


class Endorsement(db.Model):
    """Why an award is deserved: once in the words of each other member, once in those of each group, by one of its curators."""

    __tablename__ = "endorsement"
    __table_args__ = (
        sa.UniqueConstraint("award_id", "group_id"),
        sa.Index(
            "ix_endorsement_own", "award_id", "member_id", unique=True, sqlite_where=sa.text(OWN), postgresql_where=sa.text(OWN)
        ),
        sa.Index("ix_endorsement_award_id", "award_id", "state"),
        sa.Index("ix_endorsement_member_id", "member_id", "id"),
        sa.CheckConstraint("state IN ('waiting', 'shown', 'declined', 'withdrawn', 'removed')", name="ck_endorsement_state"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(22), unique=True)
    award_id: Mapped[int] = mapped_column(sa.ForeignKey("award.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("community_group.id", ondelete="CASCADE"))
    comment: Mapped[str] = mapped_column(sa.String(500))
    state: Mapped[str] = mapped_column(sa.String(10), default=WAITING)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

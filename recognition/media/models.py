"""What was kept of a picture: its two sizes lie in the store under the hashes of their content."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, UtcDateTime
from recognition.extensions import db


class Media(db.Model):
    """`source_hash`: the file that it was made from, where that is passed on to other houses. It is never shown."""

    __tablename__ = "media"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(43), unique=True)
    content_hash: Mapped[str] = mapped_column(sa.String(64), index=True)
    small_hash: Mapped[str] = mapped_column(sa.String(64), index=True)
    source_hash: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    mime: Mapped[str] = mapped_column(sa.String(20))
    width_px: Mapped[int]
    height_px: Mapped[int]
    size_bytes: Mapped[int]
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MediaSize(db.Model):
    """A smaller one of a whole picture, for screens that need no more. Made by a job; until then the large one serves."""

    __tablename__ = "media_size"

    media_id: Mapped[int] = mapped_column(sa.ForeignKey("media.id", ondelete="CASCADE"), primary_key=True)
    width_px: Mapped[int] = mapped_column(primary_key=True)
    height_px: Mapped[int]
    content_hash: Mapped[str] = mapped_column(sa.String(64), index=True)
    size_bytes: Mapped[int]

"""Who may vote, and the secret votes. Nothing here names a member and a ballot together: a ballot carries `voter_key`, which
only the round's salt and the installation's secret make from a member, and the salt is wiped at the close. Ballots carry no
time, so that no log of requests tells whose they are."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db

JUROR, DEPUTY = "juror", "deputy"


class Juror(db.Model):
    """Chosen by the council for a jury's round. `excused_at`: they said that they cannot, and the next deputy was called.
    `called_at`: when a deputy came in."""

    __tablename__ = "contest_juror"
    __table_args__ = (
        sa.CheckConstraint("part IN ('juror', 'deputy')", name="ck_contest_juror_part"),
        sa.Index("ix_contest_juror_member_id", "member_id"),
    )

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("contest_round.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    part: Mapped[str] = mapped_column(sa.String(6), default=JUROR)
    position: Mapped[int] = mapped_column(default=0)
    excused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Voter(db.Model):
    """A line of the roll, frozen when the round opens. `group_id`: the group they were in then, for the turnout. `voted`
    says that a ballot of theirs is there, not which and not when."""

    __tablename__ = "contest_voter"
    __table_args__ = (
        sa.Index("ix_contest_voter_member_id", "member_id"),
        sa.Index("ix_contest_voter_silent", "round_id", "member_id", sqlite_where=sa.text("NOT voted"),
                 postgresql_where=sa.text("NOT voted")),
    )  # fmt: skip

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("contest_round.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("community_group.id", ondelete="SET NULL"))
    voted: Mapped[bool] = mapped_column(default=False)


class Candidate(db.Model):
    """An entry that a round votes on, frozen when it opens. `seen_count`: how often a voter was shown it there; it steers
    who is shown what next, and is shown to nobody before the close."""

    __tablename__ = "contest_candidate"
    __table_args__ = (sa.Index("ix_contest_candidate_entry_id", "entry_id"),)

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("contest_round.id", ondelete="CASCADE"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("contest_entry.id", ondelete="CASCADE"), primary_key=True)
    seen_count: Mapped[int] = mapped_column(default=0)


class Sheet(db.Model):
    """A voter's paper while the round is open: `order` are the entries in this voter's own order, as far as they were shown,
    `marks` what is on it so far, `number` how many ballots were cast from it. Gone at the close."""

    __tablename__ = "contest_sheet"

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("contest_round.id", ondelete="CASCADE"), primary_key=True)
    voter_key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    order: Mapped[list[int]] = mapped_column("entry_order", Json, default=list)
    marks: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    number: Mapped[int] = mapped_column(default=0)


class Ballot(db.Model):
    """A log: changing a vote adds a row and marks the one before as replaced. One stands for each voter. `number`: 1 is
    their first. `receipt_hash`: SHA-256 of the code that the voter was given. `abstains`: cast, with no opinion."""

    __tablename__ = "contest_ballot"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "voter_key", "number"),
        sa.Index("uq_contest_ballot_standing", "round_id", "voter_key", unique=True,
                 sqlite_where=sa.text("NOT replaced"), postgresql_where=sa.text("NOT replaced")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("contest_round.id", ondelete="CASCADE"))
    voter_key: Mapped[str] = mapped_column(sa.String(64))
    number: Mapped[int]
    receipt_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    abstains: Mapped[bool] = mapped_column(default=False)
    replaced: Mapped[bool] = mapped_column(default=False)


class Mark(db.Model):
    """What a ballot says of one entry: approval 1; score 0 to 5; ranking 1 (best) and up, equal ranks and gaps allowed. An
    entry without a row: no opinion."""

    __tablename__ = "contest_mark"

    ballot_id: Mapped[int] = mapped_column(sa.ForeignKey("contest_ballot.id", ondelete="CASCADE"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("contest_entry.id", ondelete="CASCADE"), primary_key=True)
    value: Mapped[int]

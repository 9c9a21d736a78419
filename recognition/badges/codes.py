"""Claim codes: their letters, whether one is open, and reading them."""

import re
import secrets
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeGuard

import sqlalchemy as sa
from flask_babel import format_date
from flask_babel import gettext as _

from recognition.badges.models import DECLINED, PUBLISHED, RETIRED, Award, ClaimCode
from recognition.extensions import db
from recognition.web.pagination import Page, decode, page

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""Nothing that looks or sounds like something else (0 O 1 I L), and no vowels, so that no word comes out by accident."""
LENGTH = 8
LIMIT_MAX = 100_000
PAGE_CODES = 24
FIRST_ZONE, LAST_ZONE = timedelta(hours=14), timedelta(hours=12)
"""A day begins first in UTC+14 and ends last in UTC-12."""


class State(StrEnum):
    """Why a code gives nothing just now, or OPEN."""

    OPEN = "open"
    DRAFT = "draft"
    RETIRED = "retired"
    CLOSED = "closed"
    LEVEL_GONE = "level_gone"
    EARLY = "early"
    EXPIRED = "expired"
    FULL = "full"


def new_text() -> str:
    return "".join(secrets.choice(ALPHABET) for _letter in range(LENGTH))


def tidy(typed: str) -> str:
    """What somebody typed as a code is kept: case, spaces and dashes do not matter."""
    return re.sub(r"[^0-9A-Z]", "", typed[:64].upper())


def spoken(text: str) -> str:
    """In two halves, as one reads it out."""
    return f"{text[: LENGTH // 2]} {text[LENGTH // 2 :]}"


def first_day(code: ClaimCode) -> date:
    """The day on which it opens for those whose day begins first."""
    return (code.opens_at + FIRST_ZONE).date()


def last_day(code: ClaimCode) -> date:
    """The last whole day, as its maker chose it."""
    return (code.expires_at - LAST_ZONE - timedelta(microseconds=1)).date()


def state_of(code: ClaimCode, now: datetime) -> State:
    if code.badge.state == RETIRED:
        return State.RETIRED
    if code.badge.state != PUBLISHED:
        return State.DRAFT
    if code.closed_at is not None:
        return State.CLOSED
    if code.level is not None and code.level not in code.badge.levels:
        return State.LEVEL_GONE
    if now >= code.expires_at:
        return State.EXPIRED
    if now < code.opens_at:
        return State.EARLY
    return State.FULL if code.used >= code.claims_limit else State.OPEN


def state_words(code: ClaimCode, now: datetime) -> str:
    """One plain sentence for whoever holds the code in their hand; empty while it is open."""
    day = "d MMM yyyy"
    return {
        State.OPEN: "",
        State.DRAFT: _("This badge is still being made. The code will work once the council has published it."),
        State.RETIRED: _("This badge is retired. Whoever has it keeps it, and nobody gets it any more."),
        State.CLOSED: _("This code was closed by the people who made it."),
        State.LEVEL_GONE: _("This code is for a level that this badge no longer has. Ask the people who made it for a new one."),
        State.EARLY: _("This code opens on %(day)s. Come back then.", day=format_date(first_day(code), day)),
        State.EXPIRED: _("This code was good until %(day)s.", day=format_date(last_day(code), day)),
        State.FULL: _("Everybody this code was made for has come already; all of its pins are given out."),
    }[state_of(code, now)]


def level_of(code: ClaimCode) -> int | None:
    """What it brings today: the lowest level where it was made before the badge had any; None where its own is gone."""
    levels = code.badge.levels
    return (levels[0] if levels else None) if code.level is None else code.level if code.level in levels else None


def award_by(code: ClaimCode, member_id: int) -> Award | None:
    """The award that this code brings, where the member has it; perhaps it has expired."""
    level = level_of(code)
    wanted = sa.select(Award).where(
        Award.badge_id == code.badge_id, Award.member_id == member_id, Award.revoked_at.is_(None),
        Award.occasion == ("" if level is None else str(level)),
    )  # fmt: skip
    return db.session.scalar(wanted, execution_options={"populate_existing": True})


def is_had(award: Award | None, now: datetime) -> TypeGuard[Award]:
    """Is it there, not expired and not declined?"""
    return award is not None and award.answer != DECLINED and not _is_over(award, now)


def _is_over(award: Award, now: datetime) -> bool:
    return award.expires_at is not None and award.expires_at <= now


def code_by_text(typed: str) -> ClaimCode | None:
    text = tidy(typed)
    if len(text) != LENGTH:
        return None
    return db.session.scalar(sa.select(ClaimCode).where(ClaimCode.code == text))


def code_by_id(code_id: int) -> ClaimCode | None:
    return db.session.get(ClaimCode, code_id)


def codes_of(badge_id: int, cursor: str | None, size: int = PAGE_CODES) -> Page[ClaimCode]:
    """Newest first."""
    wanted = sa.select(ClaimCode).where(ClaimCode.badge_id == badge_id).order_by(ClaimCode.id.desc()).limit(size + 1)
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(ClaimCode.id < last[0])
    return page(db.session.scalars(wanted).all(), size, lambda code: [code.id])

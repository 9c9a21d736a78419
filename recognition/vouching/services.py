"""Saying where one belongs; standing up for somebody, once for each pair; and what those it is about make of it."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.activities.policy import can_thank as can_vouch
from recognition.announcements.services import Message, tell, untell
from recognition.database import insert_new
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.words import BadText, clean
from recognition.vouching.models import Affiliation, Vouch
from recognition.vouching.rules import (
    AFFILIATIONS_MAX,
    NAME_MAX_CHARS,
    OUTSIDE,
    SHOWN_TO,
    SORTS,
    VOUCHES_A_DAY,
    WORDS_MAX_CHARS,
    NotSaid,
)

__all__ = ["belong", "belong_no_more", "can_vouch", "decline", "show_to", "take_back", "vouch"]
"""Whom one may thank one may vouch for: anybody else who shows them their name."""
_QUIET = {"synchronize_session": False}


def belong(member: Member, sort: str, name: str, shown_to: str, now: datetime) -> None:
    """Said again it is the same, shown as it is chosen now. Raises NotSaid."""
    errors: dict[str, str] = {}
    if sort not in SORTS:
        errors["sort"] = _("Please choose one of the list.")
    if shown_to not in SHOWN_TO:
        errors["shown_to"] = _("Choose who may see this.")
    said = _clean(name, NAME_MAX_CHARS, "name", errors)
    if sort == OUTSIDE and not said:
        errors.setdefault("name", _("What is the project called?"))
    if errors:
        raise NotSaid(errors)
    db.session.scalar(sa.select(Member.id).where(Member.id == member.id).with_for_update())
    mine = sa.select(Affiliation).where(Affiliation.member_id == member.id)
    known = {(one.sort, one.name): one for one in db.session.scalars(mine)}
    if (sort, said) in known:
        known[sort, said].shown_to = shown_to
    elif len(known) >= AFFILIATIONS_MAX:
        raise NotSaid({"sort": _("Up to %(max)s fit. Take one away first.", max=AFFILIATIONS_MAX)})
    else:
        db.session.add(Affiliation(member_id=member.id, sort=sort, name=said, shown_to=shown_to, said_at=now))
    db.session.flush()


def belong_no_more(affiliation_id: int, member_id: int) -> bool:
    mine = sa.delete(Affiliation).where(Affiliation.id == affiliation_id, Affiliation.member_id == member_id)
    return db.session.execute(mine.returning(Affiliation.id), execution_options=_QUIET).first() is not None


def vouch(by: Member, person: Member, words: str, now: datetime) -> None:
    """Once for each pair: said again, it stays as it was said first, also where it was declined. Raises NotSaid."""
    if not can_vouch(by, person):
        raise NotSaid({"words": _("You can vouch for other members whose page you can see.")})
    errors: dict[str, str] = {}
    said = _clean(words, WORDS_MAX_CHARS, "words", errors, lines=True)
    if not said:
        errors.setdefault("words", _("A few words, please: how do you know them, and why do you trust them?"))
    if errors:
        raise NotSaid(errors)
    db.session.scalar(sa.select(Member.id).where(Member.id == by.id).with_for_update())
    own = sa.select(sa.func.count()).select_from(Vouch).where(Vouch.by_id == by.id, Vouch.back_at.is_(None))
    lately = own.where(Vouch.at > now - timedelta(days=1))
    if (db.session.scalar(lately) or 0) >= VOUCHES_A_DAY:
        raise NotSaid({"words": _("That is enough for a day. There is room for more tomorrow; your words are still here.")})
    # A row of its own, as where nobody declined: its place in their list tells nothing.
    before = sa.delete(Vouch).where(Vouch.member_id == person.id, Vouch.by_id == by.id, Vouch.back_at.is_not(None))
    no = db.session.scalar(before.returning(Vouch.declined_at), execution_options=_QUIET)
    row = {"member_id": person.id, "by_id": by.id, "words": said, "at": now, "shown_to": "members", "declined_at": no}
    if insert_new(Vouch.__table__, [row], Vouch.__table__.c.id) and no is None:
        told = {"person": by.id, "words": said}
        path = f"/members/{person.handle}/vouches"
        tell([Message(person.id, "vouch.said", _key(person.id, by.id), path, told)], now)


def take_back(person_id: int, by_id: int, now: datetime) -> bool:
    """By whoever said it. Said anew later it may be heard anew; where it was declined, it is gone for them in the same way, and
    the no stays."""
    mine = (Vouch.member_id == person_id, Vouch.by_id == by_id, Vouch.back_at.is_(None))
    declined = sa.update(Vouch).where(*mine, Vouch.declined_at.is_not(None)).values(back_at=now)
    gone = sa.delete(Vouch).where(*mine, Vouch.declined_at.is_(None))
    # In this order, or what is declined at this very moment would be met by neither.
    done = any(db.session.execute(one.returning(Vouch.id), execution_options=_QUIET).first() for one in (gone, declined))
    if done:
        untell([_key(person_id, by_id)], heard=False)
    return done


def show_to(vouch_id: int, member_id: int, shown_to: str) -> bool:
    """By the one it is about."""
    if shown_to not in SHOWN_TO:
        return False
    mine = sa.update(Vouch).where(Vouch.id == vouch_id, Vouch.member_id == member_id, Vouch.declined_at.is_(None))
    return db.session.execute(mine.values(shown_to=shown_to).returning(Vouch.id), execution_options=_QUIET).first() is not None


def decline(vouch_id: int, member_id: int, now: datetime) -> bool:
    """It counts and shows nowhere from now on, and the same person cannot say it again. They hear nothing of it."""
    mine = sa.update(Vouch).where(Vouch.id == vouch_id, Vouch.member_id == member_id, Vouch.declined_at.is_(None))
    return db.session.execute(mine.values(declined_at=now).returning(Vouch.id), execution_options=_QUIET).first() is not None


def _key(person_id: int, by_id: int) -> str:
    return f"vouch:{person_id}:{by_id}"


def _clean(text: str, limit: int, name: str, errors: dict[str, str], lines: bool = False) -> str:
    try:
        return clean(text, limit, lines=lines)
    except BadText as bad:
        errors[name] = str(bad)
        return ""

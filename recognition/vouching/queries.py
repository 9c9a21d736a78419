"""Where people belong and who vouches for them, as one reader may see it; and the choices of the list of people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from recognition.extensions import db
from recognition.identity.directory import Filter
from recognition.identity.models import Member
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.vouching.models import Affiliation, Vouch
from recognition.vouching.rules import SORTS, level_of, level_words, seen_by, sort_words
from recognition.web.pagination import PAGE_SIZE, Page, decode, page


@dataclass(frozen=True)
class Said:
    """`other`: who vouches, or, in the list of what one said, for whom."""

    id: int
    words: str
    at: datetime
    shown_to: str
    other: ProfileView | None


@dataclass(frozen=True)
class Level:
    """`words` and the `rule` behind them; both empty below the first level."""

    number: int
    words: str
    rule: str


def affiliations(member_id: int, viewer: Member | None) -> list[Affiliation]:
    wanted = sa.select(Affiliation).where(Affiliation.member_id == member_id)
    if viewer is None or viewer.id != member_id:
        wanted = wanted.where(Affiliation.shown_to.in_(seen_by(viewer is not None)))
    found = db.session.scalars(wanted).all()
    return sorted(found, key=lambda one: (SORTS.index(one.sort), one.name.casefold(), one.id))


def said_of(member_id: int, viewer: Member | None, cursor: str | None, size: int = PAGE_SIZE) -> Page[Said]:
    """The newest first. Those of suspended members are shown to nobody; what the member keeps to themselves, to them alone."""
    wanted = sa.select(Vouch).where(Vouch.member_id == member_id, Vouch.declined_at.is_(None), _by_somebody())
    if viewer is None or viewer.id != member_id:
        wanted = wanted.where(Vouch.shown_to.in_(seen_by(viewer is not None)))
    return _page(wanted, viewer, cursor, size, lambda one: one.by_id)


def said_by(member: Member, cursor: str | None) -> Page[Said]:
    """What this member said, for themselves; also what was declined, of which they hear nothing."""
    wanted = sa.select(Vouch).where(Vouch.by_id == member.id, Vouch.back_at.is_(None))
    return _page(wanted, member, cursor, PAGE_SIZE, lambda one: one.member_id)


def own_word(member_id: int, viewer: Member | None) -> Vouch | None:
    """What the reader said of this member."""
    if viewer is None:
        return None
    mine = (Vouch.member_id == member_id, Vouch.by_id == viewer.id, Vouch.back_at.is_(None))
    found: Vouch | None = db.session.scalar(sa.select(Vouch).where(*mine))
    return found


def level(member_id: int, viewer: Member | None) -> Level:
    """By the vouches that this reader may see."""
    count = sa.select(sa.func.count()).select_from(Vouch).where(Vouch.member_id == member_id, *_shown(viewer))
    number = level_of(db.session.scalar(count) or 0, levels())
    return Level(number, level_words()[number], rule_words(number)) if number else Level(0, "", "")


def rule_words(number: int) -> str:
    least = levels()[number - 1]
    return ngettext("from %(num)d vouch on", "from %(num)d vouches on", least)


def levels() -> Sequence[int]:
    found: Sequence[int] = current_app.extensions["settings"].vouch_levels
    return found


def filters() -> list[Filter]:
    """For the list of people. It is by name, whatever is chosen: nobody ranks."""
    sorts = [("", _("anywhere")), *sort_words().items()]
    by_level = [(str(at), f"{words} ({rule_words(at)})") for at, words in level_words().items() if at <= len(levels())]
    return [
        Filter("belongs", _("Belongs to"), sorts, _belongs),
        Filter("vouched", _("Vouched for"), [("", _("does not matter")), *by_level], _vouched),
    ]


def _belongs(sort: str, viewer: Member | None) -> sa.ColumnElement[bool]:
    shown = Affiliation.shown_to.in_(seen_by(viewer is not None))
    found = sa.select(Affiliation.member_id).where(Affiliation.sort == sort, _mine_too(shown, Affiliation.member_id, viewer))
    return Member.id.in_(found)


def _vouched(number: str, viewer: Member | None) -> sa.ColumnElement[bool]:
    least = levels()[int(number) - 1]
    found = sa.select(Vouch.member_id).where(*_shown(viewer)).group_by(Vouch.member_id)
    return Member.id.in_(found.having(sa.func.count() >= least))


def _shown(viewer: Member | None) -> tuple[sa.ColumnElement[bool], ...]:
    """What a number counts: nothing that is hidden from this reader."""
    shown = Vouch.shown_to.in_(seen_by(viewer is not None))
    return (Vouch.declined_at.is_(None), _mine_too(shown, Vouch.member_id, viewer), _by_somebody())


def _mine_too(shown: Any, member_id: Any, viewer: Member | None) -> sa.ColumnElement[bool]:
    return sa.or_(shown, member_id == viewer.id) if viewer is not None else shown


def _by_somebody() -> sa.ColumnElement[bool]:
    other = sa.orm.aliased(Member)
    return sa.exists().where(other.id == Vouch.by_id, other.state != "suspended")


def _page(wanted: Any, viewer: Member | None, cursor: str | None, size: int, other: Any) -> Page[Said]:
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(Vouch.id < last[0])
    rows = db.session.scalars(wanted.order_by(Vouch.id.desc()).limit(size + 1)).all()
    found = page(rows, size, lambda one: (one.id,))
    people = profiles([other(one) for one in found.items], viewer)
    said = [Said(one.id, one.words, one.at, one.shown_to, people.get(other(one))) for one in found.items]
    return Page(said, found.next_cursor)

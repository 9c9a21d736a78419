"""Writing a role down, publishing it in steps, talking about it. Nothing here gives somebody a right or takes one."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.words import slug as slug_of
from recognition.jobs import ledger
from recognition.refs import Ref
from recognition.roles import holding
from recognition.roles.models import Role, RoleVersion, RoleWord
from recognition.roles.queries import entry_of
from recognition.roles.rules import Entry, NotSaved, Sheet, TooLate, sheet

SLICE_MEMBERS = 1000
WORDS_A_DAY = 30
TAKEN = ("new", "fitting", "preview", "applications")
"""Addresses that pages have already."""


def create(text: Sheet, held_by: str, actor_id: int, now: datetime) -> Role:
    """Raises NotSaved."""
    slug = slug_of(text.title)
    if len(slug) < 2 or slug in TAKEN:
        raise NotSaved({"title": _("The name needs at least two letters a to z, for its address.")})
    one = Role(slug=slug, title=text.title, held_by=held_by, draft=text.data, draft_number=1, created_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(one)
            db.session.flush()
    except IntegrityError:
        raise NotSaved({"title": _("There is a role of this name already.")}) from None
    audit.record("role.drafted", Ref("role", slug), actor_id, after={"title": text.title, "held_by": held_by})
    return one


def save(role_id: int, text: Sheet, held_by: str, seen: int, actor_id: int) -> Role:
    """Keeps it as the draft. `seen`: the number of the draft that its author began with. Raises TooLate where somebody else
    saved or published meanwhile."""
    one = _held(role_id, seen)
    before = {"title": one.title, "held_by": one.held_by}
    one.title, one.held_by, one.draft, one.draft_number = text.title, held_by, text.data, seen + 1
    audit.record_change("role.drafted", Ref("role", one.slug), actor_id, before, {"title": text.title, "held_by": held_by})
    return one


def publish(
    role_id: int, seen: int, note: str, first_for: str, first_on: date | None, all_on: date, actor_id: int, now: datetime
) -> RoleVersion:
    """The draft becomes a version: read first by `first_for` from `first_on`, where there is such a word, and by everybody from
    `all_on`. Raises TooLate."""
    one = _held(role_id, seen)
    if one.draft is None:
        raise TooLate(_("There is no draft to publish any more."))
    made = RoleVersion(role_id=one.id, number=one.version + 1, sheet=one.draft, note=note, first_for=first_for,
                       first_on=first_on, all_on=all_on, at=now, by_id=actor_id)  # fmt: skip
    one.version, one.draft, one.draft_number = made.number, None, seen + 1
    db.session.add(made)
    db.session.flush()
    said = {"version": made.number, "note": note, "all_on": all_on.isoformat()}
    early = {"first_for": first_for, "first_on": first_on.isoformat()} if first_on else {}
    audit.record("role.published", Ref("role", one.slug), actor_id, after=said | early)
    look(now)
    return made


def set_entry(role_id: int, entry: Entry, actor_id: int, seen: str | None = None) -> None:
    """Only for those who ask from now on: who has the role keeps it. `seen`: the mark of the entry that its author began with;
    None looks at none. Raises TooLate where somebody changed it meanwhile, or took a place."""
    one = db.session.get_one(Role, role_id, with_for_update=True, populate_existing=True)
    if seen not in (None, entry_of(one).mark):
        raise TooLate(_("It was changed meanwhile, or somebody came into a place. What you wrote is still here."))
    before = {name: getattr(one, name) for name in ("rule", "quest", "quest_from", "places", "open_until")}
    audit.record_change("role.entry", Ref("role", one.slug), actor_id, _plain(before), _plain(vars(entry)))
    for name in before:
        setattr(one, name, getattr(entry, name))


def look(now: datetime) -> int:
    """How many versions everybody reads since lately: those who hold the role hear of each, unless a newer one is out."""
    newer = sa.orm.aliased(RoleVersion)
    due = (RoleVersion.told_at.is_(None), RoleVersion.all_on <= now.date())
    ids = db.session.scalars(sa.select(RoleVersion.id).where(*due).order_by(RoleVersion.id).with_for_update()).all()
    for version_id in ids:
        later = sa.exists().where(newer.role_id == RoleVersion.role_id, newer.number > RoleVersion.number,
                                  newer.all_on <= now.date())  # fmt: skip
        is_newest = not db.session.scalar(sa.select(later).where(RoleVersion.id == version_id))
        db.session.execute(sa.update(RoleVersion).where(RoleVersion.id == version_id).values(told_at=now))
        if is_newest:
            ledger.defer("roles.tell_holders", dedupe_key=f"roles.tell_holders:{version_id}:0", version_id=version_id, after=0)
    return len(ids)


def tell_holders(version_id: int, after: int, now: datetime) -> int | None:
    """A slice of those who hold the role; where to go on, None at the end."""
    version = db.session.get_one(RoleVersion, version_id)
    role = db.session.get_one(Role, version.role_id)
    ids = holding.slice_of(role.held_by, after, SLICE_MEMBERS, role.id)
    data = {"title": sheet(version.sheet).title, "number": version.number, "note": version.note}
    path = f"/roles/{role.slug}"
    tell([Message(id_, "role.changed", f"role.changed:{version.id}:{id_}", path, data) for id_ in ids], now)
    return ids[-1] if len(ids) == SLICE_MEMBERS else None


def say(version_id: int, member: Member, text: str, now: datetime) -> RoleWord:
    """The same words of the same person, sent twice, are said once. Raises NotSaved."""
    db.session.execute(sa.select(Member.id).where(Member.id == member.id).with_for_update())
    mine = sa.select(RoleWord).where(RoleWord.author_id == member.id)
    same = mine.where(RoleWord.version_id == version_id, RoleWord.text == text, RoleWord.gone_at.is_(None))
    known: RoleWord | None = db.session.scalars(same.limit(1)).first()
    if known is not None:
        return known
    lately = mine.where(RoleWord.at > now - timedelta(days=1)).limit(WORDS_A_DAY)
    if len(db.session.scalars(lately).all()) >= WORDS_A_DAY:
        raise NotSaved({"text": _("That was a lot for one day. There is room for more tomorrow; your words are still here.")})
    one = RoleWord(version_id=version_id, author_id=member.id, text=text, at=now)
    db.session.add(one)
    db.session.flush()
    return one


def take_back(word_id: int, member_id: int, now: datetime) -> bool:
    """False where it is not theirs, or gone."""
    mine = sa.update(RoleWord).where(RoleWord.id == word_id, RoleWord.author_id == member_id, RoleWord.gone_at.is_(None))
    return bool(db.session.execute(mine.values(gone_at=now).returning(RoleWord.id)).all())


def take_down(word_id: int, role: Role, actor_id: int, reason: str, now: datetime) -> bool:
    """By the council; whoever said it hears the reason. False where it is gone, or the actor's own."""
    its_own = sa.select(RoleVersion.id).where(RoleVersion.role_id == role.id)
    there = sa.update(RoleWord).where(
        RoleWord.id == word_id, RoleWord.version_id.in_(its_own), RoleWord.author_id != actor_id, RoleWord.gone_at.is_(None)
    )
    author_id = db.session.scalar(there.values(gone_at=now).returning(RoleWord.author_id))
    if author_id is None:
        return False
    audit.record("role.word_taken_down", Ref("role", role.slug), actor_id, after={"reason": reason})
    key, path = f"role.word_taken_down:{word_id}", f"/roles/{role.slug}"
    tell([Message(author_id, "content.taken_down", key, path, {"words": reason})], now)
    return True


def _held(role_id: int, seen: int) -> Role:
    one: Role = db.session.get_one(Role, role_id, with_for_update=True, populate_existing=True)
    if one.draft_number != seen:
        raise TooLate(_("Somebody else on the council changed it meanwhile. Your words are still here; look at theirs first."))
    return one


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}

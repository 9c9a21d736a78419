"""People whom a deed names: they did it too, or saw it. Each is asked once and can say so with one click; nobody waits for
an answer."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition.activities.models import Activity, NamedPerson
from recognition.activities.question import path_of
from recognition.activities.witnesses import asked_key
from recognition.announcements.services import Message
from recognition.announcements.services import tell as notify
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.rules import ProfileView, may_see, visible_fields

WITH, SEEN = "with", "seen"
NAMED_MAX = 20
WORDS_MAX_CHARS = 400
ASKED_A_DAY_MAX = 100
"""By one member: what is more is kept in the words of the deed, and nobody is asked. A deed that is put right again and again
asks no more than that by mail either; the questions stand on the page of questions."""


def name(activity_id: int, actor_id: int, with_: Collection[int], seen: Collection[int], now: datetime) -> list[int]:
    """Ask these members whether they did it too, or saw it; who is both did it. Which of them were asked just now: asked
    twice, they hear it once. Whoever cannot be asked (the doer, strangers to the actor, people who are gone) is left out."""
    deed = db.session.get(Activity, activity_id)
    actor = db.session.get(Member, actor_id)
    if deed is None or actor is None or deed.withdrawn_at is not None or actor_id not in (deed.member_id, deed.reporter_id):
        return []
    roles = dict.fromkeys(seen, SEEN) | dict.fromkeys(with_, WITH)
    return _ask(deed, actor, {id_: roles[id_] for id_ in _who_can_be_asked(deed, actor, roles)}, now)


def carry(from_id: int, to_id: int, now: datetime) -> None:
    """A deed was put right, which may change what it says: those whom it names are asked anew, but for whoever said no. The
    row that one of them has of it stays theirs; one that was such a row of somebody else's deed still is."""
    db.session.execute(sa.update(NamedPerson).where(NamedPerson.own_id == from_id).values(own_id=to_id))
    old = sa.select(NamedPerson).join(Member, Member.id == NamedPerson.member_id).where(
        NamedPerson.activity_id == from_id, NamedPerson.answer.is_distinct_from("no"), Member.state != "suspended",
        NamedPerson.stands_in_for_id.is_(None),
    )  # fmt: skip
    named = {row.member_id: row for row in db.session.scalars(old)}
    deed = db.session.get(Activity, to_id)
    if deed is None or not named:
        return
    actor = db.session.get_one(Member, deed.member_id)
    room = max(ASKED_A_DAY_MAX - _asked_lately(actor.id, now), 0)
    _ask(deed, actor, {id_: row.role for id_, row in named.items()}, now, room)
    for row in named.values():
        theirs = sa.update(NamedPerson).where(NamedPerson.activity_id == to_id, NamedPerson.member_id == row.member_id)
        db.session.execute(theirs.values(own_id=row.own_id))


def _who_can_be_asked(deed: Activity, actor: Member, member_ids: Collection[int]) -> list[int]:
    here = sa.select(Member).where(among(Member.id, sorted(member_ids)), Member.state != "suspended")
    people = [one for one in db.session.scalars(here.order_by(Member.id)) if may_see(one, "name", actor)]
    room = min(NAMED_MAX - _named(deed.id), ASKED_A_DAY_MAX - _asked_lately(actor.id, deed.reported_at))
    return [one.id for one in people if one.id not in (deed.member_id, actor.id)][: max(room, 0)]


def _ask(deed: Activity, actor: Member, roles: dict[int, str], now: datetime, heard_by: int = NAMED_MAX) -> list[int]:
    """No more than `heard_by` of them are told by a notice."""
    table: Any = NamedPerson.__table__
    rows = [{"activity_id": deed.id, "member_id": id_, "role": role, "asked_at": now} for id_, role in sorted(roles.items())]
    fresh: Sequence[Any] = insert_new(table, rows, table.c.member_id)
    asked = sorted(row.member_id for row in fresh)
    notify([_question(deed, actor.id, id_, roles[id_]) for id_ in asked[:heard_by]], now)
    return asked


def _question(deed: Activity, actor_id: int, member_id: int, role: str) -> Message:
    """Words that are for the doer alone stay theirs, also here."""
    hidden = deed.visibility == "me" or not deed.text
    kind = "deed.named" if hidden else f"deed.named_{role}"
    said = {"person": actor_id} if hidden else {"person": actor_id, "words": deed.text[:WORDS_MAX_CHARS]}
    return Message(member_id, kind, asked_key(deed.id, member_id), path_of(deed.id, member_id), said)


def named_in(activity_id: int, reader: Member) -> list[ProfileView]:
    """Whom a deed names, for whoever told it: as they named them, and nothing of who has answered."""
    named = (NamedPerson.activity_id == activity_id, NamedPerson.stands_in_for_id.is_(None), Member.state != "suspended")
    wanted = sa.select(Member).join(NamedPerson, NamedPerson.member_id == Member.id).where(*named)
    rows = db.session.scalars(wanted.order_by(NamedPerson.asked_at, Member.id).limit(NAMED_MAX))
    return [visible_fields(one, reader) for one in rows]


def _named(activity_id: int) -> int:
    wanted = sa.select(sa.func.count()).select_from(NamedPerson).where(NamedPerson.activity_id == activity_id)
    return db.session.scalar(wanted) or 0


def _asked_lately(actor_id: int, now: datetime) -> int:
    told = sa.or_(Activity.member_id == actor_id, Activity.reporter_id == actor_id)
    wanted = sa.select(sa.func.count()).select_from(NamedPerson).join(Activity, Activity.id == NamedPerson.activity_id)
    return db.session.scalar(wanted.where(told, Activity.reported_at > now - timedelta(days=1))) or 0

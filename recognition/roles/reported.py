"""Words about a role that members ask about: what the council's queue of reports needs to know of them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities.flagged import Reportable, Subject
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.queries import profiles
from recognition.refs import Ref
from recognition.roles.holding import belongs
from recognition.roles.models import Role, RoleVersion, RoleWord
from recognition.roles.rules import may_read
from recognition.web.pagination import encode

KIND = "role-word"


def subjects(ids: Collection[int], viewer: Member) -> dict[int, Subject]:
    """Those about a version that this member may read today."""
    columns: tuple[Any, ...] = (RoleWord, RoleVersion, Role.slug)
    wanted = sa.select(*columns).join(RoleVersion, RoleVersion.id == RoleWord.version_id)
    wanted = wanted.join(Role, Role.id == RoleVersion.role_id).join(Member, Member.id == RoleWord.author_id)
    here = (RoleWord.gone_at.is_(None), Member.state != "suspended")
    rows = db.session.execute(wanted.where(among(RoleWord.id, ids), *here)).all()
    mine, today = belongs(viewer), clock.utcnow().date()
    people = profiles([said.author_id for said, _version, _slug in rows], viewer)
    return {
        said.id: Subject(Ref(KIND, said.id), people[said.author_id], said.text, path_of(slug, version.number, said.id))
        for said, version, slug in rows
        if "council" in viewer.roles or may_read(version.first_for, version.first_on, version.all_on, today, mine)
    }


def path_of(slug: str, number: int, word_id: int) -> str:
    """The page of the talk that begins with it."""
    return f"/roles/{slug}?version={number}&after={encode([word_id - 1])}#word-{word_id}"


def owners(ids: Collection[int]) -> dict[int, int]:
    found = sa.select(RoleWord.id, RoleWord.author_id).where(among(RoleWord.id, ids))
    return {row.id: row.author_id for row in db.session.execute(found)}


def take_down(word_id: int, _actor: Member, _reason: str, now: datetime) -> None:
    there = sa.update(RoleWord).where(RoleWord.id == word_id, RoleWord.gone_at.is_(None))
    db.session.execute(there.values(gone_at=now))


WORDS = Reportable(subjects, owners, take_down)

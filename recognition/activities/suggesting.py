"""Tags and people for whoever is typing: first what is theirs, then what others use. Nothing that a reader may not see, and
nothing that takes longer in a larger house."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition.activities.models import Activity, ActivityTag, NamedPerson
from recognition.activities.queries import visible
from recognition.activities.rules import INTERNAL_KINDS
from recognition.activities.thanking import RECEIVED
from recognition.database import among
from recognition.extensions import db
from recognition.identity import fields
from recognition.identity.models import Member, Membership
from recognition.identity.rules import ProfileView, may_see, visible_fields

SHOWN = 8
OWN_LOOKED_AT, HOUSE_LOOKED_AT = 300, 1000
STEPS = 24
NEAR_MAX, FELLOWS_MAX = 60, 300
LATELY = timedelta(days=365)


def tags(viewer: Member, begun: str) -> list[str]:
    """Those that begin so, whatever the case and the accents: exactly this one, the reader's own, those used lately in the
    deeds that they may see, then any."""
    wanted = fields.fold(begun)
    own, house = _own_tags(viewer.id), _house_tags(viewer)
    ranked = sorted(own, key=lambda tag: (-own[tag], tag)) + sorted(house, key=lambda tag: (-house[tag], tag))
    found = [tag for tag in dict.fromkeys(ranked) if fields.fold(tag).startswith(wanted)]
    if len(found) < SHOWN and begun:
        found += _any_tags(viewer, begun)
    found.sort(key=lambda tag: fields.fold(tag) != wanted)
    return list(dict.fromkeys(found))[:SHOWN]


def people(viewer: Member, begun: str, now: datetime) -> list[ProfileView]:
    """Those whose handle, or a word of whose name, begins so: whom the reader named or thanked lately, who is in a group
    with them, then anybody. Nobody is found by a name that they do not show."""
    wanted = fields.fold(begun)
    found = {one.id: one for one in _near(viewer, wanted, now) if _begins(one, wanted)}
    if len(found) < SHOWN and wanted:
        others = [visible_fields(one, viewer) for one in _anybody(viewer, wanted)]
        found |= {
            one.id: one for one in sorted(others, key=lambda one: one.called) if one.id not in found and _begins(one, wanted)
        }
    return list(found.values())[:SHOWN]


def _own_tags(member_id: int) -> Counter[str]:
    own = sa.select(Activity.id).where(Activity.member_id == member_id, Activity.withdrawn_at.is_(None))
    lately = own.order_by(Activity.occurred_at.desc(), Activity.id.desc()).limit(OWN_LOOKED_AT)
    return _counted(lately)


def _house_tags(viewer: Member) -> Counter[str]:
    seen = sa.select(Activity.id).join(Member, Member.id == Activity.member_id)
    seen = seen.where(visible(viewer.id), Activity.kind.not_in(INTERNAL_KINDS))
    return _counted(seen.order_by(Activity.occurred_at.desc(), Activity.id.desc()).limit(HOUSE_LOOKED_AT))


def _counted(activity_ids: sa.Select[Any]) -> Counter[str]:
    wanted = sa.select(ActivityTag.tag, sa.func.count()).where(ActivityTag.activity_id.in_(activity_ids))
    return Counter({row[0]: row[1] for row in db.session.execute(wanted.group_by(ActivityTag.tag))})


def _any_tags(viewer: Member, begun: str) -> list[str]:
    """From tag to tag through their index, so that a much used one costs no more than a rare one."""
    start = begun.casefold()
    first = sa.select(sa.func.min(ActivityTag.tag).label("tag"), sa.literal(1).label("step"))
    step = first.where(ActivityTag.tag >= start).cte("step", recursive=True)
    next_tag = sa.select(sa.func.min(ActivityTag.tag)).where(ActivityTag.tag > step.c.tag).scalar_subquery()
    onward = sa.select(next_tag, step.c.step + 1)
    step = step.union_all(onward.where(step.c.step < STEPS, step.c.tag.startswith(start, autoescape=True)))
    seen = sa.select(sa.literal(1)).select_from(ActivityTag).join(Activity, Activity.id == ActivityTag.activity_id)
    seen = seen.join(Member, Member.id == Activity.member_id).where(ActivityTag.tag == step.c.tag)
    seen = seen.where(visible(viewer.id), Activity.kind.not_in(INTERNAL_KINDS)).correlate(step)
    wanted = sa.select(step.c.tag).where(step.c.tag.startswith(start, autoescape=True), seen.exists())
    return list(db.session.scalars(wanted.order_by(step.c.step)))


def _near(viewer: Member, wanted: str, now: datetime) -> list[ProfileView]:
    named = sa.select(NamedPerson.member_id.label("id"), sa.literal(1).label("rank"))
    named = named.join(Activity, Activity.id == NamedPerson.activity_id).where(Activity.member_id == viewer.id)
    thanked = sa.select(Activity.member_id, sa.literal(1)).where(Activity.reporter_id == viewer.id, Activity.kind == RECEIVED)
    thanked = thanked.where(Activity.withdrawn_at.is_(None), Activity.occurred_at > now - LATELY)
    own = sa.select(Membership.group_id).where(Membership.member_id == viewer.id, Membership.state == "in")
    fellows = sa.select(Membership.member_id, sa.literal(2)).where(Membership.group_id.in_(own), Membership.state == "in")
    parts = (named.order_by(NamedPerson.asked_at.desc()).limit(NEAR_MAX),
             thanked.order_by(Activity.id.desc()).limit(NEAR_MAX), fellows.limit(FELLOWS_MAX))  # fmt: skip
    together = sa.union_all(*(sa.select(part.subquery()) for part in parts)).subquery()
    rank = sa.func.min(together.c.rank)
    here = sa.select(Member, rank).join(together, together.c.id == Member.id).where(Member.id != viewer.id)
    here = here.where(Member.state != "suspended", Member.search_members.contains(wanted, autoescape=True))
    rows = db.session.execute(here.group_by(Member.id).order_by(rank, Member.sort_name, Member.id).limit(NEAR_MAX)).all()
    # Who does not show their groups is no more likely to be suggested for being in one.
    return [visible_fields(one, viewer) for one, at in rows if at == 1 or may_see(one, "groups", viewer)]


def _anybody(viewer: Member, wanted: str) -> list[Member]:
    """The first ones behind this word in the two orders that have an index."""
    here = sa.select(Member.id).where(Member.state != "suspended", Member.id != viewer.id)
    by_handle = here.where(Member.handle >= wanted).order_by(Member.handle).limit(SHOWN)
    by_name = here.where(Member.sort_name >= wanted).order_by(Member.sort_name, Member.id).limit(SHOWN)
    ids = {*db.session.scalars(by_handle), *db.session.scalars(by_name)}
    return list(db.session.scalars(sa.select(Member).where(among(Member.id, ids))))


def _begins(person: ProfileView, wanted: str) -> bool:
    if person.handle.startswith(wanted):
        return True
    name = fields.fold(person.name)
    return bool(name) and (name.startswith(wanted) or any(word.startswith(wanted) for word in name.split()))

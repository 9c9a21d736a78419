"""What a leaf asks of the member and not of their deeds."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from recognition.activities.criteria.tree import Leaf
from recognition.database import among
from recognition.extensions import db
from recognition.identity.fields import ONLY_ME, level
from recognition.identity.models import Group, Member, Membership


def about(leaves: Sequence[Leaf], ids: Sequence[int], now: datetime) -> dict[Leaf, dict[int, int]]:
    """Groups in one statement and times of joining in another, whatever the number of leaves and members."""
    found: dict[Leaf, dict[int, int]] = {leaf: {} for leaf in leaves}
    belonging = [leaf for leaf in leaves if leaf.measure == "belongs_to"]
    if belonging:
        slugs = {slug for leaf in belonging for slug in leaf.where.group}
        for member_id, slug, is_curator, visibility in db.session.execute(_memberships(ids, slugs)):
            is_seen = level(visibility or {}, "groups") != ONLY_ME
            for leaf in belonging:
                if slug in leaf.where.group and (is_curator or leaf.by != "curator") and (is_seen or not leaf.where.openly):
                    found[leaf][member_id] = 1
    staying = [leaf for leaf in leaves if leaf.measure == "member_for"]
    if staying:
        for member_id, joined_at in db.session.execute(sa.select(Member.id, Member.joined_at).where(among(Member.id, ids))):
            for leaf in staying:
                found[leaf][member_id] = max((now - joined_at).days, 0)
    return found


def _memberships(ids: Sequence[int], slugs: set[str]) -> sa.Select[int, str, bool, dict[str, str]]:
    columns = (Membership.member_id, Group.slug, Membership.is_curator, Member.visibility)
    wanted = sa.select(*columns).join(Group, Group.id == Membership.group_id).join(Member, Member.id == Membership.member_id)
    return wanted.where(among(Membership.member_id, ids), Membership.state == "in", among(Group.slug, slugs))

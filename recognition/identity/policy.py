"""Rights, as small predicates over values that are loaded already."""

from collections.abc import Iterable

from recognition.identity.models import Group, Member, Membership


def can_write(actor: Member) -> bool:
    return actor.state != "suspended"


def can_change_roles(actor: Member | None, member_id: int) -> bool:
    """None is the command line. Nobody changes their own role, whatever it is."""
    return actor is None or ("admin" in actor.roles and actor.id != member_id and can_write(actor))


can_suspend = can_change_roles


def can_merge(actor: Member | None, member_ids: Iterable[int], moves_roles: bool) -> bool:
    """Nobody joins rows of their own to others; where a role comes along, an admin must do it."""
    if actor is None:
        return True
    needed = {"admin"} if moves_roles else {"admin", "council"}
    return can_write(actor) and bool(needed & actor.roles) and actor.id not in set(member_ids)


def can_create_group(actor: Member) -> bool:
    return "council" in actor.roles and can_write(actor)


def can_curate(actor: Member | None, own: Membership | None) -> bool:
    """`own` is the actor's membership in that group. The council helps where a curator is silent."""
    if actor is None or not can_write(actor):
        return False
    return "council" in actor.roles or (own is not None and own.is_curator and own.state == "in")


def sees_roster(actor: Member | None, own: Membership | None) -> bool:
    """Those who look after the group themselves: that is whom its members allow it. The council is not among them."""
    return actor is not None and can_write(actor) and own is not None and own.is_curator and own.state == "in"


def can_decide(actor: Member, own: Membership | None, asker_id: int) -> bool:
    """Nobody decides on their own request."""
    return actor.id != asker_id and can_curate(actor, own)


def can_join(actor: Member | None, group: Group, own: Membership | None) -> bool:
    return actor is not None and can_write(actor) and group.entry != "closed" and (own is None or own.state == "out")

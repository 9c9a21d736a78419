"""Who may let what in."""

from recognition.identity import policy
from recognition.identity.models import Member, Membership
from recognition.inlets.models import LinkedAccount


def can_manage(actor: Member | None, own: Membership | None, of_group: bool) -> bool:
    """For the house the council, for a group whoever looks after it too."""
    if actor is None or not policy.can_write(actor):
        return False
    if of_group:
        return policy.can_curate(actor, own)
    return bool(actor.roles & {"council", "admin"})


def can_answer_for(actor: Member | None, account: LinkedAccount) -> bool:
    return actor is not None and actor.id == account.member_id and policy.can_write(actor)

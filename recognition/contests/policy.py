"""Who may do what in a contest; predicates over values that are loaded already."""

from collections.abc import Collection

from recognition.identity.models import Member
from recognition.identity.policy import can_write


def may_judge(actor: Member, concerned: Collection[int]) -> bool:
    """Keep, hide, disqualify, let in again. `concerned`: whose work it is. Nobody decides on their own."""
    return can_write(actor) and "council" in actor.roles and actor.id not in concerned

"""Who may give, decide and take back; predicates over values that are loaded already."""

from collections.abc import Collection

from recognition.badges.models import Award, Badge
from recognition.identity.models import Member
from recognition.identity.policy import can_write


def can_give(actor: Member | None, badge: Badge, curated: Collection[int]) -> bool:
    """`curated`: ids of the groups that the actor looks after. A group's curators give that group's badges."""
    if actor is None or not can_write(actor):
        return False
    return "council" in actor.roles or badge.issuer_id in curated


def can_revoke(actor: Member | None, holder_id: int) -> bool:
    """Nobody decides about their own award."""
    return actor is not None and can_write(actor) and "council" in actor.roles and actor.id != holder_id


def can_nominate(actor: Member | None, badge: Badge) -> bool:
    return actor is not None and can_write(actor) and badge.nominable and badge.state == "published"


def decides_everywhere(actor: Member) -> bool:
    """About nominations for any badge; curators decide about those for their group's badges."""
    return can_write(actor) and bool(actor.roles & {"council", "reviewer"})


def can_decide(actor: Member, badge: Badge, curated: Collection[int], concerned: Collection[int]) -> bool:
    """`concerned`: who is nominated, and who nominated."""
    if actor.id in concerned or not can_write(actor):
        return False
    return decides_everywhere(actor) or badge.issuer_id in curated


def can_endorse(actor: Member | None, award: Award) -> bool:
    """Of what everybody sees, nobody speaks for their own."""
    if actor is None or not can_write(actor) or actor.id == award.member_id:
        return False
    return award.shown and award.revoked_at is None


def can_remove_words(actor: Member | None, author_id: int, holder_id: int) -> bool:
    """The council takes down what should not stand; authors and holders have their own ways."""
    return actor is not None and can_write(actor) and "council" in actor.roles and actor.id not in (author_id, holder_id)

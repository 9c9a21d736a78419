"""Who may make and change events."""

from recognition.events.models import Event
from recognition.identity.models import Member, Membership


def can_make(actor: Member, curated: int) -> bool:
    """`curated`: how many groups they look after."""
    return actor.state != "suspended" and (bool(actor.roles & {"council"}) or curated > 0)


def can_change(actor: Member | None, event: Event, own: Membership | None) -> bool:
    """Whoever hosts it, whoever looks after its group, and the council. `own`: the actor's membership in that group."""
    if actor is None or actor.state == "suspended":
        return False
    curates = own is not None and own.is_curator and own.state == "in"
    return "council" in actor.roles or event.host_id == actor.id or curates

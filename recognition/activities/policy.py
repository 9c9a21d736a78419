"""Who may tell what."""

from recognition.identity.models import Member


def can_tell_for_others(actor: Member) -> bool:
    """In the log under another member's name, by a program."""
    return actor.state != "suspended" and bool(actor.roles & {"council", "admin"})

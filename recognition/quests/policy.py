"""Who may read what others wrote in a quest."""

from recognition.identity.models import Member
from recognition.identity.policy import can_write

READERS = ("reviewer", "council")


def is_reader(viewer: Member) -> bool:
    """By a role, for every quest."""
    return bool(viewer.roles & set(READERS)) and can_write(viewer)


def can_review(viewer: Member, author_id: int, widened: bool, helps: bool) -> bool:
    """`helps`: the viewer finished this quest and said they would; `widened`: no reviewer came to it in time. Nobody reads
    their own."""
    return viewer.id != author_id and (is_reader(viewer) or (widened and helps and can_write(viewer)))


def can_override(viewer: Member, author_id: int, owns_campaign: bool) -> bool:
    """Change what somebody decided about an answer: the council, or who reads answers and owns the quest's campaign. Whether
    they decided it themselves is another question."""
    organises = "council" in viewer.roles or (owns_campaign and is_reader(viewer))
    return viewer.id != author_id and organises and can_write(viewer)

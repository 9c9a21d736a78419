"""Who may do what with a badge from elsewhere."""

from recognition.backpack.models import ExternalBadge
from recognition.backpack.rules import SHOWABLE


def can_show(badge: ExternalBadge) -> bool:
    """Only what is proven to be the member's own, and was genuine when it was last looked at."""
    return badge.is_mine and badge.standing in SHOWABLE

"""What a member does with what they brought."""

from flask_babel import gettext as _

from recognition.backpack.models import ExternalBadge
from recognition.backpack.policy import can_show
from recognition.backpack.rules import NotKept
from recognition.extensions import db
from recognition.media.services import forget_picture


def show(badge: ExternalBadge, on: bool) -> None:
    """Raises NotKept."""
    if on and not can_show(badge):
        raise NotKept(_("This one cannot be shown: only what is proven to be yours, and was genuine when it was looked at."))
    badge.shown = on


def remove(badge: ExternalBadge) -> None:
    """For good, with its picture. Whoever issued it still has it."""
    media_id = badge.media_id
    db.session.delete(badge)
    db.session.flush()
    if media_id is not None:
        forget_picture(media_id)

"""One blueprint for all pages of this package; `rooms.py` fills it."""

from flask import Blueprint, Flask, abort

from recognition.badges import queries, words
from recognition.badges.models import DRAFT, Badge
from recognition.badges.trays import waiting_count
from recognition.identity.access import current_member

blueprint = Blueprint("badges", __name__)


def install(app: Flask) -> None:
    app.jinja_env.globals |= {"picture_url": queries.picture_url, "level_words": words.level_words, "waiting_pins": waiting_pins}


def waiting_pins() -> int:
    """For templates of every floor: how many pins wait for the reader's word."""
    member = current_member()
    return waiting_count(member.id) if member else 0


def badge_or_404(slug: str) -> Badge:
    """Drafts are the council's business until they are published."""
    badge = queries.badge_by_slug(slug)
    if badge is None or (badge.state == DRAFT and not is_council()):
        abort(404)
    return badge


def is_council() -> bool:
    member = current_member()
    return member is not None and "council" in member.roles

"""Where the rooms of the desk hang their pages, and who may come in."""

from flask import Blueprint, abort

from recognition.identity.access import role_required
from recognition.news.models import Announcement
from recognition.news.queries import announcement

blueprint = Blueprint("news_desk", __name__, url_prefix="/council/news")
council_only = role_required("council", "admin")
PRIVATE = {"Cache-Control": "private, no-store"}


def announcement_or_404(slug: str) -> Announcement:
    return announcement(slug) or abort(404)

"""Where the rooms of the studio hang their pages, and who may come in."""

from flask import Blueprint, abort

from recognition.badges.models import Badge
from recognition.badges.queries import badge_by_slug
from recognition.identity.access import role_required

blueprint = Blueprint("badge_studio", __name__, url_prefix="/council/badges")
council_only = role_required("council", "admin")


def badge_or_404(slug: str) -> Badge:
    return badge_by_slug(slug) or abort(404)

"""Where the rooms of the workshop hang their pages, and who may come in."""

from flask import Blueprint, abort

from recognition.contests.models.contest import Contest
from recognition.contests.queries import contest_by_slug
from recognition.identity.access import role_required

blueprint = Blueprint("contest_workshop", __name__, url_prefix="/council/contests")
council_only = role_required("council", "admin")


def contest_or_404(slug: str) -> Contest:
    return contest_by_slug(slug, drafts=True) or abort(404)

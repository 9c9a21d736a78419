"""Where the rooms of the studio hang their pages, and who may come in."""

import sqlalchemy as sa
from flask import Blueprint, abort, request

from recognition.extensions import db
from recognition.identity.access import role_required
from recognition.quests.models import Quest

blueprint = Blueprint("quest_studio", __name__, url_prefix="/council/quests")
council_only = role_required("council", "admin")


def quest_or_404(slug: str) -> Quest:
    quest: Quest | None = db.session.scalar(sa.select(Quest).where(Quest.slug == slug))
    return quest or abort(404)


def seen_number() -> int:
    """Which draft the page was made of, as its form says; -1, which no draft has, where that is no number."""
    text = request.form.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

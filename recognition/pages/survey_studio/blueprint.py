"""Where the rooms of the workshop hang their pages, and who may come in."""

from flask import Blueprint, abort

from recognition.identity.access import role_required
from recognition.surveys.models import Survey
from recognition.surveys.queries import survey_by_slug

blueprint = Blueprint("survey_studio", __name__, url_prefix="/council/surveys")
council_only = role_required("council", "admin")


def survey_or_404(slug: str) -> Survey:
    return survey_by_slug(slug, drafts=True) or abort(404)

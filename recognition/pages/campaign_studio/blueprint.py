"""Where the rooms of the studio hang their pages, and who may come in."""

from flask import Blueprint, abort

from recognition.campaigns.models import Campaign
from recognition.campaigns.queries import campaign_by_slug
from recognition.identity.access import role_required

blueprint = Blueprint("campaign_studio", __name__, url_prefix="/council/campaigns")
council_only = role_required("council", "admin")


def campaign_or_404(slug: str) -> Campaign:
    return campaign_by_slug(slug, drafts=True) or abort(404)

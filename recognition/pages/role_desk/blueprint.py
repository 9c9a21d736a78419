"""Where the rooms of the desk hang their pages, and who may come in."""

from flask import Blueprint, abort

from recognition.identity.access import role_required
from recognition.roles.models import Role
from recognition.roles.queries import role_by_slug

blueprint = Blueprint("role_desk", __name__, url_prefix="/council/roles")
council_only = role_required("council")
deciders = role_required("council", "admin")
"""A role of the house is given by an admin, so they decide, too."""


def role_or_404(slug: str) -> Role:
    return role_by_slug(slug) or abort(404)

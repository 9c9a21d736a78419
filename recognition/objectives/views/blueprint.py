"""The blueprint of objectives, and who may open and tell what."""

from flask import Blueprint, abort

from recognition.identity.access import current_member, role_required, signed_in
from recognition.identity.models import Member
from recognition.objectives import queries
from recognition.objectives.models import Objective
from recognition.objectives.rules import hidden_from

blueprint = Blueprint("objectives", __name__)
council_only = role_required("council")


def hidden() -> tuple[str, ...]:
    """States that this reader sees nothing of."""
    viewer = current_member()
    return hidden_from(viewer.roles if viewer else None)


def objective_or_404(slug: str) -> Objective:
    return queries.objective_by_slug(slug, hidden()) or abort(404)


def theirs(slug: str) -> Objective:
    one = objective_or_404(slug)
    return one if may_tell(one, signed_in()) else abort(403)


def may_tell(one: Objective, viewer: Member | None) -> bool:
    return viewer is not None and ("council" in viewer.roles or one.owner_id == viewer.id)

"""Pins as pictures."""

from typing import Any

from flask import Response, abort, request

from recognition.badges import pictures
from recognition.badges.artwork.design import PinDesign
from recognition.badges.models import DRAFT, Badge
from recognition.badges.views.blueprint import badge_or_404, blueprint
from recognition.web.access import public

IMMUTABLE = "public, max-age=31536000, immutable"


@blueprint.get("/badges/<slug>/picture-<int:size>.png")
@public
def picture(slug: str, size: int) -> Any:
    """The address names the picture's version, so a browser that has it under this address has the right one: it is
    answered without a look at the database."""
    if size not in pictures.SIZES_PX:
        abort(404)
    asked = request.args.get("v", "")
    if asked and request.if_none_match.contains(f"{asked}-{size}"):
        return _kept(Response(status=304), f"{asked}-{size}", IMMUTABLE)
    badge, design, earned = _asked_for(slug)
    version = pictures.version(design, earned)
    response = Response(pictures.png(design, size, earned), mimetype="image/png")
    fresh = "private, no-store" if badge.state == DRAFT else IMMUTABLE if asked == version else "public, max-age=300"
    return _kept(response, f"{version}-{size}", fresh).make_conditional(request)


@blueprint.get("/badges/<slug>/picture.svg")
@public
def drawing(slug: str) -> Any:
    """Holds the badge's name as its title, so its tag is of the whole text."""
    badge, design, earned = _asked_for(slug)
    response = Response(pictures.svg(design, earned, badge.name), mimetype="image/svg+xml")
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-store" if badge.state == DRAFT else "public, max-age=300"
    return response.make_conditional(request)


def _asked_for(slug: str) -> tuple[Badge, PinDesign, bool]:
    badge, level = badge_or_404(slug), request.args.get("level", type=int)
    if level is not None and level not in badge.levels:
        abort(404)
    return badge, pictures.design_of(badge, level), "outline" not in request.args


def _kept(response: Response, etag: str, cache: str) -> Response:
    response.set_etag(etag)
    response.headers["Cache-Control"] = cache
    return response

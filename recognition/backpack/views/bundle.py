"""Everything of mine, to take along."""

from typing import Any

from flask import Response, current_app, stream_with_context

from recognition import clock
from recognition.backpack.bundle import stream
from recognition.backpack.views.blueprint import blueprint
from recognition.identity.access import member_required, signed_in
from recognition.web.limits import limited


@blueprint.get("/me/badges.zip")
@member_required
@limited("bundle", times=6, seconds=3600)
def everything() -> Any:
    member, base = signed_in(), current_app.extensions["settings"].base_url
    parts = stream(member.id, member.handle, base, clock.utcnow())
    response = Response(stream_with_context(parts), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="badges-of-{member.handle}.zip"'
    response.headers["Cache-Control"] = "private, no-store"
    return response

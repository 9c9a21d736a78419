"""`POST /api/v1/hooks/<source>`: where forums and code hosts tell us what happened there."""

from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import csrf, db
from recognition.inlets.services import delivering
from recognition.inlets.wire import HOOK
from recognition.web.access import program
from recognition.web.errors import problem
from recognition.web.limits import limited
from recognition.web.openapi import described

blueprint = Blueprint("inlets_api", __name__, url_prefix="/api/v1")
# No cookie counts here: who calls is known by the signature over the body.
csrf.exempt(blueprint)

BODY_MAX_BYTES = 1024 * 1024


@blueprint.post("/hooks/<source>")
@program
@limited("hooks", times=6000)
@described(HOOK)
def hook(source: str) -> Any:
    """The size is looked at before the signature, and the signature before anything in the body."""
    if source not in delivering.HOOKS:
        abort(404)
    if (request.content_length or 0) > BODY_MAX_BYTES:
        abort(413)
    body = request.stream.read(BODY_MAX_BYTES + 1)
    if len(body) > BODY_MAX_BYTES:
        abort(413)
    if request.mimetype != "application/json":
        return problem(415, _("JSON, please"), _("Set the content type of this hook to application/json there."))
    headers = {name.lower(): value for name, value in request.headers.items()}
    answer = delivering.deliver(source, headers, body, clock.utcnow())
    db.session.commit()
    if answer.is_well:
        return jsonify(answer.body), answer.status
    return problem(answer.status, _("Nothing was stored"), answer.body["detail"])

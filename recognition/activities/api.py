"""`/api/v1/activities`: deeds in and out for programs, with a bearer token."""

import hashlib
import json
import re
from typing import Any

from flask import Blueprint, g, jsonify, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities import intake, wire
from recognition.activities.queries import Deed, Wanted, deeds_in_order
from recognition.extensions import csrf, db
from recognition.identity.access import signed_in, token_required
from recognition.web.errors import problem
from recognition.web.limits import limited
from recognition.web.openapi import asked, described
from recognition.web.templating import iso

blueprint = Blueprint("activities_api", __name__, url_prefix="/api/v1")
# No cookie counts here: every view demands a token, which no other site can send.
csrf.exempt(blueprint)

DEPTH_MAX = 8
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@blueprint.post("/activities")
@token_required("activities:write")
@limited("api", times=6000)
@described(wire.ADD)
def add() -> Any:
    """One object or a list of them. 201 all new, 200 all known before, 207 mixed, 422 nothing could be stored."""
    if not request.is_json:
        return problem(415, _("JSON, please"), _("Send the header Content-Type: application/json."))
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > wire.KEY_MAX_CHARS or not key.isprintable() or not key.isascii():
        return problem(400, _("Bad key"), _("Idempotency-Key needs at most 200 printable characters."))
    body = request.get_data()
    try:
        given = _parsed(body)
    except (ValueError, RecursionError) as fault:
        return problem(400, _("Not readable"), str(fault))
    items = given if isinstance(given, list) else [given]
    if not 1 <= len(items) <= wire.ITEMS_MAX:
        return problem(422, _("Too many or none"), _("Send 1 to %(max)s activities.", max=wire.ITEMS_MAX))
    answer = intake.take(g.token, items, isinstance(given, list), key, hashlib.sha256(body).hexdigest(), clock.utcnow())
    db.session.commit()
    return _answered(answer)


@blueprint.get("/activities")
@token_required("activities:read")
@limited("api-read", times=1200)
@described(wire.LIST)
def listing() -> Any:
    """In the order in which they were told. `cursor` goes on where the last page ended."""
    size = asked("limit", wire.PAGE)
    wanted = Wanted(*(asked(name, "") for name in ("member", "kind", "tag", "group")))
    found = deeds_in_order(signed_in(), wanted, asked("cursor"), size)
    args = {name: value for name, value in vars(wanted).items() if value}
    following = url_for(".listing", **args, limit=size, cursor=found.next_cursor) if found.next_cursor else None
    return jsonify(items=[_shown(deed) for deed in found.items], next_cursor=found.next_cursor, next=following)


def _answered(answer: intake.Answer) -> Any:
    if answer.status in (403, 409, 422):
        return problem(answer.status, _("Nothing was stored"), answer.detail, **answer.body)
    response = jsonify(answer.body)
    response.status_code = answer.status
    return response


def _parsed(body: bytes) -> Any:
    """Raises ValueError for what is not JSON, is nested too deep or holds what no database keeps."""
    given = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    _check(given, 0)
    return given


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number in JSON.")


def _check(value: Any, depth: int) -> None:
    if depth > DEPTH_MAX:
        raise ValueError(f"Nested deeper than {DEPTH_MAX}.")
    if isinstance(value, str) and _UNSTORABLE.search(value):
        raise ValueError("Text must not hold NUL or half a surrogate pair.")
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        raise ValueError("A number is too large.")
    for part in value.items() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        _check(part, depth + (0 if isinstance(value, dict) else 1))


def _shown(deed: Deed) -> dict[str, Any]:
    return {
        "id": deed.id, "member": deed.person.handle, "occurred_at": iso(deed.occurred_at), "kind": deed.kind,
        "kind_label": deed.kind_label, "text": deed.text, "tags": list(deed.tags), "url": deed.link,
        "group": deed.group[1] if deed.group else None, "campaign": deed.campaign, "visibility": deed.visibility,
        "evidence": ("self", "passive", "confirmed")[deed.evidence], "source": deed.source,
        "source_key": intake.key_as_told(deed.source_key),
    }  # fmt: skip

"""`/ims/ob/v3p0/credentials`: a member's badges out, and others in."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, request
from flask_babel import gettext as _

from recognition import clock
from recognition.backpack import arriving, exchange, queries
from recognition.backpack.api.blueprint import blueprint, failure
from recognition.backpack.rules import MAX_BYTES, REVOKED, NotKept
from recognition.backpack.services import bringing
from recognition.backpack.services.bringing import Came
from recognition.badges.forms.brought import Brought
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.identity.oauth.access import oauth_required
from recognition.identity.oauth.scopes import BRING_BADGES, READ_BADGES
from recognition.web.limits import limited

PAGE, PAGE_MAX = 50, 100
OFFSET_MAX = 1_000_000
_JSON = {"application/json", "application/ld+json", "application/vc+ld+json", "application/vc"}
_TOKEN = {"text/plain", "application/jwt", "application/vc+jwt"}
_COMPACT = re.compile(rb"[\w-]+\.[\w-]*\.[\w-]+", re.ASCII)
_STATUS = {Came.NEW: 201, Came.NEWER: 200, Came.SAME: 304}


class BadQuery(ValueError):
    """Its text is a sentence for whoever writes the program."""


@blueprint.get("/credentials")
@oauth_required(READ_BADGES)
@limited("ob-api", times=600)
def credentials() -> Any:
    """Each text exactly as it was signed: parsing and writing it anew could break its proof."""
    try:
        limit, offset, since = _number("limit", PAGE, 1), _number("offset", 0, 0), _since()
    except BadQuery as bad:
        return failure(400, str(bad), "invalid_query_parameter")
    limit = min(limit, PAGE_MAX)
    member_id = signed_in().id
    total = exchange.count(member_id, since)
    held = exchange.held(member_id, since, limit, offset) if offset < total else []
    documents = ",".join(one.text for one in held if not one.is_token)
    tokens = json.dumps([one.text for one in held if one.is_token])
    response = Response(f'{{"credential":[{documents}],"compactJwsString":{tokens}}}', mimetype="application/json")
    response.headers["X-Total-Count"] = str(total)
    response.headers["Link"] = _links(total, limit, offset)
    return response


@blueprint.post("/credentials")
@oauth_required(BRING_BADGES)
@limited("bring", times=30)
def credential_put() -> Any:
    """201 new, 200 in the place of an older one, 304 nothing new. What came is answered as it came."""
    body, mimetype = request.get_data(cache=False), request.mimetype
    wrong = _wrong_body(body, mimetype)
    if wrong is not None:
        return wrong
    member_id = signed_in().id
    try:
        arrival = arriving.arrival(Brought(body), queries.verified_addresses(member_id), clock.utcnow())
        wrong = _wrong_badge(arrival)
        if wrong is not None:
            return wrong
        came = Came.SAME if _is_ours(arrival.credential) else bringing.bring(member_id, arrival, clock.utcnow())[1]
    except NotKept as refused:
        db.session.rollback()
        return failure(422, str(refused))
    db.session.commit()
    status = _STATUS[came]
    return Response(b"" if status == 304 else body, status, mimetype=mimetype)


def _wrong_body(body: bytes, mimetype: str) -> Response | None:
    if mimetype not in _JSON | _TOKEN:
        return failure(415, _("Send a credential as application/json, or as text/plain where it is a compact JWS."))
    if len(body) > MAX_BYTES:
        return failure(413, _("A badge is no larger than 1 MB here."))
    is_token = _COMPACT.fullmatch(body.strip()) is not None
    if is_token != (mimetype in _TOKEN) or (not is_token and not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")):
        return failure(400, _("This is not what its Content-Type says: JSON begins with a brace, a JWS has three parts."))
    return None


def _wrong_badge(arrival: bringing.Arrival) -> Response | None:
    if arrival.version != "3.0":
        return failure(422, _("This interface takes Open Badges 3.0. Older ones can be brought on the page of the backpack."))
    if not arrival.is_mine:
        return failure(422, _("This badge names somebody else: none of the member's verified addresses is its recipient."))
    if arrival.standing == REVOKED:
        return failure(422, _("Whoever gave this badge has taken it back."))
    return None


def _is_ours(credential: str) -> bool:
    """What this house signed is here already, and its newest form is the one in the list."""
    base: str = current_app.extensions["settings"].base_url
    return credential.startswith(f"{base}/ob/3/credentials/")


def _number(name: str, default: int, least: int) -> int:
    text = request.args.get(name, str(default))
    if not re.fullmatch(r"\d{1,7}", text, re.ASCII) or not least <= int(text) <= OFFSET_MAX:
        raise BadQuery(_("%(name)s is a whole number from %(least)s to %(most)s.", name=name, least=least, most=OFFSET_MAX))
    return int(text)


def _since() -> datetime | None:
    """Without a zone it is UTC. A plus sign that nobody encoded arrives as a space."""
    text = request.args.get("since", "")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadQuery(_("since is a moment such as 2026-11-21T18:00:00Z.")) from None


def _links(total: int, limit: int, offset: int) -> str:
    last = (total - 1) // limit * limit if total else 0
    places = {"first": 0, "last": last}
    if offset + limit < total:
        places["next"] = offset + limit
    if offset > 0:
        places["prev"] = max(0, min(offset - limit, last))
    here = current_app.extensions["settings"].base_url + request.path
    kept = {"since": request.args["since"]} if request.args.get("since") else {}
    asked = {name: urlencode({"limit": limit, "offset": place, **kept}) for name, place in places.items()}
    return ", ".join(f'<{here}?{query}>; rel="{name}"' for name, query in asked.items())

"""`/ims/ob/v3p0/discovery`: the service in the OpenAPI way, with what the 1EdTech Security Framework adds to it."""

from typing import Any

from flask import current_app, jsonify
from flask_babel import gettext as _

from recognition.backpack.api.blueprint import PREFIX, blueprint
from recognition.backpack.api.credentials import OFFSET_MAX, PAGE, PAGE_MAX
from recognition.identity.oauth.scopes import ASKS, BRING_BADGES, CHANGE_PROFILE, READ_BADGES, READ_PROFILE
from recognition.identity.oauth.server import base_url
from recognition.web.access import public

OPENAPI = "3.0.1"
SCHEMAS = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/"
CREDENTIAL = {"$ref": f"{SCHEMAS}ob_v3p0_achievementcredential_schema.json"}
CREDENTIALS = {"$ref": f"{SCHEMAS}ob_v3p0_getopenbadgecredentialsresponse_schema.json"}
PROFILE = {"$ref": f"{SCHEMAS}ob_v3p0_profile_schema.json"}
FAILURE = {"$ref": f"{SCHEMAS}ob_v3p0_imsx_statusinfo_schema.json"}
COMPACT = {"type": "string", "pattern": r"^[a-zA-Z0-9_-]+\.[a-zA-Z0-9_-]*\.[a-zA-Z0-9_-]+$"}


@blueprint.get("/discovery")
@public
def discovery() -> Any:
    home = base_url()
    response = jsonify(
        openapi=OPENAPI,
        info=_info(home),
        servers=[{"url": home + PREFIX}],
        tags=[{"name": "OpenBadgeCredentials"}, {"name": "Discovery"}],
        paths={"/credentials": _credentials(), "/profile": _profile(), "/discovery": {"get": _itself()}},
        components={"securitySchemes": {"OAuth2ACG": _security(home)}},
    )
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _info(home: str) -> dict[str, str]:
    return {
        "title": current_app.extensions["settings"].site_name,
        "description": _("The badges of a member for programs that they let in."),
        "version": "3.0",
        "termsOfService": f"{home}/oauth/about#terms",
        "x-imssf-image": f"{home}/static/img/mark.svg",
        "x-imssf-privacyPolicyUrl": f"{home}/oauth/about#privacy",
    }


def _security(home: str) -> dict[str, Any]:
    """The same under the names of the standard's example, which clients look for here and not in `info`."""
    return {
        "type": "oauth2",
        "description": _("Authorization code with PKCE (S256) for every program, refresh tokens that are swapped at each use."),
        "x-imssf-name": current_app.extensions["settings"].site_name,
        "x-imssf-registrationUrl": f"{home}/oauth/register",
        "x-imssf-termsOfServiceUrl": f"{home}/oauth/about#terms",
        "x-imssf-privacyPolicyUrl": f"{home}/oauth/about#privacy",
        "flows": {
            "authorizationCode": {
                "authorizationUrl": f"{home}/oauth/authorize",
                "tokenUrl": f"{home}/oauth/token",
                "refreshUrl": f"{home}/oauth/token",
                "scopes": {scope: f"{what}. {how_far}" for scope, (what, how_far) in ASKS.items()},
            }
        },
    }


def _credentials() -> dict[str, Any]:
    whole = {"type": "integer", "format": "int32"}
    parameters = [
        _parameter("limit", _("How many at most."), {**whole, "minimum": 1, "maximum": PAGE_MAX, "default": PAGE}),
        _parameter("offset", _("How many of the oldest to skip."), {**whole, "minimum": 0, "maximum": OFFSET_MAX, "default": 0}),
        _parameter("since", _("Only what was issued after this moment."), {"type": "string", "format": "date-time"}),
    ]
    page = _good(_("One page, the oldest first."), {"application/json": CREDENTIALS})
    page["headers"] = {"X-Total-Count": {"schema": whole}, "Link": {"schema": {"type": "string"}}}
    either = {"application/json": CREDENTIAL, "text/plain": COMPACT}
    came = {
        "201": _good(_("It is new here."), either),
        "200": _good(_("It took the place of an older one."), either),
        "304": {"description": _("It was here before.")},
    }
    asked = _operation("getCredentials", _("The badges of the member."), READ_BADGES, {"200": page})
    given = _operation("upsertCredential", _("Brings a badge to the member's backpack."), BRING_BADGES, came)
    return {"get": asked | {"parameters": parameters}, "post": given | {"requestBody": _body(either)}}


def _profile() -> dict[str, Any]:
    answer = {"200": _good(_("The profile as programs see it."), {"application/json": PROFILE})}
    put = _operation("putProfile", _("Changes name and description."), CHANGE_PROFILE, answer)
    return {
        "get": _operation("getProfile", _("The member's profile."), READ_PROFILE, answer),
        "put": put | {"requestBody": _body({"application/json": PROFILE})},
    }


def _itself() -> dict[str, Any]:
    described = _good(_("This document."), {"application/json": {"type": "object"}})
    return {"operationId": "getServiceDescription", "tags": ["Discovery"], "responses": {"200": described, "default": _failure()}}


def _operation(name: str, summary: str, scope: str, good: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": name,
        "tags": ["OpenBadgeCredentials"],
        "summary": summary,
        "security": [{"OAuth2ACG": [scope]}],
        "responses": good | {"default": _failure()},
    }


def _good(words: str, kinds: dict[str, Any]) -> dict[str, Any]:
    return {"description": words, "content": {kind: {"schema": schema} for kind, schema in kinds.items()}}


def _failure() -> dict[str, Any]:
    return _good(_("What was wrong, and with what."), {"application/json": FAILURE})


def _body(kinds: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {kind: {"schema": schema} for kind, schema in kinds.items()}}


def _parameter(name: str, words: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": words, "schema": schema}

"""What programs can ask of us: the API's description for them at `/api/v1/openapi.json`, and for people at `/api/`."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, current_app, jsonify, render_template
from flask_babel import gettext as _

from recognition.identity.services.tokens import SCOPES
from recognition.web.access import public
from recognition.web.limits import LIMIT, limited
from recognition.web.openapi import OPERATION, Answer, Operation, described, document, operations, scope_of, shown_path

blueprint = Blueprint("programs", __name__)

VERSION = "1"
DOCUMENT = Operation(
    "getDescription", "This document", {200: Answer("OpenAPI 3.1.", {"type": "object", "required": ["openapi", "paths"]})}
)
_KEY = '-H "Authorization: Bearer $KEY"'
_JSON = '-H "Content-Type: application/json"'


@dataclass(frozen=True)
class Example:
    """`command` runs in a shell that knows $KEY; `status` is what comes back the first time, `answer` a line of it."""

    id: str
    title: str
    words: str
    command: str
    status: int
    answer: str


@blueprint.get("/api/v1/openapi.json")
@public
@limited("api-public", times=600)
@described(DOCUMENT)
def description() -> Any:
    settings = current_app.extensions["settings"]
    info = {
        "title": settings.site_name,
        "version": VERSION,
        "description": f"For people: {settings.base_url}/api/",
    }
    response = jsonify(document(_app(), info, {scope: str(words) for scope, words in SCOPES.items()}))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.get("/api/")
@public
def guide() -> Any:
    base: str = current_app.extensions["settings"].base_url
    return render_template("pages/programs.html", examples=examples(base), scopes=SCOPES, addresses=_addresses())


def examples(base: str) -> list[Example]:
    """In the order in which one would try them; the second one needs what the settings page gives."""
    api = f"{base}/api/v1"
    deed = '{"occurred_at": "2026-11-02", "text": "Translated the welcome page #l10n", "source_key": "note-17"}'
    two = (
        '[{"occurred_at": "2026-11-03", "text": "Welcomed two newcomers"},\n'
        ' {"occurred_at": "2026-11-04", "text": "Took notes at the call", "tags": ["call"]}]'
    )
    return [
        Example(
            "look", _("Look around"), _("What everybody may see needs no key."),
            f'curl "{api}/campaigns"', 200, '{"items": [{"slug": "…", "title": "…", "phase": "running", …}], "next": null, …}',
        ),
        Example(
            "tell", _("Tell a deed"),
            _("The source key is yours to choose. The same key again is answered with the deed that is there, so trying twice "
              "never counts twice."),
            f"curl -X POST {api}/activities \\\n  {_KEY} \\\n  {_JSON} \\\n  -d '{deed}'", 201,
            '{"id": 4711, "outcome": "created", "source": "api", "source_key": "note-17", "points": 5}',
        ),
        Example(
            "many", _("Tell many at once"),
            _("Up to a thousand in a list. Each gets an answer of its own, in the same order; one that is wrong does not hold "
              "the others. With an Idempotency-Key, a list whose answer got lost can be sent again as it was."),
            f"curl -X POST {api}/activities \\\n  {_KEY} \\\n  {_JSON} \\\n  -H 'Idempotency-Key: week-45' \\\n  -d '{two}'", 201,
            '{"items": [{"id": 4712, "outcome": "created", …}, {"id": 4713, "outcome": "created", …}]}',
        ),
        Example(
            "read", _("Read deeds"),
            _("What the key's owner may see, in the order in which it was told. The address under “next” is the following page."),
            f'curl "{api}/activities?tag=l10n&limit=10" \\\n  {_KEY}', 200,
            '{"items": [{"id": 4711, "member": "…", "evidence": "self", …}], "next_cursor": null, "next": null}',
        ),
        Example(
            "member", _("Find somebody"),
            _("Each field as far as the key's owner may see it. What is hidden is empty, and no search finds it."),
            f'curl "{api}/members?q=a" \\\n  {_KEY}', 200,
            '{"items": [{"handle": "…", "name": "…", "picture": null, "url": "…"}], …}',
        ),
        Example(
            "wrong", _("When something is wrong"),
            _("Every error is a problem detail (RFC 9457) with a sentence for people. Where fields are wrong, each is named."),
            f'curl "{api}/badges?colour=blue"', 400,
            '{"type": "about:blank", "title": "…", "status": 400, "detail": "There is no parameter \'colour\' here. …"}',
        ),
    ]  # fmt: skip


def _addresses() -> list[dict[str, Any]]:
    """Every route as it is declared: how it is asked, what it is for, which scope it needs or likes."""
    return [
        {
            "method": method,
            "path": shown_path(rule),
            "what": getattr(view, OPERATION).summary,
            "scope": scope_of(view),
            "per_minute": 60 * getattr(view, LIMIT)[0] // getattr(view, LIMIT)[1],
        }
        for rule, method, view in operations(_app())
    ]


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]

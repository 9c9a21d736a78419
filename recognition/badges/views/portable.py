"""Signed documents at their permanent addresses: to programs what they ask for, to people the page about it."""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from flask import Response, abort, redirect, request, url_for
from flask_babel import gettext as _

from recognition.badges.portable import hosted
from recognition.badges.portable.hosted import PNG, SVG, Issued
from recognition.badges.sharing import stem
from recognition.badges.views.blueprint import blueprint
from recognition.identity.access import current_member
from recognition.web.access import public
from recognition.web.errors import problem
from recognition.web.limits import limited

CREDENTIAL = ("application/vc+ld+json", "application/vc", "application/ld+json", "application/json")
LINKED = ("application/ld+json", "application/json")
TOKEN = ("text/plain", "application/vc+jwt", "application/jwt")
HTML = "text/html"
ASK_AGAIN, A_WHILE = "no-cache", "public, max-age=300"
PRIVATE = "private, no-store"


@blueprint.after_app_request
def open_to_all(response: Response) -> Response:
    """Checkers run in the pages of other sites, too. Nothing here depends on who asks, but for what is private."""
    if request.path.startswith(("/ob/", "/.well-known/did.json", "/.well-known/jwks.json")):
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/ob/3/credentials/<key>")
@public
def credential(key: str) -> Any:
    if key.endswith(".jwt"):
        return _token(key.removesuffix(".jwt"))
    found = _issued(key)
    if found is None:
        return missing()
    if prefers_html(CREDENTIAL + TOKEN[1:]):
        return page(url_for(".award", key=key))
    if found.jwt and request.accept_mimetypes.best_match(CREDENTIAL + TOKEN[1:]) in TOKEN:
        return _private(answer(found.jwt.encode(), TOKEN[1:]), found)
    return _private(answer(found.document.encode(), CREDENTIAL), found)


def _token(key: str) -> Any:
    found = _issued(key)
    if found is None or not found.jwt:
        return missing()
    return _private(answer(found.jwt.encode(), TOKEN), found)


@blueprint.get("/ob/3/endorsements/<key>")
@public
def endorsement_document(key: str) -> Any:
    found = hosted.endorsement(key)
    if found is None:
        return missing()
    document, award = found
    return page(url_for(".award", key=award.award_key)) if prefers_html(CREDENTIAL) else told(document, CREDENTIAL)


@blueprint.get("/ob/3/achievements/<text>")
@public
def achievement(text: str) -> Any:
    return _about_badge(text, hosted.achievement(text))


@blueprint.get("/ob/2/badges/<text>")
@public
def badge_class(text: str) -> Any:
    if text.endswith(".png"):
        picture = hosted.picture(text.removesuffix(".png"))
        return missing() if picture is None else answer(picture, (PNG,), A_WHILE)
    return _about_badge(text, hosted.badge_class(text))


def _about_badge(text: str, document: Any) -> Any:
    if document is None:
        return missing()
    if prefers_html(LINKED):
        return page(url_for(".show", slug=hosted.slug_of(text)))
    return told(document, LINKED, A_WHILE)


@blueprint.get("/ob/2/assertions/<key>")
@public
def assertion(key: str) -> Any:
    """410 where it was taken back, with a body that says so (OB 2.0, section 6.2)."""
    found = _issued(key)
    if found is None:
        return missing()
    if prefers_html(LINKED):
        return page(url_for(".award", key=key))
    if found.revoked:
        gone = told(hosted.assertion(found), LINKED)
        return _private(Response(gone.get_data(), 410, gone.headers.items()), found)
    return _private(told(hosted.assertion(found), LINKED), found)


@blueprint.get("/ob/2/issuer")
@public
def issuer() -> Any:
    return page("/") if prefers_html(LINKED) else told(hosted.house_v2(), LINKED, A_WHILE)


@blueprint.get("/ob/2/issuer.svg")
@public
def issuer_picture() -> Any:
    return answer(hosted.house_picture(), (SVG,), A_WHILE)


@blueprint.get("/awards/<key>/badge.<any(png, svg):kind>")
@public
@limited("baked", times=300)
def baked(key: str, kind: str) -> Any:
    """One picture with both badges in it."""
    found = _issued(key)
    content = hosted.baked(found, kind) if found else b""
    if found is None or not content:
        abort(404)
    response = answer(content, (PNG if kind == "png" else SVG,))
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Content-Disposition"] = f'inline; filename="{stem(found.edition)}.{kind}"'
    return _private(response, found)


def told(document: Any, offered: Sequence[str], cache: str = ASK_AGAIN) -> Response:
    return answer(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(), offered, cache)


def answer(body: bytes, offered: Sequence[str], cache: str = ASK_AGAIN) -> Response:
    """The bytes as they are, under the name that the asker knows best; `offered`: the usual one first."""
    name = request.accept_mimetypes.best_match(offered) or offered[0]
    response = Response(body, mimetype=name)
    response.headers["Cache-Control"] = cache
    response.vary.add("Accept")
    response.set_etag(sha256(body + name.encode()).hexdigest()[:32])
    response.make_conditional(request)
    return response


def prefers_html(offered: Sequence[str]) -> bool:
    return request.accept_mimetypes.best_match((*offered, HTML)) == HTML


def page(url: str) -> Any:
    response = redirect(url, 303)
    response.vary.add("Accept")
    return response


def missing() -> Any:
    """To programs in their own language."""
    if prefers_html(("application/problem+json", "application/json", *CREDENTIAL)):
        abort(404)
    response = problem(404, _("Nothing here"), _("There is nothing at this address, or it is not open to everybody."))
    response.vary.add("Accept")
    return response


def _issued(key: str) -> Issued | None:
    viewer = current_member()
    return hosted.issued(key, viewer.id if viewer else None)


def _private(response: Response, found: Issued) -> Response:
    if found.private:
        response.headers["Cache-Control"] = PRIVATE
    return response

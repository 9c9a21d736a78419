"""`/ims/ob/v3p0/profile`: how a member is shown to programs, and the two fields that a program may change."""

from typing import Any

from flask import current_app, g, jsonify, request
from flask_babel import gettext as _

from recognition.backpack import exchange
from recognition.backpack.api.blueprint import blueprint, failure, said
from recognition.badges.portable import holders, identifiers
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.identity.fields import ONLY_ME, PUBLIC, level
from recognition.identity.models import Member
from recognition.identity.oauth.access import oauth_required
from recognition.identity.oauth.scopes import CHANGE_PROFILE, READ_PROFILE
from recognition.identity.services import profiles
from recognition.identity.words import BadText
from recognition.openbadges.checking import json_text
from recognition.openbadges.checking.report import Fault
from recognition.web.limits import limited
from recognition.web.reading import start_writing

CONTEXT = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
WRITABLE = {"name": "name", "description": "bio"}
"""By the standard's name: our field. Everything else of a profile is not for programs to say."""
BODY_MAX_BYTES = 64 * 1024


@blueprint.get("/profile")
@oauth_required(READ_PROFILE)
@limited("ob-api", times=600)
def profile() -> Any:
    return jsonify(_shown(signed_in()))


@blueprint.put("/profile")
@oauth_required(CHANGE_PROFILE)
@limited("ob-profile", times=60)
def profile_put() -> Any:
    """A field that is not sent stays as it is; one that may not be changed is refused unless it says what we say already."""
    if request.mimetype not in ("application/json", "application/ld+json"):
        return failure(415, _("Send the profile as application/json."))
    sent = _sent(request.get_data())
    if sent is None:
        return failure(400, _("Send the profile as one JSON object, at most 64 KiB."))
    member = signed_in()
    wrong = _wrong(sent, _shown(member), member)
    if wrong:
        return failure(422, wrong)
    try:
        profiles.say(member, {WRITABLE[name]: sent[name] for name in WRITABLE if name in sent}, g.token.consent.client.key)
    except BadText as bad:
        db.session.rollback()
        return failure(422, str(bad))
    shown = _shown(member)
    db.session.commit()
    may_read = READ_PROFILE in g.token.scopes
    return jsonify({name: value for name, value in shown.items() if may_read or name in sent or name in ("id", "type")})


def _sent(body: bytes) -> dict[str, Any] | None:
    """Read as strictly as a badge: nothing twice, nothing deep, nothing that no text column takes."""
    try:
        return json_text.parsed_object(json_text.decoded(body)) if len(body) <= BODY_MAX_BYTES else None
    except Fault:
        return None


def _shown(member: Member) -> dict[str, Any]:
    """What members see; the picture only where its address opens to everybody. Never the mail address."""
    base: str = current_app.extensions["settings"].base_url
    levels = {field: level(member.visibility or {}, field) for field in ("name", "bio", "picture")}
    shown: dict[str, Any] = {"@context": CONTEXT, "id": _identifier(base, member), "type": ["Profile"]}
    if levels["name"] != ONLY_ME:
        shown["name"] = member.name
    shown["url"] = f"{base}/members/{member.handle}"
    if member.bio and levels["bio"] != ONLY_ME:
        shown["description"] = member.bio
    if member.picture is not None and levels["picture"] == PUBLIC:
        shown["image"] = {"id": f"{base}/media/{member.picture.key}", "type": "Image"}
    return shown


def _identifier(base: str, member: Member) -> str:
    """The same by which their badges call them. Whoever has none yet gets it now, for good."""
    key = exchange.holder_key(member)
    if key is None:
        member_id = member.id
        start_writing()
        key = holders.keys_of([member_id])[member_id]
        db.session.commit()
    return identifiers.member_did(base, key)


def _wrong(sent: dict[str, Any], shown: dict[str, Any], member: Member) -> str:
    """A sentence; empty where nothing is wrong."""
    kind = sent.get("type")
    if kind != "Profile" and not (isinstance(kind, list) and "Profile" in kind):
        return _("type has to hold Profile.")
    if sent.get("id") != shown["id"]:
        return _(
            "id has to be %(identifier)s: a program changes no other profile than that of its member.", identifier=shown["id"]
        )
    for name, value in sent.items():
        if name in ("@context", "type", "id"):
            continue
        if name not in WRITABLE:
            if name not in shown or value != shown[name]:
                return _("%(field)s is not for programs to change. Nothing was stored.", field=said(name))
        elif not isinstance(value, str):
            return _("%(field)s has to be a text.", field=name)
        elif level(member.visibility or {}, WRITABLE[name]) == ONLY_ME:
            return _("%(field)s is seen by the member alone, so no program changes it.", field=name)
    return ""

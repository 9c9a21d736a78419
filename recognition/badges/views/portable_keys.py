"""Who signs here: did:web documents, public keys, and the lists of what was taken back."""

from typing import Any

from recognition.badges.portable import hosted, keys
from recognition.badges.views.blueprint import blueprint
from recognition.badges.views.portable import CREDENTIAL, answer, missing, page, prefers_html, told
from recognition.web.access import public

DID = ("application/did+ld+json", "application/did+json", "application/json", "application/ld+json")
KEY_SET = ("application/json", "application/jwk-set+json")
KEY = ("application/json", "application/jwk+json")
SEEN_WITHIN = "public, max-age=30"
"""A badge that was taken back is seen as such within a minute: the job that signs lists comes first. And a new key signs as soon
as it is published: who kept the older list of keys for longer would take its badges for false."""


@blueprint.get("/.well-known/did.json")
@public
def did_document() -> Any:
    return told(hosted.did_document(), DID, SEEN_WITHIN)


@blueprint.get("/.well-known/jwks.json")
@public
def jwk_set() -> Any:
    return told(hosted.jwk_set(), KEY_SET, SEEN_WITHIN)


@blueprint.get("/ob/3/groups/<slug>/did.json")
@public
def group_did_document(slug: str) -> Any:
    found = hosted.group_did_document(slug)
    return missing() if found is None else told(found, DID, SEEN_WITHIN)


@blueprint.get("/ob/3/members/<key>/did.json")
@public
def member_did_document(key: str) -> Any:
    found = hosted.member_did_document(key)
    return missing() if found is None else told(found, DID, SEEN_WITHIN)


@blueprint.get("/ob/3/keys/<kid>")
@public
def key(kid: str) -> Any:
    """One bare JWK: what the `kid` of a token leads to."""
    found = keys.public_key(kid)
    return missing() if found is None else told(found, KEY, SEEN_WITHIN)


@blueprint.get(f"/ob/3/status/<int(max={2**31 - 1}):number>")
@public
def status_list(number: int) -> Any:
    found = hosted.status_list(number)
    if found is None:
        return missing()
    return page("/verify") if prefers_html(CREDENTIAL) else answer(found.encode(), CREDENTIAL, SEEN_WITHIN)

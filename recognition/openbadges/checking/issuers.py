"""Whose keys are whose: what an issuer publishes about itself, found by its identifier alone (did:web, did:key, https)."""

import re
from typing import Any
from urllib.parse import unquote

from recognition.openbadges.checking import members
from recognition.openbadges.checking.case import Case
from recognition.openbadges.checking.dates import moment
from recognition.openbadges.checking.report import Fault

_WEB = re.compile(r"did:web:(?P<host>[A-Za-z0-9.-]+(%3[Aa]\d{1,5})?)(?P<path>(:[A-Za-z0-9._~%-]+)*)", re.ASCII)
_KEY = re.compile(r"did:key:(?P<key>z[1-9A-HJ-NP-Za-km-z]+)", re.ASCII)
_MOST_METHODS = 200
_LISTS = {"verificationMethod", "assertionMethod"}
_ACCEPT = "application/did+ld+json, application/did+json;q=0.9, application/ld+json;q=0.9, application/json;q=0.8"

Method = dict[str, Any]


def document_url(issuer: str) -> str | None:
    """Where an issuer's document is; None where nothing says so."""
    if members.is_web(issuer):
        return issuer
    found = _WEB.fullmatch(issuer)
    if found is None:
        return None
    steps = [unquote(step) for step in found["path"].split(":")[1:]]
    if any(not step.strip(".") or re.search(r"[/?#\\]", step) for step in steps):
        return None
    return f"https://{unquote(found['host'])}/{'/'.join(steps) or '.well-known'}/did.json"


def published(case: Case, issuer: str) -> dict[str, Method]:
    """The methods that this issuer lets sign for it, by their full identifiers. Raises Fault."""
    key = _KEY.fullmatch(issuer)
    if key is not None:
        name = f"{issuer}#{key['key']}"
        return {name: {"id": name, "type": "Multikey", "controller": issuer, "publicKeyMultibase": key["key"]}}
    return _assertion_methods(_document(case, issuer), issuer)


def lists_keys(case: Case, issuer: str) -> bool:
    """Whether nothing but its list tells which keys are the issuer's, even where that list is empty: of a DID always, of a
    profile at an https address only if it has one. Raises Fault."""
    return not members.is_web(issuer) or not _LISTS.isdisjoint(_document(case, issuer))


def _document(case: Case, issuer: str) -> dict[str, Any]:
    """Raises Fault."""
    url = document_url(issuer)
    if url is None:
        raise Fault("issuer_method", members.detail(issuer))
    try:
        document = case.asker.document(url, _ACCEPT)
    except Fault as fault:
        case.heard(fault)
        raise Fault("issuer_unreachable", members.detail(issuer)) from fault
    if document.get("id") != issuer:
        raise Fault("issuer_other", members.detail(document.get("id")))
    return document


def check_in_force(case: Case, method: Method) -> None:
    """Raises Fault: whoever stole a key can put any date into what they sign, so it counts from no date at all."""
    for name in ("revoked", "expires"):
        ended = moment(method.get(name))
        if name in method and (ended is None or ended <= case.now):
            raise Fault("key_withdrawn", members.detail(method.get("id")))


def _assertion_methods(document: dict[str, Any], issuer: str) -> dict[str, Method]:
    described = {_full(one, issuer): one for one in members.objects(document, "verificationMethod")}
    found: dict[str, Method] = {}
    for one in members.several(document, "assertionMethod")[:_MOST_METHODS]:
        name = _full(one, issuer)
        method = one if isinstance(one, dict) else described.get(name)
        if method is not None and method.get("controller") == issuer:
            found[name] = method
    return found


def _full(method: object, issuer: str) -> str:
    name = method if isinstance(method, str) else members.text(method, "id")
    return f"{issuer}{name}" if name.startswith("#") else name

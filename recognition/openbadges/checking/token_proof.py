"""OB 3.0 as a JWT (OPENBADGES.md 2.2). A signature says that somebody had a key; whose key it is, only the issuer says."""

from typing import Any

from recognition.openbadges import jwt
from recognition.openbadges.checking import asking, issuers, members, public_keys
from recognition.openbadges.checking.case import Case
from recognition.openbadges.checking.issuers import Method
from recognition.openbadges.checking.report import Fault
from recognition.openbadges.rules import Unfit

_TYPES = {"jwt", "vc+jwt", "vc+ld+jwt", "vc-ld+jwt", "vc+ld+json+jwt", "vc-ld", "jws"}
_MOST_KEYS = 20
_JWK = "application/jwk+json, application/json;q=0.9"
_GONE = {404, 410}
"""Whoever is asked for a key and answers this is there, and stands behind it no longer."""
_Key = tuple[Method | None, dict[str, Any]]


def check(case: Case, token: jwt.Token) -> None:
    """Says signature_ok and issuer_ok, or why not."""
    try:
        check_header(token.header)
        for claim in token.contradictions:
            case.say("jwt_contradicts", claim)
        issuer = members.identifier(token.credential, "issuer")
        _check_signature(case, token, _candidates(case, token.header, issuer))
    except Fault as fault:
        case.heard(fault)
        return
    case.say("signature_ok", token.header["alg"])
    case.say("issuer_ok", issuer)


def check_header(header: dict[str, Any]) -> None:
    """Raises Fault."""
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or not algorithm or algorithm.lower() == "none":
        raise Fault("jwt_alg_none")
    if algorithm.upper().startswith("HS"):
        raise Fault("jwt_alg_secret", members.detail(algorithm))
    if "crit" in header or "b64" in header:
        raise Fault("jwt_header", "crit" if "crit" in header else "b64")
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in _TYPES:
        raise Fault("jwt_header", members.detail(f"typ {kind}"))
    if algorithm not in jwt.ALGORITHMS:
        raise Fault("jwt_alg_other", members.detail(algorithm))


def _check_signature(case: Case, token: jwt.Token, candidates: list[_Key]) -> None:
    for method, jwk in candidates[:_MOST_KEYS]:
        try:
            jwt.verify(token.text, jwk)
        except Unfit:
            continue
        if method is not None:
            issuers.check_in_force(case, method)
        return
    raise Fault("signature_bad")


def _candidates(case: Case, header: dict[str, Any], issuer: str) -> list[_Key]:
    """The keys that may have signed: the one that is named, found again among the issuer's; all of them if none is named."""
    named = header.get("kid")
    if named is not None and (not isinstance(named, str) or not named):
        raise Fault("jwt_header", "kid")
    if named is not None and "#" in named and named.startswith("did:") and named.partition("#")[0] != issuer:
        raise Fault("kid_foreign", members.detail(named))
    known: list[_Key] = [*public_keys.jwks(issuers.published(case, issuer))]
    if "jwk" in header:
        print_ = public_keys.thumbprint(members.held(header, "jwk"))
        found = [key for key in known if print_ and public_keys.thumbprint(key[1]) == print_]
        if not found:
            raise Fault("jwk_foreign")
        return found
    if named is None:
        return known
    return [key for key in known if _is_named(key, named, issuer)] or _of_address(case, named, issuer, known)


def _is_named(key: _Key, named: str, issuer: str) -> bool:
    """Also by the last step of an address: whatever is behind it, the key that counts is the issuer's."""
    method, jwk = key
    full = f"{issuer}{named}" if named.startswith("#") else named
    last = named.rpartition("#")[2].rpartition("/")[2]
    return full == members.text(method, "id") or last in (jwk.get("kid"), public_keys.thumbprint(jwk))


def _of_address(case: Case, named: str, issuer: str, known: list[_Key]) -> list[_Key]:
    lists_keys = issuers.lists_keys(case, issuer)
    if not members.is_web(named):
        unlisted = named.partition("#")[0] == issuer
        raise Fault("key_unlisted" if unlisted else "kid_foreign", members.detail(named))
    if lists_keys and named.partition("#")[0] == issuer:
        raise Fault("key_unlisted", members.detail(named))
    jwk = _jwk_at(case, named, lists_keys)
    print_ = public_keys.thumbprint(jwk)
    found = [key for key in known if print_ and public_keys.thumbprint(key[1]) == print_]
    if found:
        return found
    home = issuers.document_url(issuer) or ""
    # Profiles at https addresses often list no keys at all; then the key is theirs if the very same site, under TLS, gives it.
    same_site = home.startswith("https://") and named.startswith("https://") and asking.host(home) == asking.host(named)
    if not lists_keys and print_ and same_site:
        case.say("key_by_origin", members.detail(named))
        return [(None, jwk)]
    raise Fault("kid_foreign", members.detail(named))


def _jwk_at(case: Case, url: str, lists_keys: bool) -> dict[str, Any]:
    """Raises Fault. `lists_keys`: the issuer lists its keys, and none of these by this name."""
    try:
        is_gone = lists_keys and case.asker.answer(url, _JWK).status in _GONE
        jwk = {} if is_gone else case.asker.document(url, _JWK)
    except Fault as fault:
        case.heard(fault)
        raise Fault("issuer_unreachable", members.detail(url)) from fault
    if is_gone:
        raise Fault("key_unlisted", members.detail(url))
    return jwk

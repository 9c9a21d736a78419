"""What others say about an OB 2.0 badge or its class: hosted at their own addresses."""

from typing import Any

from recognition.openbadges.checking import asking, members
from recognition.openbadges.checking.case import Case
from recognition.openbadges.checking.report import Fault, Words
from recognition.openbadges.checking.words import author

MOST = 3


def check(case: Case, assertion: dict[str, Any], kind: dict[str, Any]) -> tuple[Words, ...]:
    """Two questions each, so only the first three are looked at."""
    named = [(members.text(one, "id"), members.identifier({"at": at}, "at")) for one in (assertion, kind) for at in
             members.several(one, "endorsement")]  # fmt: skip
    if len(named) > MOST:
        case.say("endorsement_extra", len(named) - MOST)
    return tuple(_checked(case, about, url) for about, url in named[:MOST])


def _checked(case: Case, about: str, url: str) -> Words:
    try:
        words, name, identifier = _hosted(case, about, url)
    except Fault as fault:
        unsure = fault.finding.level == "unsure"
        case.say("endorsement_unsure" if unsure else "endorsement_false", f"{url} ({fault.finding.code})")
        return Words("", "", False)
    case.say("endorsement_ok", author(name, identifier))
    return Words(members.shown(name or identifier, 200), members.shown(words), True)


def _hosted(case: Case, about: str, url: str) -> tuple[str, str, str]:
    """Words, and the author's name and identifier. Raises Fault."""
    if not members.is_web(url):
        raise Fault("field_wrong", "endorsement")
    found = case.asker.document(url)
    claim = members.held(found, "claim")
    if members.text(found, "id") != url or "Endorsement" not in members.texts(found, "type") or found.get("revoked"):
        raise Fault("hosted_other")
    if members.text(claim, "id") != about:
        raise Fault("field_wrong", "claim.id")
    issuer = members.identifier(found, "issuer")
    if not members.is_web(issuer) or asking.host(issuer) != asking.host(url):
        raise Fault("issuer_origin", members.detail(issuer))
    profile = case.asker.document(issuer)
    if members.text(profile, "id") != issuer:
        raise Fault("issuer_other")
    return members.text(claim, "endorsementComment"), members.text(profile, "name"), issuer

"""What others say about a badge (EndorsementCredential inside of it): each stands behind its words by its own signature."""

from collections.abc import Iterator
from typing import Any

from recognition.openbadges.checking import dates, embedded_proof, members, status, token_proof, tokens, v3_members
from recognition.openbadges.checking.case import Case
from recognition.openbadges.checking.report import Fault, Words

MOST = 5


def check(case: Case, credential: dict[str, Any]) -> tuple[Words, ...]:
    """Says endorsement_ok, endorsement_false or endorsement_unsure for each of the first five."""
    found = list(_all(credential))
    if len(found) > MOST:
        case.say("endorsement_extra", len(found) - MOST)
    meant = _meant(credential)
    return tuple(_checked(case, one, meant) for one in found[:MOST])


def _all(credential: dict[str, Any]) -> Iterator[object]:
    subject = members.held(credential, "credentialSubject")
    for holder in (credential, members.held(subject, "achievement"), members.held(credential, "issuer")):
        yield from members.several(holder, "endorsement")
        yield from members.texts(holder, "endorsementJwt")


def _meant(credential: dict[str, Any]) -> set[str]:
    """What the words may be about, so that nobody moves them from one badge to another."""
    subject = members.held(credential, "credentialSubject")
    achievement = members.held(subject, "achievement")
    return {
        members.text(credential, "id"), members.text(subject, "id"), members.text(achievement, "id"),
        members.identifier(credential, "issuer"), members.identifier(achievement, "creator"),
    } - {""}  # fmt: skip


def _checked(case: Case, given: object, meant: set[str]) -> Words:
    inner, document = case.inner(), dict[str, Any]()
    try:
        token = tokens.parsed(given) if isinstance(given, str) else None
        document = token.credential if token else given if isinstance(given, dict) else {}
        v3_members.check_endorsement(inner, document)
        dates.check(inner, document, v3_members.BEGINS, v3_members.ENDS)
        if members.text(members.held(document, "credentialSubject"), "id") not in meant:
            inner.say("field_wrong", "credentialSubject.id")
        if inner.standing == "unsure":
            token_proof.check(inner, token) if token else embedded_proof.check(inner, document)
        if inner.standing == "good":
            status.check(inner, document)
    except Fault as fault:
        inner.heard(fault)
    return _told(case, inner, document)


def _told(case: Case, inner: Case, document: dict[str, Any]) -> Words:
    name, identifier = members.text(members.held(document, "issuer"), "name"), members.identifier(document, "issuer")
    by = author(name, identifier)
    comment = members.text(members.held(document, "credentialSubject"), "endorsementComment")
    if inner.standing == "good":
        case.say("endorsement_ok", by)
    else:
        why = next((one.code for one in inner.findings if one.level in ("wrong", "unsure")), "")
        case.say("endorsement_unsure" if inner.standing == "unsure" else "endorsement_false", f"{by} ({why})")
    return Words(members.shown(name or identifier, 200), members.shown(comment), inner.standing == "good")


def author(name: str, identifier: str) -> str:
    """Anybody can take any name; only the identifier is whose key or site was asked."""
    return f"{name[:100]} ({identifier})" if name else identifier

"""What an OB 3.0 credential must have (OPENBADGES.md 2), as far as a reader needs it: issuers are not graded here."""

from collections.abc import Iterator
from typing import Any

from recognition.openbadges import contexts
from recognition.openbadges.checking import members
from recognition.openbadges.checking.case import Case

BEGINS, ENDS = ("validFrom", "issuanceDate"), ("validUntil", "expirationDate")
"""The second ones are of VCDM 1.1."""
CREDENTIALS = (contexts.CREDENTIALS, "https://www.w3.org/2018/credentials/v1")
BADGE_TYPES = {"OpenBadgeCredential", "AchievementCredential"}
_BADGES = ("https://purl.imsglobal.org/spec/ob/v3p0/", "https://imsglobal.github.io/openbadges-specification/")


def check(case: Case, document: dict[str, Any]) -> None:
    """A badge."""
    _check_contexts(case, document)
    types = members.texts(document, "type")
    if "VerifiableCredential" not in types or not BADGE_TYPES & set(types):
        case.say("field_wrong", "type")
    for name in _missing(document):
        case.say("field_missing", name)


def check_endorsement(case: Case, document: dict[str, Any]) -> None:
    _check_contexts(case, document)
    if not {"VerifiableCredential", "EndorsementCredential"} <= set(members.texts(document, "type")):
        case.say("field_wrong", "type")
    for name in _missing_of_any(document):
        case.say("field_missing", name)


def _check_contexts(case: Case, document: dict[str, Any]) -> None:
    named = members.several(document, "@context")
    if not named or named[0] not in CREDENTIALS or not any(isinstance(one, str) and one.startswith(_BADGES) for one in named):
        case.say("context_wrong")


def _missing_of_any(document: dict[str, Any]) -> Iterator[str]:
    if ":" not in members.text(document, "id"):
        yield "id"
    if ":" not in members.identifier(document, "issuer"):
        yield "issuer"
    if not any(name in document for name in BEGINS):
        yield "validFrom"
    if not members.held(document, "credentialSubject"):
        yield "credentialSubject"


def _missing(document: dict[str, Any]) -> Iterator[str]:
    yield from _missing_of_any(document)
    subject = members.held(document, "credentialSubject")
    achievement = members.held(subject, "achievement")
    if not members.text(subject, "id") and not any(members.objects(subject, "identifier")):
        yield "credentialSubject.id"
    if "Achievement" not in members.texts(achievement, "type"):
        yield "credentialSubject.achievement"
        return
    for name in ("id", "name", "description"):
        if not members.text(achievement, name):
            yield f"achievement.{name}"
    criteria = members.held(achievement, "criteria")
    if not members.text(criteria, "id") and not members.text(criteria, "narrative"):
        yield "achievement.criteria"

"""What a page shows of a badge, taken from its documents: texts cut, links only where a browser may follow them."""

import base64
import binascii
from typing import Any

from recognition.openbadges.baking.pictures import kind_of
from recognition.openbadges.checking import members
from recognition.openbadges.checking.dates import moment
from recognition.openbadges.checking.report import Badge, Evidence, Words

_NAME = 300
_MOST = 10


def of_v3(credential: dict[str, Any], said: tuple[Words, ...]) -> Badge:
    subject = members.held(credential, "credentialSubject")
    achievement, issuer = members.held(subject, "achievement"), members.held(credential, "issuer")
    criteria = members.held(achievement, "criteria")
    url = _picture(achievement) or _picture(credential)
    return Badge(
        version="3.0",
        identifier=members.shown(credential.get("id"), 2048),
        name=members.shown(achievement.get("name") or credential.get("name"), _NAME),
        description=members.shown(achievement.get("description")),
        picture=_inside(url),
        picture_url=members.link(url),
        issuer_id=members.shown(members.identifier(credential, "issuer"), 2048),
        issuer_name=members.shown(issuer.get("name"), _NAME),
        issuer_url=members.link(issuer.get("url")),
        issued_at=moment(credential.get("awardedDate"))
        or moment(credential.get("validFrom"))
        or moment(credential.get("issuanceDate")),
        expires_at=moment(credential.get("validUntil", credential.get("expirationDate"))),
        criteria=members.shown(criteria.get("narrative")),
        criteria_url=members.link(criteria.get("id")),
        evidence=_evidence(credential),
        endorsements=said,
        results=_results(subject, achievement),
    )


def of_v2(assertion: dict[str, Any], kind: dict[str, Any], issuer: dict[str, Any], said: tuple[Words, ...]) -> Badge:
    """`kind`: its BadgeClass."""
    criteria, url = members.held(kind, "criteria"), _picture(kind) or _picture(assertion)
    return Badge(
        version="2.0",
        identifier=members.shown(assertion.get("id"), 2048),
        name=members.shown(kind.get("name"), _NAME),
        description=members.shown(kind.get("description")),
        picture=_inside(url),
        picture_url=members.link(url),
        issuer_id=members.shown(issuer.get("id"), 2048),
        issuer_name=members.shown(issuer.get("name"), _NAME),
        issuer_url=members.link(issuer.get("url")),
        issued_at=moment(assertion.get("issuedOn")),
        expires_at=moment(assertion.get("expires")),
        criteria=members.shown(criteria.get("narrative")),
        criteria_url=members.link(members.identifier(kind, "criteria")),
        evidence=_evidence(assertion),
        endorsements=said,
    )


def _picture(holder: dict[str, Any]) -> str:
    return members.identifier(holder, "image")


def _inside(url: str) -> bytes | None:
    """The picture that a data URI is."""
    head, comma, packed = url.partition(",")
    if not comma or not head.startswith("data:image/") or not head.endswith(";base64"):
        return None
    try:
        found = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if kind_of(found) else None


def _evidence(holder: dict[str, Any]) -> tuple[Evidence, ...]:
    """Of 2.0 it may also be an address alone."""
    return tuple(
        Evidence(url=members.link(one))
        if isinstance(one, str)
        else Evidence(
            members.shown(members.text(one, "name"), _NAME),
            members.shown(members.text(one, "narrative") or members.text(one, "description")),
            members.link(members.text(one, "id")),
        )
        for one in members.several(holder, "evidence")[:_MOST]
    )


def _results(subject: dict[str, Any], achievement: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The name of each result and its value."""
    names = {members.text(one, "id"): members.text(one, "name") for one in members.objects(achievement, "resultDescription")}
    found = list(members.objects(subject, "result"))[:_MOST]
    return tuple(
        (
            members.shown(names.get(members.text(one, "resultDescription"), ""), _NAME),
            members.shown(members.text(one, "value"), _NAME),
        )
        for one in found
    )

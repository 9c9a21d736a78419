"""Open Badges 3.0 credentials, achievements, endorsements and status lists (VCDM 2.0), in the canonical form of the
specification's schemas: sets are arrays also with one member, nothing is null or empty."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from recognition.badges.portable import identifiers
from recognition.badges.portable.documents.facts import Deed, Given, House, Link, Pin, Word, moment
from recognition.openbadges.contexts import CREDENTIALS, OWN

Document = dict[str, Any]
"""JSON."""

SCHEMAS = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json"
NARRATIVE_MAX = 300


def credential(house: House, pin: Pin, given: Given) -> Document:
    """Without proof. `validFrom` is when the award was given, also when it is signed anew."""
    base = house.base
    document: Document = {
        "@context": list(OWN),
        "id": identifiers.credential(base, given.key),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": pin.name,
        "issuer": profile(house),
        "validFrom": moment(given.awarded_at),
        "awardedDate": moment(given.awarded_at),
        "credentialSubject": _subject(house, pin, given),
        "evidence": [_evidence(one) for one in given.evidence],
        "credentialSchema": [_schema("achievementcredential")],
        "credentialStatus": _status(base, *given.status),
    }
    if given.expires_at is not None:
        document["validUntil"] = moment(given.expires_at)
    if given.endorsements:
        document["endorsement"] = list(given.endorsements)
    return {name: value for name, value in document.items() if value != []}


def profile(house: House) -> Document:
    """The issuer inside a credential."""
    return {
        "id": identifiers.did(house.base),
        "type": ["Profile"],
        "name": house.name,
        "url": house.base,
        "email": house.email,
        "image": _image(identifiers.issuer_picture(house.base), house.name),
    }


def achievement(house: House, pin: Pin) -> Document:
    base = house.base
    document: Document = {
        "id": identifiers.achievement(base, pin.edition),
        "type": ["Achievement"],
        "achievementType": "Badge",
        "name": pin.name,
        "description": pin.summary,
        "criteria": {"id": identifiers.badge_page(base, pin.edition.slug), "narrative": pin.criteria},
        "image": _image(identifiers.picture(base, pin.edition), pin.caption),
        "inLanguage": pin.language,
        "version": str(pin.edition.version),
    }
    if pin.tags:
        document["tag"] = list(pin.tags)
    if pin.alignment:
        document["alignment"] = [_alignment(one) for one in pin.alignment]
    if pin.group is not None:
        document["creator"] = _group(base, *pin.group)
    if pin.rank:
        document["resultDescription"] = [
            {"id": identifiers.rank(base, pin.edition), "type": ["ResultDescription"], "name": pin.rank, "resultType": "Result"}
        ]
    return document


def hosted_achievement(house: House, pin: Pin) -> Document:
    """By itself, at its own address."""
    return {"@context": list(OWN), **achievement(house, pin)}


def endorsement(house: House, word: Word) -> Document:
    """Without proof. A member who endorses is called by key, a group by its name."""
    base = house.base
    issuer: Document = {"id": identifiers.member_did(base, word.member), "type": ["Profile"]}
    if word.group is not None:
        issuer = _group(base, *word.group)
    return {
        "@context": list(OWN),
        "id": identifiers.endorsement(base, word.key),
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": word.badge_name,
        "issuer": issuer,
        "validFrom": moment(word.created_at),
        "credentialSubject": {
            "id": identifiers.credential(base, word.award_key),
            "type": ["EndorsementSubject"],
            "endorsementComment": word.comment,
        },
        "credentialSchema": [_schema("endorsementcredential")],
    }


def status_list(base: str, number: int, encoded: str, signed_at: datetime) -> Document:
    """Without proof. No `validUntil`: a list that outlives us must not turn into "unknown"; whoever replays an older one
    would have to break TLS."""
    url = identifiers.status_list(base, number)
    return {
        "@context": [CREDENTIALS],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": identifiers.did(base),
        "validFrom": moment(signed_at),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded,
        },
    }


def _subject(house: House, pin: Pin, given: Given) -> Document:
    base = house.base
    subject: Document = {
        "id": identifiers.member_did(base, given.holder),
        "type": ["AchievementSubject"],
        "achievement": achievement(house, pin),
    }
    if given.identifiers:
        subject["identifier"] = [_identifier(one) for one in given.identifiers]
    if pin.rank and given.place:
        subject["result"] = [
            {"type": ["Result"], "resultDescription": identifiers.rank(base, pin.edition), "value": given.place}
        ]  # fmt: skip
    return subject


def _identifier(one: Mapping[str, str]) -> Document:
    kind = "emailAddress"
    return {"type": "IdentityObject", "hashed": True, "identityHash": one["hash"], "identityType": kind, "salt": one["salt"]}


def _evidence(deed: Deed) -> Document:
    found: Document = {"id": deed.url, "type": ["Evidence"], "name": deed.name}
    return found | ({"narrative": cut(deed.text)} if deed.text else {})


def cut(text: str) -> str:
    return text if len(text) <= NARRATIVE_MAX else text[: NARRATIVE_MAX - 1].rstrip() + "…"


def _image(url: str, caption: str) -> Document:
    return {"id": url, "type": "Image", "caption": caption}


def _alignment(link: Link) -> Document:
    return {"type": ["Alignment"], "targetName": link.name, "targetUrl": link.url}


def _group(base: str, slug: str, name: str) -> Document:
    page = identifiers.group_page(base, slug)
    return {"id": identifiers.group_did(base, slug), "type": ["Profile"], "name": name, "url": page}


def _schema(name: str) -> Document:
    return {"id": f"{SCHEMAS}/ob_v3p0_{name}_schema.json", "type": "1EdTechJsonSchemaValidator2019"}


def _status(base: str, number: int, index: int) -> Document:
    return {
        "id": identifiers.status_entry(base, number, index),
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": identifiers.status_list(base, number),
    }

"""Whether the issuer took it back: Bitstring Status List and 1EdTechRevocationList (OPENBADGES.md 2.3). Where that cannot be
told, the badge is not good: whoever can break a list could otherwise bring a revoked badge back."""

import re
from typing import Any

from recognition.openbadges import bits, jwt
from recognition.openbadges.checking import asking, dates, embedded_proof, json_text, members, token_proof, tokens, v3_members
from recognition.openbadges.checking.case import Case
from recognition.openbadges.checking.report import Fault
from recognition.openbadges.rules import Malformed, TooLarge

BITSTRING, REVOCATION_LIST = "BitstringStatusListEntry", "1EdTechRevocationList"
_PURPOSES = {"revocation": "revoked", "suspension": "suspended"}
_INDEX = re.compile(r"\d{1,12}", re.ASCII)
_MOST = 4


def check(case: Case, credential: dict[str, Any]) -> None:
    """Says status_ok, status_none, revoked, suspended, or why it cannot be told."""
    entries = members.several(credential, "credentialStatus")
    if not entries:
        case.say("status_none")
        return
    if len(entries) > _MOST:
        case.say("status_kind", len(entries))
        return
    try:
        ends = [_of_entry(case, credential, entry if isinstance(entry, dict) else {}) for entry in entries]
    except Fault as fault:
        case.heard(fault)
        return
    for code, reason in filter(None, ends):
        case.say(code, reason)
    if not any(ends):
        case.say("status_ok")


def _of_entry(case: Case, credential: dict[str, Any], entry: dict[str, Any]) -> tuple[str, str] | None:
    """A finding's code and the reason that is given, or None where it stands. Raises Fault."""
    types = members.texts(entry, "type")
    if BITSTRING in types:
        return _of_bit(case, credential, entry)
    if REVOCATION_LIST in types:
        return _of_revocation_list(case, credential, entry)
    raise Fault("status_kind", members.detail(" ".join(types)))


def _of_bit(case: Case, credential: dict[str, Any], entry: dict[str, Any]) -> tuple[str, str] | None:
    purpose, url = members.text(entry, "statusPurpose"), members.text(entry, "statusListCredential")
    if purpose not in _PURPOSES:
        raise Fault("status_kind", members.detail(purpose))
    if entry.get("statusSize", 1) != 1:
        # Each place is then that many bits wide, and its own bit is elsewhere.
        raise Fault("status_kind", "statusSize")
    index = _index(case, entry.get("statusListIndex"))
    status_list = _list(case, url, members.identifier(credential, "issuer"))
    subject = members.held(status_list, "credentialSubject")
    if "BitstringStatusList" not in members.texts(subject, "type"):
        raise Fault("status_broken", "type")
    if purpose not in members.texts(subject, "statusPurpose"):
        raise Fault("status_purpose", members.detail(subject.get("statusPurpose")))
    try:
        found = bits.decode(members.text(subject, "encodedList"))
    except (Malformed, TooLarge) as fault:
        raise Fault("status_broken", str(fault)) from fault
    if len(found) * 8 < bits.FEWEST:
        raise Fault("status_short", str(len(found) * 8))
    if index >= len(found) * 8:
        raise Fault("status_index", str(index))
    return (_PURPOSES[purpose], "") if bits.bit(found, index) else None


def _index(case: Case, given: object) -> int:
    """A decimal string; a number, which the specification does not allow and issuers write, means the same."""
    if isinstance(given, int) and not isinstance(given, bool):
        case.say("status_index_number")
        given = str(given)
    if not isinstance(given, str) or not _INDEX.fullmatch(given):
        raise Fault("status_index", members.detail(given))
    return int(given)


def _list(case: Case, url: str, issuer: str) -> dict[str, Any]:
    """The list credential, checked as far as a reader of one bit needs it. Raises Fault."""
    if not members.is_web(url):
        raise Fault("status_broken", "statusListCredential")
    inner, found = case.inner(), _fetched(case, url)
    credential = found if isinstance(found, dict) else found.credential
    if "BitstringStatusListCredential" not in members.texts(credential, "type"):
        raise Fault("status_broken", "type")
    if members.text(credential, "id") != url:
        raise Fault("status_other", members.detail(credential.get("id")))
    if members.identifier(credential, "issuer") != issuer:
        raise Fault("status_issuer", members.detail(members.identifier(credential, "issuer")))
    dates.check(inner, credential, v3_members.BEGINS, v3_members.ENDS)
    if inner.findings and inner.findings[-1].code != "dates_ok":
        raise Fault("status_expired", " ".join(finding.detail for finding in inner.findings))
    if isinstance(found, dict):
        embedded_proof.check(inner, found)
    else:
        token_proof.check(inner, found)
    if inner.standing != "good":
        raise _unsigned(inner)
    return credential


def _unsigned(inner: Case) -> Fault:
    why = next((one for one in inner.findings if one.level in ("wrong", "unsure")), inner.findings[0])
    return Fault("status_unreachable" if inner.standing == "unsure" else "status_signature", f"{why.code} {why.detail}".strip())


def _fetched(case: Case, url: str) -> dict[str, Any] | jwt.Token:
    try:
        text = json_text.decoded(case.asker.found(url, asking.CREDENTIAL).body).strip()
        return json_text.parsed_object(text) if text.startswith("{") else tokens.parsed(text)
    except Fault as fault:
        if not fault.finding.code.startswith(("fetch_", "moved_")):
            raise Fault("status_broken", fault.finding.code) from fault
        case.heard(fault)
        raise Fault("status_unreachable", members.detail(url)) from fault


def _of_revocation_list(case: Case, credential: dict[str, Any], entry: dict[str, Any]) -> tuple[str, str] | None:
    url = members.text(entry, "id")
    try:
        found = case.asker.document(url)
    except Fault as fault:
        case.heard(fault)
        raise Fault("status_unreachable", members.detail(url)) from fault
    if members.identifier(found, "issuer") != members.identifier(credential, "issuer"):
        raise Fault("status_issuer", members.detail(members.identifier(found, "issuer")))
    if not isinstance(found.get("revokedCredential"), list):
        raise Fault("status_broken", "revokedCredential")
    for one in members.objects(found, "revokedCredential"):
        if members.text(one, "id") == members.text(credential, "id") and one.get("revoked") is not False:
            return "revoked", members.detail(one.get("revocationReason") or "")
    return None

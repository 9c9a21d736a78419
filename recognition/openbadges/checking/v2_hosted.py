"""Hosted: what counts is what the assertion's own address answers. What was handed in is only where the address is from."""

from typing import Any

from recognition.openbadges.checking import asking, members, v2
from recognition.openbadges.checking.case import Case
from recognition.openbadges.checking.report import Badge, Fault
from recognition.openbadges.fetching import Answer

_TELLING = ("badge", "recipient", "issuedOn", "expires", "evidence", "narrative")


def check(case: Case, handed_in: dict[str, Any]) -> Badge | None:
    """None where nothing could be had from the issuer."""
    case.say("is_v2_hosted")
    try:
        assertion = _hosted(case, handed_in)
    except Fault as fault:
        case.heard(fault)
        return None
    if _is_revoked(case, assertion):
        return v2.badge(case, handed_in | assertion, v2.Behind(case.inner(), handed_in | assertion))
    v2.check_assertion(case, assertion)
    if v2.verification(assertion).get("type") not in v2.HOSTED:
        case.say("field_wrong", "verification")
    behind = v2.Behind(case, assertion)
    url = members.text(assertion, "id")
    if behind.is_whole and v2.is_at_home(case, behind, url) and case.standing != "false":
        case.say("hosted_ok", url)
        case.say("status_ok")
    if case.standing != "false" and _differs(handed_in, assertion):
        case.say("posted_differs")
    return v2.badge(case, assertion, behind)


def _differs(handed_in: dict[str, Any], assertion: dict[str, Any]) -> bool:
    """An address alone says nothing that could."""
    return set(handed_in) != {"id"} and any(handed_in.get(name) != assertion.get(name) for name in _TELLING)


def _hosted(case: Case, handed_in: dict[str, Any]) -> dict[str, Any]:
    """Raises Fault. 410 is how a badge that was taken back is answered."""
    if v2.verification(handed_in).get("type") in v2.SIGNED:
        raise Fault("not_signed")
    url = members.text(handed_in, "id")
    if not members.is_web(url):
        raise Fault("field_missing", "id")
    try:
        answer = case.asker.answer(url, asking.DOCUMENT)
        if answer.status == 410 and asking.host(answer.url) == asking.host(url):
            return _gone(answer, url)
        found = asking.json_of(case.asker.found(url, asking.DOCUMENT))
    except Fault as fault:
        case.heard(fault)
        raise Fault("badge_unreachable", members.detail(url)) from fault
    if members.text(found, "id") != url:
        raise Fault("hosted_other", members.detail(found.get("id")))
    return found


def _gone(answer: Answer, url: str) -> dict[str, Any]:
    """The status alone says it; the body may say why."""
    try:
        body = asking.json_of(answer)
    except Fault:
        body = {}
    return {"revocationReason": body.get("revocationReason", ""), "id": url, "revoked": True}


def _is_revoked(case: Case, assertion: dict[str, Any]) -> bool:
    """Raises Fault for what is neither yes nor no: whoever wrote "true" did not mean that it counts."""
    revoked = assertion.get("revoked")
    if revoked not in (True, False, None):
        raise Fault("field_wrong", "revoked")
    if not revoked:
        return False
    case.say("revoked", assertion.get("revocationReason") or "")
    return True

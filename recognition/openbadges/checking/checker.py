"""The one way in."""

import logging
from dataclasses import replace
from datetime import datetime

from recognition.openbadges.checking import asking, members, reading, v2_hosted, v2_signed, v3
from recognition.openbadges.checking.case import Case
from recognition.openbadges.checking.reading import Content, Found
from recognition.openbadges.checking.report import Badge, Fault, Finding, Report
from recognition.openbadges.fetching import Answer, Fetch

_log = logging.getLogger(__name__)
_NOT_NOW = {"revoked", "suspended", "expired", "not_yet"}


def check(content: bytes | str, fetch: Fetch, now: datetime, address: str | None = None) -> Report:
    """`content`: JSON, a JWS, a picture, or a URL where one of these is. `address`: the e-mail of who is said to hold it,
    where that is to be checked. `fetch` is asked for at most twelve URLs. Never raises."""
    case = Case(asking.Asker(fetch), now, address)
    badge: Badge | None = None
    try:
        badge = _checked(case, reading.read(case, content))
    except Fault as fault:
        case.heard(fault)
    except Exception:
        # Whoever hands in a badge must not get an error page for it; that this happened is for whoever runs the program.
        _log.exception("A badge could not be checked")
        case.say("stumbled")
    for host in case.asker.plain:
        case.say("plain_http", host)
    return Report(case.standing, tuple(case.findings), badge)


def _checked(case: Case, content: Content) -> Badge | None:
    first = content.badges[0]
    if first.address and content.picture is None:
        case.say("is_address", first.address)
        content = _fetched(case, first.address)
        if content.badges == ():
            return None
        first = content.badges[0]
    badge = _of(case, first)
    for other in content.badges[1:]:
        _check_other(case, badge, other)
    # The pixels around a badge are signed by nobody; a picture inside it is, along with the rest.
    return replace(badge, picture=content.picture) if badge and content.picture and not badge.picture else badge


def _of(case: Case, found: Found) -> Badge | None:
    """Raises Fault."""
    if found.address:
        # The oldest pictures carry nothing but where the badge is hosted.
        return v2_hosted.check(case, {"id": found.address})
    if found.version == "3.0":
        document = found.token.credential if found.token else found.document
        return v3.check(case, document or {}, found.token)
    if found.token:
        return v2_signed.check(case, found.token)
    return v2_hosted.check(case, found.document or {})


def _check_other(case: Case, shown: Badge | None, other: Found) -> None:
    """A picture is good only where none of the badges in it is bad."""
    inner, told = case.inner(), None
    try:
        told = _of(inner, other)
    except Fault as fault:
        inner.heard(fault)
    if inner.standing == "good" and shown and told and told.name != shown.name:
        case.say("versions_other", told.name)
    elif inner.standing == "unsure":
        case.say("versions_unsure")
    elif inner.standing in _NOT_NOW:
        # Of the two, the issuer may tell it of one a moment before the other, as a list is kept for a while.
        for finding in (one for one in inner.findings if one.code in _NOT_NOW):
            # Once, and with the reason where one of them gives it.
            case.findings[:] = [one for one in case.findings if one != Finding(finding.code)]
            if finding.code not in {one.code for one in case.findings}:
                case.say(finding.code, finding.detail)
    elif inner.standing != "good":
        why = next(one.code for one in inner.findings if one.level == "wrong")
        case.say("versions_differ", f"{inner.standing} ({why})")


def _fetched(case: Case, url: str) -> Content:
    """Raises Fault. Where the answer is only another address, nobody follows."""
    try:
        answer = case.asker.answer(url, asking.ANYTHING)
        if answer.status == 410 and _is_taken_back(case, answer):
            return Content(())
        if answer.status != 200:
            raise Fault("fetch_status", members.detail(f"{answer.status} {url}"))
    except Fault as fault:
        case.heard(fault)
        raise Fault("badge_unreachable", members.detail(url)) from fault
    content = reading.read(case, answer.body)
    if content.picture is None and content.badges[0].address:
        raise Fault("not_a_badge")
    return content


def _is_taken_back(case: Case, answer: Answer) -> bool:
    """Any page may be gone; here it has to say that it was a badge."""
    try:
        body = asking.json_of(answer)
    except Fault:
        return False
    if body.get("revoked") is not True:
        return False
    case.say("revoked", body.get("revocationReason") or "")
    return True

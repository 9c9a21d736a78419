"""What only the house that checks can add: who takes its name, and what stands at none of its addresses."""

from collections.abc import Iterator
from dataclasses import replace

from recognition.openbadges.checking.asking import host
from recognition.openbadges.checking.issuers import document_url
from recognition.openbadges.checking.report import Badge, Finding, Report
from recognition.text import shown_only


def weighed(report: Report, home: str, name: str) -> Report:
    """`home`, `name`: address and name of this house, whose readers trust it more than others. The standing stays what it was."""
    report = _without_missing(report, home)
    if report.badge is None:
        return report
    said = tuple(_claimed(report.badge, home, name))
    named = any(one.code == "issuer_key" for one in said)
    # Whose key it is was asked of nobody, so there is no issuer that it comes from.
    return replace(report, findings=(*(one for one in report.findings if not (named and one.code == "issuer_ok")), *said))


def _claimed(badge: Badge, home: str, name: str) -> Iterator[Finding]:
    """Of a badge without an issuer nothing can be told that was not told before."""
    site = host(document_url(badge.issuer_id) or "")
    if not badge.issuer_id or site == host(home):
        return
    if badge.issuer_id.startswith("did:key:"):
        yield Finding("issuer_key")
    page = host(badge.issuer_url)
    if page and page == host(home):
        yield Finding("issuer_pretends", badge.issuer_url[:300])
    elif page and site and page != site:
        yield Finding("issuer_elsewhere", badge.issuer_url[:300])
    if _plain(badge.issuer_name) == _plain(name):
        yield Finding("issuer_same_name", badge.issuer_name[:300])


def _plain(name: str) -> str:
    return " ".join(shown_only(name).split()).casefold()


def _without_missing(report: Report, home: str) -> Report:
    """What this house itself does not have needs no other try: nobody else could answer later."""
    missing = {one.detail for one in report.findings if one.code == "badge_unreachable" and host(one.detail) == host(home)}
    answers = {Finding("fetch_status", f"404 {url}") for url in missing} & set(report.findings)
    if not answers:
        return report
    rest = (one for one in report.findings if one not in answers)
    told = (Finding("badge_missing", one.detail) if one.code == "badge_unreachable" else one for one in rest)
    return replace(report, findings=tuple(told))

"""What was found out about a badge, in words for a person: one headline, and each part that was looked at."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from recognition.badges.portable.findings import sentence
from recognition.badges.portable.headlines import Headline, headline
from recognition.badges.portable.verdicts import UNPROVEN, Verdict, verdict
from recognition.openbadges.checking.asking import host
from recognition.openbadges.checking.issuers import document_url
from recognition.openbadges.checking.report import Badge, Evidence, Finding, Level, Report, Words
from recognition.web.templating import day

_LEVELS: tuple[Level, ...] = ("wrong", "unsure", "ok", "info")
_PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("signature", ("signature", "hosted", "no_proof", "not_signed", "several_proofs", "too_many_proofs", "proof", "jwt", "jwk",
                   "kid", "key", "undefined_term", "context", "posted")),
    ("issuer", ("issuer", "class")),
    ("recipient", ("recipient",)),
    ("status", ("status", "revoked", "suspended", "refresh")),
    ("dates", ("dates", "date", "expired", "not_yet")),
    ("picture", ("picture", "versions")),
    ("words", ("endorsement",)),
)  # fmt: skip
"""Which findings are about what, by how their codes begin; all others are about the badge as a whole."""
_AWARD = re.compile(r"/ob/(?:3/credentials|2/assertions)/([\w-]{1,64})", re.ASCII)
_TAKEN_BACK, _IN_FORCE = {"revoked", "suspended"}, {"dates_ok", "status_ok"}
"""Beside that it was taken back, nothing says that it is in force."""


@dataclass(frozen=True)
class Picture:
    src: str
    width: int
    height: int


@dataclass(frozen=True)
class Line:
    """`seen`: what was looked at, as pairs of a name and a text from the badge."""

    level: Level
    topic: str
    words: str
    seen: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Told:
    """`said`: what others say of it, as far as it is really theirs; `award_key`: of an award of this house, which has a page."""

    verdict: Verdict
    top: Headline
    lines: Sequence[Line]
    looked_at: datetime
    picture: Picture | None = None
    name: str = ""
    description: str = ""
    criteria: str = ""
    facts: Sequence[tuple[str, str]] = ()
    evidence: Sequence[Evidence] = ()
    said: Sequence[Words] = ()
    award_key: str = ""

    @property
    def picture_alt(self) -> str:
        return _("Picture of the badge “%(name)s”", name=self.name) if self.name else _("Picture of the badge")


def told(report: Report, now: datetime, picture: Picture | None = None, home: str = "") -> Told:
    """`home`: the address of this house, whose awards have a page here."""
    found, badge = verdict(report), report.badge
    top = headline(found, report)
    if badge is None:
        return Told(found, top, lines(report.findings, None), now)
    return Told(
        found, top, lines(report.findings, badge), now, picture, badge.name or _("A badge without a name"), badge.description,
        badge.criteria, _facts(badge), [one for one in badge.evidence if one.name or one.text or one.url],
        [one for one in badge.endorsements if one.holds and one.text], _award_key(report, badge, home),
    )  # fmt: skip


def _award_key(report: Report, badge: Badge, home: str) -> str:
    """What says that it is from here, and is not, leads to no page of ours."""
    if report.standing in ("false", "unsure") or UNPROVEN & {one.code for one in report.findings}:
        return ""
    found = _AWARD.fullmatch(badge.identifier.removeprefix(home)) if home and badge.identifier.startswith(f"{home}/") else None
    is_ours = host(document_url(badge.issuer_id) or "") == host(home)
    return found[1] if found and is_ours else ""


def lines(findings: Iterable[Finding], badge: Badge | None) -> list[Line]:
    """By part, in the order in which somebody asks; what is wrong comes first in its part. What was looked at stands once,
    with the first line of its part."""
    by_part: dict[str, list[Finding]] = {}
    told = list(findings)
    is_gone = not _TAKEN_BACK.isdisjoint(one.code for one in told)
    for finding in told:
        if is_gone and finding.code in _IN_FORCE:
            continue
        by_part.setdefault(_part(finding.code), []).append(finding)
    made: list[Line] = []
    for part in (*(name for name, _codes in _PARTS), "badge"):
        found = sorted(by_part.get(part, []), key=lambda finding: _LEVELS.index(finding.level))
        seen = _seen(part, badge) if badge else []
        for finding in found:
            detail = [(_("In detail"), finding.detail)] if finding.detail else []
            made.append(Line(finding.level, _topics()[part], sentence(finding), [*seen, *detail]))
            seen = []
    return made


def _part(code: str) -> str:
    for name, beginnings in _PARTS:
        if any(code == one or code.startswith(f"{one}_") for one in beginnings):
            return name
    return "badge"


def _topics() -> dict[str, str]:
    return {
        "signature": _("Signature"), "issuer": _("Issuer"), "recipient": _("Holder"), "status": _("Status"), "dates": _("Dates"),
        "picture": _("Picture"), "words": _("Words of others"), "badge": _("The badge itself"),
    }  # fmt: skip


def _facts(badge: Badge) -> list[tuple[str, str]]:
    """What anybody asks first. All of it is what the badge says; of its issuer, anybody can take any name, and only the address
    is whose key was asked for. A key without an address has not even that."""
    is_key = badge.issuer_id.startswith("did:key:")
    address = host(document_url(badge.issuer_id) or "") or badge.issuer_id
    named = [
        (_("Its issuer calls itself") if is_key else _("Issued by"), badge.issuer_name or badge.issuer_id),
        (_("Signed with the key") if is_key else _("The issuer’s address"), address),
        (_("Issued"), day(badge.issued_at) if badge.issued_at else ""),
        (_("Valid until"), day(badge.expires_at) if badge.expires_at else ""),
    ]
    return [*((name, text) for name, text in named if text), *badge.results]


def _seen(part: str, badge: Badge) -> list[tuple[str, str]]:
    pairs = {
        "signature": [(_("Address of the badge"), badge.identifier), (_("Standard"), f"Open Badges {badge.version}")],
        "issuer": [(_("Called"), badge.issuer_name), (_("Named as"), badge.issuer_id), (_("Web page"), badge.issuer_url)],
        "dates": [
            (_("Issued"), badge.issued_at.isoformat() if badge.issued_at else ""),
            (_("Valid until"), badge.expires_at.isoformat() if badge.expires_at else ""),
        ],
        "picture": [(_("Address of the picture"), badge.picture_url)],
    }.get(part, [])
    return [(name, text) for name, text in pairs if text]

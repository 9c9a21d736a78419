"""What was found out about a badge, in words for a person: one headline, and each part that was looked at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from recognition.badges.portable.findings import sentence
from recognition.badges.portable.looking import OTHER
from recognition.openbadges.checking.asking import host
from recognition.openbadges.checking.issuers import document_url
from recognition.openbadges.checking.report import Badge, Finding, Level, Report, standing
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
    standing: str
    sign: str
    headline: str
    lead: str
    lines: Sequence[Line]
    looked_at: datetime
    picture: Picture | None = None
    name: str = ""
    description: str = ""
    criteria: str = ""
    facts: Sequence[tuple[str, str]] = ()

    @property
    def picture_alt(self) -> str:
        return _("Picture of the badge “%(name)s”", name=self.name) if self.name else _("Picture of the badge")


def told(report: Report, now: datetime, picture: Picture | None = None) -> Told:
    sign, headline, lead = _headline(report)
    badge = report.badge
    if badge is None:
        return Told(report.standing, sign, headline, lead, lines(report.findings, None), now)
    return Told(
        report.standing, sign, headline, lead, lines(report.findings, badge), now, picture,
        badge.name or _("A badge without a name"), badge.description, badge.criteria, _facts(badge),
    )  # fmt: skip


def _headline(report: Report) -> tuple[str, str, str]:
    """Sign, headline, and one sentence for somebody who reads no further."""
    if report.badge is None and report.standing == "false":
        why = _("Below stands what it looked like to us. A messenger or a drawing program may have thrown the badge out of its "
                "picture: ask for the file as it came from the issuer.")  # fmt: skip
        return "circle-x", _("We found no badge in this"), why
    if _is_somebody_elses(report.findings):
        why = _("The badge itself is in order, but not for the e-mail address that you gave us.")
        return "circle-x", _("This badge was given to somebody else"), why
    return {
        "good": ("circle-check", _("This badge is genuine"),
                 _("Its issuer stands behind it, nobody changed it, and it counts today.")),
        "false": ("circle-x", _("This badge is not genuine"),
                  _("Something in it does not hold. Below stands what. Do not rely on it.")),
        "revoked": ("undo-2", _("This badge was taken back"),
                    _("It is real, and its issuer has taken it back: it no longer counts.")),
        "expired": ("hourglass", _("The time of this badge is over"),
                    _("It is real, and it was valid until the day that stands below.")),
        "not_yet": ("clock", _("This badge is not valid yet"),
                    _("It is real, and its time begins on the day that stands below.")),
        "unsure": ("circle-alert", _("This badge cannot be checked now"),
                   _("That does not speak against it: something that has to be asked did not answer. Try again later.")),
    }[report.standing]  # fmt: skip


def _is_somebody_elses(findings: Sequence[Finding]) -> bool:
    """Whether that is all that is wrong with it."""
    rest = [finding for finding in findings if finding.code != OTHER]
    return len(rest) < len(findings) and standing(rest) == "good"


def lines(findings: Iterable[Finding], badge: Badge | None) -> list[Line]:
    """By part, in the order in which somebody asks; what is wrong comes first in its part. What was looked at stands once,
    with the first line of its part."""
    by_part: dict[str, list[Finding]] = {}
    for finding in findings:
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
    is whose key was asked for."""
    named = [(_("Issued by"), badge.issuer_name or badge.issuer_id)]
    if badge.issuer_id:
        named.append((_("The issuer’s address"), host(document_url(badge.issuer_id) or "") or badge.issuer_id))
    if badge.issued_at:
        named.append((_("Issued"), day(badge.issued_at)))
    if badge.expires_at:
        named.append((_("Valid until"), day(badge.expires_at)))
    return [*named, *badge.results]


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

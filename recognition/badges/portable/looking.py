"""Looking at a badge that somebody brought: what the check comes to, the bytes that were checked, and its picture."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask import current_app

from recognition.badges.forms.brought import Brought
from recognition.badges.portable.asking import fetcher
from recognition.openbadges.addresses import Forbidden
from recognition.openbadges.baking.pictures import kind_of
from recognition.openbadges.checking import at_home
from recognition.openbadges.checking.checker import check
from recognition.openbadges.checking.report import Finding, Report
from recognition.openbadges.fetching import Answer, Fetch, Unreachable

Form = Literal["json", "jwt", "png", "svg"]
PICTURES = "image/png, image/jpeg;q=0.9, image/webp;q=0.9, image/gif;q=0.8"
ADDRESSES_MOST = 5
MATCH, OTHER, UNASKED = "recipient_ok", "recipient_other", "recipient_unasked"


class Remembering:
    """Asks for a URL once and gives the same answer again: a badge is compared with several addresses of one person, and its
    issuer is not asked anew for each of them."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._known: dict[tuple[str, str], Answer | Forbidden | Unreachable] = {}

    def __call__(self, url: str, accept: str) -> Answer:
        known = self._known.get((url, accept)) or self._asked(url, accept)
        if isinstance(known, Answer):
            return known
        raise known

    def _asked(self, url: str, accept: str) -> Answer | Forbidden | Unreachable:
        try:
            answer: Answer | Forbidden | Unreachable = self._fetch(url, accept)
        except (Forbidden, Unreachable) as fault:
            answer = fault
        self._known[url, accept] = answer
        return answer

    def first_body(self) -> bytes:
        """What the first URL answered that answered well; empty where none did."""
        found = (answer.body for answer in self._known.values() if isinstance(answer, Answer) and answer.status == 200)
        return next(found, b"")


@dataclass(frozen=True)
class Look:
    """`content`: the badge byte for byte, also where only its address was handed over; then it is empty if nothing came."""

    handed: Brought
    report: Report
    content: bytes
    fetch: Remembering
    now: datetime

    @property
    def form(self) -> Form:
        kind = kind_of(self.content)
        if kind is not None:
            return kind
        return "json" if self.content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") else "jwt"


def look(handed: Brought, now: datetime, address: str = "", fetch: Fetch | None = None) -> Look:
    """Takes seconds where others have to be asked: call it with no writer's transaction open. `address`: whose it is said to
    be; empty asks nothing about that."""
    remembering, given = Remembering(fetch or fetcher()), handed.url or handed.content
    report = check(given, remembering, now, address or None)
    if any(finding.code == OTHER for finding in report.findings):
        report = _without_holder(check(given, remembering, now), report)
    settings = current_app.extensions["settings"]
    report = at_home.weighed(report, settings.base_url, settings.site_name)
    return Look(handed, report, handed.content or remembering.first_body(), remembering, now)


def _without_holder(plain: Report, strict: Report) -> Report:
    """A check ends where it finds that a badge is another's; how the badge itself stands is worth telling too."""
    if plain.standing != "good":
        return strict
    rest = tuple(finding for finding in plain.findings if finding.code != UNASKED)
    return Report("false", (*rest, Finding(OTHER)), plain.badge)


def is_given_to(found: Look, addresses: list[str]) -> bool:
    """Whether one of these is the holder's."""
    given = found.handed.url or found.handed.content
    reports = (check(given, found.fetch, found.now, address) for address in addresses[:ADDRESSES_MOST])
    return any(MATCH in {finding.code for finding in report.findings} for report in reports)


def picture_of(found: Look) -> bytes:
    """As a stranger made it, to be opened by media's child only; empty where there is none that can be. No signature covers the
    pixels of a picture that carries a badge, or one pin could be shown around another's credential: so the one that the badge
    names goes before the one that was brought. A drawing (SVG) is a program as much as a picture, and never shown."""
    badge = found.report.badge
    if badge is None:
        return b""
    held = badge.picture if badge.picture and kind_of(badge.picture) != "svg" else b""
    is_signed = bool(held) and held != found.content
    return held if is_signed or found.report.standing == "false" else _named(found, badge.picture_url) or held


def _named(found: Look, url: str) -> bytes:
    if not url:
        return b""
    try:
        answer = found.fetch(url, PICTURES)
    except (Forbidden, Unreachable):
        return b""
    return answer.body if answer.status == 200 and kind_of(answer.body) != "svg" else b""

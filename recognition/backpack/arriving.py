"""From what somebody hands over to a badge that can be kept: looked at, and its picture made safe. The check
refuses texts that no database takes."""

import re
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from recognition.backpack.models import ExternalBadge
from recognition.backpack.rules import FALSE, MAX_BYTES, UNSURE, URI_MAX, NotKept
from recognition.backpack.services.bringing import Arrival
from recognition.badges.forms.brought import Brought
from recognition.badges.portable import looking
from recognition.badges.portable.findings import sentence
from recognition.badges.portable.looking import Look
from recognition.badges.queries import award_by_key
from recognition.extensions import only_reading
from recognition.media import services as media
from recognition.media.rules import PIN, BadPicture
from recognition.media.services import Prepared
from recognition.openbadges.checking.report import Badge, Report

CUT = 4000
_NO_NAME = re.compile(r"[^a-z0-9]+")


def arrival(handed: Brought, addresses: list[str], now: datetime) -> Arrival:
    """Takes seconds, and ends the transaction that it finds. Raises NotKept."""
    with only_reading():
        found = looking.look(handed, now)
        badge = _worth_keeping(found)
        is_mine = looking.is_given_to(found, addresses)
        raw = looking.picture_of(found)
    return Arrival(
        content=found.content, form=found.form, version=badge.version, issuer=badge.issuer_id,
        credential=badge.identifier, source_url=handed.url or None, standing=found.report.standing,
        findings=findings_told(found.report, is_mine), facts=_facts(badge, found.report.standing, now), is_mine=is_mine,
        issued_at=badge.issued_at, expires_at=badge.expires_at, picture=_safe(raw),
    )  # fmt: skip


def _worth_keeping(found: Look) -> Badge:
    report = found.report
    if report.badge is None and _waits_for_its_issuer(report):
        why = _("This badge is what its address says, and that address has no answer now, so it is not kept: bring it again "
                "later. %(why)s", why=_why(report))  # fmt: skip
        raise NotKept(why)
    if report.badge is None or not found.content:
        raise NotKept(_("We found no badge in this. %(why)s", why=_why(report)))
    if report.standing == FALSE:
        raise NotKept(_("This badge is not genuine, so it is not kept. %(why)s", why=_why(report)))
    if len(found.content) > MAX_BYTES:
        raise NotKept(_("This badge is larger than 1 MB, which is more than we keep of one."))
    if max(len(report.badge.issuer_id), len(report.badge.identifier)) > URI_MAX or not report.badge.identifier:
        raise NotKept(_("This badge has no name of its own that could be kept, so it could never be looked at again."))
    return report.badge


def _waits_for_its_issuer(report: Report) -> bool:
    """An Open Badge 2.0 without a signature is what its address says: from its text alone not even its name is known."""
    codes = {finding.code for finding in report.findings}
    return report.standing == UNSURE and {"is_v2_hosted", "badge_unreachable"} <= codes


def refuse_ours(arrival: Arrival, base: str, member_id: int) -> None:
    """Raises NotKept: an award of this house is with the member's other pins already, or it is somebody else's."""
    if not arrival.credential.startswith((f"{base}/ob/2/assertions/", f"{base}/ob/3/credentials/")):
        return
    award = award_by_key(arrival.credential.rpartition("/")[2])
    if award is not None and award.member_id == member_id:
        raise NotKept(_("This badge was given here, so it has its place with your other pins and need not be brought."))
    raise NotKept(_("This badge is not yours to bring: it was given here to somebody else."))


def _why(report: Report) -> str:
    """What speaks against it most."""
    levels = ("wrong", "unsure")
    worst = sorted((one for one in report.findings if one.level in levels), key=lambda one: levels.index(one.level))
    return sentence(worst[0]) if worst else ""


def findings_told(report: Report, is_mine: bool) -> list[dict[str, Any]]:
    """As they are kept: codes, which become sentences where they are read. Whose it is was asked about afterwards, with all
    addresses of the member."""
    told = [{"code": one.code, "detail": one.detail} for one in report.findings if one.code != looking.UNASKED]
    return [*told, {"code": looking.MATCH, "detail": ""}] if is_mine else told


def _facts(badge: Badge, standing: str, now: datetime) -> dict[str, Any]:
    texts = {
        "name": badge.name, "description": badge.description, "criteria": badge.criteria, "criteria_url": badge.criteria_url,
        "issuer_name": badge.issuer_name, "issuer_url": badge.issuer_url,
    }  # fmt: skip
    facts: dict[str, Any] = {name: text[:CUT] for name, text in texts.items()}
    return facts | {"results": [[name, value] for name, value in badge.results]} | sure(standing, now)


def sure(standing: str, now: datetime) -> dict[str, Any]:
    """To be remembered where a look came to an answer; see `rules.last_sure`."""
    return {} if standing == UNSURE else {"sure": {"standing": standing, "at": now.isoformat()}}


def _safe(raw: bytes) -> Prepared | None:
    try:
        return media.prepare_picture(raw, PIN) if raw else None
    except BadPicture:
        return None


def file_name(badge: ExternalBadge) -> str:
    """Plain letters only, so that every system takes it."""
    words = _NO_NAME.sub("-", str(badge.facts.get("name", "")).lower()).strip("-")[:60].strip("-")
    return f"{words or 'badge'}.{badge.form}"

"""A badge that was kept is looked at again: by its owner's wish, and week by week where it is shown."""

from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa

from recognition.announcements.services import Message, tell
from recognition.backpack import arriving, queries
from recognition.backpack.models import ExternalBadge
from recognition.backpack.policy import can_show
from recognition.backpack.rules import EXPIRED, FALSE, REVOKED, UNSURE
from recognition.badges.forms.brought import Brought
from recognition.badges.portable import looking
from recognition.extensions import db, only_reading

TOLD = (EXPIRED, REVOKED, FALSE)
"""What the owner of a badge that is shown hears about."""
SLICE, SOUGHT = 60, 2000
A_HOST = 20
"""Nobody's server is asked about more of its badges than that in one go; the others wait for the next."""


def look(badge_id: int, now: datetime) -> ExternalBadge | None:
    """Ends the transaction that it finds, and leaves the change to the caller's commit. None for a badge that is gone."""
    with only_reading():
        before = db.session.get(ExternalBadge, badge_id)
        if before is None:
            return None
        content, content_hash, was_mine = before.content, before.content_hash, before.is_mine
        addresses = [] if was_mine else queries.verified_addresses(before.member_id)
        db.session.rollback()
        found = looking.look(Brought(content), now)
        is_mine = was_mine or looking.is_given_to(found, addresses)
    held = sa.select(ExternalBadge).where(ExternalBadge.id == badge_id).with_for_update(of=ExternalBadge)
    badge: ExternalBadge | None = db.session.scalar(held, execution_options={"populate_existing": True})
    if badge is None or badge.content_hash != content_hash:
        return badge
    if badge.shown and found.report.standing != badge.standing and found.report.standing in TOLD:
        _tell(badge, found.report.standing, now)
    badge.standing, badge.findings = found.report.standing, arriving.findings_told(found.report, is_mine)
    badge.facts = badge.facts | arriving.sure(found.report.standing, now)
    badge.is_mine, badge.checked_at = is_mine, now
    # That its issuer does not answer hides nothing; what turned out to be false is shown no longer.
    badge.shown = badge.shown and (can_show(badge) or badge.standing == UNSURE)
    return badge


def _tell(badge: ExternalBadge, standing: str, now: datetime) -> None:
    """Its owner is told what everybody can read from now on, or why it is shown no longer."""
    key = f"external:{badge.id}:{standing}:{now.date()}"
    data = {"badge": badge.facts.get("name", "")}
    tell([Message(badge.member_id, f"external.{standing}", key, f"/badges-from-elsewhere/{badge.key}", data)], now)


def due(now: datetime) -> list[int]:
    """The next few that are looked at again, of many issuers a few each."""
    asked: dict[str, int] = {}
    chosen: list[int] = []
    for badge in queries.due_for_a_look(now, SOUGHT):
        host = _host(badge.credential) or _host(badge.issuer)
        asked[host] = asked.get(host, 0) + 1
        if asked[host] <= A_HOST and len(chosen) < SLICE:
            chosen.append(badge.id)
    return chosen


def _host(uri: str) -> str:
    if uri.startswith("did:web:"):
        return uri.split(":")[2].partition("%3A")[0]
    try:
        return urlsplit(uri).hostname or uri[:200]
    except ValueError:
        return uri[:200]

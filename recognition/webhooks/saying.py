"""What a message says, read at the moment it goes, as the owner of the webhook may see it then."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import current_app

from recognition.activities.models import EVIDENCE, Activity
from recognition.activities.queries import Deed, deed, is_visible
from recognition.badges.models import Award
from recognition.badges.queries import award_page
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.rules import ProfileView
from recognition.web.templating import iso
from recognition.webhooks.models import Webhook, WebhookMessage
from recognition.webhooks.rules import GIVEN, SENT, TEST, TOLD, WITHDRAWN

_STRENGTHS = {number: name for name, number in EVIDENCE.items()}


class Silence(NamedTuple):
    """There is nothing to say to this owner, and why not."""

    reason: str


def data_of(message: WebhookMessage, hook: Webhook, owner: Member) -> dict[str, Any] | Silence:
    if message.event == TEST:
        return {"webhook": hook.name, "words": "Hello from the community hall. This is a test."}
    if message.event == TOLD:
        found = deed(message.subject_id, owner)
        return _told(found) if found is not None and is_visible(found.id, owner) else Silence("not to be seen any more")
    if message.event == WITHDRAWN:
        return _withdrawn(message, owner)
    if message.event == GIVEN:
        return _given(message, owner)
    return Silence("unknown event")


def _told(found: Deed) -> dict[str, Any]:
    return {
        "id": found.id, "url": _whole(f"/activities/{found.id}"), "member": _person(found.person),
        "occurred_at": iso(found.occurred_at), "kind": found.kind, "kind_label": found.kind_label, "text": found.text,
        "tags": list(found.tags), "link": found.link, "group": found.group[1] if found.group else None,
        "campaign": found.campaign, "evidence": _STRENGTHS[found.evidence], "visibility": found.visibility,
    }  # fmt: skip


def _withdrawn(message: WebhookMessage, owner: Member) -> dict[str, Any] | Silence:
    """Only to who heard of the deed, or whose it is; and only that it is there no longer."""
    if is_visible(message.subject_id, owner) and not _withdrawn_now(message.subject_id):
        return Silence("it is still there")
    heard = sa.select(WebhookMessage.id).where(
        WebhookMessage.webhook_id == message.webhook_id, WebhookMessage.state == SENT,
        WebhookMessage.event_key == f"{TOLD}:{message.subject_id}",
    )  # fmt: skip
    own = sa.select(Activity.id).where(Activity.id == message.subject_id, Activity.member_id == owner.id)
    if db.session.scalar(heard) is None and db.session.scalar(own) is None:
        return Silence("it was never told here")
    return {"id": message.subject_id}


def _withdrawn_now(activity_id: int) -> bool:
    return db.session.scalar(sa.select(Activity.withdrawn_at).where(Activity.id == activity_id)) is not None


def _given(message: WebhookMessage, owner: Member) -> dict[str, Any] | Silence:
    fact = db.session.get(Activity, message.subject_id)
    if fact is None or fact.withdrawn_at is not None:
        return Silence("not given any more")
    badge_id, _colon, rest = fact.source_key.partition(":")
    occasion = rest.partition(":")[2].partition("~")[0]
    wanted = sa.select(Award.key).where(Award.member_id == fact.member_id, Award.occasion == occasion)
    key = db.session.scalar(wanted.where(Award.badge_id == int(badge_id))) if badge_id.isdecimal() else None
    found = award_page(key, owner) if key else None
    if found is None:
        return Silence("not shown to you")
    award, person = found
    return {
        "id": award.key, "url": _whole(f"/awards/{award.key}"), "member": _person(person), "badge": award.badge.slug,
        "name": award.badge.name, "level": award.level, "awarded_at": iso(award.awarded_at),
    }  # fmt: skip


def _person(person: ProfileView) -> dict[str, Any]:
    """A name that its owner hides from this reader is no part of it."""
    return {"handle": person.handle, "name": person.name}


def _whole(path: str) -> str:
    base: str = current_app.extensions["settings"].base_url
    return base + path

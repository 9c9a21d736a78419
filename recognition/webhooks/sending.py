"""Messages on their way: claimed one by one, tried again less and less often, each with what came of it. At least once: the
receiver tells a repeat by the message's id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.refs import Ref
from recognition.web import secrets
from recognition.webhooks import rules, saying
from recognition.webhooks.models import Webhook, WebhookMessage

PURPOSE = "webhook"
LEASE = timedelta(minutes=5)
"""Longer than a sending takes: whoever had it is dead by then."""
ERROR_MAX_CHARS = 300


@dataclass(frozen=True)
class Parcel:
    """Ready to go."""

    message_id: int
    webhook_id: int
    url: str
    headers: dict[str, str]
    body: bytes


def waits(now: datetime) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(*_due(now)))))


def due(now: datetime, limit: int) -> Sequence[tuple[int, int]]:
    """(message, webhook), those that wait longest first."""
    wanted = sa.select(WebhookMessage.id, WebhookMessage.webhook_id).where(*_due(now))
    rows = db.session.execute(wanted.order_by(WebhookMessage.due_at, WebhookMessage.id).limit(limit))
    return [(row.id, row.webhook_id) for row in rows]


def _due(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return WebhookMessage.state == rules.WAITING, WebhookMessage.due_at <= now


def begin(message_id: int, now: datetime) -> Parcel | None:
    """Take it, or None: another worker has it, or there is nothing to say. The caller commits before it goes."""
    mine = sa.update(WebhookMessage).where(WebhookMessage.id == message_id, *_due(now))
    taken = db.session.execute(mine.values(due_at=now + LEASE, attempts=WebhookMessage.attempts + 1))
    if not taken.rowcount:  # type: ignore[attr-defined]
        return None
    message = db.session.get_one(WebhookMessage, message_id, populate_existing=True)
    hook = db.session.get_one(Webhook, message.webhook_id, populate_existing=True)
    owner = db.session.get_one(Member, hook.member_id, populate_existing=True)
    if hook.state != rules.ON or owner.state == "suspended":
        _drop(message, "the webhook is not on")
        return None
    said = saying.data_of(message, hook, owner)
    if isinstance(said, saying.Silence):
        _drop(message, said.reason)
        return None
    body = rules.body_of(message.event, message.made_at, said)
    return Parcel(message.id, hook.id, hook.url, _headers(hook, message, body, now), body)


def _drop(message: WebhookMessage, reason: str) -> None:
    message.state, message.error = rules.DROPPED, reason


def _headers(hook: Webhook, message: WebhookMessage, body: bytes, now: datetime) -> dict[str, str]:
    stamp = int(now.timestamp())
    counting = secrets.candidates(PURPOSE, hook.key, hook.secret_number, hook.former_until, now)
    return {
        "Content-Type": "application/json; charset=utf-8", "User-Agent": "recognition-webhooks",
        "Webhook-Id": f"msg_{message.key}", "Webhook-Timestamp": str(stamp),
        "Webhook-Signature": rules.signature(counting, f"msg_{message.key}", stamp, body),
    }  # fmt: skip


def answered(parcel: Parcel, status: int, now: datetime) -> bool:
    """Whether it arrived."""
    if not 200 <= status < 300:
        return failed(parcel, f"answered {status}", now, status)
    _settle(parcel, state=rules.SENT, sent_at=now, status=status, error="")
    works = sa.update(Webhook).where(Webhook.id == parcel.webhook_id, Webhook.failing_since.is_not(None))
    db.session.execute(works.values(failing_since=None))
    return True


def failed(parcel: Parcel, error: str, now: datetime, status: int | None = None) -> bool:
    """Later once more, together with all else that waits for this address; after the last time it is given up."""
    message = db.session.get_one(WebhookMessage, parcel.message_id, populate_existing=True)
    hook = db.session.get_one(Webhook, parcel.webhook_id, with_for_update=True, populate_existing=True)
    wait = rules.next_try(message.attempts)
    change = {"state": rules.FAILED} if wait is None else {"due_at": now + wait}
    _settle(parcel, status=status, error=error[:ERROR_MAX_CHARS], **change)
    if hook.failing_since is None:
        hook.failing_since = now
    if hook.state == rules.ON and (status == rules.GONE or now - hook.failing_since >= rules.RESTS_AFTER):
        _rest(hook, now)
    elif wait is not None:
        _hold_others(hook.id, now + wait, now)
    db.session.flush()
    return False


def _hold_others(webhook_id: int, until: datetime, now: datetime) -> None:
    """Nobody knocks a hundred times at a door that does not open. Not longer than an hour: what is told anew has its own
    first try."""
    until = min(until, now + timedelta(hours=1))
    mine = sa.update(WebhookMessage).where(WebhookMessage.webhook_id == webhook_id, *_due(now))
    db.session.execute(mine.values(due_at=until), execution_options={"synchronize_session": False})


def _rest(hook: Webhook, now: datetime) -> None:
    hook.state = rules.RESTING
    left = sa.update(WebhookMessage).where(WebhookMessage.webhook_id == hook.id, WebhookMessage.state == rules.WAITING)
    over = left.values(state=rules.FAILED, error="the webhook rests")
    db.session.execute(over, execution_options={"synchronize_session": False})
    key = f"webhook.resting:{hook.id}:{int(now.timestamp())}"
    tell([Message(hook.member_id, "webhook.resting", key, f"/me/webhooks/{hook.id}", {"name": hook.name})], now)
    audit.record("webhook.rested", Ref("webhook", hook.id), None)


def _settle(parcel: Parcel, **values: object) -> None:
    mine = sa.update(WebhookMessage).where(WebhookMessage.id == parcel.message_id, WebhookMessage.state == rules.WAITING)
    db.session.execute(mine.values(values), execution_options={"synchronize_session": "fetch"})

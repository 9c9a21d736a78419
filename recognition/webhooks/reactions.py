"""What happened becomes messages: ids alone, in the transaction in which it happened. What they say is read when they go."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from recognition.activities.changes import Change
from recognition.activities.criteria.tree import BADGE_AWARDED
from recognition.activities.drain import Batch, Fact, only_if
from recognition.activities.models import Activity
from recognition.activities.rules import INTERNAL_KINDS
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.webhooks.models import Webhook, WebhookMessage
from recognition.webhooks.rules import GIVEN, NEWS_FOR, ON, ONLY_MINE, TOLD, WAITING, WITHDRAWN

BELL = "webhooks.send"
ONLY_ME = "me"


class Listener(NamedTuple):
    id: int
    member_id: int
    events: frozenset[str]
    made_at: datetime


@only_if("EXISTS (SELECT 1 FROM webhook WHERE state = 'on')")
def follow(batch: Batch) -> int:
    """The drain's reaction. A row that is considered again is the same event, and an old one is no news."""
    fresh = [fact for fact in batch.facts if fact.reported_at > batch.now - NEWS_FOR]
    told = [(TOLD, fact) for fact in fresh if fact.kind not in INTERNAL_KINDS]
    given = [(GIVEN, fact) for fact in fresh if fact.kind == BADGE_AWARDED]
    if events := told + given:
        _write(events, _listeners(), batch.now)
    return 0


def follow_changes(changes: Sequence[Change], now: datetime) -> None:
    """Deeds that are there no longer, or for their owner alone, and those that are for others from now on. Not what merely
    counts elsewhere, which goes through here too."""
    deeds = [change for change in changes if change.fact.kind not in INTERNAL_KINDS]
    listeners = _listeners() if deeds else []
    if listeners:
        gone = _gone([change.fact.id for change in deeds])
        events = [(WITHDRAWN, change.fact) for change in deeds if change.fact.id in gone]
        opened = [change.after for change in deeds if change.after and change.before and _is_opened(change.before, change.after)]
        events += [(TOLD, fact) for fact in opened if fact.reported_at > now - NEWS_FOR]
        _write(events, listeners, now)


def _gone(ids: Sequence[int]) -> set[int]:
    hidden = sa.or_(Activity.withdrawn_at.is_not(None), Activity.visibility == ONLY_ME)
    return set(db.session.scalars(sa.select(Activity.id).where(among(Activity.id, ids), hidden)))


def _is_opened(before: Fact, after: Fact) -> bool:
    return before.visibility == ONLY_ME != after.visibility


def _write(events: Sequence[tuple[str, Fact]], listeners: Sequence[Listener], now: datetime) -> None:
    rows = [
        _row(one.id, event, fact.id, now)
        for one in listeners
        for event, fact in events
        if event in one.events and _is_for(one, event, fact)
    ]
    if rows:
        insert_new(WebhookMessage.__table__, sorted(rows, key=lambda row: (row["webhook_id"], row["event_key"])))
        ledger.ring(BELL)


def _is_for(one: Listener, event: str, fact: Fact) -> bool:
    """What nobody else sees is for its owner, and nothing from before the webhook was made is news for it."""
    if fact.member_id != one.member_id and (ONLY_MINE in one.events or (fact.visibility == ONLY_ME and event != WITHDRAWN)):
        return False
    return event == WITHDRAWN or fact.reported_at >= one.made_at


def _listeners() -> list[Listener]:
    wanted = sa.select(Webhook.id, Webhook.member_id, Webhook.events, Webhook.made_at).where(Webhook.state == ON)
    return [Listener(row.id, row.member_id, frozenset(row.events), row.made_at) for row in db.session.execute(wanted)]


def _row(webhook_id: int, event: str, subject_id: int, now: datetime) -> dict[str, Any]:
    return {
        "webhook_id": webhook_id, "key": secrets.token_urlsafe(16), "event": event, "event_key": f"{event}:{subject_id}",
        "subject_id": subject_id, "state": WAITING, "attempts": 0, "due_at": now, "made_at": now, "sent_at": None,
        "status": None, "error": "", "facts": None,
    }  # fmt: skip


def say_now(webhook_id: int, event: str, event_key: str, now: datetime) -> int:
    """A message that somebody asked for, such as a test; its id."""
    row = _row(webhook_id, event, 0, now) | {"event_key": event_key}
    table: Any = WebhookMessage.__table__
    new: Iterable[Any] = insert_new(table, [row], table.c.id)
    ledger.ring(BELL)
    return int(next(iter(new)).id)

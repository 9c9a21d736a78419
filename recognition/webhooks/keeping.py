"""What members do with their webhooks, and the log of what went out."""

import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.audit import services as audit
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.jobs import ledger
from recognition.refs import Ref
from recognition.web import secrets
from recognition.web.pagination import PAGE_SIZE, Page, decode, page
from recognition.webhooks import rules
from recognition.webhooks.models import Webhook, WebhookMessage
from recognition.webhooks.reactions import BELL, say_now
from recognition.webhooks.sending import PURPOSE


class TooMany(Exception):
    """Its text is a sentence for the person who tried."""


@dataclass(frozen=True)
class HookSpec:
    name: str
    url: str
    events: tuple[str, ...]


def of_member(member_id: int) -> Sequence[Webhook]:
    return db.session.scalars(sa.select(Webhook).where(Webhook.member_id == member_id).order_by(Webhook.id)).all()


def own(webhook_id: int, member_id: int) -> Webhook | None:
    # No database has so many.
    hook = db.session.get(Webhook, webhook_id) if webhook_id < 2**31 else None
    return hook if hook is not None and hook.member_id == member_id else None


def add(member_id: int, spec: HookSpec, now: datetime) -> Webhook:
    """The same name and address once more is the one that there is. Raises TooMany."""
    db.session.execute(sa.select(Member.id).where(Member.id == member_id).with_for_update())
    mine = of_member(member_id)
    for known in mine:
        if (known.name, known.url) == (spec.name, spec.url):
            return known
    if len(mine) >= rules.HOOKS_MAX:
        raise TooMany(_("Ten webhooks are as many as one person can have. Take one away first."))
    hook = Webhook(
        key=random.token_urlsafe(16), member_id=member_id, name=spec.name, url=spec.url, events=list(spec.events), made_at=now
    )
    db.session.add(hook)
    db.session.flush()
    audit.record("webhook.added", Ref("webhook", hook.id), member_id)
    return hook


def change(hook: Webhook, spec: HookSpec) -> None:
    hook.name, hook.url, hook.events = spec.name, spec.url, list(spec.events)


def switch(hook: Webhook, on: bool) -> None:
    """What failed while it rested can be sent again, one by one."""
    hook.state, hook.failing_since = (rules.ON if on else rules.OFF), None


def remove(hook: Webhook, actor_id: int) -> None:
    audit.record("webhook.removed", Ref("webhook", hook.id), actor_id)
    db.session.delete(hook)


def secret_of(hook: Webhook) -> str:
    return rules.secret_text(secrets.derived(PURPOSE, hook.key, hook.secret_number))


def rotate(hook: Webhook, number: int, now: datetime) -> bool:
    """The secret before signs too for a day. `number`: the one that the page showed, so that asking twice makes one."""
    if hook.secret_number != number:
        return False
    hook.secret_number, hook.former_until = number + 1, now + rules.FORMER_FOR
    audit.record("webhook.rotated", Ref("webhook", hook.id), hook.member_id)
    return True


def test(hook: Webhook, now: datetime) -> int:
    """A message of its own, whatever the webhook listens to."""
    return say_now(hook.id, rules.TEST, f"test:{random.token_urlsafe(8)}", now)


def send_again(hook: Webhook, message_id: int, now: datetime) -> bool:
    """Under the same id. False while it is on its way anyway, or where there is no such message."""
    mine = sa.update(WebhookMessage).where(
        WebhookMessage.id == message_id, WebhookMessage.webhook_id == hook.id, WebhookMessage.state != rules.WAITING
    )
    again = mine.values(state=rules.WAITING, attempts=0, due_at=now, error="", status=None).returning(WebhookMessage.id)
    done = db.session.scalar(again, execution_options={"synchronize_session": "fetch"}) if message_id < 2**63 else None
    if done is not None:
        ledger.ring(BELL)
    return done is not None


def messages(hook: Webhook, cursor: str | None, size: int = PAGE_SIZE) -> Page[WebhookMessage]:
    wanted = sa.select(WebhookMessage).where(WebhookMessage.webhook_id == hook.id).order_by(WebhookMessage.id.desc())
    after = decode(cursor, (int,))
    if after is not None:
        wanted = wanted.where(WebhookMessage.id < after[0])
    return page(db.session.scalars(wanted.limit(size + 1)).all(), size, lambda message: (message.id,))


def forget_old(now: datetime) -> int:
    """Of what arrived or was given up a while ago."""
    old = sa.delete(WebhookMessage).where(WebhookMessage.state != rules.WAITING, WebhookMessage.made_at < now - rules.KEPT)
    done = db.session.execute(old, execution_options={"synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]

"""An announcement on paper: nothing here leaves the house."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.rules import slug_of
from recognition.audit import services as audit
from recognition.extensions import db
from recognition.news.models import DRAFT, PLANNED, Announcement, AnnouncementText
from recognition.news.queries import free_slug
from recognition.news.rules import RESERVED, Decision, NewsSpec, Text, WrongState, topic_of
from recognition.refs import Ref


def create(spec: NewsSpec, now: datetime, actor_id: int | None) -> Announcement:
    """A form that is sent twice makes one draft."""
    there = _same_draft(spec, actor_id)
    if there is not None:
        return there
    slug = free_slug(slug_of(spec.texts[0].title)[:70].strip("-") or "news", RESERVED)
    one = Announcement(slug=slug, state=DRAFT, author_id=actor_id, created_at=now, changed_at=now)
    _fill(one, spec, now)
    db.session.add(one)
    db.session.flush()
    audit.record("news.drafted", Ref("news", one.slug), actor_id)
    return one


def _same_draft(spec: NewsSpec, actor_id: int | None) -> Announcement | None:
    alike = sa.select(Announcement).join(AnnouncementText).where(
        Announcement.state == DRAFT, Announcement.author_id == actor_id, AnnouncementText.title == spec.texts[0].title
    )  # fmt: skip
    says = [(text.language, text.title, text.body) for text in spec.texts]
    found = db.session.scalars(alike.order_by(Announcement.id.desc()).limit(5)).unique()
    same = (one for one in found if [(text.language, text.title, text.body) for text in one.texts] == says)
    return next(same, None)


def change(
    one: Announcement, spec: NewsSpec, now: datetime, actor_id: int | None, send_at: datetime | None = None
) -> None:  # fmt: skip
    """Before it goes out. `send_at`: another moment for one that is planned. Raises WrongState."""
    db.session.refresh(one, with_for_update=True)
    if one.state not in (DRAFT, PLANNED):
        raise WrongState(one.state)
    before = told(one)
    if one.state == PLANNED and send_at is not None:
        one.send_at = send_at
    _fill(one, spec, now)
    db.session.flush()
    audit.record_change("news.changed", Ref("news", one.slug), actor_id, before, told(one))


def told(one: Announcement) -> dict[str, Any]:
    """What the audit keeps of a change, as it is now; each text by its language."""
    plain = ("sort", "audience", "is_public", "channels", "about_ref", "about_at", "send_at")
    texts = {f"{name} ({text.language})": getattr(text, name) for text in one.texts for name in ("title", "body")}
    parts = [part.name for part in fields(Decision)]
    decisions = [": ".join(filter(None, (str(each.get(name, "")) for name in parts))) for each in one.decisions]
    return {**{name: getattr(one, name) for name in plain}, **texts, "decisions": decisions,
            "mentions": [f"{each['title']}: {each['url']}" for each in one.mentions]}  # fmt: skip


def _fill(one: Announcement, spec: NewsSpec, now: datetime) -> None:
    one.sort, one.topic, one.audience, one.is_public = spec.sort, topic_of(spec.about_ref), spec.audience, spec.is_public
    one.channels, one.about_ref, one.about_at = list(spec.channels), spec.about_ref, spec.about_at
    one.lead_days = spec.lead_days
    one.decisions = [asdict(each) for each in spec.decisions]
    one.mentions = [{"title": title, "url": url} for title, url in spec.mentions]
    one.changed_at = now
    put_texts(one, spec.texts)


def put_texts(one: Announcement, texts: tuple[Text, ...]) -> None:
    there = {text.language: text for text in one.texts}
    kept: list[AnnouncementText] = []
    for position, text in enumerate(texts):
        row = there.get(text.language) or AnnouncementText(language=text.language)
        row.position, row.title, row.body = position, text.title, text.body
        kept.append(row)
    one.texts = kept


def delete(one: Announcement, actor_id: int | None) -> None:
    """A draft only: what went out stays on record. Raises WrongState."""
    ref, mine = Ref("news", one.slug), sa.delete(Announcement).where(Announcement.id == one.id, Announcement.state == DRAFT)
    gone = db.session.execute(mine, execution_options={"synchronize_session": False})
    if not gone.rowcount:  # type: ignore[attr-defined]
        raise WrongState(one.state)
    db.session.expunge(one)
    audit.record("news.deleted", ref, actor_id)

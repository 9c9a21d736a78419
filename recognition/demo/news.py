"""What the demo's council has told so far: announcements with their languages, minutes, one that came late, and one that is
planned; two places outside and one of a group that are switched off, since nobody answers there."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.announcements.models import Notice
from recognition.campaigns.models import Campaign
from recognition.demo.community import read
from recognition.extensions import db
from recognition.identity.queries import group_by_slug
from recognition.news.models import AnnouncementText, Channel, Dispatch
from recognition.news.rules import MEMBERS, Decision, NewsSpec, Text
from recognition.news.services import moving, telling, writing

AUTHOR = "amina"
MISSES_THEM = "wanjiru"
"""Whom no news reach, so that the one who looks after her group finds her on its roster."""
HOUR = timedelta(hours=15)


def leave(ids: Mapping[str, int], now: datetime) -> None:
    """Safe to repeat: what is there by its title stays as it is."""
    told = read("news")
    for one in told["channel"]:
        _place(one, now)
    known = set(db.session.scalars(sa.select(AnnouncementText.title)))
    starts = {f"campaign:{row.slug}": row.starts_at for row in db.session.execute(sa.select(Campaign.slug, Campaign.starts_at))}
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for one in told["news"]:
        begins = starts.get(one.get("about", "")) if "before" in one else None
        at = (begins - timedelta(days=one["before"]) if begins else today - timedelta(days=one.get("ago", 0))) + HOUR
        if one["title"] not in known:
            with clock.as_of(min(at, now)):
                _tell(one, at, now, begins, ids.get(AUTHOR))
    missed = sa.update(Notice).where(Notice.kind == "news", Notice.member_id == ids.get(MISSES_THEM, 0))
    db.session.execute(missed.values(read_at=None), execution_options={"synchronize_session": False})


def _tell(one: Mapping[str, Any], at: datetime, now: datetime, begins: datetime | None, author_id: int | None) -> None:
    draft = writing.create(_spec(one, at, begins), min(at, now), author_id)
    moving.plan(draft.slug, at, author_id)
    if at > now:
        return
    moving.go_out(draft.id, at)
    db.session.refresh(draft)
    while telling.hand_slice(draft.id, at):
        pass
    _ways(draft.id, one.get("ways", ()), at)
    for each in one.get("corrections", ()):
        texts = tuple(Text(text.language, text.title, text.body) for text in draft.texts)
        moving.correct(draft.slug, texts, each["note"], at + timedelta(hours=4), author_id)
    if at < now - timedelta(days=7):
        # Old news are no news: nobody who looks around for the first time is greeted by a pile of them.
        read_then = sa.update(Notice).where(Notice.kind == "news", Notice.path == f"/news/{draft.slug}", Notice.read_at.is_(None))
        db.session.execute(read_then.values(read_at=at + timedelta(days=1)), execution_options={"synchronize_session": False})
    telling.count(at)


def _ways(announcement_id: int, ways: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """What became of it outside, made up: nobody answers at these addresses."""
    for way in ways:
        db.session.add(Dispatch(
            announcement_id=announcement_id, channel=way["channel"], key=f"demo-{announcement_id}-{way['channel']}", due_at=at,
            state=way["state"], attempts=way["attempts"], url=way.get("url", ""), error=way.get("error", ""),
            sent_at=at + timedelta(minutes=2) if way["state"] == "sent" else None,
        ))  # fmt: skip


def _spec(one: Mapping[str, Any], at: datetime, begins: datetime | None) -> NewsSpec:
    texts = [Text("en", one["title"], one["body"].strip())]
    texts += [Text(each["language"], each["title"], each["body"].strip()) for each in one.get("also", ())]
    decisions = tuple(
        Decision(day=at.date().isoformat(), **{name: text for name, text in each.items() if name != "ago"})
        for each in one.get("decisions", ())
    )
    return NewsSpec(
        tuple(texts), one["sort"], channels=(MEMBERS,), about_ref=one.get("about", ""),
        about_at=begins, decisions=decisions,
        mentions=tuple((each["title"], each["url"]) for each in one.get("mentions", ())),
    )  # fmt: skip


def _place(one: Mapping[str, Any], now: datetime) -> None:
    if db.session.scalar(sa.select(Channel.id).where(Channel.slug == one["slug"])) is not None:
        return
    config = {name: one[name] for name in ("address", "user", "category", "room") if name in one}
    db.session.add(Channel(
        slug=one["slug"], adapter=one["adapter"], name=one["name"], covers=one["covers"], language=one.get("language", ""),
        config=config, sealed="", state="off", created_at=now, group_id=_group_id(one.get("group", "")),
    ))  # fmt: skip


def _group_id(slug: str) -> int | None:
    group = group_by_slug(slug) if slug else None
    return group.id if group else None

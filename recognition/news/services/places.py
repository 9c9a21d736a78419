"""Places outside where announcements go: added, changed, tried, switched on and off. A secret goes in and never comes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from sqlalchemy.exc import IntegrityError

from recognition.activities.rules import slug_of
from recognition.audit import services as audit
from recognition.extensions import db
from recognition.identity.models import Group
from recognition.news.models import Channel
from recognition.news.queries import channels, has_channel
from recognition.news.rules import MEMBERS
from recognition.news.sealing import seal, unseal
from recognition.refs import Ref

CHANNELS_MAX, OF_A_GROUP_MAX = 50, 8


@dataclass(frozen=True)
class ChannelSpec:
    """`secret` empty: the one that is there stays."""

    adapter: str
    name: str
    config: Mapping[str, str]
    secret: str = ""
    covers: str = ""
    language: str = ""


class TooMany(Exception):
    """There are as many as anybody can look after."""


def add(spec: ChannelSpec, now: datetime, actor_id: int | None, group: Group | None = None) -> Channel:
    """Of the house, or of a group. Off until somebody tried it and switches it on. A form that is sent twice makes one. Raises
    TooMany."""
    there = channels(group_id=group.id if group else None)
    same = next((one for one in there if _is_same(one, spec)), None)
    if same is not None:
        return same
    if len(there) >= (OF_A_GROUP_MAX if group else CHANNELS_MAX):
        raise TooMany
    slug = slug_of(spec.name)[:50].strip("-") or "channel"
    # What still is on its way to one that was taken away never comes to a group's.
    if slug == MEMBERS or group is not None or has_channel(slug):
        slug = f"{slug}-{token_hex(3)}"
    one = Channel(slug=slug, adapter=spec.adapter, state="off", created_at=now, group_id=group.id if group else None)
    _fill(one, spec)
    db.session.add(one)
    try:
        db.session.flush()
    except IntegrityError as twice:
        raise TooMany from twice
    audit.record(
        "channel.added",
        Ref("channel", slug),
        actor_id,
        after={"adapter": spec.adapter} | ({"group": group.slug} if group else {}),
    )
    return one


def _is_same(one: Channel, spec: ChannelSpec) -> bool:
    return one.name == spec.name and spec == ChannelSpec(
        one.adapter, one.name, one.config, unseal(one.sealed), one.covers, one.language
    )  # fmt: skip


def change(one: Channel, spec: ChannelSpec, actor_id: int | None) -> None:
    before = _told(one)
    _fill(one, spec)
    after = _told(one) | {"new_secret": bool(spec.secret)}
    audit.record_change("channel.changed", Ref("channel", one.slug), actor_id, before, after)


def _told(one: Channel) -> dict[str, object]:
    """What the audit keeps of a change: that a secret is another one, and never which."""
    return {**one.config, "name": one.name, "covers": one.covers, "language": one.language, "new_secret": False}


def _fill(one: Channel, spec: ChannelSpec) -> None:
    one.name, one.config, one.covers, one.language = spec.name, dict(spec.config), spec.covers, spec.language
    if spec.secret:
        one.sealed = seal(spec.secret)


def switch(one: Channel, on: bool, actor_id: int | None) -> None:
    state = "on" if on else "off"
    if one.state != state:
        one.state = state
        audit.record(f"channel.switched_{state}", Ref("channel", one.slug), actor_id)


def remove(one: Channel, actor_id: int | None) -> None:
    """What went there stays on record under its name."""
    audit.record("channel.removed", Ref("channel", one.slug), actor_id)
    db.session.delete(one)


def tried(one: Channel, actor_id: int | None) -> None:
    audit.record("channel.tested", Ref("channel", one.slug), actor_id)

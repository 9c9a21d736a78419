"""Discourse: posts, topics and likes, as its webhooks tell of them.

Headers: X-Discourse-Event-Id, X-Discourse-Event ("post_created"), X-Discourse-Event-Signature, X-Discourse-Instance. Whether
something is gone stands in the name of the event; when it was recovered stands nowhere, so that counts from its arrival.
The first post of a topic and the topic itself are one deed. What is private there is none of ours."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from recognition.activities.sources import fields, signed
from recognition.activities.sources.seen import Doer, NotForUs, Seen, key_of

NAME = "discourse"
EXCERPT_CHARS = 500
REGULAR_POST = 1
_POST = {"post_created", "post_edited", "post_destroyed", "post_recovered"}
_TOPIC = {"topic_created", "topic_edited", "topic_revised", "topic_destroyed", "topic_recovered"}


def delivery(headers: Mapping[str, str]) -> signed.Delivery:
    """Raises Unsigned and Malformed."""
    return signed.delivery(headers, "X-Discourse-Event-Id", "X-Discourse-Event", "X-Discourse-Event-Signature")


def host(config: Mapping[str, Any]) -> str:
    """`config["url"]` is the forum's address, checked when it was set."""
    return urlsplit(str(config.get("url", ""))).netloc.lower()


def read(event: str, body: bytes, config: Mapping[str, Any], now: datetime) -> list[Seen]:
    """Raises Malformed, and NotForUs for what tells of no deed that everybody there may see. `config["categories"]`: only
    these, by number; empty means all."""
    given = fields.parsed(body)
    if event in _POST:
        return [_post(fields.part(given, "post"), event, config, now)]
    if event in _TOPIC:
        return [_topic(fields.part(given, "topic"), event, config, now)]
    if event == "post_liked":
        return [_like(fields.part(given, "like"), config, now)]
    raise NotForUs(event)


def _post(post: Mapping[str, Any], event: str, config: Mapping[str, Any], now: datetime) -> Seen:
    _refuse_private(fields.text(post, "topic_archetype"), post, config)
    if post.get("post_type", REGULAR_POST) != REGULAR_POST:
        raise NotForUs("a note of the forum's own, or a whisper")
    at, topic, place = fields.moment(post, "created_at"), fields.number(post, "topic_id"), host(config)
    title, turn = fields.text(post, "topic_title"), fields.number(post, "post_number")
    starts = turn == 1
    words = fields.text(post, "raw") or fields.plain(fields.text(post, "cooked"))
    gone_at = fields.optional_moment(post, "deleted_at")
    newest = max(at, fields.optional_moment(post, "updated_at") or at, gone_at or at)
    return Seen(
        Doer(place, fields.name_in(post, "username")),
        key_of(place, "topic", topic) if starts else key_of(place, "post", fields.number(post, "id")),
        occurred_at=at,
        version_at=now if event == "post_recovered" else newest,
        kind_label="Forum topic" if starts else "Forum post",
        text=title if starts else _excerpt(title, words),
        url=_address(config, fields.text(post, "topic_slug"), topic, None if starts else turn),
        gone=event == "post_destroyed" or gone_at is not None or bool(post.get("user_deleted")) or bool(post.get("hidden")),
    )


def _topic(topic: Mapping[str, Any], event: str, config: Mapping[str, Any], now: datetime) -> Seen:
    _refuse_private(fields.text(topic, "archetype"), topic, config)
    at, number, place = fields.moment(topic, "created_at"), fields.number(topic, "id"), host(config)
    gone_at = fields.optional_moment(topic, "deleted_at")
    newest = max(at, fields.optional_moment(topic, "bumped_at") or at, gone_at or at)
    return Seen(
        Doer(place, fields.name_in(fields.part(topic, "created_by"), "username")),
        key_of(place, "topic", number),
        occurred_at=at,
        version_at=now if event == "topic_recovered" else newest,
        kind_label="Forum topic",
        text=fields.text(topic, "title"),
        url=_address(config, fields.text(topic, "slug"), number, None),
        gone=event == "topic_destroyed" or gone_at is not None,
    )


def _like(like: Mapping[str, Any], config: Mapping[str, Any], now: datetime) -> Seen:
    """A like carries no moment of its own: it is told when it happens."""
    post, who, place = fields.part(like, "post"), fields.name_in(fields.part(like, "user"), "username"), host(config)
    _refuse_private(fields.text(post, "topic_archetype"), post, config)
    number, turn = fields.number(post, "id"), fields.number(post, "post_number")
    since = fields.moment(post, "created_at")
    return Seen(
        Doer(place, who),
        key_of(place, "like", number, who.casefold()),
        occurred_at=max(since, now),
        version_at=since,
        kind_label="Liked a post",
        text=fields.text(post, "topic_title"),
        url=_address(config, fields.text(post, "topic_slug"), fields.number(post, "topic_id"), turn),
    )


def _refuse_private(archetype: str, given: Mapping[str, Any], config: Mapping[str, Any]) -> None:
    if archetype not in ("", "regular"):
        raise NotForUs("a message between a few")
    wanted = config.get("categories") or []
    if wanted and given.get("category_id") not in wanted:
        raise NotForUs("another category")


def _excerpt(title: str, words: str) -> str:
    short = " ".join(words.split())
    short = short if len(short) <= EXCERPT_CHARS else short[: EXCERPT_CHARS - 1].rstrip() + "…"
    return "\n\n".join(part for part in (title, short) if part)


def _address(config: Mapping[str, Any], slug: str, topic: int, turn: int | None) -> str:
    path = "/".join(str(one) for one in ("t", quote(slug[:200], safe="") or "-", topic, turn) if one is not None)
    return f"{str(config['url']).rstrip('/')}/{path}"

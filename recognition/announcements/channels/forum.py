"""A forum that speaks Discourse's API: each announcement is a topic with an `external_id`, which the forum lets be there once
and by which it is found again."""

import re
from typing import Any  # Any: what another program's JSON holds

from recognition.announcements.channels.faults import NotNow, Refused
from recognition.announcements.channels.piece import Adapter, Piece, Place, ask, check, read
from recognition.openbadges.fetching import Client

NOT_FOUND, UNPROCESSABLE = 404, 422
TITLE_MAX_CHARS = 255
_SLUG = re.compile(r"[\w%.~-]{1,255}", re.ASCII)


def send(place: Place, piece: Piece, client: Client) -> str:
    told: dict[str, Any] = {"title": piece.title[:TITLE_MAX_CHARS], "raw": _raw(piece), "external_id": piece.key}
    if place.config.get("category"):
        told["category"] = int(place.config["category"])
    answer = ask(client, "POST", f"{_base(place)}/posts.json", _headers(place), told)
    if answer.status == UNPROCESSABLE:
        # Also said where the key is taken: then it is there.
        there = find(place, piece, client)
        if there is not None:
            return there
    check(answer)
    return _address(place, read(answer), "topic_id", "topic_slug")


def find(place: Place, piece: Piece, client: Client) -> str | None:
    topic = _topic(place, piece, client)
    return None if topic is None else _address(place, topic, "id", "slug")


def change(place: Place, piece: Piece, _url: str, client: Client) -> str:
    topic = _topic(place, piece, client)
    if topic is None:
        raise Refused("the topic is not there any more")
    check(ask(client, "PUT", f"{_base(place)}/posts/{_first_post(topic)}.json", _headers(place), {"post": {"raw": _raw(piece)}}))
    if topic.get("title") != piece.title[:TITLE_MAX_CHARS]:
        titled = {"title": piece.title[:TITLE_MAX_CHARS]}
        check(ask(client, "PUT", f"{_base(place)}/t/-/{topic['id']}.json", _headers(place), titled))
    return _address(place, topic, "id", "slug")


def _topic(place: Place, piece: Piece, client: Client) -> dict[str, Any] | None:
    answer = ask(client, "GET", f"{_base(place)}/t/external_id/{piece.key}.json", _headers(place))
    if answer.status == NOT_FOUND:
        return None
    check(answer)
    topic = read(answer)
    if not isinstance(topic.get("id"), int):
        raise NotNow("it answered with something that is no topic")
    return topic


def _first_post(topic: dict[str, Any]) -> int:
    try:
        number = topic["post_stream"]["posts"][0]["id"]
    except (KeyError, IndexError, TypeError):
        number = None
    if not isinstance(number, int):
        raise NotNow("the topic came without its first post")
    return number


def _address(place: Place, told: dict[str, Any], number: str, slug: str) -> str:
    """Without a number the forum keeps it back until its people have looked at it."""
    if not isinstance(told.get(number), int):
        return ""
    named = f"/{told[slug]}" if isinstance(told.get(slug), str) and _SLUG.fullmatch(told[slug]) else ""
    return f"{_base(place)}/t{named}/{told[number]}"


def _raw(piece: Piece) -> str:
    return f"{piece.markdown}\n\n{piece.url}\n"


def _base(place: Place) -> str:
    return place.config["address"].rstrip("/")


def _headers(place: Place) -> dict[str, str]:
    return {"Api-Key": place.secret, "Api-Username": place.config["user"]}


ADAPTER = Adapter("forum", ("address", "user", "category"), send, find, change)

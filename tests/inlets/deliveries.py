"""Bodies as Discourse and GitHub send them, after their documentation, and how they sign them."""

import hashlib
import hmac
import json
from typing import Any

FORUM_URL = "https://forum.example.org"


def signed(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def discourse(event: str, body: dict[str, Any] | bytes, secret: str, number: int = 1, **headers: str) -> dict[str, Any]:
    """What a client posts."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return {
        "data": data,
        "headers": {
            "Content-Type": "application/json", "User-Agent": "Discourse/3.4.0", "X-Discourse-Instance": FORUM_URL,
            "X-Discourse-Event-Id": str(number), "X-Discourse-Event-Type": event.partition("_")[0],
            "X-Discourse-Event": event, "X-Discourse-Event-Signature": signed(data, secret), **headers,
        },
    }  # fmt: skip


def post(number: int = 2, **changes: Any) -> dict[str, Any]:
    return {"post": {
        "id": 1000 + number, "name": "Amina O.", "username": "Amina", "avatar_template": "/letter/a/{size}.png",
        "created_at": "2026-11-20T10:00:00.000Z", "cooked": "<p>We could meet <b>on Friday</b>.</p>", "post_number": number,
        "post_type": 1, "updated_at": "2026-11-20T10:00:00.000Z", "reply_count": 0, "topic_id": 77,
        "topic_slug": "meeting", "topic_title": "Where to meet", "topic_archetype": "regular", "category_id": 4,
        "raw": "We could meet **on Friday**.", "user_id": 12, "hidden": False, "user_deleted": False, "deleted_at": None,
        **changes,
    }}  # fmt: skip


def topic(**changes: Any) -> dict[str, Any]:
    return {"topic": {
        "id": 77, "title": "Where to meet", "slug": "meeting", "created_at": "2026-11-20T09:00:00.000Z",
        "bumped_at": "2026-11-20T10:00:00.000Z", "archetype": "regular", "category_id": 4, "user_id": 12, "deleted_at": None,
        "created_by": {"id": 12, "username": "Amina", "name": "Amina O."}, **changes,
    }}  # fmt: skip


def like(who: str = "Bela", **changes: Any) -> dict[str, Any]:
    return {"like": {**post(**changes), "user": {"id": 13, "username": who, "name": "Bela"}}}


def github(event: str, body: dict[str, Any] | bytes, secret: str, delivery: str = "d-1", **headers: str) -> dict[str, Any]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return {
        "data": data,
        "headers": {
            "Content-Type": "application/json", "User-Agent": "GitHub-Hookshot/1234567", "X-GitHub-Delivery": delivery,
            "X-GitHub-Event": event, "X-GitHub-Hook-ID": "5", "X-Hub-Signature-256": signed(data, secret), **headers,
        },
    }  # fmt: skip


REPOSITORY = {"id": 1, "full_name": "Community/Handbook", "private": False, "default_branch": "main",
              "html_url": "https://github.com/Community/Handbook"}  # fmt: skip
AMINA = {"login": "Amina", "id": 12, "type": "User"}
PAGE = "https://github.com/Community/Handbook"


def commit(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"{number:040x}", "message": f"Explain step {number}\n\nAt length.", "timestamp": "2026-11-20T12:00:00+02:00",
        "url": f"{PAGE}/commit/{number:040x}", "distinct": True,
        "author": {"name": "Amina", "email": "amina@example.org", "username": "Amina"}, **changes,
    }  # fmt: skip


def push(*commits: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "ref": "refs/heads/main", "before": "0" * 40, "after": "1" * 40, "created": False, "deleted": False, "forced": False,
        "commits": list(commits or [commit()]), "repository": REPOSITORY, "pusher": {"name": "Amina"}, "sender": AMINA, **changes,
    }  # fmt: skip


def issue(action: str = "opened", **changes: Any) -> dict[str, Any]:
    thing = {"id": 501, "number": 5, "title": "A page is missing", "user": AMINA, "html_url": f"{PAGE}/issues/5",
             "created_at": "2026-11-20T10:00:00Z", "updated_at": "2026-11-20T10:00:00Z", **changes}  # fmt: skip
    return {"action": action, "issue": thing, "repository": REPOSITORY, "sender": AMINA}


def pull_request(action: str = "opened", **changes: Any) -> dict[str, Any]:
    thing = {"id": 601, "number": 6, "title": "Add the page", "user": AMINA, "html_url": f"{PAGE}/pull/6", "merged": False,
             "created_at": "2026-11-20T10:00:00Z", "updated_at": "2026-11-20T10:00:00Z", **changes}  # fmt: skip
    return {"action": action, "number": 6, "pull_request": thing, "repository": REPOSITORY, "sender": AMINA}


def comment(action: str = "created", **changes: Any) -> dict[str, Any]:
    thing = {"id": 701, "user": AMINA, "body": "Good idea", "html_url": f"{PAGE}/issues/5#issuecomment-701",
             "created_at": "2026-11-20T10:00:00Z", "updated_at": "2026-11-20T10:00:00Z", **changes}  # fmt: skip
    return issue() | {"action": action, "comment": thing}


def review(action: str = "submitted", **changes: Any) -> dict[str, Any]:
    thing = {"id": 801, "user": AMINA, "body": "Fine", "state": "approved", "submitted_at": "2026-11-20T10:00:00Z",
             "html_url": f"{PAGE}/pull/6#pullrequestreview-801", **changes}  # fmt: skip
    return pull_request() | {"action": action, "review": thing}


def release(action: str = "published", **changes: Any) -> dict[str, Any]:
    thing = {"id": 901, "tag_name": "v1.0", "name": "First", "author": AMINA, "html_url": f"{PAGE}/releases/v1.0", "draft": False,
             "created_at": "2026-11-20T09:00:00Z", "published_at": "2026-11-20T10:00:00Z", **changes}  # fmt: skip
    return {"action": action, "release": thing, "repository": REPOSITORY, "sender": AMINA}

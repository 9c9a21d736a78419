"""The world outside: a forum that speaks as much of Discourse's API as we use, a Matrix room and a chat's webhook, on this
machine. They answer as a test wants them to, and keep what came."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest

HOLDS_SECONDS = 120
KEY, USER, ROOM = "forum-key-of-this-test", "hall", "!hall:matrix.example"


@dataclass
class Forum:
    """`failures`: so many questions are answered with the status `failure` and nothing done. `losses`: so many are done, and
    the line breaks before the answer. `elsewhere`: whoever posts or looks for a topic is sent there. `holding`: what is done
    is answered only when `let_go` is set; `came` tells that it is done."""

    port: int = 0
    failures: int = 0
    failure: int = 500
    slug: str = "a-topic"
    losses: int = 0
    holding: bool = False
    elsewhere: str = ""
    came: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)
    topics: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    chatted: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    def answer(self, method: str, path: str, headers: Any, told: dict[str, Any]) -> tuple[int, dict[str, Any], str]:
        """(status, JSON, Location)."""
        if self.elsewhere:
            return 307, {}, self.elsewhere + path
        if path.startswith("/_matrix/"):
            return self._room(method, path, headers, told)
        if path == "/chat/secret":
            self.chatted.append(told["text"])
            return 200, {}, ""
        if headers.get("Api-Key") != KEY or headers.get("Api-Username") != USER:
            return 403, {"errors": ["You are not permitted to view the requested resource."]}, ""
        return self._forum(method, path, told)

    def _forum(self, method: str, path: str, told: dict[str, Any]) -> tuple[int, dict[str, Any], str]:
        if (method, path) == ("POST", "/posts.json"):
            return self._new(told)
        if found := re.fullmatch(r"/t/external_id/([\w-]+)\.json", path):
            topic = next((one for one in self.topics if one["external_id"] == found[1]), None)
            return (301, {}, f"/t/{topic['slug']}/{topic['id']}.json") if topic else (404, {"errors": ["not found"]}, "")
        if found := re.fullmatch(r"/t/[\w-]+/(\d+)\.json", path):
            topic = self.topics[int(found[1]) - 1]
            if method == "PUT":
                topic["title"] = told["title"]
            posts = [{"id": 100 + topic["id"], "cooked": "…"}]
            shown = {"id": topic["id"], "slug": topic["slug"], "title": topic["title"], "post_stream": {"posts": posts}}
            return 200, shown, ""
        if method == "PUT" and (found := re.fullmatch(r"/posts/(\d+)\.json", path)):
            topic = self.topics[int(found[1]) - 101]
            topic["raw"], topic["revisions"] = told["post"]["raw"], topic["revisions"] + 1
            return 200, {"post": {"id": int(found[1])}}, ""
        return 404, {"errors": ["not found"]}, ""

    def _new(self, told: dict[str, Any]) -> tuple[int, dict[str, Any], str]:
        if any(one["external_id"] == told["external_id"] for one in self.topics):
            return 422, {"errors": ["External ID has already been taken"]}, ""
        if len(told["title"]) < 15:
            return 422, {"action": "create_post", "errors": ["Title is too short (minimum is 15 characters)"]}, ""
        topic = {**told, "id": len(self.topics) + 1, "slug": self.slug, "revisions": 0}
        self.topics.append(topic)
        return 200, {"id": 100 + topic["id"], "topic_id": topic["id"], "topic_slug": topic["slug"]}, ""

    def _room(self, method: str, path: str, headers: Any, told: dict[str, Any]) -> tuple[int, dict[str, Any], str]:
        found = re.fullmatch(r"/_matrix/client/v3/rooms/([^/]+)/send/m\.room\.message/([\w-]+)", path)
        if headers.get("Authorization") != f"Bearer {KEY}" or method != "PUT" or not found or unquote(found[1]) != ROOM:
            return 401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Unrecognised access token"}, ""
        event = self.events.setdefault(found[2], {"id": f"$event-{len(self.events)}", **told})
        return 200, {"event_id": event["id"]}, ""


class _Handler(BaseHTTPRequestHandler):
    forum: Forum

    def _any(self) -> None:
        forum = self.forum
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        forum.asked.append(f"{self.command} {self.path}")
        if forum.failures:
            forum.failures -= 1
            self._say(forum.failure, {"errors": ["oops"]}, "")
            return
        status, told, location = forum.answer(self.command, self.path, self.headers, json.loads(body or b"{}"))
        if self.command != "GET":
            forum.came.set()
            if forum.holding:
                forum.let_go.wait(HOLDS_SECONDS)
            if forum.losses:
                forum.losses -= 1
                self.close_connection = True
                return
        self._say(status, told, location)

    def _say(self, status: int, told: dict[str, Any], location: str) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = _any  # noqa: N815  the library's own names

    def handle(self) -> None:
        """Whoever was killed has hung up."""
        try:
            super().handle()
        except OSError:
            self.close_connection = True

    def log_message(self, *_args: object) -> None:
        """Not into the tests' output."""


@contextmanager
def forum_running() -> Iterator[Forum]:
    found = Forum()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"forum": found}))
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture
def forum() -> Iterator[Forum]:
    with forum_running() as found:
        yield found

"""Limits that people never meet, tried with small ones."""

import io
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from recognition import create_app
from recognition.web import limits
from recognition.web.access import public
from recognition.web.limits import limited
from tests.activities.test_api import make_token
from tests.conftest import make_settings
from tests.factories.identity import make_member

START = 1_800_000_000


@pytest.fixture
def small(tmp_path: Path) -> Flask:
    return small_program(tmp_path)


def small_program(folder: Path, **settings: Any) -> Flask:
    """Two requests in ten seconds."""
    program = create_app(make_settings(folder, **settings))
    program.extensions["limited_as"] = lambda: ""
    program.config["WTF_CSRF_ENABLED"] = False
    program.post("/counted")(public(limited("test", times=2, seconds=10)(lambda: "done")))
    return program


def statuses(program: Flask, times: int, address: str = "192.0.2.1") -> list[int]:
    visitor = program.test_client()
    return [visitor.post("/counted", environ_base={"REMOTE_ADDR": address}).status_code for _ in range(times)]


def is_limited_and_free_again(program: Flask) -> None:
    with time_machine.travel(START + 4, tick=False) as traveller:
        assert statuses(program, 3) == [200, 200, 429]
        answer = program.test_client().post("/counted", environ_base={"REMOTE_ADDR": "192.0.2.1"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
        assert "A little slower, please" in answer.text
        assert statuses(program, 1, "192.0.2.2") == [200]
        traveller.shift(6)
        assert statuses(program, 3) == [200, 200, 429]


def test_in_this_process_while_redis_is_away(small: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "queue_answers", lambda: False)
    is_limited_and_free_again(small)
    with time_machine.travel(START + 100, tick=False):
        small.extensions["limited_as"] = lambda: "member:1"
        assert statuses(small, 3) == [200, 200, 429]
        small.extensions["limited_as"] = lambda: "member:2"
        assert statuses(small, 3, "192.0.2.3") == [200, 200, 429]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "addresses"),
    [
        (0, "203.0.113.9", "192.0.2.1"), (1, "203.0.113.9", "203.0.113.9"), (1, "made up, 203.0.113.9", "203.0.113.9"),
        (2, "made up, 203.0.113.9, 10.0.0.1", "203.0.113.9"), (1, "", "192.0.2.1"),
    ],
)  # fmt: skip
def test_behind_a_proxy_the_visitor_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proxies: int, forwarded: str, addresses: str
) -> None:
    keys: list[str] = []
    monkeypatch.setattr(limits, "_count", lambda key, _seconds: keys.append(key.split(":")[-2]) or 0)
    program = small_program(tmp_path, proxies=proxies)
    sent = {"X-Forwarded-For": forwarded, "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher"}
    visitor = program.test_client()
    answer = visitor.post("/counted", headers=sent if forwarded else {}, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert (answer.status_code, keys) == (200, [addresses])


def test_redis_that_breaks_in_between(small: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "queue_answers", lambda: True)
    is_limited_and_free_again(small)


def test_one_count_for_all_processes(small: Flask, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    redis = small.extensions["redis"] = Redis.from_url(redis_url)
    monkeypatch.setattr(limits, "queue_answers", lambda: True)
    is_limited_and_free_again(small)
    keys = list(redis.scan_iter("recognition:limit:test:*"))
    assert sorted(keys) == [
        b"recognition:limit:test:address:192.0.2.1:180000000",
        b"recognition:limit:test:address:192.0.2.1:180000001",
        b"recognition:limit:test:address:192.0.2.2:180000000",
    ]
    assert all(0 < redis.ttl(key) <= 10 for key in keys)
    redis.delete(*keys)
    redis.close()


def test_counters_do_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "COUNTERS_MAX", 3)
    counters = limits.Counters()
    assert [counters.add(key) for key in "aabcd"] == [1, 2, 1, 1, 1]
    assert counters.add("a") == 1


def test_each_door_has_its_limit(app: Flask, client: FlaskClient, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = make_member("ada")
    token = make_token(ada, "activities:write")
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    seen: list[tuple[str, int]] = []

    def count(key: str, seconds: int) -> int:
        seen.append((key.rpartition(":")[0].removeprefix("recognition:limit:"), seconds))
        return 1_000_000

    monkeypatch.setattr(limits, "_count", count)
    answers = [client.post("/login/demo", data={"handle": "x"}), client.post("/login/start")]
    answers.append(client.post("/api/v1/activities", json={}, headers=token))
    sign_in(client, ada)
    answers.append(client.post("/activities/new", data={"text": "Helped"}))
    answers.append(client.post("/me/picture", data={"picture": (io.BytesIO(b"x"), "x.png")}))
    assert [answer.status_code for answer in answers] == [429] * 5
    assert answers[2].mimetype == "application/problem+json"
    own = f"member:{ada.id}"
    assert seen == [
        ("sign-in:address:127.0.0.1", 60), ("sign-in:address:127.0.0.1", 60), (f"api:{own}", 60), (f"report:{own}", 60),
        (f"picture:{own}", 60),
    ]  # fmt: skip

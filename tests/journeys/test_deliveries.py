"""A forum and a code host tell us things over HTTP, to the program's real processes: good deliveries, the same one again and
from many sides at once, late ones, and those of somebody who only pretends."""

import itertools
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import requests

from recognition.extensions import db
from recognition.inlets.rules import HOOK_PURPOSE
from recognition.web.secrets import derived
from tests.factories.badges import make_badge
from tests.factories.identity import make_member
from tests.factories.inlets import make_account, make_inlet
from tests.inlets import deliveries as d
from tests.journeys import world
from tests.journeys.family import family
from tests.servers.site import free_port
from tests.servers.waiting import until

STANDING = "SELECT source, text FROM activity WHERE withdrawn_at IS NULL AND source IN ('discourse', 'github') ORDER BY id"
CALLERS = 8
SENDERS_WAIT_SECONDS = 10.0
"""GitHub hangs up after so long; all of them were answered by then."""


class House:
    """Where it answers, and what it holds. `secrets`: by source."""

    def __init__(self, address: str, url: str, secrets: dict[str, str]) -> None:
        self.address, self.secrets, self.watch = address, secrets, world.Watch(url)
        self.numbers = itertools.count(1)

    def send(self, source: str, given: dict[str, Any]) -> requests.Response:
        return requests.post(f"{self.address}/api/v1/hooks/{source}", timeout=30, **given)

    def forum(self, event: str, body: dict[str, Any]) -> int:
        return self.send("discourse", d.discourse(event, body, self.secrets["discourse"], next(self.numbers))).status_code

    def code(self, event: str, body: dict[str, Any]) -> int:
        return self.send("github", d.github(event, body, self.secrets["github"], f"d-{next(self.numbers)}")).status_code

    def deeds(self) -> list[tuple[str, str]]:
        return [(source, text) for source, text in self.watch.rows(STANDING)]

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.address}/healthz", timeout=5).ok
        except requests.ConnectionError:
            return False


def found(folder: Path, url: str) -> dict[str, str]:
    """Amina has named herself in both places; a badge waits for whoever helps in the forum."""
    with world.program(folder, url).app_context():
        db.create_all()
        amina = make_member("amina")
        make_account(amina.id, mode="take")
        make_account(amina.id, source="github", place="github.com", mode="take")
        places = {"discourse": {"url": d.FORUM_URL}, "github": {"host": "github.com"}}
        inlets = [make_inlet(source, config=config) for source, config in places.items()]
        make_badge("forum-voice", {"count": {"source": ["discourse"]}, "at_least": 2})
        secrets = {one.source: derived(HOOK_PURPOSE, one.key, 1) for one in inlets}
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return secrets


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path, redis_url: str) -> Iterator[House]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'house.db'}"
    else:
        new_database: Callable[[], str] = request.getfixturevalue("new_database")
        url = new_database()
    secrets, port = found(tmp_path, url), free_port()
    with family(tmp_path / "state", url, redis_url) as processes:
        processes.start("web", "--port", str(port))
        processes.start("worker")
        one = House(f"http://127.0.0.1:{port}", url, secrets)
        until(one.answers, "the web process", 60)
        yield one


def test_good_and_hostile_deliveries(house: House) -> None:
    assert house.forum("post_created", d.post(2)) == 202
    assert house.forum("topic_created", d.topic()) == 202
    assert house.code("push", d.push(d.commit(1), d.commit(2))) == 202
    assert house.code("issues", d.issue()) == 202
    first = [("discourse", "Where to meet\n\nWe could meet **on Friday**."), ("discourse", "Where to meet"),
             ("github", "Explain step 1 (Community/Handbook)"), ("github", "Explain step 2 (Community/Handbook)"),
             ("github", "A page is missing (Community/Handbook)")]  # fmt: skip
    assert house.deeds() == first
    until(lambda: house.watch.number("SELECT count(*) FROM award"), "the badge", 60)

    forged = [
        ("discourse", d.discourse("post_created", d.post(9), "a guess")),
        ("discourse", d.discourse("post_created", d.post(9), house.secrets["github"])),
        ("github", d.github("push", d.push(d.commit(9)), house.secrets["github"], **{"X-Hub-Signature-256": ""})),
    ]
    assert [house.send(*one).status_code for one in forged] == [401, 401, 401]
    bent = d.github("push", d.push(d.commit(9)), house.secrets["github"])
    assert house.send("github", {**bent, "data": bent["data"].replace(b"step 9", b"step X")}).status_code == 401
    large = {"data": iter([b" " * 700_000, b" " * 700_000]), "headers": {"Content-Type": "application/json"}}
    assert house.send("github", large).status_code == 413  # in chunks, without a length
    assert house.code("push", {"ref": "refs/heads/main"}) == 422
    assert house.deeds() == first

    later, last = "2026-11-20T11:00:00.000Z", "2026-11-20T12:00:00.000Z"
    assert house.forum("post_destroyed", d.post(2, deleted_at=last)) == 202
    assert house.forum("post_edited", d.post(2, raw="Late news", updated_at=later)) == 202
    assert house.deeds() == first[1:]


def test_one_delivery_from_many_sides_at_once(house: House) -> None:
    body = d.push(*(d.commit(one) for one in range(1, 21)))
    same = d.github("push", body, house.secrets["github"], "d-same")
    others = [d.github("push", body, house.secrets["github"], f"d-other-{one}") for one in range(CALLERS)]
    began = monotonic()
    with ThreadPoolExecutor(CALLERS * 2) as together:
        answers = list(together.map(lambda one: house.send("github", one), [same] * CALLERS + others))
    assert {(one.status_code, json.dumps(one.json())) for one in answers} == {(202, '{"taken": 20}')}
    assert monotonic() - began < SENDERS_WAIT_SECONDS
    assert len(house.deeds()) == 20
    assert house.watch.number("SELECT count(*) FROM sighting") == 20
    assert house.watch.number("SELECT count(*) FROM arrival") == CALLERS + 1

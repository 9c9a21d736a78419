"""P3 over HTTP: the same deeds, a thousand a request, through the running web program, beside plain executemany."""

import http.client
import itertools
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench import servers
from bench.figure import figure
from bench.importing import MEMBERS, SAME, TURNS, inserted, write
from bench.world import add_members, databases, program
from recognition import clock
from recognition.extensions import db
from recognition.identity.models import Grant, Member
from recognition.identity.services.tokens import add_token

ROWS, AT_ONCE = 50_000, 1000


def run() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, databases() as new, servers.bell() as redis_url:
        file = write(Path(folder) / "deeds.ndjson", ROWS)
        for database, make in new.items():
            ours, theirs = [], []
            for _turn in range(TURNS):
                mine, seconds = _posted(make(), redis_url, file)
                ours.append(seconds)
                bare, seconds = inserted(database, make(), file)
                theirs.append(seconds)
                if mine != bare:
                    raise SystemExit(f"P3-API: the rows differ on {database}.")
            yield figure("P3-API", database, ROWS, ROWS / min(ours), "rows/s", "executemany", ROWS / min(theirs))


def _posted(url: str, redis_url: str, file: Path) -> tuple[list[Any], float]:
    """One program that waits for each answer before it sends on, as the example client does."""
    with program(url):
        add_members(MEMBERS)
        teller = db.session.scalars(sa.select(Member).order_by(Member.id).limit(1)).one()
        db.session.add(Grant(member_id=teller.id, role="council", granted_at=clock.utcnow()))
        key = add_token(teller, ["activities:write"], clock.utcnow())
        db.session.commit()
    port = servers.free_port()
    with tempfile.TemporaryDirectory(prefix="bench-state-") as state:
        env = servers.settings(url, redis_url, Path(state))
        with servers.module("recognition", "web", "--port", str(port), env=env) as web:
            servers.wait_for(port, web)
            seconds = _send(port, key, file)
    with program(url):
        return [tuple(row) for row in db.session.connection().exec_driver_sql(SAME)], seconds


def _send(port: int, key: str, file: Path) -> float:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", "/api/v1/campaigns")
    connection.getresponse().read()  # Everything is loaded before the clock runs.
    with file.open(encoding="utf-8") as lines:
        began = time.perf_counter()
        while batch := list(itertools.islice(lines, AT_ONCE)):
            connection.request("POST", "/api/v1/activities", f"[{','.join(batch)}]".encode(), headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 201:
                raise SystemExit(f"P3-API: {answer.status} {body[:300]!r}")
        return time.perf_counter() - began

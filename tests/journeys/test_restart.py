"""The database goes away and comes back while people read: a clear word with a time to wait, then all is well again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from recognition.extensions import db
from tests.journeys import world
from tests.servers import postgres
from tests.servers.programs import wait
from tests.servers.waiting import until

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
    pytest.mark.skipif("TEST_DATABASE_URL" in os.environ, reason="stops its own cluster only"),
]


class Cluster:
    """A cluster of this test alone, which can be stopped and started again in place."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.folder = Path(str(sa.make_url(url).query["host"]))
        proc = Path(f"/proc/{self.pid()}")
        self.command = (proc / "cmdline").read_bytes().decode().strip("\0").split("\0")
        self.program = (proc / "exe").resolve()
        self.again: subprocess.Popen[bytes] | None = None

    def pid(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def stop(self) -> None:
        os.kill(self.pid(), signal.SIGINT)
        if self.again:
            wait(self.again, "PostgreSQL")
        until(lambda: not (self.folder / "data" / "postmaster.pid").exists(), "the end of PostgreSQL")

    def start(self) -> None:
        who = postgres._other_user(self.folder)
        self.again = subprocess.Popen([self.program, *self.command[1:]], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL, cwd=self.folder, **who)  # fmt: skip
        until(lambda: postgres._answers(self.url), "PostgreSQL again")


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with postgres.server() as url:
        made = Cluster(url)
        yield made
        if made.again and made.again.poll() is None:
            made.stop()


def test_pages_say_that_the_database_is_away_and_come_back_by_themselves(cluster: Cluster, tmp_path: Path) -> None:
    app = world.program(tmp_path, cluster.url)
    with app.app_context():
        db.create_all()
    visitor = app.test_client()
    for _again in range(2):
        assert [visitor.get(page).status_code for page in ("/readyz", "/badges/", "/badges/missing")] == [200, 200, 404]
        cluster.stop()
        # The first request meets a connection that has died, the second finds nobody to connect to.
        for page in ("/badges/", "/badges/", "/badges/missing"):
            answer = visitor.get(page)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
            assert b"Our database is not answering" in answer.data
            assert b"psycopg" not in answer.data
            assert b"Traceback" not in answer.data
        unready = visitor.get("/readyz")
        assert (unready.status_code, unready.json["database"]) == (503, "away")
        assert visitor.get("/healthz").json == {"status": "ok"}
        cluster.start()
    assert [visitor.get(page).status_code for page in ("/readyz", "/badges/", "/badges/missing")] == [200, 200, 404]
    with app.app_context():
        db.engine.dispose()


def test_a_connection_that_dies_within_a_request_is_answered_the_same_way(cluster: Cluster, tmp_path: Path) -> None:
    app = world.program(tmp_path, cluster.url)

    def cut_and_ask_again() -> str:
        mine = db.session.scalar(sa.text("SELECT pg_backend_pid()"))
        with sa.create_engine(cluster.url, poolclass=sa.NullPool).connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({mine}, 5000)")
        return str(db.session.scalar(sa.text("SELECT 'never'")))

    cut_and_ask_again._access = "public"  # type: ignore[attr-defined]
    app.add_url_rule("/cut", view_func=cut_and_ask_again)
    visitor = app.test_client()
    answer = visitor.get("/cut")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert visitor.get("/readyz").status_code == 200
    with app.app_context():
        db.engine.dispose()

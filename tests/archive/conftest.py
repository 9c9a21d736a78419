"""A file server that knows nothing of badges, with an archive in its folder."""

import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError

import pytest

from recognition import clock
from recognition.archive import services
from recognition.extensions import db
from recognition.openbadges.fetching import Answer
from tests.openbadges.house import BASE, House


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


@dataclass
class Served:
    """`fetch` is what a checker asks with: the house's addresses lead to the file server, and nothing else is there."""

    root: Path
    address: str

    def fetch(self, url: str, accept: str = "*/*") -> Answer:
        if not url.startswith(f"{BASE}/"):
            return Answer(url, 404, "text/html", b"")
        asked = urllib.request.Request(url.replace(BASE, self.address), headers={"Accept": accept})
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return Answer(url, answer.status, answer.headers.get_content_type(), answer.read())
        except HTTPError as answer:
            with answer:
                return Answer(url, answer.code, "text/html", b"")

    def load(self, url: str) -> tuple[int, str]:
        answer = self.fetch(url)
        return answer.status, answer.body.decode()


@pytest.fixture(scope="session")
def archived(badge_house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("archive") / "site"
    with badge_house.app.app_context():
        services.write(root, clock.utcnow(), lambda _done: None)
        db.session.remove()
    return root


@pytest.fixture(scope="session")
def served(archived: Path) -> Iterator[Served]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(archived)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Served(archived, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    thread.join()

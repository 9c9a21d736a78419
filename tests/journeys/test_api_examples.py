"""What `/api/` shows can be typed as it stands, and the example client does what it says: over HTTP, with real processes."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
import requests

from tests.journeys.test_fuzz import a_key

CLIENT = Path(__file__).parents[2] / "examples" / "python_client.py"
ORDER = ["look", "tell", "many", "read", "member", "wrong"]
_CALL = re.compile(r'<textarea[^>]* id="copy-(\w+)"[^>]*>\n?(.*?)</textarea>.*?<b>(\d{3})</b> <code>(.*?)</code>', re.DOTALL)


@pytest.fixture(scope="module")
def key(site: str) -> str:
    return a_key(site, "Examples")


def calls(site: str) -> dict[str, tuple[str, int, str]]:
    found = _CALL.findall(requests.get(f"{site}/api/", timeout=30).text)
    return {name: (unescape(command).strip(), int(status), unescape(answer)) for name, command, status, answer in found}


@pytest.mark.skipif(shutil.which("curl") is None, reason="The calls are written for curl.")
def test_the_calls_of_the_page_run_as_they_stand(site: str, key: str) -> None:
    shown = calls(site)
    assert list(shown) == ORDER
    for name, (command, status, answer) in shown.items():
        done = subprocess.run(["sh", "-c", f"{command} -sS -w '\\n%{{http_code}}'"], env=os.environ | {"KEY": key},
                              capture_output=True, text=True, check=True, timeout=60)  # fmt: skip
        body, _newline, code = done.stdout.rpartition("\n")
        assert (name, int(code)) == (name, status)
        names = set(re.findall(r'"(\w+)": ', answer))
        assert names <= set(re.findall(r'"(\w+)": ?', body)), (name, body[:500])


def client(site: str, key: str, *words: str) -> tuple[int, list[Any], str]:
    env = os.environ | {"HALL_URL": site, "HALL_KEY": key}
    done = subprocess.run([sys.executable, str(CLIENT), *words], env=env, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_the_client_tells_sends_and_reads(site: str, key: str, tmp_path: Path) -> None:
    tell = ("tell", "Drew the seven areas #clienttag", "--key", "drawing-1", "--day", "2026-11-05")
    first, second = client(site, key, *tell), client(site, key, *tell)
    assert (first[0], first[1][0]["outcome"]) == (0, "created")
    assert second == first  # the same answer to the same wish
    lines = [{"occurred_at": "2026-11-06", "text": f"Step {n} #clienttag", "source_key": f"step-{n}"} for n in range(60)]
    file = tmp_path / "deeds.ndjson"
    file.write_text("\n".join(json.dumps(line) for line in [*lines, {"occurred_at": "tomorrow", "source_key": "bad"}]))
    code, outcomes, _words = client(site, key, "send", str(file))
    assert (code, [one["outcome"] for one in outcomes]) == (0, ["created"] * 60 + ["refused"])
    read = client(site, key, "read", "--tag", "clienttag")[1]
    assert read[0]["source_key"] == "drawing-1"
    assert sorted(one["source_key"] for one in read[1:]) == sorted(f"step-{n}" for n in range(60))  # two pages of them
    assert client(site, key, "member", "amina")[1][0]["handle"] == "amina"


def test_the_client_says_what_is_wrong(site: str, key: str, tmp_path: Path) -> None:
    code, lines, words = client(site, key, "member", "nobody at all/?")
    assert (code, lines, words.startswith("404: ")) == (1, [], True)
    assert client(site, "recognition_wrong_key_of_some_length", "read")[::2] == (1, "401: This needs to know who you are.\n")
    assert "is no web address" in client("file:///etc", key, "read")[2]
    file = tmp_path / "bad.ndjson"
    file.write_text('{"occurred_at": "soon", "source_key": "1"}\n{"occurred_at": "later", "source_key": "2"}\n')
    code, lines, _words = client(site, key, "send", str(file))
    assert (code, [line["outcome"] for line in lines]) == (0, ["refused", "refused"])


class Busy(BaseHTTPRequestHandler):
    """Too busy once, then leads elsewhere."""

    seen: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.seen.append(self.path)
        if len(self.seen) == 1:
            self.send_response(429)
            self.send_header("Retry-After", "0")
        else:
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words: Any) -> None:
        """Quiet."""


@pytest.fixture
def busy() -> Iterator[str]:
    Busy.seen.clear()
    with HTTPServer(("127.0.0.1", 0), Busy) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_client_waits_as_told_and_takes_its_key_nowhere_else(busy: str) -> None:
    code, lines, words = client(busy, "recognition_some_key", "member", "ada")
    assert (code, lines, words) == (1, [], "302: Found\n")
    assert Busy.seen == ["/api/v1/members/ada"] * 2

"""`recognition verify --from-outside`: an archive is tried with a plain file server and our own checker."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.archive import services
from recognition.badges.portable.models import Credential, SigningKey
from tests.archive.conftest import Quiet
from tests.factories.credentials import NOW, issued


@pytest.fixture
def address(app: Flask, tmp_path: Path) -> Iterator[str]:
    """Where files are served, and where the house says it is."""
    before, root = app.extensions["settings"], tmp_path / "site"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{server.server_port}"
    app.extensions["settings"] = replace(before, base_url=base)
    yield base
    app.extensions["settings"] = before
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def verify(app: Flask, db: Any) -> Any:
    def call(*words: object) -> tuple[int, dict[str, Any], str]:
        db.session.commit()
        result = app.test_cli_runner().invoke(args=["verify", "--json", *map(str, words)])
        return result.exit_code, json.loads(result.stdout), result.stderr

    return call


def test_an_archive_is_checked_without_this_program(address: str, verify: Any, db: Any, tmp_path: Path) -> None:
    award = issued("ada")
    key, site = award.key, tmp_path / "site"
    db.session.commit()
    services.write(site, NOW, lambda _done: None)
    db.session.rollback()
    # Nothing that this program knows can help.
    db.session.execute(sa.delete(Credential))
    db.session.execute(sa.update(SigningKey).values(withdrawn_at=NOW))
    for badge in (site / "awards" / key / "badge.png", f"{address}/ob/3/credentials/{key}", f"{address}/awards/{key}"):
        assert verify("--from-outside", badge)[0] == 0, badge
    assert verify(site / "awards" / key / "badge.png")[1]["standing"] != "good"
    (site / ".well-known/did.json").unlink()
    code, told, _hint = verify("--from-outside", site / "ob/3/credentials" / key)
    assert (code, told["standing"]) == (1, "unsure")


def test_other_addresses_within_our_walls_are_asked_from_there_no_more_than_from_here(address: str, verify: Any) -> None:
    code, told, _hint = verify("--from-outside", "http://127.0.0.1:8080/secret")
    assert (code, [one["code"] for one in told["findings"] if one["level"] == "unsure"][:1]) == (1, ["fetch_private"])


def test_a_badge_of_another_port_here_is_given_a_hint(address: str, verify: Any, app: Flask, db: Any, tmp_path: Path) -> None:
    badge = tmp_path / "badge.json"
    badge.write_text(db.session.get_one(Credential, issued("ada").id).document)
    here = app.extensions["settings"]
    app.extensions["settings"] = replace(here, base_url="http://127.0.0.1:8000")
    code, told, hint = verify(badge)
    assert (code, told["standing"]) == (1, "unsure")
    assert f"RECOGNITION_BASE_URL={address}" in hint
    assert "http://127.0.0.1:8000" in hint
    app.extensions["settings"] = replace(here, base_url="https://badges.example")
    assert verify(badge)[2] == ""
    app.extensions["settings"] = here
    assert verify(badge)[2] == ""


def test_without_tables_our_own_address_is_asked_over_the_network(tmp_path: Path) -> None:
    """A folder in which nothing has run yet."""
    done = subprocess.run(
        [sys.executable, "-m", "recognition", "verify", "http://127.0.0.1:1/ob/3/credentials/none"],
        env={"PATH": "/usr/bin", "RECOGNITION_STATE_DIR": str(tmp_path), "RECOGNITION_BASE_URL": "http://127.0.0.1:1"},
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "503" not in done.stdout
    assert "fetch_connection" in done.stdout
    assert "has no tables yet" in done.stderr
    assert "recognition db upgrade" in done.stderr

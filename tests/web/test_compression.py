"""Static text travels small; everything else is left alone."""

import gzip
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from recognition.web import compression

SCRIPT = b"export const word = 'recognition';\n" * 40


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    (tmp_path / "app.js").write_bytes(SCRIPT)
    (tmp_path / "face.woff2").write_bytes(bytes(2000))
    app = Flask(__name__, static_folder=str(tmp_path), static_url_path="/static")
    app.add_url_rule("/page", view_func=lambda: "word " * 400)
    compression.install(app)
    return app.test_client()


def test_a_script_is_packed_for_those_who_can_unpack_it(client: FlaskClient) -> None:
    answer = client.get("/static/app.js", headers={"Accept-Encoding": "gzip"}, buffered=True)

    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(answer.data) == SCRIPT


def test_others_get_it_as_it_is(client: FlaskClient) -> None:
    answer = client.get("/static/app.js", headers={"Accept-Encoding": "identity"}, buffered=True)

    assert "Content-Encoding" not in answer.headers
    assert answer.data == SCRIPT


@pytest.mark.parametrize("path", ["/page", "/static/face.woff2"])
def test_pages_and_packed_formats_are_left_alone(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept-Encoding": "gzip"}, buffered=True)

    assert "Content-Encoding" not in answer.headers

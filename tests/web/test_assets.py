"""Addresses of static files, remembered between requests."""

from pathlib import Path

from flask import Flask

from recognition.web.templating import asset


def test_an_address_follows_the_place_where_the_program_is_mounted(tmp_path: Path) -> None:
    (tmp_path / "mark.svg").write_text("<svg/>")
    app = Flask(__name__, static_folder=str(tmp_path), static_url_path="/static")
    address = asset(tmp_path, watch=False)
    found = []
    for root in ("", "/badges", ""):
        with app.test_request_context(environ_overrides={"SCRIPT_NAME": root}):
            found.append(address("mark.svg").partition("?")[0])
    assert found == ["/static/mark.svg", "/badges/static/mark.svg", "/static/mark.svg"]

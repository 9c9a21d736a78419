"""One stylesheet for the visitor, whatever number of files we work in."""

import re
from pathlib import Path
from typing import Any

from flask import Flask

from recognition.web import stylesheet, templating

STATIC = Path(__file__).parents[2] / "static"


def test_imports_are_put_in_place_within_their_layer(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "app.css").write_text(
        '/* order */\n@layer base, parts;\n@import url("base.css");\n@import url("parts/pin.css") layer(parts);\n'
    )
    (tmp_path / "base.css").write_text("@layer base {\n  a { color: red; }\n}\n")
    (tmp_path / "parts" / "pin.css").write_text("/* a pin */\n.c-pin { inset: 0; }\n")

    folded = stylesheet.fold(tmp_path / "app.css")

    assert folded == "@layer base, parts;\n@layer base {\na { color: red; }\n}\n@layer parts{.c-pin { inset: 0; }}"


def test_our_own_sheet_is_answered_whole_and_kept_for_ever_under_its_hash() -> None:
    app = Flask(__name__, static_folder=str(STATIC))
    stylesheet.install(app)
    client = app.test_client()
    _, digest = stylesheet.folded(STATIC / stylesheet.NAME, 0)

    answer = client.get(f"/static/css/app.css?v={digest}")

    assert answer.status_code == 200
    assert "@import" not in answer.text
    assert ".c-badge__pin" in answer.text
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get("/static/css/app.css", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_a_font_has_one_address_in_the_sheet_and_in_the_preload() -> None:
    app = Flask(__name__, static_folder=str(STATIC))
    templating.install(app)
    base = (STATIC.parent / "templates" / "layouts" / "base.html").read_text(encoding="utf-8")
    preloaded = re.findall(r'rel="preload" href="{{ asset\("([^"]+)"\) }}" as="font"', base)
    asset: Any = app.jinja_env.globals["asset"]
    with app.test_request_context():
        addresses = {asset(name) for name in preloaded}

    sheet = app.test_client().get("/static/css/app.css").text
    asked = {"/static/" + address for address in re.findall(r'url\("\.\./([^"]+\.woff2[^"]*)"\)', sheet)}

    assert len(preloaded) == 2
    assert addresses < asked
    assert all(re.search(r"\?v=[0-9a-f]{10}$", address) for address in asked)


def test_an_old_hash_is_answered_but_not_kept() -> None:
    app = Flask(__name__, static_folder=str(STATIC))
    stylesheet.install(app)

    answer = app.test_client().get("/static/css/app.css?v=old")

    assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_every_component_has_its_sheet_and_every_sheet_is_imported() -> None:
    components = {path.stem for path in (STATIC.parent / "templates" / "components").glob("*.html")}
    sheets = {path.stem for path in (STATIC / "css" / "components").glob("*.css")}
    listed = (STATIC / "css" / "app.css").read_text(encoding="utf-8")
    names = {str(path.relative_to(STATIC / "css")) for path in (STATIC / "css").rglob("*.css")} - {"app.css"}

    assert sheets == components
    assert {name for name in names if f'"{name}"' not in listed} == set()


def test_only_the_tokens_name_colours() -> None:
    colour = re.compile(r"oklch\(|rgb\(|hsl\(|#[0-9a-f]{3,8}\b")
    sheets = (STATIC / "css").rglob("*.css")

    assert [sheet.name for sheet in sheets if colour.search(sheet.read_text(encoding="utf-8"))] == ["tokens.css"]

"""Where private keys are, and where they are not."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.config import PACKAGE_DIR
from recognition.extensions import db as database
from recognition.openbadges import keyfile
from tests.factories.credentials import issued

ROOT = PACKAGE_DIR.parent
PRIVATE_JWK = re.compile(r'"d":\s*"[\w-]{40,}"')
PRIVATE_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[\w+/]")


def secrets_of(app: Flask) -> list[str]:
    jwks = keyfile.load(app.extensions["settings"].state_dir / "signing-keys.json")
    return [key[part] for key in jwks["keys"] for part in ("d", "p", "q", "dp", "dq", "qi") if part in key]


def everything_stored() -> Iterator[str]:
    for table in database.metadata.sorted_tables:
        for row in database.session.execute(sa.select(table)):
            yield from (str(value) for value in row if value is not None)


def test_no_private_half_is_in_the_database_or_the_log(
    app: Flask, db: Any, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    issued("ada", visibility="public")
    private = secrets_of(app)
    stored, said = "\n".join(everything_stored()), caplog.text + "".join(capsys.readouterr())
    assert len(private) == 7
    assert "'kty': 'RSA'" in stored  # its public half is
    assert [secret for secret in private if secret in stored or secret in said] == []
    assert [secret for secret in private if secret in repr(app.extensions["settings"])] == []


def test_the_key_file_is_for_its_owner(app: Flask, db: Any) -> None:
    issued("ada")
    assert (app.extensions["settings"].state_dir / "signing-keys.json").stat().st_mode & 0o077 == 0


def test_no_private_key_is_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    names = [name for name in listed.split("\0") if name] or [str(p) for p in PACKAGE_DIR.rglob("*.py")]
    texts = {name: _text(ROOT / name) for name in names}
    assert [name for name, text in texts.items() if PRIVATE_JWK.search(text) or PRIVATE_PEM.search(text)] == []


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="ignore") if path.is_file() and path.stat().st_size < 1_000_000 else ""


SIGNS = {
    "recognition/badges/portable/signing.py",
    "recognition/badges/portable/status.py",
}


def test_only_what_follows_an_award_signs() -> None:
    """Whoever reads the attribute `private` of a key, or asks the settings for the keys, is one of these few files."""
    users = {
        (attribute, str(path.relative_to(ROOT)))
        for path in PACKAGE_DIR.rglob("*.py")
        if "openbadges" not in path.parts
        for attribute in _attributes(path)
    }
    assert {file for attribute, file in users if attribute == "signing_keys"} == {"recognition/badges/portable/keys.py"}
    assert {file for attribute, file in users if attribute in ("ed25519.private", "rsa.private")} == SIGNS


def _attributes(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            yield node.attr
            if isinstance(node.value, ast.Attribute):
                yield f"{node.value.attr}.{node.attr}"

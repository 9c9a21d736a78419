"""`recognition verify`: our own awards are checked through the program itself, without a network."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.badges import jobs
from recognition.badges.portable import identifiers
from recognition.identity.models import Account
from tests.backpack.foreign import foreign, small_picture
from tests.factories.credentials import credential, document, earned, issued

BASE = "http://localhost"


@pytest.fixture
def verify(app: Flask, db: Any) -> Any:
    def call(*words: object, exit_code: int = 0, given: bytes | None = None) -> str:
        db.session.commit()
        result = app.test_cli_runner().invoke(args=["verify", *map(str, words)], input=given)
        assert result.exit_code == exit_code, (result.output, result.exception)
        return result.output

    return call


def test_a_good_one_in_every_form(db: Any, verify: Any, tmp_path: Path) -> None:
    award = issued()
    one = credential(award)
    (tmp_path / "badge.json").write_text(one.document)
    (tmp_path / "badge.jwt").write_text(one.jwt)
    told = verify(tmp_path / "badge.json", "--recipient", "ada@example.org").splitlines()
    assert [line.partition(":")[0].strip() for line in told[:-1]] == [
        "is_v3_proof", "ok    dates_ok", "ok    recipient_ok", "ok    signature_ok", "ok    issuer_ok", "ok    status_ok",
    ]  # fmt: skip
    assert told[-1].startswith("good: ")
    assert verify(tmp_path / "badge.jwt").splitlines()[-1].startswith("good: ")
    assert verify("-", given=one.document.encode()).splitlines()[-1].startswith("good: ")
    assert verify(identifiers.credential(BASE, award.key)).splitlines()[-1].startswith("good: ")


def test_a_tampered_one(db: Any, verify: Any, tmp_path: Path) -> None:
    bent = document(issued()) | {"name": "President"}
    (tmp_path / "badge.json").write_text(json.dumps(bent))
    told = json.loads(verify(tmp_path / "badge.json", "--json", exit_code=1))
    assert (told["standing"], [one["code"] for one in told["findings"] if one["level"] == "wrong"]) == (
        "false",
        ["signature_bad"],
    )
    assert told["badge"]["version"] == "3.0"
    assert all(one["text"] for one in told["findings"])


def test_somebody_elses(db: Any, verify: Any, tmp_path: Path) -> None:
    (tmp_path / "badge.json").write_text(json.dumps(document(issued())))
    told = verify(tmp_path / "badge.json", "--recipient", "eve@example.org", exit_code=1).splitlines()
    assert told[-1].startswith("other_holder: ")
    assert sum(line.startswith("WRONG recipient_other: ") for line in told) == 1


def test_what_cannot_be_read(verify: Any, tmp_path: Path) -> None:
    assert "cannot be read" in verify(tmp_path / "missing.json", exit_code=1)
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    assert verify(tmp_path / "photo.jpg", exit_code=1).splitlines()[-1] == "no_badge"
    (tmp_path / "empty.json").write_bytes(b"")
    assert verify(tmp_path / "empty.json", exit_code=1).splitlines()[-1] == "no_badge"
    (tmp_path / "pin.png").write_bytes(small_picture())
    assert json.loads(verify(tmp_path / "pin.png", "--json", exit_code=1))["standing"] == "no_badge"


def test_a_key_that_anybody_can_make_vouches_for_nobody(verify: Any, tmp_path: Path) -> None:
    (tmp_path / "made.json").write_bytes(foreign())
    told = verify(tmp_path / "made.json", exit_code=1).splitlines()
    assert told[-1].startswith("unvouched: ")
    assert sum(line.startswith("?     issuer_key: ") for line in told) == 1
    assert not any("issuer_ok" in line for line in told)


def test_an_address_as_it_is_printed(db: Any, verify: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    award = issued()
    assert verify(f"localhost/awards/{award.key}").splitlines()[-1].startswith("good: ")
    assert verify("localhost/awards/nothing", exit_code=1).splitlines()[-1] == "missing"
    assert "fetch_private" in verify("127.0.0.1:8080/awards/x", exit_code=1)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "badges.example").mkdir()
    (tmp_path / "badges.example" / "x").write_text(json.dumps(document(award)))
    assert verify("badges.example/x").splitlines()[-1].startswith("good: ")


def test_with_a_recipient_only_theirs_is_a_yes(db: Any, verify: Any, tmp_path: Path) -> None:
    award = earned()
    db.session.execute(sa.delete(Account))
    db.session.commit()
    jobs.sign()
    (tmp_path / "badge.json").write_text(json.dumps(document(award)))
    assert verify(tmp_path / "badge.json").splitlines()[-1].startswith("good: ")
    told = verify(tmp_path / "badge.json", "--recipient", "ada@example.org", exit_code=1).splitlines()
    assert told[-1].startswith("good: ")
    assert sum(line.startswith("?     recipient_unlike: ") for line in told) == 1


def test_a_strangers_text_steers_no_terminal(verify: Any, tmp_path: Path) -> None:
    (tmp_path / "evil.json").write_text(json.dumps({"a\x1b[2Jgood": 1, "type": "Assertion"}))
    (tmp_path / "more.json").write_text('{"a\\u001b[31m\\ngood: fine": 1, "a\\u001b[31m\\ngood: fine": 2}')
    for name in ("evil.json", "more.json"):
        told = verify(tmp_path / name, exit_code=1)
        assert "\x1b" not in told
        assert not any(line.startswith("good") for line in told.splitlines())


def test_an_address_within_our_walls_is_not_asked(verify: Any) -> None:
    told = verify("http://127.0.0.1:1/secret", exit_code=1)
    assert "fetch_port" in told
    assert "fetch_private" in verify("http://127.0.0.1:8080/secret", exit_code=1)

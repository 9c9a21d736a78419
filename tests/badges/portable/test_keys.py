"""Keys: made and rotated in a file, published from their first use on, withdrawn when they got into wrong hands."""

import json
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.audit.models import AuditEntry
from recognition.badges import jobs
from recognition.badges.portable import keys as signing_keys
from recognition.badges.portable import rebuild, signing
from recognition.badges.portable.cli import keys as commands
from recognition.badges.portable.models import SigningKey, StatusList
from recognition.openbadges import keyfile
from recognition.openbadges import keys as key_sets
from recognition.openbadges.rules import BadKeys
from tests.factories.credentials import NOW, check_proof, credential, document, earned, issued

SignsWith = Callable[[dict[str, Any]], None]


@pytest.fixture
def signs_with(app: Flask) -> Any:
    """The program started anew with other keys."""
    before = app.extensions["settings"]

    def start_anew(jwks: dict[str, Any]) -> None:
        app.extensions["settings"] = replace(before, signing_key=json.dumps(jwks))

    yield start_anew
    app.extensions["settings"] = before


def test_rotated_old_badges_verify_as_before(db: Any, client: FlaskClient, signs_with: SignsWith) -> None:
    first = key_sets.make()
    signs_with(first)
    old = issued("ada")
    before = credential(old).document
    signs_with(key_sets.rotated(first))
    new = issued("ben")
    assert credential(old).document == before
    for award in (old, new):
        check_proof(document(award))
    assert credential(old).key_id != credential(new).key_id
    kids = {key["kid"] for key in client.get("/.well-known/jwks.json").get_json()["keys"]}
    assert kids == {credential(one).key_id for one in (old, new)} | {credential(one).jwt_key_id for one in (old, new)}
    assert len(kids) == 4
    assert list(rebuild.check()) == []


def test_withdrawn_it_is_published_no_more_and_all_is_signed_anew(db: Any, client: FlaskClient, signs_with: SignsWith) -> None:
    first = key_sets.make()
    signs_with(first)
    awards = [issued("ada"), issued("ben")]
    first_given = document(awards[0])["validFrom"]
    stolen = [key["kid"] for key in first["keys"]]
    with pytest.raises(signing_keys.NoKey, match="signs at this moment"):
        signing_keys.withdraw(stolen[0], "Stolen", None, NOW)
    signs_with(key_sets.rotated(first))
    assert [signing_keys.withdraw(kid, "Stolen", None, NOW) for kid in stolen] == [2, 2]
    db.session.commit()
    published = {key["kid"] for key in client.get("/.well-known/jwks.json").get_json()["keys"]}
    assert published.isdisjoint(stolen)
    assert [client.get(f"/ob/3/keys/{kid}").status_code for kid in stolen] == [404, 404]
    assert jobs.sign() == 2
    for award in awards:
        check_proof(document(award))
        assert {credential(award).key_id, credential(award).jwt_key_id}.isdisjoint(stolen)
    assert document(awards[0])["validFrom"] == first_given
    list_ = db.session.scalars(sa.select(StatusList), execution_options={"populate_existing": True}).one()
    check_proof(json.loads(list_.document))
    assert list(rebuild.check()) == []
    acts = db.session.scalars(
        sa.select(AuditEntry.action).where(AuditEntry.action.startswith("signing_key")).order_by(AuditEntry.id)
    )
    assert acts.all() == ["signing_key.published"] * 2 + ["signing_key.withdrawn"] * 2 + ["signing_key.published"] * 2


def test_a_process_that_still_has_a_withdrawn_key_signs_nothing(db: Any, signs_with: SignsWith) -> None:
    first = key_sets.make()
    signs_with(first)
    award = issued("ada")
    signs_with(key_sets.rotated(first))
    signing_keys.withdraw(first["keys"][0]["kid"], "Stolen", None, NOW)
    db.session.commit()
    signs_with(first)
    assert jobs.sign() == 0
    assert signing.waits() is True
    assert credential(award).key_id == first["keys"][0]["kid"]


def test_withdrawn_and_unmarked_is_found(db: Any, signs_with: SignsWith) -> None:
    first = key_sets.make()
    signs_with(first)
    award = issued("ada")
    db.session.execute(sa.update(SigningKey).values(withdrawn_at=NOW))
    db.session.commit()
    assert list(rebuild.check()) == [{"award": award.key, "wrong": "is signed by a key that was withdrawn"}]


def test_who_asked_before_a_key_came_or_went_asks_again_soon(db: Any, client: FlaskClient) -> None:
    """Or a badge signed right after a rotation would be false for whoever kept the list of keys."""
    award = issued("ada")
    holder = document(award)["credentialSubject"]["id"].rpartition(":")[2]
    for path in ("/.well-known/did.json", "/.well-known/jwks.json", f"/ob/3/members/{holder}/did.json",
                 f"/ob/3/keys/{credential(award).jwt_key_id}"):  # fmt: skip
        assert client.get(path).headers["Cache-Control"] == "public, max-age=30"


def test_no_key_of_that_name(db: Any) -> None:
    with pytest.raises(signing_keys.NoKey, match="no key none"):
        signing_keys.withdraw("none", "Stolen", None, NOW)


def test_nothing_is_signed_and_nothing_lost_without_a_key(db: Any, app: Flask) -> None:
    award = earned("ada")
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, signing_key="{}")
    assert jobs.sign() == 0
    app.extensions["settings"] = before
    assert jobs.sign() == 1
    check_proof(document(award))


def test_made_and_rotated_before_the_program_can_start(tmp_path: Path) -> None:
    file = tmp_path / "signing.jwks"
    program = [sys.executable, "-m", "recognition"]
    env = {"PATH": "/usr/bin", "RECOGNITION_BASE_URL": "https://badges.example.org", "RECOGNITION_STATE_DIR": str(tmp_path)}
    cwd = Path(__file__).parents[3]
    made = subprocess.run([*program, "keys", "make", str(file)], env=env, cwd=cwd, capture_output=True, text=True, check=True)
    first = keyfile.read(file)
    assert json.loads(made.stdout) == {"file": str(file), "signs_with": [first.ed25519.kid, first.rsa.kid]}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    subprocess.run([*program, "keys", "rotate", str(file)], env=env, cwd=cwd, capture_output=True, text=True, check=True)
    second = keyfile.read(file)
    assert [key["kid"] for key in second.public] == [second.ed25519.kid, second.rsa.kid, first.ed25519.kid, first.rsa.kid]
    assert [("d" in key) for key in json.loads(file.read_text())["keys"]] == [True, True, False, False]


def test_a_file_that_is_there_is_not_written_over(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "signing.jwks"
    file.write_text("mine")
    answer = app.test_cli_runner().invoke(commands, ["make", str(file)])
    assert (answer.exit_code, "is there already" in answer.output, file.read_text()) == (1, True, "mine")
    file.chmod(0o600)
    assert "cannot be rotated: it is no JSON" in app.test_cli_runner().invoke(commands, ["rotate", str(file)]).output
    assert file.read_text() == "mine"


def test_where_no_file_can_be_is_said_in_words(app: Flask, tmp_path: Path) -> None:
    nowhere = tmp_path / "no" / "signing.jwks"
    told = app.test_cli_runner().invoke(commands, ["make", str(nowhere)])
    assert (told.exit_code, told.output) == (1, f"Error: {nowhere} cannot be written: make its folder first.\n")
    (tmp_path / "plain").write_text("")
    inside = tmp_path / "plain" / "signing.jwks"
    told = app.test_cli_runner().invoke(commands, ["make", str(inside)])
    assert (told.exit_code, told.output) == (1, f"Error: {inside} cannot be written: not a directory.\n")


def test_listed_and_withdrawn_by_command(app: Flask, db: Any, signs_with: SignsWith) -> None:
    first = key_sets.make()
    signs_with(first)
    issued("ada")
    signs_with(key_sets.rotated(first))
    kid = first["keys"][0]["kid"]
    done = app.test_cli_runner().invoke(commands, ["withdraw", kid, "--reason", "A laptop was stolen"])
    assert json.loads(done.output) == {"withdrawn": kid, "awards_to_sign_anew": 1}
    told = {key["kid"]: key for key in json.loads(app.test_cli_runner().invoke(commands, ["list"]).output)}
    assert (told[kid]["kind"], told[kid]["reason"], told[kid]["withdrawn"] is None) == ("Ed25519", "A laptop was stolen", False)
    assert told[first["keys"][1]["kid"]]["withdrawn"] is None
    assert app.test_cli_runner().invoke(commands, ["withdraw", "none", "--reason", "x"]).exit_code == 1


def test_a_file_is_replaced_whole_and_stays_closed(tmp_path: Path) -> None:
    file = tmp_path / "signing.jwks"
    keyfile.create(file, key_sets.make())
    file.chmod(0o640)
    keyfile.replace(file, key_sets.rotated(keyfile.load(file)))
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["signing.jwks"]
    with pytest.raises(BadKeys, match="is not there"):
        keyfile.read(tmp_path / "none")


def test_signed_by_command(app: Flask, db: Any) -> None:
    award = earned("ada")
    db.session.commit()
    runs = [json.loads(app.test_cli_runner().invoke(args=["badges", "sign"]).output) for _turn in range(2)]
    assert runs == [{"signed": 1}, {"signed": 0}]
    check_proof(document(award))
    checked = json.loads(app.test_cli_runner().invoke(args=["check"]).output)
    assert (checked["differences"], checked["parts"]["credentials"]) == (0, 0)

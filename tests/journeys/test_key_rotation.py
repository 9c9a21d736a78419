"""The keys of an installation over the years, by its commands and with its worker as processes of their own: made, rotated,
stolen and withdrawn. What other people's program says of a badge that somebody downloaded each time."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from recognition import create_app
from recognition.activities import drain
from recognition.badges.models import Award
from recognition.badges.portable.models import Credential
from recognition.extensions import db
from tests.conftest import make_settings
from tests.factories.activities import make_deeds
from tests.factories.badges import make_badge
from tests.factories.identity import make_member
from tests.journeys.family import Family
from tests.servers.verifier import Verdict, Verifier
from tests.servers.waiting import until

BASE = "http://127.0.0.1:8000"
SECONDS = 60


@dataclass
class Years:
    home: Family
    app: Flask
    verifier: Verifier

    def command(self, *words: str) -> Any:
        return self.home.answer(self.home.start(*words, stdout=subprocess.PIPE))

    def earned(self, handle: str) -> str:
        """The award's key, once the worker has signed it."""
        with self.app.app_context():
            make_deeds(make_member(handle).id, 1)
            db.session.commit()
            drain.drain()
            key = db.session.scalars(sa.select(Award.key).order_by(Award.id.desc()).limit(1)).one()
        until(lambda: self.signed_by(key), "the worker's signature", SECONDS)
        return key

    def signed_by(self, key: str) -> str | None:
        with self.app.app_context():
            wanted = sa.select(Credential.key_id).join(Award, Award.id == Credential.award_id).where(Award.key == key)
            return db.session.scalar(wanted)

    def download(self, key: str) -> dict[str, Any]:
        return json.loads(self.fetch(f"{BASE}/ob/3/credentials/{key}")[1])  # type: ignore[no-any-return]

    def fetch(self, url: str) -> tuple[int, str]:
        answer = self.app.test_client().get(url.removeprefix(BASE), base_url=BASE, headers={"Accept": "*/*"})
        return answer.status_code, answer.text

    def verdict(self, document: dict[str, Any]) -> Verdict:
        return self.verifier.credential(document, self.fetch)


def founded(folder: Path, database_url: str, redis_url: str) -> Flask:
    app = create_app(make_settings(folder, database_url=database_url, redis_url=redis_url, embedded_redis=False, base_url=BASE))
    with app.app_context():
        db.create_all()
        make_badge("talker", {"count": {"kind": "talk"}, "at_least": 1})
        db.session.commit()
    return app


def test_old_badges_outlive_their_keys_and_stolen_keys_their_use(
    household: Callable[[str], Family], verifier: Verifier, tmp_path: Path, redis_url: str
) -> None:
    url, file = f"sqlite:///{tmp_path / 'years.db'}", tmp_path / "signing.jwks"
    home = household(url)
    years = Years(home, founded(tmp_path, url, redis_url), verifier)
    home.env |= {"RECOGNITION_BASE_URL": BASE, "RECOGNITION_SIGNING_KEY_FILE": str(file)}

    first = years.command("keys", "make", str(file))["signs_with"]
    worker = home.start("worker")
    before = years.earned("ada")
    mine = years.download(before)
    assert (years.signed_by(before), years.verdict(mine).good) == (first[0], True)

    second = years.command("keys", "rotate", str(file))["signs_with"]
    home.kill(worker)
    home.start("worker")
    after = years.earned("ben")
    assert (years.signed_by(after), years.verdict(years.download(after)).good) == (second[0], True)
    assert (years.download(before), years.verdict(mine).good) == (mine, True)

    for kid in first:
        years.command("keys", "withdraw", kid, "--reason", "The laptop is gone.")
    until(lambda: years.signed_by(before) == second[0], "the badge signed anew", SECONDS)
    assert years.verdict(mine).errors == (f"Error: No such verification method: did:web:127.0.0.1%3A8000#{first[0]}",)
    fresh = years.download(before)
    assert {name for name in mine if mine[name] != fresh[name]} == {"proof"}
    assert years.verdict(fresh).good

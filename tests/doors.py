"""What a house tells elsewhere than on its pages: to a program with a key of every scope, to whoever types a command, in the
archive, and by mail."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from click import Group
from flask import Flask

from recognition import clock
from recognition.badges.models import Award
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.services import tokens
from recognition.identity.services.tokens import SCOPES
from tests.factories.portal import write_portal
from tests.reading import text_of
from tests.servers.mail import Mailbox

API = ("/api/", "/xapi/")
BY_CHANCE = re.compile(r'[A-Za-z0-9_=-]{22,}|(?<=/me/notices/)\d{12,}|(?<=/ob/3/status/0#)\d+|(?<="statusListIndex":")\d+')
"""Keys, codes, marks, signed links, the numbers of one's own notices and the places of pins on the list of those taken back:
made of nothing that anybody said, or so that nobody can see of what."""
TELLING: dict[str, list[list[str]]] = {
    "activities reconcile": [["{portal}", "--out", "{folder}/reconciled.csv"]],
    "activities set-aside": [[]],
    "archive": [["{folder}/archive"]],
    "badges dry-run": [["talker"]],
    "badges explain": [["talker", "{handle}"]],
    "campaigns export": [["{campaign}", "{folder}/campaign.zip"]],
    "catalog export": [["{folder}/catalog"]],
    "catalog holders": [["{folder}/catalog"]],
    "check": [[]],
    "jobs list": [["--state", state] for state in ("queued", "running", "done", "failed")],
    "keys list": [[]],
    "programs list": [[]],
}
"""Commands that tell what the house knows, each with how it is typed. `catalog export` comes before what reads it."""
SILENT = {
    "activities import", "badges backfill", "badges give", "badges revoke", "badges sign", "campaigns import",
    "catalog import-rules", "catalog load", "contests tally", "demo load", "drain", "inlets mail", "inlets take", "jobs retry",
    "keys make", "keys rotate", "keys withdraw", "mail bounced", "member add", "member claim-link", "member import",
    "member merge", "member reinstate", "member role", "member suspend", "member unmerge", "programs remove", "rebuild", "run",
    "scheduler", "surveys bounds", "token add", "verify", "web", "worker",
}  # fmt: skip
"""Commands that take in or do something, or count a file that they are given: they tell nothing of what is stored here."""


def commands(app: Flask) -> set[str]:
    """All but those of the database's migrations, which are not ours."""
    found = set()
    for name, command in app.cli.commands.items():
        inner = command.commands if isinstance(command, Group) else {}
        found |= {f"{name} {one}" for one in inner} or {name}
    return {one for one in found if not one.startswith("db ")}


class Doors:
    """`reader`: a member of council and admins, who has a key. `handles`: whose pages are asked for."""

    def __init__(self, app: Flask, folder: Path, reader: Member, handles: tuple[str, ...], **known: str) -> None:
        self.app, self.folder, self.handles, self.known = app, folder, handles, known
        self.key = {"Authorization": f"Bearer {tokens.add_token(reader, list(SCOPES), clock.utcnow())}"}
        db.session.commit()

    def read(self) -> dict[str, str]:
        """What each tells, by its name."""
        self.app.extensions["limits"].forget()
        self.folder.mkdir(parents=True)
        portal = write_portal(self.folder.with_name(f"{self.folder.name}-portal"))
        db.session.rollback()
        found = dict(self._called()) | dict(self._typed(portal)) | dict(self._written())
        award_keys = list(db.session.scalars(sa.select(Award.key)))
        return {self._cut(name, award_keys): self._cut(text, award_keys) for name, text in found.items()}

    def _called(self) -> Iterator[tuple[str, str]]:
        client = self.app.test_client()
        for path in self._addresses():
            db.session.rollback()
            answer = client.get(path, headers=self.key | {"X-Experience-API-Version": "1.0.3"})
            # A door that is shut (no right, too often, a fault) would tell the same of every house.
            assert answer.status_code in (200, 400, 404, 409), (path, answer.status_code)
            yield path, f"{answer.status_code} {text_of(answer)}"

    def _addresses(self) -> list[str]:
        found = set()
        for rule in self.app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or not rule.rule.startswith(API):
                continue
            values = [{"handle": one, "slug": slug} for one in self.handles for slug in self.known.values()]
            found |= {_filled(rule.rule, one) for one in values if set(rule.arguments) <= set(one)}
        return sorted({*found, *(f"/api/v1/activities?member={one}" for one in self.handles)})

    def _typed(self, portal: Path) -> Iterator[tuple[str, str]]:
        runner = self.app.test_cli_runner()
        for name, ways in sorted(TELLING.items(), key=lambda pair: pair[0] == "catalog holders"):
            for handle in self.handles if "{handle}" in str(ways) else ("",):
                for way in ways:
                    db.session.rollback()
                    words = [word.format(folder=self.folder, portal=portal, handle=handle, **self.known) for word in way]
                    done = runner.invoke(args=[*name.split(), *words])
                    assert done.exit_code in (0, int(name == "activities reconcile")), (name, done.output)
                    assert isinstance(done.exception, SystemExit | None), name
                    yield f"{name} {handle} {way}", f"{done.exit_code} {done.output}".replace(str(self.folder), "DIR")

    def _written(self) -> Iterator[tuple[str, str]]:
        for path in sorted(one for one in self.folder.rglob("*") if one.is_file()):
            yield str(path.relative_to(self.folder)), _told_by(path)

    def _cut(self, text: str, award_keys: list[str]) -> str:
        for key in award_keys:
            text = text.replace(key, "AWARD")
        return BY_CHANCE.sub("", text)


def letters(mailbox: Mailbox, *addresses: str) -> list[str]:
    """What was sent to these, without what is another with each mail. Which of those due at the same time goes first is made by
    chance."""
    told = []
    for mail in mailbox.mails:
        if any(address in str(mail["To"]) for address in addresses):
            parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
            told.append(BY_CHANCE.sub("", "\n".join([str(mail["Date"]), str(mail["To"]), str(mail["Subject"]), *parts])))
    return sorted(told)


def _filled(rule: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        rule = re.sub(rf"<(?:[^<>:]+:)?{name}>", value, rule)
    return rule


def _told_by(path: Path) -> str:
    """A picture by its size: its bytes hold the signed text, which is new each time."""
    body: Any = path.read_bytes()
    return text_of(_File(body, path.suffix)) if path.suffix not in (".png", ".gz") else path.suffix


class _File:
    """Read like an answer."""

    def __init__(self, body: bytes, suffix: str) -> None:
        self.body, self.mimetype = body, "application/zip" if suffix == ".zip" else ""

    def get_data(self) -> bytes:
        return self.body

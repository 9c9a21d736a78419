"""Reports by mail: whose they are, once, and never somebody else's. The command as a mail server calls it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.activities.models import Activity, ActivityTag
from recognition.activities.sources.seen import Malformed
from recognition.inlets.rules import NotTaken
from recognition.inlets.services import mailing

NOW = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)


def mail(to: str, number: int = 1, body: str = "At the #market.") -> bytes:
    day = "Sat, 21 Nov 2026 10:00:00 +0000"
    head = f"From: somebody@example.org\nTo: {to}\nSubject: Mended\nMessage-ID: <{number}@example.org>\nDate: {day}"
    return f"{head}\n\n{body}".encode()


def address(db: Any, member: Any) -> str:
    found = mailing.address_of(mailing.switch_on(member.id, NOW))
    db.session.commit()
    return found


def test_a_mail_is_a_deed_told_by_oneself(db: Any, make_member: Any) -> None:
    ana = make_member("ana")
    outcome = mailing.deliver(mail(address(db, ana)), NOW)
    db.session.commit()
    deed = db.session.scalars(sa.select(Activity)).one()
    assert outcome.new
    assert (deed.member_id, deed.source, deed.evidence, deed.reporter_id, deed.kind) == (ana.id, "mail", 0, ana.id, "other")
    assert (deed.text, deed.occurred_at) == ("Mended\n\nAt the #market.", datetime(2026, 11, 21, 10, tzinfo=UTC))
    assert list(db.session.scalars(sa.select(ActivityTag.tag))) == ["market"]


def test_the_same_mail_again_and_to_capitals_is_one_deed(db: Any, make_member: Any) -> None:
    to = address(db, make_member("ana"))
    first = mailing.deliver(mail(to), NOW)
    again = mailing.deliver(mail(to.upper()), NOW + timedelta(hours=1))
    assert (again.id, again.new) == (first.id, False)


def test_nobody_else_s_address_and_no_made_up_one(db: Any, make_member: Any) -> None:
    to = address(db, make_member("ana"))
    local, _at, host = to.partition("@")
    forged = [
        f"report+abc-def@{host}",
        f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{host}",
        f"{local.partition('-')[0]}-x@{host}",
    ]
    for one in forged:
        with pytest.raises(NotTaken):
            mailing.deliver(mail(one), NOW)
    with pytest.raises(Malformed):
        mailing.deliver(mail(f"report@{host}"), NOW)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 0


def test_what_was_renewed_switched_off_or_suspended_takes_nothing(db: Any, make_member: Any) -> None:
    ana = make_member("ana")
    old = address(db, ana)
    mailing.renew(ana.id)
    new = address(db, ana)
    assert old != new
    with pytest.raises(NotTaken):
        mailing.deliver(mail(old), NOW)
    assert mailing.deliver(mail(new), NOW).new
    mailing.switch_off(ana.id)
    with pytest.raises(NotTaken):
        mailing.deliver(mail(new, 2), NOW)
    assert address(db, ana) == new
    ana.state = "suspended"
    db.session.commit()
    with pytest.raises(NotTaken):
        mailing.deliver(mail(new, 3), NOW)


def test_nobody_fills_a_record_by_mail(db: Any, make_member: Any) -> None:
    to = address(db, make_member("ana"))
    for number in range(mailing.A_DAY):
        mailing.deliver(mail(to, number), NOW)
    with pytest.raises(NotTaken):
        mailing.deliver(mail(to, 1000), NOW)
    assert not mailing.deliver(mail(to, 5), NOW).new
    assert mailing.deliver(mail(to, 1000), NOW + timedelta(days=1, minutes=1)).new


def test_words_from_anywhere_are_kept_without_what_cannot_be_shown(db: Any, make_member: Any) -> None:
    to = address(db, make_member("ana"))
    tags = " ".join(f"#tag{number}" for number in range(40))
    deed = db.session.get_one(Activity, mailing.deliver(mail(to, body=f"a\x07b \u202e {tags} #{'ß' * 60}"), NOW).id)
    assert deed.text.startswith("Mended\n\nab")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ActivityTag)) == 20


def run(app: Flask, *arguments: str, message: bytes = b"") -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["inlets", *arguments], input=message)
    return done.exit_code, done.output


def test_what_a_mail_server_is_told(app: Flask, db: Any, make_member: Any) -> None:
    to = address(db, make_member("ana"))
    status, out = run(app, "mail", message=mail(to))
    assert (status, json.loads(out)["new"]) == (0, True)
    assert json.loads(run(app, "mail", "--recipient", to, message=mail("x@example.org"))[1])["new"] is False
    assert run(app, "mail", message=mail("report+a-b@localhost"))[0] == 67
    assert run(app, "mail", message=b"not a mail")[0] == 65
    assert run(app, "mail", message=b"Auto-Submitted: auto-replied\n" + mail(to, 9)) == (
        0, '{"ignored": "No person wrote this mail."}\n'
    )  # fmt: skip
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 1


def test_a_file_may_be_taken_twice(app: Flask, tmp_path: Path) -> None:
    row = {"user": "Ana B", "revid": 7, "title": "Maps", "timestamp": "2026-11-20T08:30:00Z", "comment": ""}
    file = tmp_path / "edits.json"
    file.write_text(json.dumps({"query": {"usercontribs": [row]}}))
    command = ("take", "mediawiki", str(file), "--address", "https://wiki.example.org/")
    for changed in (1, 0):
        status, out = run(app, *command)
        assert (status, json.loads(out)) == (0, {"read": 1, "left_out": 0, "changed": changed, "states": {"new": 1}})
    file.write_text("[")
    assert run(app, *command) == (1, "This is neither an export of pages nor a list of contributions.\n")

"""Who is quiet, who was asked and how somebody answered: the council with every right reads each page before and after, and
finds them the same."""

import re
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.audit.models import AuditEntry
from recognition.jobs.models import Job
from recognition.quiet import jobs
from recognition.quiet.models import QuietNote
from recognition.quiet.services import answering
from tests.factories.activities import make_activity
from tests.factories.identity import make_member
from tests.factories.quiet import make_reachable, make_rule

EVER_NEW = re.compile(r'(name="(csrf_token|nonce|key)" value="[^"]*"|"X-CSRFToken": "[^"]*"|nonce-[\w-]+|value="[\w-]{22,}")')
WITH_HANDLE = ("members/{}", "members/{}/thanks", "members/{}/transcript", "api/v1/members/{}", "api/v1/members/{}/awards")
NOT_LOOKED_AT = ("/logout", "/static", "/login", "/oauth", "/metrics", "/readyz", "/healthz")
"""They say nothing of members, or end the visit."""


def addresses(app: Flask) -> list[str]:
    plain = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments}
    named = {f"/{one.format(handle)}" for one in WITH_HANDLE for handle in ("silent", "asked", "said")}
    return sorted(one for one in plain | named if not one.startswith(NOT_LOOKED_AT))


def read(app: Flask, client: FlaskClient, now: Any) -> dict[str, str]:
    with clock.as_of(now):
        found = {one: client.get(one, buffered=True) for one in addresses(app)}
    return {
        one: EVER_NEW.sub("", f"{answer.status_code} {answer.get_data().decode(errors='replace')}")
        for one, answer in found.items()
    }


def test_each_page_is_the_same_before_and_after(app: Flask, db: Any, client: FlaskClient, sign_in: Any) -> None:
    make_rule()
    now = clock.utcnow().replace(microsecond=0)
    people = {name: make_reachable(name) for name in ("silent", "asked", "said")}
    for person in people.values():
        make_activity(person.id, text=f"A talk of {person.handle}", occurred_at=now - timedelta(days=300))
    sign_in(client, make_member("cleo", roles=("council", "admin", "reviewer"), joined_at=now))
    read(app, client, now)
    before = read(app, client, now)
    acts = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
    for ago in (9, 1):
        with clock.as_of(now - timedelta(days=ago)):
            jobs.look()
            db.session.commit()
    note_id = db.session.scalar(sa.select(QuietNote.id).where(QuietNote.member_id == people["said"].id))
    answering.answer(note_id, "here", None, now)
    db.session.commit()
    assert db.session.scalar(sa.select(sa.func.count()).where(QuietNote.asked_at.is_not(None))) == 3
    after = read(app, client, now)
    assert len(before) > 60
    assert [one for one in before if before[one] != after[one]] == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == acts
    quiet_jobs = sa.select(Job.args).where(Job.name == "quiet.look")
    assert [args for args in db.session.scalars(quiet_jobs) if set(args) - {"part", "after"}] == []

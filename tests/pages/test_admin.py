"""What got stuck is shown to admins alone, and each has a button that gives it another chance."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.activities.drain import Drained, drain
from recognition.activities.models import Activity
from recognition.announcements.models import Delivery, Notice
from recognition.audit.models import AuditEntry
from recognition.clock import utcnow
from recognition.config import MailServer
from recognition.identity.models import Member
from recognition.jobs import ledger, scheduler, worker
from recognition.jobs.models import DONE, FAILED, Job
from tests.factories.activities import REPORTED, make_activity
from tests.factories.announcements import tell_some
from tests.factories.identity import make_member
from tests.identity.pages import send, words

SignIn = Callable[[FlaskClient, Member], None]


@pytest.fixture(autouse=True)
def rung(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(ledger, "push", lambda bell: bool(heard.append(bell)) or True)  # type: ignore[func-returns-value]
    return heard


@pytest.fixture
def admin(client: FlaskClient, sign_in: SignIn) -> Member:
    member = make_member("root", roles=("admin",))
    sign_in(client, member)
    return member


def stuck_deed(db: Any, handle: str = "ada") -> int:
    deed = make_activity(make_member(handle).id, kind="talk").id
    aside = {"set_aside_at": REPORTED, "set_aside_error": "Seven <legs>"}
    db.session.execute(sa.update(Activity).where(Activity.id == deed).values(aside))
    db.session.commit()
    return deed


def failed_job(db: Any, **values: Any) -> int:
    job = Job(name="mail", args={}, state=FAILED, attempts=5, error="Trace\nValueError: no stamp\n", run_after=REPORTED,
              created_at=REPORTED, **values)  # fmt: skip
    db.session.add(job)
    db.session.commit()
    return int(job.id)


@pytest.mark.parametrize("roles", [(), ("council",), ("curator", "mentor")])
def test_only_admins_look_behind_the_curtain(client: FlaskClient, db: Any, sign_in: SignIn, roles: tuple[str, ...]) -> None:
    deed, job = stuck_deed(db), failed_job(db)
    paths = (f"/admin/deeds/{deed}/retry", f"/admin/jobs/{job}/retry")
    assert client.get("/admin/").status_code == 302
    sign_in(client, make_member("bea", roles=roles))
    assert 'href="/admin/"' not in client.get("/").get_data(as_text=True)
    assert client.get("/admin/").status_code == 403
    assert [send(client, "/", path).status_code for path in paths] == [403, 403]
    assert db.session.get_one(Activity, deed, populate_existing=True).set_aside_at is not None
    assert db.session.get_one(Job, job, populate_existing=True).state == FAILED


def test_nothing_is_stuck(client: FlaskClient, db: Any, admin: Member) -> None:
    page = client.get("/admin/").get_data(as_text=True)
    assert "Nothing is stuck." in page
    assert "<title>Behind the curtain" in page
    assert 'href="/admin/"' in client.get("/").get_data(as_text=True)


def test_a_deed_gets_another_chance(client: FlaskClient, db: Any, admin: Member, rung: list[str]) -> None:
    deed, other = stuck_deed(db), stuck_deed(db, "bea")
    page = client.get("/admin/").get_data(as_text=True)
    assert "Seven &lt;legs&gt;" in page
    assert "Nothing is stuck." not in page
    rung.clear()
    answer = send(client, "/admin/", f"/admin/deeds/{deed}/retry")
    assert (answer.status_code, answer.location, rung) == (303, "/admin/", ["activities.drain"])
    db.session.rollback()
    assert drain() == Drained(considered=1)
    assert db.session.get_one(Activity, deed, populate_existing=True).considered_at is not None
    assert db.session.get_one(Activity, other, populate_existing=True).set_aside_error == "Seven <legs>"
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.target, entry.actor_id) == ("activity.retried", f"activity:{deed}", admin.id)
    assert send(client, "/admin/", f"/admin/deeds/{deed}/retry").status_code == 404
    assert send(client, "/admin/", f"/admin/deeds/{10**30}/retry").status_code == 404


def test_a_job_gets_another_chance(
    app: Flask, client: FlaskClient, db: Any, admin: Member, rung: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "jobs", {"mail": lambda: None})
    job = failed_job(db)
    assert "ValueError: no stamp" in client.get("/admin/").get_data(as_text=True)
    rung.clear()
    answer = send(client, "/admin/", f"/admin/jobs/{job}/retry")
    assert (answer.status_code, answer.location, rung) == (303, "/admin/", [f"job:{job}"])
    db.session.rollback()
    assert worker.run(job) is True
    assert db.session.get_one(Job, job, populate_existing=True).state == DONE
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.target, entry.actor_id) == ("job.retried", f"job:{job}", admin.id)
    stuck_deed(db)
    assert send(client, "/admin/", f"/admin/jobs/{job}/retry").status_code == 404


def test_a_job_whose_work_was_asked_for_again_meanwhile(client: FlaskClient, db: Any, admin: Member) -> None:
    job = failed_job(db, dedupe_key="k")
    ledger.defer("mail", dedupe_key="k")
    db.session.commit()
    assert send(client, "/admin/", f"/admin/jobs/{job}/retry").status_code == 409
    db.session.rollback()
    assert db.session.get_one(Job, job, populate_existing=True).state == FAILED
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 0


def test_without_the_token_nothing_is_retried(client: FlaskClient, db: Any, admin: Member) -> None:
    deed = stuck_deed(db)
    assert client.post(f"/admin/deeds/{deed}/retry").status_code == 400
    assert db.session.get_one(Activity, deed, populate_existing=True).set_aside_at is not None


def test_as_many_statements_for_many_as_for_one(
    client: FlaskClient, db: Any, admin: Member, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    seen_by_number = []
    for names in (["m0"], [f"m{n}" for n in range(1, 9)]):
        for name in names:
            stuck_deed(db, name)
            failed_job(db)
        with count_queries() as seen:
            client.get("/admin/")
        seen_by_number.append(len(seen))
        # The two lists, the last work of the scheduler, and how much waits.
        assert sum(" job" in statement or "set_aside" in statement for statement in seen) == 4
    assert seen_by_number[0] == seen_by_number[1] <= 12


def test_long_lists_go_on_each_by_itself(client: FlaskClient, db: Any, admin: Member) -> None:
    jobs = [failed_job(db) for _n in range(26)]
    deeds = [stuck_deed(db, f"m{n}") for n in range(25)]

    def shown(path: str) -> tuple[list[int], list[int], list[str]]:
        page = client.get(path).text
        links = re.findall(r'class="c-pagination__older" href="([^"]+)"', page)
        return (
            [int(n) for n in re.findall(r">mail (\d+)</a>", page)],
            [int(n) for n in re.findall(r'<th scope="row">talk (\d+)</th>', page)],
            [unescape(link) for link in links],
        )

    first = shown("/admin/")
    assert first[:2] == (jobs[:1:-1], deeds[:0:-1])
    after_jobs = shown(first[2][0])
    assert after_jobs[:2] == (jobs[1::-1], deeds[:0:-1])
    assert shown(after_jobs[2][0])[:2] == (jobs[1::-1], deeds[:1])
    assert shown(first[2][1])[:2] == (jobs[:1:-1], deeds[:1])
    assert client.get("/admin/?jobs=nonsense").status_code == 400


def test_a_job_in_full(client: FlaskClient, db: Any, admin: Member) -> None:
    number = failed_job(db)
    assert f'href="/admin/jobs/{number}"' in client.get("/admin/").text
    said = words(client.get(f"/admin/jobs/{number}").text)
    assert "Trace ValueError: no stamp" in said
    assert "State failed Tries 5" in said
    assert send(client, f"/admin/jobs/{number}", f"/admin/jobs/{number}/retry").status_code == 303
    assert "Try again" not in client.get(f"/admin/jobs/{number}").text
    assert client.get(f"/admin/jobs/{number + 1}").status_code == 404


def test_others_see_no_job(client: FlaskClient, db: Any, sign_in: SignIn) -> None:
    number = failed_job(db)
    sign_in(client, make_member("bea", roles=("council",)))
    assert client.get(f"/admin/jobs/{number}").status_code == 403


def test_a_dead_scheduler_is_seen(app: Flask, client: FlaskClient, db: Any, admin: Member) -> None:
    quiet = "The scheduler is quiet"
    never = words(client.get("/admin/").text)
    assert (quiet in never, "has put out no work yet" in never) == (True, True)
    scheduler.tick(app.extensions["timetable"])
    assert quiet not in words(client.get("/admin/").text)
    often = min(period for _name, period in app.extensions["timetable"])
    db.session.execute(sa.update(Job).values(created_at=utcnow() - timedelta(seconds=2 * often + 16)))
    db.session.commit()
    assert quiet in words(client.get("/admin/").text)
    db.session.execute(sa.update(Job).values(created_at=utcnow() - timedelta(seconds=2 * often)))
    db.session.commit()
    assert quiet not in words(client.get("/admin/").text)


def test_mail_that_goes_nowhere_is_said(client: FlaskClient, db: Any, admin: Member) -> None:
    assert "Goes nowhere: MAIL_URL is not set." in words(client.get("/admin/").text)


def test_mail_that_waits_or_got_lost_is_counted(app: Flask, client: FlaskClient, db: Any, admin: Member) -> None:
    now, server = utcnow(), MailServer("127.0.0.1", 25, False, "", "", "hall@badges.example.org")
    tell_some(admin.id, 4)
    ids = list(db.session.scalars(sa.select(Notice.id)))
    for notice_id, state, due in zip(ids, ("waiting", "refused", "unsure", "refused"), (0, 0, 1, 8), strict=True):
        db.session.add(Delivery(notice_id=notice_id, member_id=admin.id, mail=state, state=state, attempts=1,
                                due_at=now - timedelta(days=due)))  # fmt: skip
    db.session.commit()
    object.__setattr__(app.extensions["settings"], "mail", server)
    said = words(client.get("/admin/").text)
    object.__setattr__(app.extensions["settings"], "mail", None)
    assert "1 wait to go out; 2 did not arrive this week." in said

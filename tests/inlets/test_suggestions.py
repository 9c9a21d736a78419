"""Is this yours? Asked once a week, answered by its member alone, shown to nobody else."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities.models import Activity
from recognition.activities.sources.seen import Doer
from recognition.announcements.models import Notice
from recognition.identity.models import Member
from recognition.inlets import jobs
from recognition.inlets.models import Arrival, Sighting
from recognition.inlets.services import answering
from recognition.inlets.services.seeing import take
from tests.factories.identity import make_member
from tests.factories.inlets import FORUM, NOW, make_account, make_inlet, make_seen, send

PLACE = "/me/suggestions"


def some(db: Any, number: int = 3, member: Any = None, now: Any = NOW) -> tuple[Any, list[int]]:
    amina = member or make_member("amina")
    if member is None:
        make_account(amina.id)
    taken = take(make_inlet(key=f"k{number}"), "discourse", [make_seen(number * 100 + n) for n in range(number)], now)
    db.session.commit()
    return amina, [one.sighting_id for one in taken]


def states(db: Any) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Sighting.state).order_by(Sighting.id)))


def test_kept_and_dropped_as_one_says(client: FlaskClient, db: Any, sign_in: Any) -> None:
    amina, ids = some(db)
    sign_in(client, amina)
    page = client.get(PLACE)
    assert "Words of post 301" in page.get_data(as_text=True)
    assert page.headers["Cache-Control"] == "private, no-store"
    for _turn in range(2):  # a double click does it once
        assert send(client, PLACE, {"answer": "yes", "id": ids[0]}).status_code == 303
    assert send(client, PLACE, {"answer": "no", "id": ids[1]}).status_code == 303
    assert states(db) == ["taken", "dropped", "asked"]
    assert list(db.session.scalars(sa.select(Activity.text).where(Activity.source == "discourse"))) == ["Words of post 300"]
    page_text = client.get(PLACE).get_data(as_text=True)
    assert ("Words of post 300" in page_text, "Words of post 302" in page_text) == (False, True)


def test_dropped_is_not_asked_again_whatever_happens_there(client: FlaskClient, db: Any, sign_in: Any) -> None:
    amina, ids = some(db, 1)
    sign_in(client, amina)
    send(client, PLACE, {"answer": "no", "id": ids[0]})
    take(None, "discourse", [make_seen(100, version=5, text="Edited")], NOW)
    db.session.commit()
    assert states(db) == ["dropped"]


def test_all_at_once_takes_what_was_there_when_they_looked(client: FlaskClient, db: Any, sign_in: Any) -> None:
    amina, ids = some(db, 3)
    some(db, 2, amina)
    sign_in(client, amina)
    send(client, PLACE, {"answer": "all", "newest": max(ids)})
    assert states(db) == ["taken"] * 3 + ["asked"] * 2


@pytest.mark.parametrize("answer", ["yes", "no", "all"])
def test_nobody_answers_for_somebody_else(client: FlaskClient, db: Any, sign_in: Any, answer: str) -> None:
    _amina, ids = some(db)
    sign_in(client, make_member("mallory"))
    assert "Words of post" not in client.get(PLACE).get_data(as_text=True)
    send(client, PLACE, {"answer": answer, "id": ids, "newest": max(ids)})
    assert states(db) == ["asked"] * 3


@pytest.mark.parametrize("path", ["/", "/activities/", "/members/amina", "/api/v1/openapi.json", "/groups/"])
def test_nothing_of_it_shows_anywhere_before(client: FlaskClient, db: Any, path: str) -> None:
    some(db)
    assert "Words of post" not in client.get(path).get_data(as_text=True)


@pytest.mark.parametrize(
    "data",
    [{}, {"answer": "maybe"}, {"answer": "yes", "id": "x"}, {"answer": "yes", "id": "9" * 30}, {"answer": "all"},
     {"answer": "yes", "id": "-1"}, {"answer": "all", "newest": "٣"}],
    ids=str,
)  # fmt: skip
def test_odd_answers_are_refused(client: FlaskClient, db: Any, sign_in: Any, data: dict[str, str]) -> None:
    amina, _ids = some(db, 1)
    sign_in(client, amina)
    assert send(client, PLACE, data).status_code == 400
    assert states(db) == ["asked"]


def test_what_is_gone_there_is_not_asked_about(client: FlaskClient, db: Any, sign_in: Any) -> None:
    amina, ids = some(db, 1)
    take(None, "discourse", [make_seen(100, version=5, gone=True)], NOW)
    db.session.commit()
    sign_in(client, amina)
    assert "Words of post" not in client.get(PLACE).get_data(as_text=True)
    send(client, PLACE, {"answer": "yes", "id": ids})
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 0


def test_long_lists_go_page_by_page(client: FlaskClient, db: Any, sign_in: Any, count_queries: Any) -> None:
    amina, _ids = some(db, 1)
    sign_in(client, amina)
    client.get(PLACE)
    costs = []
    for number in (2, 130):
        some(db, number, amina)
        with count_queries() as seen:
            page = client.get(PLACE)
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 12
    text = page.get_data(as_text=True)
    assert text.count('name="id"') == 100
    assert "Keep all 133" in text
    older = text.split('class="c-pagination__older" href="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(older).get_data(as_text=True).count('name="id"') == 33


MONDAY = NOW - timedelta(days=NOW.weekday())


def notices(db: Any) -> list[tuple[str, int, str]]:
    db.session.rollback()
    rows = db.session.scalars(sa.select(Notice).order_by(Notice.id))
    return [(row.kind, row.member_id, row.path) for row in rows]


def test_one_line_a_week_and_none_for_the_old(db: Any) -> None:
    amina, _ids = some(db, 3, now=MONDAY - timedelta(days=2))
    for day in range(7):
        with clock.as_of(MONDAY + timedelta(days=day)):
            jobs.suggest()
            db.session.commit()
    assert notices(db) == [("sightings.week", amina.id, PLACE)]
    with clock.as_of(MONDAY + timedelta(days=8)):
        jobs.suggest()
        db.session.commit()
    assert len(notices(db)) == 1


def test_the_line_is_settled_when_all_is_answered(client: FlaskClient, db: Any, sign_in: Any) -> None:
    now = clock.utcnow()
    amina, ids = some(db, 2, now=answering.monday_of(now) - timedelta(days=1))
    jobs.suggest()
    db.session.commit()
    sign_in(client, amina)
    send(client, PLACE, {"answer": "yes", "id": ids[0]})
    db.session.rollback()
    assert db.session.scalar(sa.select(Notice.read_at)) is None
    send(client, PLACE, {"answer": "no", "id": ids[1]})
    db.session.rollback()
    assert db.session.scalar(sa.select(Notice.read_at)) is not None


def test_the_daily_job_finds_who_proved_a_name_since(db: Any) -> None:
    take(make_inlet(), "discourse", [make_seen()], NOW)
    amina = make_member("amina")
    make_account(amina.id)
    db.session.commit()
    jobs.suggest()
    assert states(db) == ["asked"]


def test_what_nobody_claims_is_forgotten(db: Any) -> None:
    inlet = make_inlet()
    take(inlet, "discourse", [make_seen(1)], NOW - timedelta(days=91))
    take(inlet, "discourse", [make_seen(2)], NOW - timedelta(days=89))
    make_account(make_member("amina").id)
    take(inlet, "discourse", [make_seen(3)], NOW - timedelta(days=91))
    for days in (31, 29):
        db.session.add(Arrival(inlet_id=inlet.id, delivery=f"d{days}", body_hash="0" * 64, event="post_created",
                               at=NOW - timedelta(days=days), status=202, answer={"taken": 0}))  # fmt: skip
    db.session.flush()
    bela = make_member("bela")
    make_account(bela.id, "bela")
    take(inlet, "discourse", [make_seen(4, account=Doer(FORUM, "bela"))], NOW)
    db.session.execute(sa.delete(Member).where(Member.id == bela.id))
    assert answering.tidy(NOW) == 2
    assert [(row.source_key[-1], row.state) for row in db.session.scalars(sa.select(Sighting).order_by(Sighting.id))] == [
        ("2", "new"), ("3", "asked")
    ]  # fmt: skip
    assert list(db.session.scalars(sa.select(Arrival.delivery))) == ["d29"]

"""P8 for lists of deeds: what one member with 10,000 rows did, beside one with 1,000, against the same reference page."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bench import servers
from bench.pages import TIMES, Pages, busiest, look, speeds, weights
from bench.world import NOW, analyze, databases, program
from recognition import clock
from recognition.activities.models import CONFIRMED, PASSIVE, SELF, Activity, ActivityTag
from recognition.database import insert_new
from recognition.demo import services as demo
from recognition.extensions import db
from recognition.identity.models import Member

FEW = 1_000
BUSY = "busy"
DEEDS_A_DAY = 5


def run() -> Iterator[dict[str, Any]]:
    with databases() as new, servers.bell() as redis_url:
        for database, make in new.items():
            url = make()
            with program(url, redis_url) as app:
                demo.load(clock.utcnow())
                _do(FEW, first=0)
                few = {name: look(app, path) for name, path in _pages().items()}
                _do(FEW * TIMES, first=FEW)
                many = {name: look(app, path) for name, path in _pages().items()}
                bare = f"/{busiest()}"
            yield from weights(database, few, many)
            yield from speeds(database, url, redis_url, _pages(), bare)


def _pages() -> Pages:
    return {
        "deeds": f"/activities/?member={BUSY}",
        "deeds, seldom so": f"/activities/?member={BUSY}&evidence=confirmed&kind=talk",
        "deeds, a tag": "/activities/?tag=bench",
        "month": f"/members/{BUSY}/months/{NOW.year}-{NOW.month - 1:02}",
    }


def _do(until: int, first: int) -> None:
    """Deeds in the open up to this number, considered already; every hundredth is confirmed, every fifth tagged."""
    member_id = db.session.scalar(sa.select(Member.id).where(Member.handle == BUSY)) or _member()
    table: Any = Activity.__table__
    rows = [_row(member_id, number) for number in range(first, until)]
    new = insert_new(table, rows, table.c.id, table.c.occurred_at)
    tags = [{"activity_id": row.id, "tag": "bench", "occurred_at": row.occurred_at} for row in new[::5]]
    insert_new(ActivityTag.__table__, tags)
    db.session.commit()
    analyze()


def _member() -> int:
    member = Member(handle=BUSY, name="Busy Bee", joined_at=NOW)
    db.session.add(member)
    db.session.flush()
    return int(member.id)


def _row(member_id: int, number: int) -> dict[str, Any]:
    at = NOW - timedelta(days=number // DEEDS_A_DAY, minutes=number % DEEDS_A_DAY)
    evidence = CONFIRMED if number % 100 == 0 else PASSIVE if number % 3 else SELF
    return {"member_id": member_id, "reporter_id": member_id, "kind": "talk" if number % 2 == 0 else "other", "occurred_at": at,
            "occurred_day": clock.day_number(at), "reported_at": NOW, "text": f"deed {number}", "source": "bench",
            "source_key": str(number), "points": 5, "considered_at": NOW, "evidence": evidence, "told_evidence": evidence,
            "visibility": "public"}  # fmt: skip

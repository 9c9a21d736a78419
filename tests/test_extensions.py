"""What only reads needs no writer's place: it answers while somebody else writes for a long time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.activities import drain
from recognition.extensions import only_reading, reading
from recognition.identity.models import Member
from recognition.jobs import ledger, scheduler
from recognition.jobs.models import Job
from recognition.jobs.sweep import sweep
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.identity import make_member

TIMETABLE = [("jobs.tidy", 10**9)]


@pytest.fixture
def somebody_writes(app: Flask, db: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(ledger, "push", lambda _bell: True)
    make_activity(make_member("ada").id, kind="talk")
    make_badge("talker", {"count": {"kind": "talk"}, "at_least": 1})
    db.session.commit()
    drain.drain()
    scheduler.tick(TIMETABLE)
    db.session.remove()
    with db.engine.connect() as other:
        other.execute(sa.update(Member).values(bio="Being written."))
        yield


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["badges", "dry-run", "talker"],
        ["badges", "explain", "talker", "ada"],
        ["activities", "set-aside"],
        ["jobs", "list"],
        ["catalog", "export", "FOLDER"],
    ],
    ids=" ".join,
)
def test_a_command_that_only_reads(app: Flask, somebody_writes: None, tmp_path: Path, words: list[str]) -> None:
    answer = app.test_cli_runner().invoke(args=[str(tmp_path) if word == "FOLDER" else word for word in words])
    assert (answer.exit_code, answer.exception) == (0, None)
    assert reading.get() is False


def test_a_beat_of_the_scheduler_with_nothing_to_ask_for(app: Flask, somebody_writes: None) -> None:
    scheduler.tick(TIMETABLE)
    assert [bell.partition(":")[0] for bell in sweep()] == ["job", "badges.sign"]


def test_writing_comes_back_after_a_fault(db: Any) -> None:
    @only_reading()
    def stumbles() -> None:
        assert reading.get() is True
        raise ValueError("seven legs")

    with pytest.raises(ValueError, match="seven legs"):
        stumbles()
    assert reading.get() is False
    db.session.add(Job(name="one", args={}, run_after=clock.utcnow(), created_at=clock.utcnow()))
    db.session.commit()

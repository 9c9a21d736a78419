"""`drain`, `check` and `rebuild` on the command line."""

import json

import pytest
import sqlalchemy as sa

from recognition.activities.models import Activity
from recognition.badges.models import Award, Badge
from recognition.badges.services import revoking
from recognition.leaderboards.models import Standing
from tests.activities.test_drain import a_community, outcome_of_drains
from tests.activities.test_record import in_threads
from tests.factories.activities import REPORTED, make_activity
from tests.factories.identity import make_member


@pytest.fixture
def cli(app):
    runner = app.test_cli_runner()

    def call(command: str, exit_code: int = 0):
        result = runner.invoke(args=command.split())
        assert result.exit_code == exit_code, (result.output, result.exception)
        return json.loads(result.stdout)

    return call


@pytest.fixture
def drained(db, cli):
    a_community()
    done = cli("drain")
    assert done["set_aside"] == 0
    assert done["considered"] == 400 + done["awarded"]
    return done


def test_nothing_differs_after_a_drain(cli, drained):
    found = cli("check")
    assert (found["differences"], found["waiting"], found["found"]) == (0, 0, [])


def test_deeds_that_wait_are_no_difference(cli, db, drained):
    make_activity(make_member("new").id)
    db.session.commit()
    found = cli("check")
    assert (found["differences"], found["waiting"]) == (0, 1)


def test_deeds_that_were_set_aside_are_told_and_get_another_chance(cli, db, drained):
    deed = make_activity(make_member("new").id, kind="talk").id
    db.session.execute(sa.update(Activity).where(Activity.id == deed).values(set_aside_at=REPORTED, set_aside_error="Seven legs"))
    db.session.commit()
    found = cli("check")
    assert (found["differences"], found["waiting"], found["set_aside"]) == (0, 0, 1)
    told = {"id": deed, "member": "new", "kind": "talk", "error": "Seven legs", "when": "2026-11-21T12:00:00+00:00"}
    assert cli("activities set-aside") == [told]
    again = cli("activities set-aside --retry")
    assert (again["retried"], again["drained"]["set_aside"]) == (1, 0)
    assert again["drained"]["considered"] == 1 + again["drained"]["awarded"]
    assert cli("activities set-aside") == []
    assert cli("check")["set_aside"] == 0


def test_each_difference_is_found_and_mended(cli, db, drained):
    expected = outcome_of_drains()
    standing = db.session.scalar(sa.select(Standing).order_by(Standing.score.desc()).limit(1))
    standing.score += 7
    gone = db.session.scalar(sa.select(Standing).order_by(Standing.score, Standing.member_id, Standing.period).limit(1))
    db.session.delete(gone)
    award = db.session.scalar(sa.select(Award).join(Badge).where(Badge.slug == "kinds").limit(1))
    missing = {"part": "badges", "missing": "kinds", "member_id": award.member_id, "occasion": ""}
    db.session.delete(award)
    db.session.execute(sa.update(Badge).where(Badge.slug == "weeks").values(holders_count=99))
    db.session.commit()
    found = cli("check", exit_code=1)
    assert {part: number for part, number in found["parts"].items() if number} == {"badges": 4, "standings": 2}
    assert found["differences"] == 6
    assert missing in found["found"]
    assert {"part": "badges", "told": "badge:kinds", "member_id": award.member_id} in found["found"]

    assert cli("rebuild")["rebuilt"]["badges"] == {"awarded": 1}
    assert cli("check")["differences"] == 0
    db.session.expire_all()
    assert outcome_of_drains() == expected
    assert cli("rebuild")["rebuilt"]["badges"] == {"awarded": 0}
    assert outcome_of_drains() == expected


def test_an_award_without_deeds_is_told_and_flagged_for_a_person_to_decide(cli, db, drained):
    newcomer, badge = make_member("new"), db.session.scalar(sa.select(Badge).where(Badge.slug == "weeks"))
    db.session.add(Award(key="k", badge_id=badge.id, member_id=newcomer.id, version=badge.version, awarded_at=REPORTED))
    badge.holders_count += 1
    db.session.commit()
    told = {"part": "badges", "extra": "weeks", "member_id": newcomer.id, "occasion": ""}
    untold = {"part": "badges", "untold": "badge:weeks", "member_id": newcomer.id}
    assert cli("check", exit_code=1)["found"] == [told, untold]
    cli("rebuild")
    assert cli("check")["found"] == []
    award = db.session.scalars(sa.select(Award).where(Award.member_id == newcomer.id)).one()
    assert (award.unsupported_at is not None, award.revoked_at) == (True, None)


def test_a_revoked_award_is_neither_missing_nor_extra(cli, db, drained):
    award = db.session.scalar(sa.select(Award).join(Badge).where(Badge.slug == "weeks").limit(1))
    revoking.revoke(award.id, None, "A mistake.", REPORTED)
    db.session.commit()
    assert cli("check")["differences"] == 0
    assert cli("rebuild")["rebuilt"]["badges"] == {"awarded": 0}


def test_rebuild_while_drains_run(app, db):
    a_community()

    def work(n: int) -> None:
        args = ["drain"] if n % 2 else ["rebuild"]
        assert app.test_cli_runner().invoke(args=args).exit_code == 0

    in_threads(app, 4, work)
    result = app.test_cli_runner().invoke(args=["check"])
    assert (result.exit_code, json.loads(result.stdout)["differences"]) == (0, 0)
    assert db.session.scalar(sa.select(sa.func.count()).where(Activity.considered_at.is_(None))) == 0

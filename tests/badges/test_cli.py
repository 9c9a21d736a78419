"""`recognition badges ...`: JSON for scripts, and nothing is given twice."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.activities import drain
from recognition.audit.models import AuditEntry
from recognition.badges.models import Award
from recognition.badges.services import states
from recognition.extensions import db as database
from tests.factories.activities import make_deeds
from tests.factories.badges import make_badge, make_spec
from tests.factories.identity import make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TWO_TALKS = {"count": {"kind": "talk"}, "at_least": 2}


@pytest.fixture
def call(app: Flask) -> Any:
    def run(*words: Any, exit_code: int = 0) -> Any:
        database.session.commit()
        result = app.test_cli_runner().invoke(args=["badges", *map(str, words)])
        assert result.exit_code == exit_code, result.output
        return json.loads(result.output) if exit_code == 0 else result.output

    return run


def test_giving_to_a_list(call: Any, db: Any, tmp_path: Path) -> None:
    badge = make_badge("mentor", {}, levels=[1, 5])
    ids = [make_member(handle).id for handle in ("ada", "bea")]
    make_member("quiet", takes_badges=False)
    path = tmp_path / "handles.txt"
    path.write_text("ada\nbea\nquiet\nnobody\nada\n", encoding="utf-8")
    said = call("give", "mentor", "--file", path, "--reason", "Years of it.", "--level", 5)
    assert said == {
        "badge": "mentor",
        "outcomes": {"given": 2, "no_badges": 1, "unknown": 1},
        "members": [
            {"member": "ada", "outcome": "given"},
            {"member": "bea", "outcome": "given"},
            {"member": "quiet", "outcome": "no_badges"},
            {"member": "nobody", "outcome": "unknown"},
        ],
    }
    entries = db.session.scalars(sa.select(AuditEntry.after).where(AuditEntry.action == "badge.given")).all()
    assert entries == [{"to": ids, "members": 2, "level": 5, "reason": "Years of it."}]
    again = call("give", "mentor", "--file", path, "--reason", "Years of it.", "--level", 5)
    assert again["outcomes"] == {"held": 2, "no_badges": 1, "unknown": 1}
    assert db.session.execute(sa.select(Award.occasion, Award.reason).order_by(Award.id)).all() == [
        ("1", "Years of it."), ("5", "Years of it."), ("1", "Years of it."), ("5", "Years of it."),
    ]  # fmt: skip
    assert db.session.scalar(sa.select(sa.func.count()).where(AuditEntry.action == "badge.given")) == 1
    states.retire(badge.id, None, NOW)
    assert "retired" in call("give", "mentor", "--file", path, "--reason", "Late.", exit_code=1)


def test_taking_back(call: Any, db: Any) -> None:
    ada = make_member("ada")
    make_badge("talker", TWO_TALKS)
    make_deeds(ada.id, 2)
    db.session.commit()
    drain.drain()
    key = db.session.scalars(sa.select(Award.key)).one()
    assert call("revoke", key, "--reason", "A mistake.") == {"award": key, "revoked": True, "was_revoked_before": False}
    assert call("revoke", key, "--reason", "A mistake.") == {"award": key, "revoked": False, "was_revoked_before": True}
    assert "no award" in call("revoke", "nothing", "--reason", "A mistake.", exit_code=1)


def test_trying_a_rule_tells_who_gains_and_who_would_not_meet_it_now(call: Any, db: Any) -> None:
    ada, bea = make_member("ada"), make_member("bea")
    badge = states.publish(states.save_badge(make_spec("talker", TWO_TALKS), NOW).id)
    make_deeds(ada.id, 2)
    db.session.commit()
    drain.drain()
    make_deeds(bea.id, 3)
    states.save_badge(make_spec("talker", {"count": {"kind": "talk"}, "at_least": 3}), NOW + timedelta(days=1))
    assert call("dry-run", "talker") == {
        "badge": "talker", "state": "published", "would_get": 1, "members": [{"member": "bea", "levels": []}],
        "holders_who_would_not": 1, "they_keep_it": ["ada"],
    }  # fmt: skip
    assert call("backfill", "talker") == {"badge": "talker", "awarded": 1}
    assert call("backfill", "talker") == {"badge": "talker", "awarded": 0}
    assert sorted(db.session.scalars(sa.select(Award.member_id).where(Award.badge_id == badge.id))) == [ada.id, bea.id]


def test_explaining_lists_the_deeds_that_count_and_what_is_missing(call: Any, db: Any) -> None:
    ada = make_member("ada")
    capped = {"count": {"kind": "talk", "at_most": {"day": 2}}, "at_least": 4}
    make_badge("talker", {"all": [capped, {"count": {"kind": "writing"}, "at_least": 1}]})
    make_deeds(ada.id, 3, occurred_at=NOW - timedelta(days=3))
    new = make_deeds(ada.id, 1, occurred_at=NOW - timedelta(days=1))
    said = call("explain", "talker", "ada", "--limit", 2)
    assert (said["held"], said["met"], said["progress"]["done"]) == (False, False, 0)
    assert [one["missing"] for one in said["missing"]] == [1, 1]
    talks, writings = said["counts"]
    assert (talks["total"], talks["more"], len(talks["deeds"])) == (3, True, 2)
    assert talks["deeds"][0] == {"id": new[0], "day": "2026-11-20", "kind": "talk"}
    assert (writings["total"], writings["deeds"], writings["more"]) == (0, [], False)


def test_a_badge_without_a_rule_has_nothing_to_try_or_explain(call: Any) -> None:
    make_badge("kind-soul", {})
    make_member("ada")
    assert "people give it" in call("dry-run", "kind-soul", exit_code=1)
    assert "people give it" in call("explain", "kind-soul", "ada", exit_code=1)
    assert call("backfill", "kind-soul") == {"badge": "kind-soul", "awarded": 0}

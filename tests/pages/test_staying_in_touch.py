"""The council decides by which rule people are thanked and asked, sees totals, and can list nobody."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.audit.models import AuditEntry
from recognition.quiet import queries
from recognition.quiet.models import QuietNote
from recognition.quiet.rules import Terms
from tests.factories.identity import make_member
from tests.identity.pages import send, words

PAGE = "/council/staying-in-touch"
RULE = {"seen-sort": "count", "seen-at_least": "1", "seen-window": "last", "seen-last_days": "100"}


@pytest.fixture
def council(client: FlaskClient, sign_in: Any, db: Any) -> Any:
    member = make_member("cleo", roles=("council",))
    sign_in(client, member)
    return member


def fields(**changes: str) -> dict[str, str]:
    return {"version": "0", "thank_days": "5", "again_days": "200", "grace_days": "60", "is_on": "1", "then": "save", **changes}


def rule_fields(client: FlaskClient) -> dict[str, str]:
    """The cards as the page holds them."""
    import re
    from html import unescape

    text = client.get(PAGE).text
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input[^>]*name="(seen[^"]*)"[^>]*?value="([^"]*)"', text):
        found.setdefault(name, unescape(value))
    for name, inside in re.findall(r'<select[^>]*name="(seen[^"]*)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        found[name] = chosen.group(1) if chosen else ""
    return {name: value for name, value in found.items() if not name.endswith("-move")}


def test_what_the_form_holds_is_what_the_job_runs(client: FlaskClient, db: Any, council: Any) -> None:
    assert send(client, PAGE, PAGE, **rule_fields(client), **fields()).status_code == 303
    kept = queries.terms()
    assert (kept.version, kept.thank_days, kept.again_days, kept.grace_days, kept.is_on) == (1, 5, 200, 60, True)
    assert "5 days later" in words(client.get("/how-we-stay-in-touch").text)
    entry = db.session.scalar(sa.select(AuditEntry).where(AuditEntry.action == "quiet_rule.changed"))
    assert (entry.actor_id, entry.before["thank_days"], entry.after["thank_days"]) == (council.id, 7, 5)


def test_what_somebody_else_decided_meanwhile_is_not_lost(client: FlaskClient, db: Any, council: Any) -> None:
    cards = rule_fields(client)
    assert send(client, PAGE, PAGE, **cards, **fields()).status_code == 303
    late = send(client, PAGE, PAGE, **cards, **fields(thank_days="9"))
    assert late.status_code == 409
    assert 'value="9"' in late.text
    assert queries.terms().thank_days == 5


@pytest.mark.parametrize("changes", [{"thank_days": "0"}, {"again_days": "x"}, {"grace_days": "99999"}, {"again_days": "-3"}])
def test_a_number_that_cannot_be_is_said_at_its_field(
    client: FlaskClient, db: Any, council: Any, changes: dict[str, str]
) -> None:
    answer = send(client, PAGE, PAGE, **rule_fields(client), **fields(**changes))
    assert answer.status_code == 422
    assert "A number of days from" in answer.text
    assert queries.terms() == Terms()


def test_nobody_is_thanked_again_before_the_question_came(client: FlaskClient, db: Any, council: Any) -> None:
    answer = send(client, PAGE, PAGE, **rule_fields(client), **fields(thank_days="60", again_days="60"))
    assert (answer.status_code, "or the question would never come" in answer.text) == (422, True)
    assert queries.terms() == Terms()


def test_a_look_beforehand_tells_about_how_many_and_changes_nothing(client: FlaskClient, db: Any, council: Any) -> None:
    for number in range(11):
        make_member(f"m-{number}")
    db.session.commit()
    answer = send(client, PAGE, PAGE, **rule_fields(client), **fields(then="look"))
    assert "about 10 of about 10 active members" in words(answer.text)
    assert queries.terms() == Terms()


def test_totals_are_all_that_can_be_seen(client: FlaskClient, db: Any, council: Any) -> None:
    then = clock.utcnow().replace(day=1) - timedelta(days=20)
    for number, said in enumerate(["here"] * 6 + ["pause"] * 5 + ["alumni"] * 5 + [None] * 5):
        member = make_member(f"m-{number}", name=f"Person Number{number}")
        db.session.add(QuietNote(member_id=member.id, rule_version=1, thanked_at=then, asked_at=then, answer=said,
                                 answered_at=then if said else None))  # fmt: skip
    db.session.commit()
    said = words(client.get(PAGE).text)
    for part in ("21 were thanked", "21 were asked", "6 said that they are here", "5 took a pause", "5 joined the alumni"):
        assert part in said
    assert "Number" not in said
    db.session.delete(db.session.scalar(sa.select(QuietNote).where(QuietNote.answer == "alumni").limit(1)))
    db.session.commit()
    said = words(client.get(PAGE).text)
    assert "20 were asked" in said
    assert "joined the alumni" not in said


def test_an_admin_and_a_member_see_nothing_of_it(client: FlaskClient, db: Any, sign_in: Any) -> None:
    sign_in(client, make_member("root", roles=("admin",)))
    assert client.get(PAGE).status_code == 403

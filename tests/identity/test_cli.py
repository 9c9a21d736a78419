import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.audit.models import AuditEntry
from recognition.identity.access import digest
from recognition.identity.models import Account, ApiToken, Grant, Group, Member, Membership

ROLL = """member,status,country,joined,left,mentor,groups,functional_areas,shoe_size
lin-1,rep,Kenya,2014-04,,mo-2,rep;Mentor circle,Testing;Localisation,42
mo-2,rep,Perú,2015-11,,nobody-9,rep,,
sol-3,alumni,,2013-06,2012-08,,,,
own-4,rep,Chile,,,own-4,rep,,
lin-1,rep,Twice,,,,,,
BAD HANDLE,rep,,,,,,,
odd-5,guest,,,,,,,
odd-6,rep,,June 2014,,,,,
odd-7,rep,too,few
"""


BY = ("--by", "zoe", "--reason", "She asked for it")


@pytest.fixture
def recognition(app: Any, db: Any) -> Any:
    def run(*args: str) -> Any:
        db.session.commit()
        answer = app.test_cli_runner().invoke(args=list(args))
        db.session.rollback()
        return answer

    return run


def member(db: Any, handle: str) -> Member:
    found: Member = db.session.scalars(sa.select(Member).where(Member.handle == handle)).one()
    return found


def test_adding_a_member_with_roles(recognition: Any, db: Any) -> None:
    assert recognition("member", "add", "mara", "--name", "Mara Lin", "--role", "council", "--role", "admin").exit_code == 0
    assert (member(db, "mara").name, member(db, "mara").roles) == ("Mara Lin", {"council", "admin"})
    assert db.session.scalars(sa.select(AuditEntry.action)).all() == ["role.granted", "role.granted"]


@pytest.mark.parametrize("handle", ["mara", "ma-ra", "admin", "Mara", "m", "a b", "m\u0430ra"])
def test_handles_that_are_taken_or_deceive_are_refused(recognition: Any, make_member: Any, handle: str) -> None:
    make_member("mara")
    assert recognition("member", "add", handle, "--name", "X").exit_code == 1


def test_roles_come_and_go_but_for_the_last_admin(recognition: Any, db: Any, make_member: Any) -> None:
    make_member("mara")
    make_member("zoe")
    assert recognition("member", "role", "mara", "--grant", "admin", "--grant", "reviewer").output == "mara: admin, reviewer\n"
    answer = recognition("member", "role", "mara", "--revoke", "admin", *BY)
    assert (answer.exit_code, answer.output) == (1, "Error: This is the last admin. Make somebody else admin first.\n")
    assert recognition("member", "suspend", "mara", *BY).exit_code == 1
    recognition("member", "role", "zoe", "--grant", "admin")
    assert recognition("member", "role", "mara", "--revoke", "admin", *BY).output == "mara: reviewer\n"
    for missing in ((), BY[:2], BY[2:], ("--by", "mara", "--reason", "Mine")):
        assert recognition("member", "suspend", "mara", *missing).exit_code != 0
        assert recognition("member", "role", "mara", "--revoke", "reviewer", *missing).exit_code != 0
    assert recognition("member", "suspend", "mara", *BY).output == "mara is suspended.\n"
    entry = db.session.scalar(sa.select(AuditEntry).where(AuditEntry.action == "member.suspended"))
    assert (entry.actor_id, entry.after) == (member(db, "zoe").id, {"reason": "She asked for it"})
    assert recognition("member", "reinstate", "mara").output == "mara is active.\n"


def test_a_token_is_shown_once_and_kept_as_a_hash(recognition: Any, db: Any, make_member: Any) -> None:
    make_member("mara")
    token = recognition(
        "token", "add", "mara", "--scope", "activities:write", "--scope", "members:read", "--days", "30"
    ).output.strip()
    row = db.session.scalars(sa.select(ApiToken)).one()
    assert (row.token_hash, row.scopes) == (digest(token), ["activities:write", "members:read"])
    assert timedelta(days=29) < row.expires_at - datetime.now(UTC) <= timedelta(days=30)
    assert recognition("token", "add", "mara", "--scope", "activities:read", "badges:read").exit_code == 0


def test_unknown_scopes_are_named(recognition: Any, make_member: Any) -> None:
    make_member("mara")
    answer = recognition("token", "add", "mara", "--scope", "badges:read", "--scope", "everything")
    assert answer.exit_code == 1
    assert "Unknown scope: everything" in answer.output
    assert "activities:write" in answer.output


def test_who_is_not_there_is_named(recognition: Any) -> None:
    for command in (
        ["member", "role", "x1", "--grant", "admin"],
        ["token", "add", "x1", "--scope", "badges:read"],
        ["member", "claim-link", "x1"],
    ):
        assert recognition(*command).output == "Error: There is no member x1.\n"


def test_a_roll_is_imported_with_its_dirt(recognition: Any, db: Any, tmp_path: Path) -> None:
    file = tmp_path / "roll.csv"
    file.write_text(ROLL, encoding="utf-8")
    answer = recognition("member", "import", str(file))
    told = json.loads(answer.output)
    assert {name: told[name] for name in ("read", "new", "updated", "refused")} == {
        "read": 9,
        "new": 4,
        "updated": 0,
        "refused": 6,
    }
    assert [refusal["line"] for refusal in told["refusals"]] == [5, 6, 7, 8, 9, 10]
    lin, mo, sol, own = (member(db, handle) for handle in ("lin-1", "mo-2", "sol-3", "own-4"))
    assert (lin.state, lin.place, lin.areas, lin.mentor_id) == ("active", "Kenya", ["Testing", "Localisation"], mo.id)
    assert (lin.joined_at, lin.imported) == (datetime(2014, 4, 1, tzinfo=UTC), {"shoe_size": "42"})
    assert (mo.mentor_id, mo.imported) == (None, {"mentor": "nobody-9"})
    assert (sol.state, sol.imported) == ("alumni", {"left": "2012-08"})
    assert (own.mentor_id, own.imported) == (None, {"mentor": "own-4"})
    assert sorted(map(tuple, db.session.execute(sa.select(Group.slug, Group.entry)))) == [
        ("mentor-circle", "closed"),
        ("rep", "closed"),
    ]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Membership)) == 4
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Grant)) == 0


def test_importing_again_changes_nothing_and_new_cells_are_taken(recognition: Any, db: Any, tmp_path: Path) -> None:
    file = tmp_path / "roll.csv"
    file.write_text(ROLL, encoding="utf-8")
    recognition("member", "import", str(file))
    again = json.loads(recognition("member", "import", str(file)).output)
    assert (again["new"], again["updated"], again["refused"]) == (0, 0, 6)
    file.write_text(ROLL.replace("Kenya", "Uganda").replace("nobody-9", "sol-3"), encoding="utf-8")
    assert json.loads(recognition("member", "import", str(file)).output)["updated"] == 2
    assert (member(db, "lin-1").place, member(db, "lin-1").search_members) == ("Uganda", "lin-1\nlin-1\nuganda")
    assert member(db, "mo-2").mentor_id == member(db, "sol-3").id


def test_a_roll_lifts_no_suspension_and_tells_of_changed_states(
    app: Any, recognition: Any, db: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []

    def hook(member_id: int) -> None:
        changed = db.session.get_one(Member, member_id)
        told.append((changed.handle, changed.state))

    file = tmp_path / "roll.csv"
    file.write_text(ROLL, encoding="utf-8")
    recognition("member", "import", str(file))
    recognition("member", "add", "zoe", "--name", "Zoe")
    recognition("member", "suspend", "lin-1", *BY)
    monkeypatch.setitem(app.extensions, "member_changed", [hook])
    file.write_text(ROLL.replace("Kenya", "Uganda").replace("sol-3,alumni", "sol-3,rep"), encoding="utf-8")
    assert json.loads(recognition("member", "import", str(file)).output)["updated"] == 2
    assert (member(db, "lin-1").state, member(db, "lin-1").place, member(db, "sol-3").state) == ("suspended", "Uganda", "active")
    assert told == [("sol-3", "active")]


def test_who_signed_in_is_not_overwritten(recognition: Any, db: Any, tmp_path: Path) -> None:
    file = tmp_path / "roll.csv"
    file.write_text(ROLL, encoding="utf-8")
    recognition("member", "import", str(file))
    lin = member(db, "lin-1")
    lin.place, lin.name = "Kisumu", "Lin"
    db.session.add(Account(member_id=lin.id, issuer="https://a.example", subject="x", created_at=lin.joined_at))
    assert json.loads(recognition("member", "import", str(file)).output)["updated"] == 0
    assert (member(db, "lin-1").place, member(db, "lin-1").name) == ("Kisumu", "Lin")


def test_other_files_are_refused_whole(recognition: Any, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    for content in (b"", b"name,place\na,b\n", b"member\n\xff\xfe\n"):
        file.write_bytes(content)
        assert recognition("member", "import", str(file)).exit_code == 1

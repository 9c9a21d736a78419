"""Deeds from files: every line is stored or has its reason, and a repeat adds nothing."""

import csv
import gzip
import io
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities.imports import files, run
from recognition.activities.models import Activity, ActivityTag, Kind
from recognition.identity.models import Member
from tests.factories.identity import make_group, make_member

DATA = Path(__file__).parent.parent / "data"
NO_DIRT = {"no_campaign": 0, "campaign_other": 0, "no_text": 0, "likely_repeats": 0, "before_joined": 0,
           "irregular_spacing": {"kinds": 0, "rows": 0}}  # fmt: skip


@pytest.fixture
def cli(app):
    runner = app.test_cli_runner()

    def call(*args: Any, exit_code: int = 0) -> dict[str, Any]:
        result = runner.invoke(args=[str(arg) for arg in args])
        assert result.exit_code == exit_code, (result.output, result.exception)
        return json.loads(result.stdout)

    return call


def written(folder: Path, *rows: Any, name: str = "deeds.ndjson") -> Path:
    path = folder / name
    path.write_bytes(b"".join(row if isinstance(row, bytes) else json.dumps(row).encode() + b"\n" for row in rows))
    return path


def row(**changes: Any) -> dict[str, Any]:
    return {
        "source": "old",
        "source_key": "1",
        "member": "ada",
        "occurred_at": "2026-11-02",
        "text": "Talked",
        **changes,
    }


def content(db) -> list[tuple[Any, ...]]:
    """What an import leaves behind, without the numbers and moments of this run."""
    names = ("source", "source_key", "kind", "occurred_day", "text", "campaign", "object", "evidence", "points", "data")
    columns = [getattr(Activity, name) for name in names]
    found = db.session.execute(sa.select(Member.handle, *columns).join(Member, Member.id == Activity.member_id))
    return sorted((tuple(json.dumps(v) if isinstance(v, dict) else v for v in r) for r in found), key=repr)


def test_small_archive(cli, db):
    expected = json.loads((DATA / "small-archive.expected.json").read_text())
    done = cli("activities", "import", DATA / "small-archive.ndjson", "--create-members")
    assert {key: done[key] for key in ("read", "new", "duplicate", "refused")} == {
        key: expected[key] for key in ("read", "new", "duplicate", "refused")
    }
    assert [r["line"] for r in done["refusals"]] == [r["line"] for r in expected["refusals"]]
    assert all(told["why"] in r["reason"] for r, told in zip(done["refusals"], expected["refusals"], strict=True))
    dirt = expected["dirt"]
    assert done["dirt"] == {
        "no_campaign": dirt["without_initiative"], "campaign_other": dirt["initiative_other"],
        "no_text": dirt["without_text"], "likely_repeats": dirt["exact_repeats_beyond_the_first"], "before_joined": 0,
        "irregular_spacing": {"kinds": 2, "rows": 2},
    }  # fmt: skip
    assert (
        dict(db.session.execute(sa.select(Activity.kind, sa.func.count()).group_by(Activity.kind)).all()) == expected["by_kind"]
    )
    assert db.session.get(Kind, "mozactivate-webvr-camp").label == "MozActivate -  WebVR Camp"

    before = content(db)
    again = cli("activities", "import", DATA / "small-archive.ndjson", "--create-members")
    assert (again["new"], again["duplicate"], again["refused"]) == (0, expected["new"], expected["refused"])
    assert again["dirt"] == done["dirt"]
    assert content(db) == before


def test_fields_and_what_we_do_not_know(cli, db, tmp_path):
    ada, group = make_member("ada"), make_group("nairobi")
    db.session.commit()
    path = written(
        tmp_path,
        row(
            kind="Gave a Talk",
            tags=["#MDM", "wiki"],
            text="At the café #mdm #new",
            url="https://example.org/x",
            group="nairobi",
            campaign="Dark Funnel",
            event=17,
            passive=True,
            seats=40,
            note={"a": [1, None]},
        ),
    )
    assert cli("activities", "import", path) == {
        "read": 1, "new": 1, "duplicate": 0, "refused": 0, "refusals": [], "dirt": NO_DIRT,
    }  # fmt: skip
    deed = db.session.scalar(sa.select(Activity))
    assert (deed.member_id, deed.kind, deed.campaign, deed.object, deed.evidence, deed.group_id, deed.visibility) == (
        ada.id, "gave-a-talk", "dark-funnel", "event:17", 1, group.id, "members",
    )  # fmt: skip
    assert deed.data == {"seats": 40, "note": {"a": [1, None]}}
    assert deed.occurred_at.isoformat() == "2026-11-02T12:00:00+00:00"
    assert sorted(db.session.scalars(sa.select(ActivityTag.tag))) == ["mdm", "new", "wiki"]
    assert db.session.get(Kind, "gave-a-talk").label == "Gave a Talk"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"{not json\n", "the line is not JSON"),
        (b"[1, 2]\n", "the line is not a JSON object"),
        (b'"text"\n', "the line is not a JSON object"),
        (b"\xff\xfe\xfa\n", "the line is not UTF-8 text"),
        (b'{"a": NaN}\n', "the line is not JSON: NaN is not a number"),
        (b"[" * 100_000 + b"\n", "the line is nested too deeply"),
        (row(member=None), "no member is named"),
        (row(member=5), "must be a handle, as text"),
        (row(member="nobody"), "nobody here has the handle “nobody”"),
        (row(member="nul\x00"), "nobody here has the handle"),
        (row(occurred_at=None), "occurred_at is missing"),
        (row(occurred_at="2026-02-30"), "occurred_at is not a date"),
        (row(occurred_at=20261102), "occurred_at is not a date"),
        (row(occurred_at="2026-11-02T10:00:00"), "occurred_at needs a time zone"),
        (row(occurred_at="0001-01-01T00:00:00+14:00"), "occurred_at is not a date"),
        (row(occurred_at="2199-01-01"), "occurred_at is in the future"),
        (row(occurred_at="1970-01-01"), "occurred_at is too long ago"),
        (row(text="x" * 1_000_000), "text is longer than 20,000 characters"),
        (row(text=["no"]), "text must be text"),
        (row(text="a\x00b"), "text holds control characters"),
        (row(text="a\ud800b"), "text holds control characters"),
        (row(text="a\x9bb"), "text holds control characters"),
        (row(source_key="\u200b\u3164"), "source_key is missing"),
        (row(url="javascript:alert(1)"), "url must be a web address"),
        (row(group="nowhere"), "group is not a group we know"),
        (row(group={"a": 1}), "group is not a group we know"),
        (row(kind="badge.awarded"), "kind is written by the program itself"),
        (row(kind=7), "kind must be text"),
        (row(source="badges"), "source is a name that the program keeps for itself"),
        (row(source_key=""), "source_key is missing"),
        (row(source_key="k" * 201), "source_key is longer than 200"),
        (row(evidence="sure"), "evidence must be one of self, passive, confirmed"),
        (row(visibility="all"), "visibility must be one of public, members, me"),
        (row(tags=[1]), "tags must be a list of words"),
        (row(tags={"a": 1}), "tags must be a list of words"),
        (row(note="a\x00b"), "line holds control characters"),
        (row(note="\ud800"), "line holds characters that are not UTF-8"),
        (b'{"source_key":"1","member":"ada","occurred_at":"2026-11-02","big":1e999}\n', "line holds a number"),
        (row(note="n" * 20_001), "line has more than 20,000 characters in fields"),
    ],
)  # fmt: skip
def test_each_refusal_has_its_reason(cli, db, tmp_path, bad, reason):
    make_member("ada")
    db.session.commit()
    done = cli("activities", "import", written(tmp_path, row(source_key="good"), bad, row(source_key="too")))
    assert (done["read"], done["new"], done["refused"]) == (3, 2, 1)
    assert done["refusals"][0]["line"] == 2
    assert reason in done["refusals"][0]["reason"]


def test_a_refused_line_makes_no_member(cli, db, tmp_path):
    path = written(tmp_path, row(member="eve", text=7), row(member="no spaces"), row(member="mallory"))
    assert cli("activities", "import", path, "--create-members")["new"] == 1
    assert list(db.session.scalars(sa.select(Member.handle))) == ["mallory"]


def test_csv_with_foreign_columns(cli, db, tmp_path):
    make_member("ada")
    make_member("nobody")
    db.session.commit()
    text = io.StringIO()
    csv.writer(text).writerows([
        ["id", "who", "on", "city", "tags"],
        ["1", "ada", "2020-02-03", 'Nairobi, "Kilimani"\nKenya', "mdm; wiki"],
        ["2", "", "2020-02-03", "Accra", ""],
        ["3", "ada", "2020-02-03"],
    ])  # fmt: skip
    path = tmp_path / "events.csv.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + text.getvalue().encode()))
    done = cli("activities", "import", path, "--map", "member=who", "--map", "occurred_on=on", "--map", "source_key=id",
               "--source", "events", "--default", "member=nobody", "--default", "kind=Hosted an event")  # fmt: skip
    assert (done["read"], done["new"], done["refused"]) == (3, 2, 1)
    assert done["refusals"] == [{"line": 5, "reason": "the line has 3 cells where the heading has 5"}]
    found = db.session.execute(
        sa.select(Activity.source, Activity.source_key, Activity.kind, Activity.data).order_by(Activity.id)
    ).all()
    assert [tuple(r) for r in found] == [
        ("events", "1", "hosted-an-event", {"city": 'Nairobi, "Kilimani"\nKenya'}),
        ("events", "2", "hosted-an-event", {"city": "Accra"}),
    ]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (
            "cut.gz",
            gzip.compress(b"".join(b'{"member": "ada", "n": %d}\n' % n for n in range(5000)))[:-4000],
            "broken after line",
        ),
        ("wrong.gz", b"\x1f\x8b\x08\x00not gzip at all", "broken from its start"),
        ("photo.ndjson", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a text file"),
        ("empty.csv", b"", "needs a heading"),
        ("twice.csv", b"member,member\nada,ada\n", "needs a heading that names each column once"),
    ],
)
def test_broken_files_say_so_and_leave_nothing(app, db, tmp_path, name, data, said):
    (tmp_path / name).write_bytes(data)
    result = app.test_cli_runner().invoke(args=["activities", "import", str(tmp_path / name), "--create-members"])
    assert result.exit_code == 1
    assert said in result.stderr
    assert said in json.loads(result.stdout)["error"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Member)) == 0


def test_interrupted_anywhere_a_repeat_completes(cli, db, tmp_path, monkeypatch):
    """Ctrl-C in the third chunk: two whole chunks stay, and the same command ends where a quiet one does."""
    monkeypatch.setattr(run, "CHUNK_ROWS", 10)
    whole, real = run.record, DATA / "small-archive.ndjson"
    calls = []

    def record_until(reports, now):
        calls.append(len(reports))
        done = whole(reports, now)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(run, "record", record_until)
    stopped = cli("activities", "import", real, "--create-members", exit_code=130)
    assert stopped["interrupted"] is True
    assert stopped["read"] == 20
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == stopped["new"] == 19
    rest = cli("activities", "import", real, "--create-members")
    assert (rest["duplicate"], rest["new"]) == (19, 29)
    interrupted = content(db)
    db.session.execute(sa.delete(Activity))
    db.session.execute(sa.delete(Member))
    db.session.commit()
    cli("activities", "import", real, "--create-members")
    assert content(db) == interrupted


def test_refusals_are_listed_up_to_a_thousand_and_counted_exactly(cli, db, tmp_path):
    done = cli("activities", "import", written(tmp_path, *[b"no\n"] * 1200))
    assert (done["read"], done["refused"], len(done["refusals"])) == (1200, 1200, 1000)


def test_deeds_before_joining_are_told_for_imported_members(cli, db, tmp_path):
    make_member("ada", imported={"joined": "2026-01"})
    make_member("bob")
    db.session.commit()
    path = written(tmp_path, *(row(source_key=f"{who}{day}", member=who, occurred_at=day) for who in ("ada", "bob")
                               for day in ("2025-12-31", "2026-01-01")))  # fmt: skip
    assert cli("activities", "import", path)["dirt"]["before_joined"] == 1


def test_lines_longer_than_the_limit_are_skipped_whole(monkeypatch):
    monkeypatch.setattr(files, "LINE_MAX_BYTES", 100)
    content = io.BytesIO(b'{"a": 1}\n' + b"x" * 1000 + b'\n\n{"b": 2}')
    assert list(files.rows(content, "ndjson")) == [
        (1, {"a": 1}),
        (2, "the line is longer than 100 bytes"),
        (4, {"b": 2}),
    ]


def test_a_wrong_checksum_is_broken(tmp_path):
    data = bytearray(gzip.compress(b'{"a": 1}\n'))
    data[-8:-4] = (zlib.crc32(b"other")).to_bytes(4, "little")
    (tmp_path / "x.gz").write_bytes(data)
    with pytest.raises(files.BrokenFile), files.opened(tmp_path / "x.gz") as (_raw, content):
        list(files.rows(content, "ndjson"))


@pytest.mark.parametrize("option", ["member", "nonsense=x", "member="])
def test_a_wrong_map_is_a_usage_error(app, tmp_path, option):
    path = written(tmp_path, row())
    result = app.test_cli_runner().invoke(args=["activities", "import", str(path), "--map", option])
    assert result.exit_code == 2
    assert "--map" in result.output

"""A whole folder: what is read, what is refused, what lies in the new one, and that it loads."""

import json
import os
import tomllib
from pathlib import Path
from textwrap import dedent

import pytest
import sqlalchemy as sa

from recognition.badges.models import Badge
from recognition.catalog.fedora import folder, reading

BAKE = """\
    name: {name}
    description: Baked {goal} loaves.
    trigger: {{topic: oven.bread.bake}}
    criteria:
      datanommer:
        filter: {{topics: ["%(topic)s"], users: ["%(msg.agent)s"]}}
        operation: count
        condition: {{greater than or equal to: {goal}}}
    recipient: "%(msg.agent)s"
"""


def put(place: Path, name: str, text: str | bytes) -> None:
    (place / name).parent.mkdir(parents=True, exist_ok=True)
    (place / name).write_bytes(text if isinstance(text, bytes) else dedent(text).encode())


def bake(goal: int, name: str = "", more: str = "") -> str:
    return dedent(BAKE).format(goal=goal, name=name or f"Baker of {goal}") + more


TRAPS = {
    "aliases.yml": (
        b"a: &a [1, 1]\nb: &b [*a, *a]\nname: *b",
        "is not YAML that we read: line 2: holds an alias (*); write it out",
    ),
    "binary.yml": (b"name: !!binary aGVsbG8=", "is not YAML that we read: line 1: holds a tag (!); plain values only"),
    "brackets.yml": (b"name: " + b"[" * 60_000, "is not YAML that we read: line 1: is nested deeper than 16"),
    "dashes.yml": (b"- " * 30_000, "is not YAML that we read: line 1: is nested deeper than 16"),
    "day.yml": (b"name: 2014-13-45", "holds a number or a date that does not exist"),
    "empty.yml": (b"", "is empty"),
    "huge.yml": (b"# " + b"x" * 70_000, "is larger than 64 KiB; a rule is a page at most"),
    "latin.yml": ("name: Bäcker".encode("latin-1"), "is not UTF-8 text (byte 7)"),
    "list.yml": (b"- name: x", "is not a table of keys such as name and trigger"),
    "merge.yml": (b"name: x\n<<: {trigger: {}}", "is not YAML that we read: line 2: a key is not a word"),
    "nul.yml": (b"name: a\0b", "is not YAML that we read: it holds signs that no text has"),
    "number.yml": (b"name: " + b"9" * 60_000, "holds a number or a date that does not exist"),
    "python.yml": (
        b"name: !!python/object/apply:os.system ['touch never']",
        "is not YAML that we read: line 1: holds a tag (!); plain values only",
    ),
    "tabs.yml": (b"name:\n\tx: 1", "is not YAML that we read: line 2: found character '\\t' that cannot start any token"),
    "twice.yml": (b"name: a\nname: b", "is not YAML that we read: line 2: the key 'name' stands twice"),
    "two.yml": (b"name: a\n---\nname: b", "is not YAML that we read: line 2: but found another document"),
}


def test_traps_are_told_and_harm_nobody(tmp_path):
    place = tmp_path / "rules"
    for name, (raw, _reason) in TRAPS.items():
        put(place, name, raw)
    put(tmp_path, "outside.yml", bake(1))
    (place / "link.yml").symlink_to(tmp_path / "outside.yml")
    (place / "round").symlink_to(place)
    (place / "dead.yml").symlink_to(tmp_path / "nowhere")
    os.mkfifo(place / "pipe.yml")
    put(place, "readme.txt", b"not a rule")
    put(place, "deep/er/good.YAML", b"\xef\xbb\xbf" + bake(3).encode())
    report = folder.read(place)
    link = "is a link; only what lies in the folder itself is read"
    expected = {name: reason for name, (_raw, reason) in TRAPS.items()}
    assert report.refused == expected | {"link.yml": link, "round": link, "dead.yml": link, "pipe.yml": "is not a plain file"}
    assert [badge.slug for badge in report.badges] == ["good"]
    assert (report.read, report.as_data()["converted"]) == (len(TRAPS) + 5, 1)


def test_a_folder_too_full_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_FILES", 2)
    for goal in (1, 2, 3):
        put(tmp_path, f"{goal}.yml", bake(goal))
    with pytest.raises(reading.TooMany, match="more than 2 rule files"):
        folder.read(tmp_path)


def test_one_slug_for_one_file(tmp_path):
    put(tmp_path, "a/baker.yml", bake(1))
    put(tmp_path, "b/baker.yml", bake(2))
    put(tmp_path, "b/面包.yml", bake(3))
    report = folder.read(tmp_path)
    assert report.refused == {
        "b/baker.yml": "the badge baker stands there already, from a/baker.yml",
        "b/面包.yml": "its file name has no letter or digit to call the badge by",
    }


def test_a_series_that_counts_the_same_is_one_badge(tmp_path):
    put(tmp_path, "one.yml", bake(1, "First Loaf"))
    put(tmp_path, "two.yml", bake(10, "Ten Loaves", "previous: First Loaf\n"))
    put(tmp_path, "three.yml", bake(50, "Fifty Loaves", "previous: two\n"))
    (badge,) = folder.read(tmp_path).badges
    assert (badge.slug, badge.levels, badge.texts["name"]) == ("one", (1, 10, 50), "First Loaf")
    assert badge.criteria == {"count": {"repeats": "all", "kind": ["oven.bread.bake"]}}
    assert badge.texts["story"].endswith("First Loaf (1), Ten Loaves (10), Fifty Loaves (50).")


def test_a_series_that_counts_otherwise_needs_the_badge_before(tmp_path):
    put(tmp_path, "one.yml", bake(1, "First Loaf"))
    put(tmp_path, "two.yml", bake(10, "Ten Cakes", "previous: First Loaf\n").replace("bread", "cake"))
    put(tmp_path, "three.yml", bake(1, "Again", "previous: Ten Cakes\n"))
    one, three, two = folder.read(tmp_path).badges
    assert (one.levels, two.levels, three.levels) == ((), (), ())
    assert [part for part in two.criteria["all"] if "holds" in part] == [{"holds": "one"}]
    assert [part for part in three.criteria["all"] if "holds" in part] == [{"holds": "two"}]


def test_a_series_without_a_beginning(tmp_path):
    put(tmp_path, "a.yml", bake(1, "A", "previous: B\n"))
    put(tmp_path, "b.yml", bake(2, "B", "previous: A\n"))
    put(tmp_path, "c.yml", bake(3, "C", "previous: Nobody\n"))
    put(tmp_path, "d.yml", bake(4, "D", "previous: C\n"))
    put(tmp_path, "e.yml", bake(5, "E", "previous: F\n"))
    put(tmp_path, "f.yml", "name: F\n")
    assert folder.read(tmp_path).refused == {
        "a.yml": "previous: these badges wait for each other",
        "b.yml": "previous: these badges wait for each other",
        "c.yml": "previous: 'Nobody' is no converted rule",
        "d.yml": "previous: 'c' was refused itself",
        "e.yml": "previous: 'F' is no converted rule",
        "f.yml": "it has no description",
    }


def test_numbered_rules_are_a_series_where_that_is_wished(tmp_path):
    put(tmp_path, "a.yml", bake(5, "Crumb (Baker I)"))
    put(tmp_path, "b.yml", bake(25, "Crust (Baker II)"))
    put(tmp_path, "c.yml", bake(25, "Icing (Confectioner I)"))
    assert [(badge.slug, badge.levels) for badge in folder.read(tmp_path).badges] == [("a", ()), ("b", ()), ("c", ())]
    report = folder.read(tmp_path, by_name=True)
    assert [(badge.texts["name"], badge.levels) for badge in report.badges] == [
        ("Baker", (5, 25)),
        ("Icing (Confectioner I)", ()),
    ]
    assert (report.read, report.as_data()["converted"], report.as_data()["badges"]) == (3, 3, 2)
    assert report.files == {"a": ["a.yml", "b.yml"], "c": ["c.yml"]}


@pytest.fixture
def call(app):
    def run(*args, exit_code=0):
        result = app.test_cli_runner().invoke(args=["catalog", *map(str, args)])
        assert result.exit_code == exit_code, result.output
        return json.loads(result.stdout) if exit_code == 0 else result.stderr

    return run


def test_what_is_written_loads(call, db, tmp_path):
    put(tmp_path / "rules", "one.yml", bake(1, "First Loaf"))
    put(tmp_path / "rules", "two.yml", bake(10, "Ten Loaves", "previous: First Loaf\n"))
    put(tmp_path / "rules", "rye.yml", bake(3, 'The "Rye" Baker').replace(
        "{topic: oven.bread.bake}", "{all: [{topic: oven.bread.bake}, {lambda: 'msg.msg.flour == \"rye\"'}]}"))  # fmt: skip
    put(tmp_path / "rules", "bad.yml", "name: x")
    out = tmp_path / "out"
    told = call("import-rules", tmp_path / "rules", "--dialect", "fedora", "--out", out)
    assert {name: told[name] for name in ("read", "converted", "refused", "badges", "kinds")} == {
        "read": 4, "converted": 3, "refused": [{"file": "bad.yml", "reason": "it has no description"}], "badges": 2, "kinds": 1,
    }  # fmt: skip
    assert tomllib.loads((out / "kinds.toml").read_text()) == {
        "kinds": [{"slug": "oven.bread.bake", "label": "Oven: bread bake", "family": "helping", "points": 1, "offered": False}]
    }
    assert {name: call("load", out)[name] for name in ("kinds", "badges")} == {"kinds": 1, "badges": 2}
    badges = {badge.slug: badge for badge in db.session.scalars(sa.select(Badge))}
    assert {slug: (badge.name, badge.levels, badge.state) for slug, badge in badges.items()} == {
        "one": ("First Loaf", [1, 10], "published"), "rye": ('The "Rye" Baker', [], "published"),
    }  # fmt: skip
    assert "holds badges already" in call("import-rules", tmp_path / "rules", "--dialect", "fedora", "--out", out, exit_code=1)


def test_without_a_place_nothing_is_written(call, tmp_path):
    put(tmp_path, "one.yml", bake(1))
    assert call("import-rules", tmp_path, "--dialect", "fedora")["converted"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["one.yml"]
    assert "Invalid value for '--dialect'" in call("import-rules", tmp_path, "--dialect", "other", exit_code=2)


def test_topics_that_only_people_know(call, tmp_path):
    put(tmp_path, "one.yml", bake(1).replace("topic: oven.bread.bake", "category: oven"))
    assert call("import-rules", tmp_path, "--dialect", "fedora")["converted"] == 0
    assert call("import-rules", tmp_path, "--dialect", "fedora", "--topic", "oven.bread.bake")["converted"] == 1
    assert "is not a plain name" in call("import-rules", tmp_path, "--dialect", "fedora", "--topic", "no good", exit_code=1)

"""Badges out of files and back."""

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.badges.catalog import BadCatalog, export, load
from recognition.badges.models import Badge, BadgeListener, BadgeVersion
from recognition.jobs.models import Job
from recognition.toml import dumps
from tests.factories.identity import make_group

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SHIPPED = Path(__file__).parents[2] / "recognition" / "catalog" / "mdm"
PLAIN = {"name": "A", "family": "helping", "glyph": "star", "band": "A", "summary": "Did a thing."}


def write(folder: Path, slug: str, criteria: dict[str, Any], /, **changes: Any) -> None:
    (folder / "badges").mkdir(exist_ok=True)
    data = PLAIN | {"slug": slug} | changes
    lines = [f"{key} = {json.dumps(value)}" for key, value in data.items()]
    rule = ", ".join(f"{key} = {_inline(value)}" for key, value in criteria.items())
    (folder / "badges" / f"{slug}.toml").write_text("\n".join([*lines, f"criteria = {{ {rule} }}", ""]))


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_inline(v)}" for k, v in value.items()) + " }"
    return "[" + ", ".join(map(_inline, value)) + "]" if isinstance(value, list) else json.dumps(value)


def once(number: int = 1) -> dict[str, Any]:
    return {"count": {"kind": "talk"}, "at_least": number}


def test_the_shipped_catalogue_loads_and_comes_back_the_same(db: Any, tmp_path: Path) -> None:
    slugs = load(SHIPPED, NOW)
    assert sorted(slugs) == sorted(path.stem for path in (SHIPPED / "badges").glob("*.toml"))
    assert set(db.session.scalars(sa.select(Badge.state))) == {"published"}
    first, second = tmp_path / "first", tmp_path / "second"
    export(first)
    db.session.execute(sa.delete(Badge))
    load(first, NOW)
    export(second)
    texts = [{path.name: path.read_bytes() for path in (folder / "badges").iterdir()} for folder in (first, second)]
    assert texts[0] == texts[1]
    assert len(texts[0]) == len(slugs)


def test_who_gives_it_and_for_how_long_comes_back_too(db: Any, tmp_path: Path) -> None:
    make_group("nairobi")
    folder, out = tmp_path / "in", tmp_path / "out"
    (folder / "badges").mkdir(parents=True)
    given = {"slug": "first-aid", **PLAIN, "story": "", "issuer": "nairobi", "nominable": True, "valid_days": 365,
             "warn_days": 20, "levels": [1, 5]}  # fmt: skip
    (folder / "badges" / "first-aid.toml").write_text(dumps(given), encoding="utf-8")
    load(folder, NOW)
    badge = db.session.scalars(sa.select(Badge)).one()
    assert (badge.criteria, badge.state, badge.version) == (None, "published", 1)
    export(out)
    assert tomllib.loads((out / "badges" / "first-aid.toml").read_text(encoding="utf-8")) == given
    load(out, NOW)
    assert (badge.version, db.session.scalars(sa.select(Job)).all()) == (1, [])


def test_loading_again_changes_nothing(db: Any, tmp_path: Path) -> None:
    write(tmp_path, "a", once())
    load(tmp_path, NOW)
    load(tmp_path, NOW)
    assert db.session.scalars(sa.select(Badge.version)).all() == [1]
    assert [job.name for job in db.session.scalars(sa.select(Job))] == ["badges.backfill"]


def test_a_changed_rule_is_a_new_version_with_its_own_listeners(db: Any, tmp_path: Path) -> None:
    write(tmp_path, "a", once())
    load(tmp_path, NOW)
    write(tmp_path, "a", {"count": {"kind": ["writing", "support"]}, "at_least": 2})
    load(tmp_path, NOW)
    versions = db.session.execute(sa.select(BadgeVersion.version, BadgeVersion.criteria).order_by(BadgeVersion.version)).all()
    assert [tuple(row) for row in versions] == [
        (1, once()),
        (2, {"count": {"kind": ["writing", "support"]}, "at_least": 2}),
    ]
    assert sorted(db.session.scalars(sa.select(BadgeListener.kind))) == ["support", "writing"]


def test_new_words_are_no_new_version(db: Any, tmp_path: Path) -> None:
    write(tmp_path, "a", once())
    load(tmp_path, NOW)
    write(tmp_path, "a", once(), name="Another name")
    load(tmp_path, NOW)
    assert db.session.execute(sa.select(Badge.name, Badge.version)).one() == ("Another name", 1)


@pytest.mark.parametrize(
    ("changes", "criteria", "said"),
    [
        ({"family": "royal"}, once(), "badges/b.toml: family: The family must be one of"),
        ({"glyph": "skull"}, once(), "badges/b.toml: glyph: "),
        ({"band": "MUCH TOO LONG A WORD"}, once(), "badges/b.toml: band: "),
        ({"name": ""}, once(), "badges/b.toml: name: needs a text"),
        ({"colour": "red"}, once(), "badges/b.toml: colour: is not a field of a badge"),
        ({"levels": [5, 1]}, {"count": {}}, "badges/b.toml: levels: "),
        ({}, {"count": {"knid": "talk"}, "at_least": 1}, "badges/b.toml: criteria: count.knid: is not a condition"),
        ({"levels": [1, 5]}, {"holds": "a"}, "badges/b.toml: criteria: "),
        ({}, {"holds": "nobody"}, "badges/b.toml: criteria: builds on the badge 'nobody'"),
        ({}, {"holds": "a", "level": 1}, "badges/b.toml: criteria: level 1 is the lowest of a: leave the level out"),
        ({}, {"holds": "a", "level": 7}, "badges/b.toml: criteria: asks for level 7 of a, which has [1, 5]"),
        ({"slug": "c"}, once(), "badges/b.toml: slug: is 'c', but the file is named 'b'"),
    ],
)
def test_faults_name_file_and_field_and_nothing_is_stored(
    db: Any, tmp_path: Path, changes: dict[str, Any], criteria: dict[str, Any], said: str
) -> None:
    write(tmp_path, "a", {"count": {"kind": "talk"}}, levels=[1, 5])
    write(tmp_path, "b", criteria, **changes)
    with pytest.raises(BadCatalog) as caught:
        load(tmp_path, NOW)
    assert len(caught.value.faults) == 1
    assert caught.value.faults[0].startswith(said)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Badge)) == 0


def test_badges_that_wait_for_each_other_are_named(db: Any, tmp_path: Path) -> None:
    write(tmp_path, "a", {"holds": "b"})
    write(tmp_path, "b", {"all": [once(), {"holds": "a"}]})
    with pytest.raises(BadCatalog, match="a -> b -> a"):
        load(tmp_path, NOW)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Badge)) == 0

"""Boards in a file: every rule there and back, and what makes no sense refused with its place."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities.drain import drain
from recognition.activities.models import Kind
from recognition.catalog import boards
from recognition.catalog.sheets import BadSheet
from recognition.leaderboards.models import Board, Standing
from tests.conftest import empty_tables
from tests.factories.activities import make_activity
from tests.factories.identity import make_member

ALL = """[[boards]]
slug = "weighed"
name = "Weighed"
kinds = ["talk", "help"]
weights = { help = 3, talk = 0 }
per_day = 5
once_per_object = true

[[boards]]
slug = "kinds"
name = "Kinds"
about = "How many."
measure = "variety"
families = ["helping"]

[[boards]]
slug = "community"
name = "All"
per_head = true
"""


def load(folder: Path, text: str, **moved: bool) -> list[str]:
    path = folder / "boards.toml"
    path.write_text(text, encoding="utf-8")
    return boards.load(path, **moved)


def test_every_rule_comes_back_as_it_went(db: Any, tmp_path: Path) -> None:
    assert load(tmp_path, ALL) == ["weighed", "kinds", "community"]
    db.session.commit()
    for name in ("first.toml", "second.toml"):
        boards.export(tmp_path / name)
        empty_tables()
        boards.load(tmp_path / name)
        db.session.commit()
        assert (tmp_path / name).read_text(encoding="utf-8") == ALL


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('measure = "length"', "measure: needs one of"),
        ("per_day = -1", "per_day: needs a whole number from 0 to 1000"),
        ("per_day = 1000000000", "per_day: needs a whole number from 0 to 1000"),
        ('families = ["singing"]', "families: needs some of"),
        ('kinds = "talk"', "kinds: needs a list"),
        ("weights = { talk = -5 }", "weights: needs points by kind"),
        ("weights = { talk = true }", "weights: needs points by kind"),
        ('measure = "firsts"\nper_day = 3', "per_day: has no meaning where firsts are counted"),
        ('measure = "variety"\nonce_per_object = true', "once_per_object: has no meaning"),
        ('measure = "deeds"\nweights = { talk = 2 }', "weights: are for boards whose measure is points"),
        ('measure = "people"\nfamilies = ["caring"]', "families: people are named by thanks only"),
        ('measure = "deeds"\nkinds = ["talk", "badge.awarded"]', "kinds: badge.awarded counts on no board"),
        ('weights = { "badge.awarded" = 5 }', "weights: badge.awarded counts on no board"),
        ('measure = "deeds"\nkinds = ["reflection"]', "kinds: a board of reflections would tell"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(db: Any, tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(BadSheet) as caught:
        load(tmp_path, f'[[boards]]\nslug = "one"\nname = "One"\n{line}\n')
    assert str(caught.value).startswith(f"boards.toml: boards[0].{said}")


def scores(db: Any) -> dict[str, int]:
    asked = sa.select(Board.slug, Standing.score).join(Standing, Standing.board_id == Board.id)
    return {row.slug: row.score for row in db.session.execute(asked.where(Standing.period == "all"))}


def test_a_changed_rule_or_family_sums_up_anew(db: Any, tmp_path: Path) -> None:
    ada = make_member("ada").id
    make_activity(ada, kind="talk", fingerprinted=False)
    make_activity(ada, kind="help", fingerprinted=False)
    db.session.commit()
    drain()
    text = '[[boards]]\nslug = "one"\nname = "One"\nmeasure = "deeds"\n'
    load(tmp_path, text + 'families = ["making"]')
    assert scores(db) == {"community": 10}
    db.session.get_one(Kind, "talk").family = "making"
    db.session.flush()
    load(tmp_path, text + 'families = ["making"]', families_moved=True)
    assert scores(db) == {"community": 10, "one": 1}
    load(tmp_path, text)
    assert scores(db) == {"community": 10, "one": 2}

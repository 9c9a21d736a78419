"""A catalogue comes in whole or not at all, and goes out as it came."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from recognition.activities.drain import drain
from recognition.activities.models import Kind
from recognition.badges.models import Badge
from recognition.campaigns.models import Campaign
from recognition.catalog import services
from recognition.catalog.services import MDM, BadCatalog
from recognition.leaderboards.models import Board, Standing
from recognition.quests.models import Quest
from tests.conftest import empty_tables
from tests.factories.activities import make_activity

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TABLES = (Kind, Board, Quest, Badge, Campaign)


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(MDM, tmp_path / "mdm"))


def stored(db):
    return [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in TABLES]


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_catalogue_of_the_product_comes_in(db):
    loaded = services.load(MDM, NOW)
    db.session.commit()
    assert {part: len(slugs) for part, slugs in loaded.items()} == {
        "kinds": 28, "boards": 6, "quests": 8, "badges": 24, "campaigns": 2, "contests": 0,
    }  # fmt: skip
    assert stored(db) == [28, 6, 8, 24, 2]
    assert {badge.state for badge in db.session.scalars(sa.select(Badge))} == {"published"}


def test_loading_again_changes_nothing(db, tmp_path):
    services.load(MDM, NOW)
    db.session.commit()
    services.export(tmp_path / "first")
    services.load(MDM, NOW)
    db.session.commit()
    services.export(tmp_path / "second")
    assert files(tmp_path / "first") == files(tmp_path / "second")


def test_a_round_trip_is_identical(db, tmp_path):
    services.load(MDM, NOW)
    db.session.commit()
    services.export(tmp_path / "first")
    empty_tables()
    services.load(tmp_path / "first", NOW)
    db.session.commit()
    services.export(tmp_path / "second")
    first = files(tmp_path / "first")
    assert first == files(tmp_path / "second")
    assert {name.split("/")[0] for name in first} == {"kinds.toml", "boards.toml", "quests", "badges", "campaigns"}


def test_kinds_keep_the_order_of_the_file_and_hide_what_the_product_writes(db):
    services.load(MDM, NOW)
    kinds = db.session.scalars(sa.select(Kind).order_by(Kind.position)).all()
    assert [kind.slug for kind in kinds][:2] == ["event.attended", "event.hosted"]
    internal = {"quest.step", "quest.finished", "reflection", "campaign.joined", "badge.awarded", "contest.entered",
                "contest.voted", "contest.placed"}  # fmt: skip
    assert {kind.slug for kind in kinds if kind.internal} == internal
    assert {kind.slug for kind in kinds if not kind.offered} == internal


def test_kinds_that_an_import_brought_survive_a_round_trip(db, tmp_path):
    db.session.add(Kind(slug="press-tour", label="Press tour", points=5, offered=False, position=1000))
    db.session.commit()
    services.export(tmp_path / "first")
    empty_tables()
    services.load(tmp_path / "first", NOW)
    kind = db.session.get_one(Kind, "press-tour")
    assert (kind.label, kind.points, kind.offered, kind.internal) == ("Press tour", 5, False, False)


FAULTS = [
    ("kinds.toml", 'family = "gathering"', 'family = "singing"', "kinds.toml: kinds[0].family: needs one of"),
    ("kinds.toml", "points = 8", "points = true", "kinds.toml: kinds[0].points: needs a whole number"),
    ("kinds.toml", 'slug = "event.hosted"', 'slug = "event.attended"', "kinds.toml: kinds[1].slug: “event.attended”"),
    ("kinds.toml", "internal = true", "internal = false", "kinds.toml: kinds[20].internal: is for"),
    ("kinds.toml", "hint =", "hints =", "kinds.toml: kinds[0].hints is not known"),
    ("kinds.toml", "[[kinds]]", "[[kinds", "kinds.toml: "),
    ("badges/maker.toml", 'family = "making"', 'family = "knitting"', "badges/maker.toml: family"),
    ("badges/below-the-waterline.toml", '"duty"', '"dutty"',
     "badges/below-the-waterline.toml: criteria: count.kind: there is no kind called 'dutty'"),
    ("quests/what-is-mdm/quest.toml", 'kind = "read"', 'kind = "sing"', "quests/what-is-mdm/quest.toml: steps[0].kind"),
    ("campaigns/what-is-mdm.toml", "at_least", "at_last", "campaigns/what-is-mdm.toml"),
    ("campaigns/what-is-mdm.toml", '"pass-it-on",\n]\nbadges', '"pass-it-off",\n]\nbadges',
     "campaigns/what-is-mdm.toml: quests: there is no quest “pass-it-off”"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "right", "wrong", "said"), FAULTS)
def test_one_fault_names_its_place_and_nothing_is_stored(db, folder, name, right, wrong, said):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    if right not in text:
        right, wrong = "[goal.criteria]", "[goal.criteria]\nat_last = 2"
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(BadCatalog) as caught:
        services.load(folder, NOW)
    db.session.rollback()
    assert str(caught.value).startswith(said)
    assert stored(db) == [0, 0, 0, 0, 0]


def test_a_directory_without_a_catalogue_says_so(db, tmp_path):
    with pytest.raises(BadCatalog, match="there is no catalogue here"):
        services.load(tmp_path, NOW)


def test_boards_of_a_file_stand_beside_the_common_one(db, folder):
    (folder / "boards.toml").write_text('[[boards]]\nslug = "words"\nname = "Words"\nkinds = ["translation"]\n', encoding="utf-8")
    services.load(folder, NOW)
    boards = {board.slug: board.kinds for board in db.session.scalars(sa.select(Board))}
    assert boards == {"words": ["translation"], "community": []}


def test_deeds_that_were_considered_before_count_on_a_new_board(db, folder, make_member):
    member = make_member("ada")
    make_activity(member.id, kind="translation")
    db.session.commit()
    drain()
    services.load(folder, NOW)
    db.session.commit()
    (folder / "boards.toml").write_text('[[boards]]\nslug = "words"\nname = "Words"\nkinds = ["translation"]\n', encoding="utf-8")
    services.load(folder, NOW)
    db.session.commit()
    drain()
    standings = sa.select(Board.slug, Standing.deeds).join_from(Standing, Board, Board.id == Standing.board_id)
    found = db.session.execute(
        standings.where(Standing.period == "all", Board.slug.in_(["community", "words"])).order_by(Board.slug)
    )
    assert [tuple(row) for row in found] == [("community", 1), ("words", 1)]

"""Contests as files: in and out without a loss, and every fault with its place."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.audit.models import AuditEntry
from recognition.badges.models import Badge
from recognition.badges.words import names_of_refs
from recognition.catalog import services
from recognition.contests import catalog
from recognition.contests.models.contest import Contest
from recognition.contests.rules import ContestSpec, RoundSpec
from recognition.contests.services import making
from tests.conftest import empty_tables
from tests.factories.badges import make_badge
from tests.factories.contests import NOW, days

GOOD = """
slug = "poster"
title = "Poster"
brief = "A poster."
takes = "picture"
entries_from = 2026-12-01T09:00:00+01:00
entries_until = 2026-12-15T18:00:00Z
[may_vote]
member_for = 30
[[rounds]]
starts_at = 2026-12-15T18:00:00Z
ends_at = 2026-12-22T18:00:00Z
most_choices = 3
"""
RULE = """
slug = "{slug}"
name = "First poster"
summary = "Among the first."
family = "making"
glyph = "star"
band = "FIRST"
[criteria]
placed = "poster"
"""


@pytest.fixture(autouse=True)
def today() -> Any:
    with clock.as_of(NOW):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "contests").mkdir()
    (tmp_path / "badges").mkdir()
    (tmp_path / "contests" / "poster.toml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def full(make_member: Any) -> Contest:
    for handle in ("ada", "bo"):
        make_member(handle)
    make_badge("maker")
    spec = ContestSpec(
        slug="draw", title="Draw “it”", brief="Two\nlines.", rules="Be kind.", takes="picture", family="caring",
        entries_from=days(1), entries_until=days(9), may_enter={"any": [{"member_for": 3}, {"holds": "maker"}]},
        entries_each=3, licences=("cc0-1.0",), shows_at_once=False, tie_rule="draw", prizes=("maker",), rounds=(
            RoundSpec(days(9), days(12), "All of us", advance_count=4, weight=30, quorum=5, missing="extend", extend_days=2),
            RoundSpec(days(14), days(20), judges="jury", method="irv", quorum=1, deputies_at=days(17), jurors=("ada",),
                      deputies=("bo",)),
        ),
    )  # fmt: skip
    return making.publish(making.save(spec, NOW, None).id, NOW, None)


def test_a_round_trip_is_identical(db: Any, make_member: Any, tmp_path: Path) -> None:
    full(make_member)
    db.session.commit()
    services.export(tmp_path / "first")
    empty_tables()
    for handle in ("ada", "bo"):
        make_member(handle)
    services.load(tmp_path / "first", NOW)
    db.session.commit()
    services.export(tmp_path / "second")
    assert (tmp_path / "first/contests/draw.toml").read_bytes() == (tmp_path / "second/contests/draw.toml").read_bytes()
    contest = db.session.scalars(sa.select(Contest)).one()
    assert (contest.state, [one.position for one in contest.rounds]) == ("published", [1, 2])


def test_loading_again_changes_nothing_also_once_it_has_begun(db: Any, make_member: Any, tmp_path: Path) -> None:
    seed = full(make_member).seed
    db.session.commit()
    services.export(tmp_path)
    before = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
    with clock.as_of(days(15)):
        services.load(tmp_path, days(15))
        db.session.commit()
    assert db.session.scalars(sa.select(Contest.seed)).all() == [seed]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == before


def test_a_file_makes_a_published_contest(db: Any, folder: Path) -> None:
    loaded = services.load(folder, NOW)
    assert loaded["contests"] == ["poster"]
    contest = db.session.scalars(sa.select(Contest)).one()
    assert (contest.state, contest.entries_from.hour, contest.may_vote) == ("published", 8, {"member_for": 30})
    assert (contest.rounds[0].method, contest.rounds[0].most_choices, contest.entries_each) == ("approval", 3, 1)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('takes = "picture"', 'takes = "song"', "contests/poster.toml: takes: Please choose one of these."),
        ('takes = "picture"', "", "contests/poster.toml: takes is missing"),
        ('title = "Poster"', "title = 7", "contests/poster.toml: title needs a text"),
        ('title = "Poster"', 'titel = "Poster"', "contests/poster.toml: titel is not known"),
        ("09:00:00+01:00", "09:00:00", "contests/poster.toml: entries_from needs a moment with its zone"),
        ("2026-12-22T18:00:00Z", "2026-12-15T18:00:00Z", "contests/poster.toml: rounds[0].ends_at: A round has to end"),
        ("most_choices = 3", 'most_choices = "3"', "contests/poster.toml: rounds[0].most_choices needs a whole number"),
        ("most_choices = 3", "most_choices = true", "contests/poster.toml: rounds[0].most_choices needs a whole number"),
        ("most_choices = 3", 'judges = "jury"\njurors = ["zed"]', "contests/poster.toml: rounds[0].jurors: There is nobody"),
        ("[[rounds]]", "[rounds]", "contests/poster.toml: rounds needs to be a list of tables"),
        ("member_for = 30", "member_for = 0", "contests/poster.toml: may_vote: "),
        ("[may_vote]", "[may_vote", "contests/poster.toml: "),
        ('title = "Poster"', 'title = "Poster"\ncampaign = "nowhere"', "contests/poster.toml: campaign: There is no campaign"),
    ],
)
def test_a_fault_is_told_with_its_place_and_nothing_comes_in(db: Any, folder: Path, old: str, new: str, fault: str) -> None:
    path = folder / "contests" / "poster.toml"
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(services.BadCatalog, match="^" + fault.replace("[", r"\[").replace(".", r"\.")):
        services.load(folder, NOW)


def test_of_one_that_has_begun_a_file_does_not_change_the_method(db: Any, folder: Path) -> None:
    services.load(folder, NOW)
    db.session.commit()
    path = folder / "contests" / "poster.toml"
    path.write_text(GOOD.replace("most_choices = 3", 'method = "score"'), encoding="utf-8")
    with clock.as_of(days(12)), pytest.raises(services.BadCatalog, match=r"rounds\[0\]\.method: The entries have begun"):
        services.load(folder, days(12))


def test_a_badge_may_ask_for_a_place_in_a_contest_that_is_there(db: Any, folder: Path) -> None:
    (folder / "badges" / "first-poster.toml").write_text(RULE.format(slug="first-poster"), encoding="utf-8")
    services.load(folder, NOW)
    assert db.session.scalars(sa.select(Badge.slug)).all() == ["first-poster"]
    assert names_of_refs(["contest:poster"]) == {"contest:poster": "Poster"}
    db.session.rollback()
    (folder / "contests" / "poster.toml").unlink()
    with pytest.raises(services.BadCatalog, match="there is no contest called 'poster'"):
        services.load(folder, NOW)


def test_drafts_and_what_was_called_off_stay_at_home(db: Any, make_member: Any, tmp_path: Path) -> None:
    contest = full(make_member)
    making.save(ContestSpec(slug="idea", title="Idea", brief="?", takes="text", entries_from=days(1), entries_until=days(2),
                            rounds=(RoundSpec(days(2), days(3)),)), NOW, None)  # fmt: skip
    making.call_off(contest.id, "No time.", NOW, None)
    assert catalog.export(tmp_path) == []

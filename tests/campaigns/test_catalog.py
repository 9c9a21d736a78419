"""Campaigns as files: what goes out comes in again, and a file with a fault is named with its place."""

import pytest
import sqlalchemy as sa

from recognition.campaigns import catalog, moving
from recognition.campaigns.catalog import BadFile, export, load, read
from recognition.campaigns.models import Campaign
from recognition.config import PACKAGE_DIR
from recognition.extensions import db as database
from tests.factories.campaigns import NOW, make_campaign, make_spec

FILE = """
slug = "spring"
title = "Spring"
tagline = "One line."
starts_on = 2026-11-01
ends_on = 2026-11-30
quests = ["a", "b"]
badges = ["c"]

[goal]
sentence = "Half of us tell two deeds."
target_share = 0.5
criteria = { count = { tags_any = ["mdm"] }, at_least = 2 }
"""


def write(folder, text: str = FILE, name: str = "spring.toml"):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_a_file_is_read(tmp_path):
    wanted = make_spec(
        tagline="One line.", goal_sentence="Half of us tell two deeds.", quests=("a", "b"), badges=("c",), language="en"
    )
    assert read(write(tmp_path)) == wanted


def test_loading_twice_is_loading_once(db, tmp_path):
    write(tmp_path)
    for _ in range(2):
        assert load(tmp_path, NOW) == ["spring"]
        db.session.commit()
    assert db.session.scalars(sa.select(Campaign.state)).all() == ["published"]


def test_loading_does_not_begin_again_what_was_ended(db, tmp_path):
    write(tmp_path)
    load(tmp_path, NOW)
    moving.move(db.session.scalar(sa.select(Campaign)), "ended", NOW, None, "Done.")
    load(tmp_path, NOW)
    assert db.session.scalars(sa.select(Campaign.state)).all() == ["ended"]


def test_what_goes_out_comes_in_again(db, tmp_path):
    write(tmp_path / "in")
    load(tmp_path / "in", NOW)
    make_campaign("draft", state="draft")
    make_campaign(
        "plain", language="pt-BR", goal_criteria=None, target_count=None, body='Words\n\n* "quoted"', came_of_it="It went well."
    )
    db.session.commit()
    assert export(tmp_path / "out") == ["plain", "spring"]
    assert read(tmp_path / "out" / "spring.toml") == read(tmp_path / "in" / "spring.toml")
    before = [catalog.as_data(campaign) for campaign in campaigns()]
    database.session.execute(sa.delete(Campaign).where(Campaign.slug != "draft"))
    database.session.expire_all()
    load(tmp_path / "out", NOW)
    assert sorted((catalog.as_data(c) for c in campaigns()), key=lambda d: d["slug"]) == before


def campaigns() -> list[Campaign]:
    return list(database.session.scalars(sa.select(Campaign).where(Campaign.slug != "draft").order_by(Campaign.slug)))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('slug = "spring"', "", "slug is missing"), ('slug = "spring"', 'slug = "Not This"', "slug needs small letters"),
        ("starts_on = 2026-11-01", "", "starts_on is missing"), ("2026-11-30", "2026-10-01", "ends_on comes before starts_on"),
        ("2026-11-30", '"soon"', "need a day"), ("2026-11-30", "2026-11-30T12:00:00Z", "need a day"),
        ('title = "Spring"', "", "title is missing"), ('title = "Spring"', "title = 3", "spring.toml: title needs a text"),
        ("tagline", "tagsline", "tagsline is not known"), ("target_share = 0.5", "target_share = 80", "target_share"),
        ("target_share = 0.5", "target_count = -1", "target_count"), ("at_least = 2", "at_least = 0", "goal.criteria."),
        ('slug = "spring"', 'slug = "spring"\nfamily = "loud"', "family needs one of"), ("[goal]", "[goal", "spring.toml: "),
        ('quests = ["a", "b"]', "quests = 3", "spring.toml: "),
        ('slug = "spring"', 'slug = "spring"\nlanguage = "German"', "language needs the short name"),
    ],
)  # fmt: skip
def test_a_fault_is_named(tmp_path, old, new, fault):
    assert old in FILE
    with pytest.raises(BadFile, match=fault) as caught:
        read(write(tmp_path, FILE.replace(old, new, 1)))
    assert str(caught.value).startswith("spring.toml: ")


def test_the_shipped_campaigns_are_read():
    files = sorted((PACKAGE_DIR / "catalog" / "mdm" / "campaigns").glob("*.toml"))
    assert [read(path).slug for path in files] == [path.stem for path in files]

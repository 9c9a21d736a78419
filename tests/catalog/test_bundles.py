"""A campaign as one file: the same bytes on both sides, nothing of ours overwritten unasked, and no file that could hurt."""

import io
import json
import zipfile
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.audit.models import AuditEntry
from recognition.badges.models import Badge
from recognition.campaigns import moving
from recognition.campaigns.models import Campaign
from recognition.campaigns.queries import campaign_by_slug
from recognition.catalog.bundles import coming, templates
from recognition.catalog.bundles.coming import CHANGE, RENAME, Clash, take_in
from recognition.catalog.bundles.leaving import parcel_of
from recognition.catalog.bundles.naming import named, renamed
from recognition.catalog.bundles.parcel import BadParcel, files, of_folder, pack, unpack
from recognition.contests.models.contest import Contest
from recognition.database import moment
from recognition.extensions import db as database
from recognition.quests.models import Quest
from tests.conftest import empty_tables
from tests.factories.identity import make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = "draw-what-mdm-means"


@pytest.fixture
def house(app: Any) -> Any:
    with app.test_request_context():
        make_member("cora", roles=("council",))
        database.session.commit()
        yield


def out(slug: str = KEY) -> bytes:
    campaign = campaign_by_slug(slug, drafts=True)
    assert campaign is not None
    return pack(parcel_of(campaign))


def slugs(model: Any) -> list[str]:
    return list(database.session.scalars(sa.select(model.slug).order_by(model.slug)))


@pytest.mark.parametrize("key", templates.KEYS)
def test_out_and_in_is_the_same_in_an_empty_house(house: Any, key: str) -> None:
    templates.begin(key, NOW, None)
    database.session.commit()
    content = out(key)
    assert out(key) == content
    empty_tables()
    make_member("cora", roles=("council",))
    came = take_in(unpack(content), "", NOW, None)
    database.session.commit()
    assert (came.campaign.state, came.left_out) == ("draft", [])
    assert out(key) == content


def test_a_published_one_goes_out_as_it_came_in(house: Any, app: Any) -> None:
    templates.begin(KEY, moment(), None)
    before = out()
    moving.move(campaign_by_slug(KEY, drafts=True), "published", moment(), None)
    database.session.commit()
    assert out() == before
    states = [database.session.scalars(sa.select(model.state)).all() for model in (Campaign, Quest, Badge, Contest)]
    assert states == [["published"]] * 4


def test_twice_is_once(house: Any) -> None:
    for _time in range(2):
        templates.begin(KEY, NOW, None)
        database.session.commit()
    assert [slugs(model) for model in (Campaign, Quest, Badge, Contest)] == [
        [KEY], ["from-words-to-picture"], ["mdm-in-a-picture"], ["mdm-in-one-picture"],
    ]  # fmt: skip


def test_two_presses_of_one_button_are_one(house: Any, app: Any) -> None:
    templates.begin(KEY, NOW, None)
    content = out()
    empty_tables()
    cora_id = make_member("cora", roles=("council",)).id
    database.session.commit()
    together, came = Barrier(2), []

    def press() -> None:
        with app.test_request_context():
            together.wait(10)
            came.append(take_in(unpack(content), "", NOW, cora_id).is_new)
            database.session.commit()

    presses = [Thread(target=press) for _one in range(2)]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join(30)
    assert (sorted(came), slugs(Campaign)) == ([False, True], [KEY])


def test_a_database_that_is_away_is_no_fault_of_the_file(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    templates.begin(KEY, NOW, None)
    content = out()

    def away(*_any: Any) -> None:
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(coming, "clashing", away)
    with pytest.raises(sa.exc.OperationalError):
        take_in(unpack(content), "", NOW, None)


def test_what_differs_is_asked_about_then_changed_or_renamed(house: Any) -> None:
    templates.begin(KEY, NOW, None)
    database.session.commit()
    content = out()
    database.session.execute(sa.update(Campaign).values(tagline="Ours by now."))
    database.session.execute(sa.update(Badge).values(summary="Ours too."))
    database.session.commit()
    with pytest.raises(Clash) as asked:
        take_in(unpack(content), "", NOW, None)
    database.session.rollback()
    assert asked.value.titles == ["Draw what MDM means", "MDM in a Picture"]
    came = take_in(unpack(content), RENAME, NOW, None)
    database.session.commit()
    assert came.campaign.slug == f"{KEY}-2"
    assert database.session.scalar(sa.select(Campaign.tagline).where(Campaign.slug == KEY)) == "Ours by now."
    second = parcel_of(came.campaign)
    # The contest and the quest name the campaign, so they are its own now; its rules name the new ones.
    assert (list(second.quests), list(second.badges), list(second.contests)) == (
        ["from-words-to-picture-2"], ["mdm-in-a-picture-2"], ["mdm-in-one-picture-2"],
    )  # fmt: skip
    assert ("contest", "mdm-in-one-picture-2") in named(second.campaign["goal"]["criteria"])
    assert second.contests["mdm-in-one-picture-2"]["campaign"] == f"{KEY}-2"
    take_in(unpack(content), CHANGE, NOW, None)
    database.session.commit()
    assert out() == content


def test_jurors_and_groups_of_another_house_stay_there(house: Any) -> None:
    templates.begin(KEY, NOW, None)
    parcel = parcel_of(campaign_by_slug(KEY, drafts=True))
    parcel.campaign["groups"] = ["far-away"]
    content = pack(parcel)
    empty_tables()
    make_member("dana", roles=("council",))
    came = take_in(unpack(content), "", NOW, None)
    assert came.left_out == [("group", "far-away"), ("juror", "cora")]
    assert parcel_of(came.campaign).contests["mdm-in-one-picture"]["rounds"][1]["jurors"] == ["dana"]


def zipped(texts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as file:
        for name, text in texts.items():
            file.writestr(name, text)
    return written.getvalue()


GOOD = files(of_folder(templates.FOLDER / "detective-week"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"../../etc/passwd": b"x"}, "does not belong"), ({"/campaign.toml": b"x"}, "does not belong"),
        ({"quests/detective-school/../x.md": b"x"}, "does not belong"), ({"quests/a/b/c.md": b"x"}, "does not belong"),
        ({"badges\\x.toml": b"x"}, "does not belong"), ({"campaign.toml": b"\xff"}, "no text in UTF-8"),
        ({"campaign.toml": b"slug = "}, "campaign.toml: "), ({"campaign.toml": b"x = " + b"[" * 5000}, "campaign.toml: "),
        ({"campaign.toml": b'slug = "x"'}, "missing"), ({"badges/first-trace.toml": b'slug = "other"'}, "differs from the name"),
        ({"badges/first-trace.toml": b'slug = "first-trace"'}, "name"), ({"kinds.toml": b"kinds = 3"}, "list of tables"),
        ({"quests/ghost/a.md": b"x"}, "quests/ghost/quest.toml is missing"),
        ({"quests/detective-school/01-look.md": b"0" * (2**20 + 1)}, "too long"),
        ({f"quests/detective-school/{number}.md": b"0" * 2**20 for number in range(25)}, "too long"),
        ({f"quests/detective-school/{number}.md": b"0" for number in range(401)}, "more than 400"),
    ],
)  # fmt: skip
def test_what_could_hurt_is_refused_and_nothing_is_stored(house: Any, changes: dict[str, bytes], said: str) -> None:
    with pytest.raises(BadParcel, match=said):
        take_in(unpack(zipped(GOOD | changes)), "", NOW, None)
    database.session.rollback()
    assert slugs(Campaign) == slugs(Quest) == slugs(Badge) == []


def test_quests_that_wait_for_each_other_are_refused(house: Any) -> None:
    waits = 'requires = {finished = "OTHER"}\n\n[[steps]]'
    sheet = GOOD["quests/detective-school/quest.toml"].decode().replace("[[steps]]", waits, 1)
    words = {name: text for name, text in GOOD.items() if name.startswith("quests/detective-school/") and name.endswith(".md")}
    twin = {name.replace("detective-school", "twin"): text for name, text in words.items()}
    other = sheet.replace("OTHER", "detective-school").replace('slug = "detective-school"', 'slug = "twin"', 1)
    ring = {
        "quests/detective-school/quest.toml": sheet.replace("OTHER", "twin").encode(),
        "quests/twin/quest.toml": other.encode(),
    }
    with pytest.raises(BadParcel, match="these quests wait for each other: detective-school → twin → detective-school"):
        take_in(unpack(zipped(GOOD | twin | ring)), "", NOW, None)
    database.session.rollback()
    assert slugs(Quest) == []


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + b"\0" * 40, zipped(GOOD)[:-30], b"0" * (10 * 2**20 + 1)])
def test_what_is_no_zip_is_told(content: bytes) -> None:
    with pytest.raises(BadParcel):
        unpack(content)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 4000))
def test_a_bent_file_is_read_or_refused(noise: bytes, at: int) -> None:
    content = bytearray(zipped(GOOD))
    content[at : at + len(noise)] = noise
    with suppress(BadParcel):
        unpack(bytes(content))


RULE = {
    "all": [
        {"finished": "a"}, {"holds": "b", "level": 5}, {"placed": "any", "top": 3}, {"placed": "c", "top": 1},
        {"count": {"object": ["quest:a", "badge:b/25"], "campaign": ["d"], "window": {"campaign": "d"},
                   "fields": {"data.holds": {"is": ["b"]}}}, "at_least": 2},
        {"not": {"belongs_to": ["g"]}},
    ]
}  # fmt: skip


def test_names_change_where_they_are_names() -> None:
    assert named(RULE) == {("quest", "a"), ("badge", "b"), ("contest", "c"), ("campaign", "d"), ("group", "g")}
    changed = renamed(RULE, lambda _sort, slug: f"{slug}2")
    assert changed["all"][4] == {
        "count": {"object": ["quest:a2", "badge:b2/25"], "campaign": ["d2"], "window": {"campaign": "d2"},
                  "fields": {"data.holds": {"is": ["b"]}}}, "at_least": 2,
    }  # fmt: skip
    assert (changed["all"][2], changed["all"][3]) == ({"placed": "any", "top": 3}, {"placed": "c2", "top": 1})
    assert renamed(RULE, lambda _sort, slug: slug) == RULE


def test_the_command_takes_out_and_in(house: Any, app: Any, tmp_path: Any) -> None:
    templates.begin("detective-week", NOW, None)
    database.session.commit()
    runner, file = app.test_cli_runner(), tmp_path / "week.zip"
    said = runner.invoke(args=["campaigns", "export", "detective-week", str(file)])
    assert json.loads(said.output)["badges"] == ["case-book", "first-trace"]
    assert runner.invoke(args=["campaigns", "export", "nowhere", str(file)]).exit_code == 1
    database.session.execute(sa.update(Campaign).values(title="Ours"))
    database.session.commit()
    refused = runner.invoke(args=["campaigns", "import", str(file)])
    assert (refused.exit_code, "these are here and differ: Become a Dark Funnel detective" in refused.output) == (1, True)
    taken = runner.invoke(args=["campaigns", "import", str(file), "--same", "rename"])
    assert json.loads(taken.output) == {"campaign": "detective-week-2", "left_out": []}


def test_a_new_name_takes_none_from_another_in_the_file(house: Any) -> None:
    templates.begin("detective-week", NOW, None)
    parcel = parcel_of(campaign_by_slug("detective-week", drafts=True))
    parcel.quests["detective-school-2"] = {**parcel.quests["detective-school"], "slug": "detective-school-2", "title": "Second"}
    parcel.texts["detective-school-2"] = parcel.texts["detective-school"]
    parcel.campaign["quests"] = ["detective-school", "detective-school-2"]
    content = pack(parcel)
    database.session.commit()
    database.session.execute(sa.update(Campaign).values(tagline="Ours by now."))
    here = database.session.scalars(sa.select(Quest)).one()
    here.draft = {**here.draft, "title": "Ours"}
    database.session.commit()
    came = take_in(unpack(content), RENAME, NOW, None)
    database.session.commit()
    second = parcel_of(came.campaign)
    assert {slug: data["title"] for slug, data in second.quests.items()} == {
        "detective-school-2": "Second", "detective-school-3": parcel.quests["detective-school"]["title"],
    }  # fmt: skip
    assert second.campaign["quests"] == ["detective-school-3", "detective-school-2"]


def test_what_rests_here_is_not_woken_by_a_file(house: Any) -> None:
    templates.begin("detective-week", moment(), None)
    moving.move(campaign_by_slug("detective-week", drafts=True), "published", moment(), None)
    database.session.flush()
    database.session.execute(sa.update(Quest).values(state="retired"))
    database.session.commit()
    content = out("detective-week")
    take_in(unpack(content), "", NOW, None)
    assert database.session.scalar(sa.select(Quest.state)) == "retired"
    parcel = unpack(content)
    parcel.quests["detective-school"]["title"] = "Other words"
    take_in(parcel, CHANGE, NOW, None)
    database.session.commit()
    assert database.session.execute(sa.select(Quest.state, Quest.title)).all() == [("retired", "Other words")]
    done = sa.select(AuditEntry.target).where(AuditEntry.action == "quest.published").order_by(AuditEntry.id)
    assert list(database.session.scalars(done)) == ["quest:detective-school"] * 2


@pytest.mark.parametrize("days", [("0001-01-01", "2026-12-01"), ("2026-12-01", "9999-12-31")])
def test_days_at_the_edge_of_calendars_are_refused(house: Any, days: tuple[str, str]) -> None:
    """No page could count days around them."""
    parcel = of_folder(templates.FOLDER / "detective-week")
    parcel.campaign |= {name: date.fromisoformat(day) for name, day in zip(("starts_on", "ends_on"), days, strict=True)}
    with pytest.raises(BadParcel, match="starts_on and ends_on need a day"):
        take_in(parcel, "", NOW, None)
    parcel = of_folder(templates.FOLDER / "detective-week")
    for contest in parcel.contests.values():
        contest["entries_from"] = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    with pytest.raises(BadParcel):
        take_in(parcel, "", NOW, None)

"""What a campaign's file holds beside its data: pictures among the words of its quests, and their words in other languages."""

import hashlib
import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition.audit.models import AuditEntry
from recognition.campaigns import moving, translating
from recognition.campaigns.models import Campaign, CampaignText
from recognition.campaigns.queries import campaign_by_slug
from recognition.catalog.bundles import parcel as parcels
from recognition.catalog.bundles import pictures, templates
from recognition.catalog.bundles.coming import CHANGE, RENAME, Clash, take_in
from recognition.catalog.bundles.leaving import parcel_of
from recognition.catalog.bundles.parcel import files, pack, unpack
from recognition.database import moment
from recognition.extensions import db as database
from recognition.media import services as media
from recognition.media.models import Media
from recognition.media.rules import WHOLE
from recognition.parcels import BadParcel
from recognition.quests.models import Quest, QuestText
from recognition.quests.services.translating import translate
from tests.conftest import empty_tables
from tests.factories.identity import make_member
from tests.media.pictures import encoded, quarters

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY, QUEST = "detective-week", "detective-school"


@pytest.fixture
def house(app: Any) -> Any:
    with app.test_request_context():
        make_member("cora", roles=("council",))
        database.session.commit()
        yield


def picture_kept() -> str:
    """Its address."""
    kept = media.keep_picture(media.prepare_picture(encoded(quarters(40, 30), "PNG"), WHOLE), None)
    return f"/media/{kept.key}"


def prepare_house() -> bytes:
    """A campaign with a picture and German words, one of them behind; out as a file."""
    templates.begin(KEY, moment(), None)
    moving.move(campaign_of(), "published", moment(), None)
    database.session.flush()
    quest, address = database.session.scalars(sa.select(Quest)).one(), picture_kept()
    step = next(step for step in quest.steps if step.body)
    step.body = f"{step.body}\n\n![four fields]({address}#40x30)"
    database.session.flush()
    place = f"steps.{step.slug}.body"
    translate(quest, "de", {"title": "Spürschule", place: f"Schau: ![vier Felder]({address}#40x30)"}, (), "ready", "", NOW, None)
    words = {"title": "Detektivwoche", "tagline": "Eine Woche\nlang „suchen“."}
    translating.translate(campaign_of(), "de", words, (), "draft", "", NOW, None)
    database.session.execute(sa.update(Campaign).values(tagline="Changed since."))
    database.session.commit()
    return out()


def zipped(held: dict[str, bytes]) -> io.BytesIO:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in held.items():
            file.writestr(name, content)
    return io.BytesIO(written.getvalue())


def campaign_of(slug: str = KEY) -> Campaign:
    campaign = campaign_by_slug(slug, drafts=True)
    assert campaign is not None
    return campaign


def out(slug: str = KEY) -> bytes:
    return pack(parcel_of(campaign_of(slug)))


def bring(content: bytes, same: str = "") -> Any:
    parcel = unpack(content)
    came = take_in(parcel, same, NOW, None, pictures.opened(parcel, pictures.unknown(parcel)))
    database.session.commit()
    return came


def test_pictures_and_languages_come_and_go_byte_for_byte(house: Any) -> None:
    content = prepare_house()
    held = unpack(content)
    name, picture = next(iter(held.pictures.items()))
    assert name == f"pictures/{hashlib.sha256(picture).hexdigest()}.webp"
    was = next(one for one in templates.templates() if one.key == KEY).tagline
    assert held.campaign_words == {"de": {
        "state": "draft", "words": {"title": "Detektivwoche", "tagline": "Eine Woche\nlang „suchen“."}, "was": {"tagline": was},
    }}  # fmt: skip
    assert held.quest_words[QUEST]["de"]["words"]["title"] == "Spürschule"
    assert f"]({name}#40x30)" in "".join(held.texts[QUEST].values())
    empty_tables()
    make_member("cora", roles=("council",))
    assert bring(content).left_out == []
    assert out() == content
    quest = database.session.scalars(sa.select(Quest)).one()
    kept = database.session.scalars(sa.select(Media)).one()
    assert (quest.state, kept.source_hash, kept.owner_id) == ("draft", hashlib.sha256(picture).hexdigest(), None)
    told = database.session.scalars(sa.select(QuestText)).one()
    assert [f"/media/{kept.key}#40x30" in text for text in (*told.words.values(), str(quest.draft))] == [False, True, True]
    moving.move(campaign_of(), "published", moment(), None)
    database.session.commit()
    assert out() == content


def test_the_same_file_again_changes_nothing(house: Any) -> None:
    content = prepare_house()
    counted = [sa.select(sa.func.count()).select_from(model) for model in (Media, AuditEntry, QuestText, CampaignText)]
    before = [database.session.scalar(one) for one in counted]
    bring(content)
    assert [database.session.scalar(one) for one in counted] == before
    assert out() == content


def test_other_words_in_another_language_are_asked_about_then_taken_or_kept_apart(house: Any) -> None:
    content = prepare_house()
    database.session.execute(sa.update(QuestText).values(words={"title": "Anders"}, was={"title": "x"}))
    for name, model in (("campaign_id", CampaignText), ("quest_id", QuestText)):
        there = database.session.scalars(sa.select(model)).first()
        mine = {name: getattr(there, name)} | ({"version": 1} if model is QuestText else {})
        database.session.add(
            model(language="fr", words={"title": "Ici"}, was={"title": "x"}, state="ready", changed_at=NOW, **mine)
        )
    database.session.commit()
    with pytest.raises(Clash) as asked:
        bring(content)
    database.session.rollback()
    assert asked.value.titles == [unpack(content).quests[QUEST]["title"]]
    came = bring(content, RENAME)
    second = parcel_of(came.campaign)
    assert (list(second.campaign_words), list(second.quest_words[f"{QUEST}-2"])) == (["de"], ["de"])
    bring(content, CHANGE)
    told = parcel_of(campaign_of())
    # A language that only this house has stays.
    assert (sorted(told.quest_words[QUEST]), told.quest_words[QUEST]["de"]) == (
        ["de", "fr"],
        unpack(content).quest_words[QUEST]["de"],
    )


def test_a_picture_of_a_person_stays_at_home(house: Any) -> None:
    prepare_house()
    database.session.execute(sa.update(Media).values(owner_id=make_member("ada").id))
    database.session.commit()
    held = unpack(out())
    assert held.pictures == {}
    assert "](/media/" in "".join(held.texts[QUEST].values())


def test_addresses_elsewhere_are_no_pictures_of_ours(house: Any) -> None:
    """What only ends like one of our addresses stays as it was written, both ways."""
    content = prepare_house()
    quest, kept = database.session.scalars(sa.select(Quest)).one(), database.session.scalars(sa.select(Media)).one()
    step = next(step for step in quest.steps if step.body)
    elsewhere = f"https://other.example/media/{kept.key} https://other.example/pictures/{'a' * 64}.webp"
    step.body = f"{step.body}\n\n{elsewhere}"
    database.session.commit()
    changed = out()
    assert elsewhere in "".join(unpack(changed).texts[QUEST].values())
    assert unpack(changed).pictures == unpack(content).pictures
    empty_tables()
    make_member("cora", roles=("council",))
    bring(changed)
    assert out() == changed


def test_a_campaign_that_is_more_than_a_file_says_so(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing leaves that no house would take in."""
    held = unpack(prepare_house())
    picture = len(next(iter(held.pictures.values())))
    pack(held)
    for name, most, said in (
        ("FILES_MAX", len(files(held)) - 1, "more than"),
        ("TEXT_BYTES_MAX", 200, "would be too long"),
        ("FILE_BYTES_MAX", len(pack(held)) - 1, "larger than 10 MB"),
    ):
        with monkeypatch.context() as here:
            here.setattr(parcels, name, most)
            with pytest.raises(BadParcel, match=said):
                pack(held)
    monkeypatch.setattr(pictures, "FILE_BYTES_MAX", picture - 1)
    with pytest.raises(BadParcel, match="larger than 10 MB"):
        out()


def test_pictures_that_take_too_long_together_are_refused(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    held = unpack(prepare_house())
    empty_tables()
    monkeypatch.setattr(pictures, "SECONDS_TOGETHER", -1)
    with pytest.raises(BadParcel, match="seconds to open"):
        pictures.opened(held, pictures.unknown(held))


def test_a_picture_that_only_another_language_shows_is_there_for_its_readers(
    house: Any, app: Any, client: FlaskClient, sign_in: Any
) -> None:
    prepare_house()
    cora = app.test_client()
    sign_in(cora, make_member("noor", roles=("council",)))
    kept = media.keep_picture(media.prepare_picture(encoded(quarters(20, 30), "PNG"), WHOLE), None)
    told, address = database.session.scalars(sa.select(QuestText)).one(), f"/media/{kept.key}"
    place = next(place for place in told.words if place.endswith(".body"))
    told.words, told.state = {**told.words, place: f"![vier Felder]({address}#20x30)"}, "draft"
    database.session.commit()
    answers = [[who.get(address).status_code for who in (client, cora)]]
    database.session.execute(sa.update(QuestText).values(state="ready"))
    database.session.commit()
    answers.append([who.get(address).status_code for who in (client, cora)])
    assert answers == [[404, 200], [200, 200]]


def test_a_picture_that_is_lost_is_told(house: Any, app: Any, client: FlaskClient, sign_in: Any) -> None:
    prepare_house()
    kept = database.session.scalars(sa.select(Media)).one()
    media.store().remove(kept.content_hash)
    sign_in(client, make_member("noor", roles=("council",)))
    answer = client.get(f"/council/campaigns/{KEY}.zip", follow_redirects=True)
    assert (answer.status_code, "a picture in it is not in the store any more" in answer.text) == (200, True)


def test_what_is_bent_is_told_by_its_name_and_changes_nothing(
    house: Any, app: Any, client: FlaskClient, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    content = prepare_house()
    good = files(unpack(content))
    empty_tables()
    cora = make_member("cora", roles=("council",))
    database.session.commit()
    sign_in(client, cora)
    name = next(one for one in good if one.startswith("pictures/"))
    none, large = b"no picture at all", encoded(quarters(8, 8), "PNG") + b"\0" * (10 * 2**20)

    def with_picture(picture: bytes) -> dict[str, bytes]:
        """Under its true name, in every text."""
        called = f"pictures/{hashlib.sha256(picture).hexdigest()}.webp"
        texts = {one: text.replace(name.encode(), called.encode()) for one, text in good.items() if one != name}
        return texts | {called: picture}

    bent = {
        f"{name} is missing": {one: text for one, text in good.items() if one != name},
        f"{name}: what is in it is not what its name says": good | {name: encoded(quarters(8, 8), "PNG")},
        f"pictures/{hashlib.sha256(none).hexdigest()}.webp: We take PNG, JPEG, GIF and WebP pictures.": with_picture(none),
        f"pictures/{hashlib.sha256(large).hexdigest()}.webp is too long": with_picture(large),
        "&#39;pictures/../x.webp&#39; does not belong into": good | {"pictures/../x.webp": b"x"},
        f"&#39;pictures/{'a' * 63}.webp&#39; does not belong into": good | {f"pictures/{'a' * 63}.webp": b"x"},
        "there are more than 40 pictures in it": good | {f"pictures/{number:064x}.webp": b"" for number in range(41)},
        "campaign.de.toml: state needs one of draft, ready": good | {"campaign.de.toml": b"[words]"},
        "campaign.de.toml: words needs a table of texts": good | {"campaign.de.toml": b'state = "ready"\nwords = 3'},
        "campaign.de.toml: there is no text “titel” to be translated": good | {
            "campaign.de.toml": b'state = "ready"\n[words]\ntitel = "x"'},
        "campaign.de.toml: words holds a text of more than 60000 characters": good | {
            "campaign.de.toml": b'state = "ready"\n[words]\ntitle = "' + b"x" * 60_001 + b'"'},
        "something in it is told in more than 100 languages": good | {
            f"campaign.a{chr(97 + number // 26)}{chr(97 + number % 26)}.toml": b'state = "ready"\n[words]\ntitle = "x"'
            for number in range(101)},
        "file: has more than 40000 characters": good | {f"quests/{QUEST}/01-look.md": b"x" * 40_001},
        f"quests/{QUEST}/quest.en.toml: that is the language it is written in": good | {
            f"quests/{QUEST}/quest.en.toml": b'state = "ready"\n[words]\ntitle = "x"'},
        "quests/ghost/quest.toml is missing": good | {"quests/ghost/quest.de.toml": b'state = "ready"\n[words]\ntitle = "x"'},
    }  # fmt: skip
    for said, held in bent.items():
        sent = {"file": (zipped(held), "x.zip")}
        answer = client.post("/council/campaigns/file", data=sent, content_type="multipart/form-data")
        assert (answer.status_code, said in answer.text) == (422, True), said
    rows = [
        database.session.scalar(sa.select(sa.func.count()).select_from(one)) for one in (Media, Quest, Campaign, CampaignText)
    ]
    assert rows == [0, 0, 0, 0]

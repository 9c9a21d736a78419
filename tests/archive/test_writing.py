"""What an archive holds, and what becomes of it when it is written again."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.archive import queries, services
from recognition.archive.folder import Folder
from recognition.archive.rules import NotAnArchive, OtherAddress, OtherHouse
from recognition.badges import jobs
from recognition.badges.models import Award
from recognition.badges.portable.models import Credential
from recognition.badges.services import revoking
from recognition.identity.models import Member
from recognition.openbadges.baking.reading import TEXT_BYTES
from tests.factories.badges import make_badge
from tests.factories.credentials import NOW, earned, issued
from tests.factories.identity import make_member

BASE = "http://localhost"


@pytest.fixture
def write(app: Flask, db: Any, tmp_path: Path) -> Callable[..., services.Archived]:
    def archive(days: int = 0) -> services.Archived:
        db.session.commit()
        done = services.write(tmp_path / "site", NOW + timedelta(days=days), lambda _done: None)
        db.session.rollback()
        return done

    return archive


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


def paths(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def of(key: str) -> set[str]:
    """The files of one award alone."""
    return {
        f"ob/3/credentials/{key}", f"ob/3/credentials/{key}.jwt", f"ob/2/assertions/{key}", f"awards/{key}/badge.png",
        f"awards/{key}/badge.svg", f"awards/{key}/index.html",
    }  # fmt: skip


def holder_of(award: Award, db: Any) -> str:
    told = json.loads(
        db.session.execute(sa.text("SELECT document FROM credential WHERE award_id = :id"), {"id": award.id}).scalar()
    )
    return f"ob/3/members/{told['credentialSubject']['id'].rpartition(':')[2]}/did.json"


def test_without_badges_there_are_keys_and_a_page(write: Any, site: Path) -> None:
    done = write()
    assert (done.awards, done.badges, done.unsigned) == (0, 0, 0)
    assert {"index.html", "archive.json", ".well-known/did.json", ".well-known/jwks.json", "ob/2/issuer"} <= paths(site)
    assert "Nobody shows a badge yet" in (site / "index.html").read_text()


def test_an_award_and_what_leans_on_it(write: Any, site: Path, db: Any) -> None:
    award = issued("ada")
    done = write()
    found = paths(site)
    about = {"ob/3/achievements/talker.1", "ob/2/badges/talker.1", "ob/2/badges/talker.1.png", "ob/2/badges/talker",
             "badges/talker/index.html", "badges/talker/pin.png", holder_of(award, db)}  # fmt: skip
    assert of(award.key) | about <= found
    kids = {key["kid"] for key in json.loads((site / ".well-known/jwks.json").read_text())["keys"]}
    assert {path for path in found if path.startswith("ob/3/keys/")} == {f"ob/3/keys/{kid}" for kid in kids}
    assert len(kids) == 2
    assert (done.awards, done.revoked, done.badges, done.unsigned, done.removed) == (1, 0, 1, 0, 0)
    # The mark is of the folder, not of the site.
    assert done.files == done.changed == len(found) - 1


def test_writing_again_changes_what_changed(write: Any, site: Path, db: Any) -> None:
    issued("ada")
    first = write()
    times = {path: (site / path).stat().st_mtime_ns for path in paths(site) - {"archive.json"}}
    again = write()
    assert (again.files, again.changed, again.removed) == (first.files, 0, 0)
    assert {path: (site / path).stat().st_mtime_ns for path in paths(site) - {"archive.json"}} == times
    ben = issued("ben")
    more = write()
    assert (more.awards, more.files - first.files, more.removed) == (2, len(of(ben.key)) + 1, 0)
    # Ben's files, the first page, and the badge's page that names him.
    assert more.changed == len(of(ben.key)) + 1 + 2


def _hide(award: Award, db: Any) -> None:
    award.shown = False


def _suspend(award: Award, db: Any) -> None:
    db.session.get_one(Member, award.member_id).state = "suspended"


def _decline(award: Award, db: Any) -> None:
    award.answer, award.shown = "declined", False


def _erase(award: Award, db: Any) -> None:
    db.session.execute(sa.text("DELETE FROM award WHERE id = :id"), {"id": award.id})


@pytest.mark.parametrize("change", [_hide, _suspend, _decline, _erase])
def test_what_is_no_longer_public_goes(write: Any, site: Path, db: Any, change: Any) -> None:
    ada, ben = issued("ada"), issued("ben")
    key, gone = ben.key, of(ben.key) | {holder_of(ben, db)}
    write()
    before = paths(site)
    assert gone <= before
    change(db.session.get_one(Award, ben.id), db)
    done = write()
    assert paths(site) == before - gone
    assert done.removed == len(gone)
    assert not (site / "awards" / key).exists()
    assert not any(
        re.search(rb"\bben\b", (site / path).read_bytes()) for path in paths(site) if path.endswith((".html", ".json"))
    )
    assert of(ada.key) <= paths(site)


def test_the_last_badge_of_its_kind_goes_with_its_pages(write: Any, site: Path, db: Any) -> None:
    award = issued("ada")
    write()
    db.session.get_one(Award, award.id).shown = False
    write()
    assert not {path for path in paths(site) if "talker" in path or "members" in path}
    assert not (site / "badges").exists()


def test_what_was_taken_back_says_so(write: Any, site: Path, db: Any) -> None:
    award = issued("ada")
    write()
    council = make_member("council")
    db.session.commit()
    assert revoking.revoke(award.id, council.id, "A mistake of ours.", NOW)
    db.session.commit()
    jobs.sign()
    done = write()
    assert (done.awards, done.revoked) == (1, 1)
    assert json.loads((site / "ob/2/assertions" / award.key).read_text()) == {
        "@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": f"{BASE}/ob/2/assertions/{award.key}",
        "revoked": True, "revocationReason": "A mistake of ours.",
    }  # fmt: skip
    assert "A mistake of ours." in (site / "awards" / award.key / "index.html").read_text()


def test_names_are_told_as_strangers_may_read_them(write: Any, site: Path, db: Any) -> None:
    award = issued("ada")
    member = db.session.get_one(Member, award.member_id)
    member.name, member.visibility = "Ada of the Hill", {"name": "members"}
    write()
    told = "".join((site / path).read_text() for path in paths(site) if path.endswith(".html"))
    assert "@ada" in told
    assert "Hill" not in told
    db.session.get_one(Member, award.member_id).visibility = {"name": "public"}
    write()
    assert "Ada of the Hill" in (site / "awards" / award.key / "index.html").read_text()


def test_who_wears_a_badge_is_listed_as_strangers_find_it_listed_here(write: Any, site: Path, db: Any) -> None:
    """Not who lets only members see their name, nor of whom it was taken back; their badges stay good at their addresses."""
    ada, ben, cem = (issued(name) for name in ("ada", "ben", "cem"))
    db.session.get_one(Member, ben.member_id).visibility = {"name": "members"}
    council = make_member("council")
    db.session.commit()
    assert revoking.revoke(cem.id, council.id, "A mistake of ours.", NOW)
    db.session.commit()
    jobs.sign()
    write()
    told = (site / "badges/talker/index.html").read_text()
    assert [award.key in told for award in (ada, ben, cem)] == [True, False, False]
    assert ("@ben" in told, "Cem" in told) == (False, False)
    assert of(ben.key) | of(cem.key) <= paths(site)


def test_what_is_not_signed_yet_is_counted(write: Any, site: Path, db: Any) -> None:
    award = earned("ada")
    done = write()
    assert (done.awards, done.unsigned) == (0, 1)
    assert not of(award.key) & paths(site)


def test_each_version_and_level_that_somebody_has_is_there(write: Any, site: Path, db: Any) -> None:
    issued("ada", deeds=3, criteria={"count": {"kind": "talk"}}, levels=[1, 3])
    write()
    found = {path for path in paths(site) if path.startswith(("ob/2/badges/", "ob/3/achievements/"))}
    editions = {"talker.1.1", "talker.1.3"}
    assert found == {"ob/2/badges/talker"} | {
        path for one in editions for path in (f"ob/2/badges/{one}", f"ob/2/badges/{one}.png", f"ob/3/achievements/{one}")
    }


def test_many_holders_have_several_pages(write: Any, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "HOLDERS_A_PAGE", 2)
    for name in ("ada", "ben", "cem", "dee", "eve"):
        issued(name)
    write()
    pages = [(site / "badges/talker" / name).read_text() for name in ("index.html", "page-2.html", "page-3.html")]
    shown = [[name for name in ("ada", "ben", "cem", "dee", "eve") if f">{name.title()}<" in page] for page in pages]
    assert sorted(name for page in shown for name in page) == ["ada", "ben", "cem", "dee", "eve"]
    assert [len(page) for page in shown] == [2, 2, 1]
    assert [('href="page-2.html"' in page, 'href="page-3.html"' in page, 'href="index.html"' in page) for page in pages] == [
        (True, False, False), (False, True, True), (True, False, False),
    ]  # fmt: skip
    assert not (site / "badges/talker/page-4.html").exists()


def test_slices_hold_each_award_once(app: Flask, db: Any) -> None:
    keys = {issued(name).key for name in ("ada", "ben", "cem")}
    for size in (1, 2, 3, 4):
        found = [[one.award.key for one in part] for part in queries.slices(size)]
        assert {len(part) for part in found} <= {size, 3 % size}
        assert sorted(key for part in found for key in part) == sorted(keys)


def test_a_slice_costs_the_same_whatever_it_holds(write: Any, count_queries: Any, db: Any) -> None:
    issued("ada")
    write()
    with count_queries() as one:
        write()
    for name in ("ben", "cem"):
        issued(name)
    write()
    with count_queries() as three:
        write()
    assert len(three) == len(one)


def test_only_what_is_ours_is_removed(write: Any, site: Path) -> None:
    write()
    for path in ("robots.txt", "ob/3/credentials/old", "awards/old/badge.png", "badges/old/index.html.part"):
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text("left over")
    done = write()
    assert done.removed == 3
    assert (site / "robots.txt").exists()
    assert not (site / "badges").exists()


def test_an_interrupted_archive_is_finished_later(write: Any, site: Path, db: Any) -> None:
    award = issued("ada")
    with Folder(site, BASE) as folder:
        folder.put("awards/left/index.html", b"half of it")
    assert write().removed == 1
    assert of(award.key) <= paths(site)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Ada")
    with pytest.raises(NotAnArchive):
        Folder(tmp_path, BASE)
    (tmp_path / "archive.json").write_text("[]")
    with pytest.raises(NotAnArchive):
        Folder(tmp_path, BASE)
    (tmp_path / "archive.json").write_text('{"site": "https://other.example"}')
    with pytest.raises(OtherHouse, match=r"https://other\.example"):
        Folder(tmp_path, BASE)


def test_a_folder_that_only_points_elsewhere_is_left_alone(write: Any, site: Path, tmp_path: Path) -> None:
    """Every file in it that the archive does not know would go."""
    write()
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "ada.png").write_text("dear")
    (site / "badges").symlink_to(tmp_path / "pictures")
    with pytest.raises(NotAnArchive):
        write()
    assert (tmp_path / "pictures" / "ada.png").exists()


def test_a_file_is_put_once(tmp_path: Path) -> None:
    with Folder(tmp_path / "site", BASE) as folder:
        folder.put_at(f"{BASE}/ob/a", b"one")
        folder.put("ob/a", b"two")
        folder.put_at("http://localhost.example/ob/b", b"elsewhere")
        for outside in ("ob/../../b", f"{tmp_path}/b", "ob//b", "ob/./b", "ob/"):
            with pytest.raises(ValueError, match=re.escape(outside)):
                folder.put(outside, b"outside")
            with pytest.raises(ValueError, match=re.escape(outside)):
                folder.put_at(f"{BASE}/{outside}", b"outside")
        assert (folder.written, folder.changed, folder.holds("ob/a"), folder.holds("ob/b")) == (1, 1, True, False)
    assert (tmp_path / "site/ob/a").read_bytes() == b"one"
    assert paths(tmp_path) == {"site/archive.json", "site/ob/a"}


@pytest.fixture
def moves(app: Flask) -> Iterator[Callable[[str], None]]:
    """The program started anew under another address."""
    before = app.extensions["settings"]

    def start_anew(base: str) -> None:
        app.extensions["settings"] = replace(before, base_url=base)

    yield start_anew
    app.extensions["settings"] = before


NEW = "http://127.0.0.1:9000"


def test_badges_that_all_name_another_address_make_no_archive(write: Any, moves: Any, site: Path, db: Any) -> None:
    for name in ("ada", "ben"):
        issued(name)
    moves(NEW)
    with pytest.raises(OtherAddress) as caught:
        write()
    assert caught.value.found == {BASE: 2}
    assert not site.exists()


def test_an_archive_holds_the_badges_of_its_own_address(write: Any, moves: Any, site: Path, tmp_path: Path, db: Any) -> None:
    ada = issued("ada")
    first = write()
    moves(NEW)
    ben = issued("ben")
    # What Ben wears says the one address in words, and is of the other.
    db.session.execute(sa.text("UPDATE award SET reason = :words"), {"words": f'"id":"{BASE}/ob/3/credentials/'})
    keys = ada.key, ben.key
    new = services.write(tmp_path / "new", NOW, lambda _done: None)
    assert (new.awards, new.elsewhere, new.lists_elsewhere) == (1, {BASE: 1}, 0)
    assert of(keys[1]) <= paths(tmp_path / "new")
    assert not of(keys[0]) & paths(tmp_path / "new")
    assert keys[0] not in (tmp_path / "new/badges/talker/index.html").read_text()

    moves(BASE)
    old = write()
    # The list stays as the first archive had it.
    assert (old.awards, old.elsewhere, old.files) == (1, {NEW: 1}, first.files - 1)
    assert of(keys[0]) <= paths(site)
    assert json.loads((site / ".well-known/did.json").read_text())["id"] == "did:web:localhost"


def test_a_list_that_was_signed_for_the_next_address_does_not_take_the_old_ones_place(
    write: Any, moves: Any, site: Path, tmp_path: Path, db: Any
) -> None:
    issued("ada")
    write()
    before = (site / "ob/3/status/0").read_bytes()
    moves(NEW)
    issued("ben")
    moves(BASE)
    again = write()
    assert (again.lists_elsewhere, again.removed) == (1, 0)
    assert (site / "ob/3/status/0").read_bytes() == before
    fresh = services.write(tmp_path / "fresh", NOW, lambda _done: None)
    assert (fresh.lists_elsewhere, "ob/3/status/0" in paths(tmp_path / "fresh")) == (1, False)


def test_a_picture_that_cannot_be_made_stops_nobody(write: Any, site: Path, db: Any, caplog: pytest.LogCaptureFixture) -> None:
    ada, ben = issued("ada"), issued("ben")
    one = db.session.get_one(Credential, ada.id)
    one.document = json.dumps(json.loads(one.document) | {"name": "x" * TEXT_BYTES}, separators=(",", ":"))
    done = write()
    assert (done.awards, done.without_picture) == (2, 1)
    pictures = {f"awards/{ada.key}/badge.png", f"awards/{ada.key}/badge.svg"}
    assert of(ben.key) | (of(ada.key) - pictures) <= paths(site)
    assert not pictures & paths(site)
    page = (site / f"awards/{ada.key}/index.html").read_text()
    assert "badge.png" not in page
    assert "badge.svg" not in page
    assert 'src="../../badges/talker/pin.png"' in page
    assert [record.getMessage() for record in caplog.records if ada.key in record.getMessage()] != []


@pytest.fixture
def run(app: Flask, db: Any) -> Callable[..., Any]:
    def call(*arguments: str) -> Any:
        db.session.commit()
        return app.test_cli_runner().invoke(args=["archive", *arguments])

    return call


def test_the_command_tells_in_json_what_it_did(run: Any, site: Path, db: Any) -> None:
    issued("ada")
    make_badge("nobody-has-it")
    result = run(str(site))
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["awards"], told["badges"], told["unsigned"], told["removed"]) == (1, 1, 0, 0)
    assert told["files"] == told["changed"] == len(paths(site)) - 1
    assert json.loads((site / "archive.json").read_text())["site"] == BASE


def test_the_command_refuses_in_words(run: Any, tmp_path: Path, db: Any) -> None:
    (tmp_path / "letter.txt").write_text("Dear Ada")
    result = run(str(tmp_path))
    assert (result.exit_code, "holds files that are no archive" in result.output) == (1, True)
    (tmp_path / "archive.json").write_text('{"site": "https://other.example"}')
    result = run(str(tmp_path))
    assert (result.exit_code, "the archive of https://other.example" in result.output) == (1, True)
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert run(str(blocked)).exit_code == 2


def test_the_command_names_the_setting_that_is_wrong(run: Any, moves: Any, site: Path, db: Any) -> None:
    issued("ada")
    moves(NEW)
    result = run(str(site))
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"1 names {BASE}" in result.stderr
    assert f"not {NEW}" in result.stderr
    assert "RECOGNITION_BASE_URL" in result.stderr
    issued("ben")
    result = run(str(site))
    assert (result.exit_code, json.loads(result.stdout)["elsewhere"]) == (0, {BASE: 1})
    assert f"RECOGNITION_BASE_URL={BASE}" in result.stderr

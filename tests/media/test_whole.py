"""Pictures that are never cropped, and their smaller widths."""

import hashlib
import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from recognition import clock
from recognition.extensions import db
from recognition.jobs import worker
from recognition.jobs.models import Job
from recognition.media import queries, rules, services
from recognition.media.jobs import make_sizes
from recognition.media.models import Media, MediaSize
from recognition.media.store import FileStore
from tests.factories.identity import make_member
from tests.media.pictures import BLUE, GREEN, RED, WHITE, corners, encoded, quarters, srgb_profile, with_notes
from tests.media.test_images import GOOD

pytestmark = pytest.mark.usefixtures("app")


def whole(upload: bytes) -> services.Prepared:
    return services.prepare_picture(upload, rules.WHOLE)


def bytes_of(content_hash: str) -> bytes:
    with services.store().open(content_hash) as file:
        return file.read()


def size_of(webp: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(webp)) as picture:
        return picture.size


def keep(upload: bytes, handle: str = "ada") -> Media:
    kept = services.keep_picture(whole(upload), make_member(handle).id)
    db.session.commit()
    return kept


def sizes() -> list[tuple[int, int, int]]:
    db.session.rollback()
    rows = db.session.scalars(sa.select(MediaSize).order_by(MediaSize.media_id, MediaSize.width_px)).all()
    return [(row.width_px, row.height_px, row.size_bytes) for row in rows]


@pytest.mark.parametrize(
    ("given", "large", "small"),
    [
        ((80, 60), (80, 60), (80, 60)),
        ((2400, 1000), (2400, 1000), (320, 133)),
        ((4800, 1200), (2400, 600), (320, 80)),
        ((1000, 5000), (480, 2400), (64, 320)),
        ((9000, 2), (2400, 1), (320, 1)),
        ((1, 1), (1, 1), (1, 1)),
    ],
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_all_of_it_is_kept(kind: str, given: tuple[int, int], large: tuple[int, int], small: tuple[int, int]) -> None:
    made = whole(encoded(quarters(*given) if min(given) > 1 else Image.new("RGB", given, "white"), kind))
    assert (size_of(bytes_of(made.content_hash)), size_of(bytes_of(made.small_hash))) == (large, small)
    assert (made.width_px, made.height_px) == large
    if min(given) > 100:
        assert corners(bytes_of(made.content_hash)) == [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize("name", ["jpeg", "palette", "cmyk", "with a broken profile", "animated"])
def test_good_files_keep_their_colours(name: str) -> None:
    made = whole(GOOD[name])
    assert corners(bytes_of(made.content_hash)) == [RED, GREEN, BLUE, WHITE]
    assert size_of(bytes_of(made.content_hash)) == (80, 60)


def test_it_stands_as_the_camera_was_held_and_tells_nothing_of_it() -> None:
    upload = with_notes(quarters(3000, 2000), 6)
    made = whole(upload)
    for content_hash in (made.content_hash, made.small_hash):
        webp = bytes_of(content_hash)
        assert b"Secret" not in webp
        assert corners(webp) == [BLUE, RED, WHITE, GREEN]
    assert (made.width_px, made.height_px) == (1600, 2400)


def test_what_is_see_through_stays_so() -> None:
    picture = Image.new("RGBA", (3000, 600), (255, 0, 0, 0))
    picture.paste((255, 0, 0, 255), (0, 0, 1500, 600))
    kept = keep(encoded(picture))
    make_sizes(kept.id)
    db.session.commit()
    hashes = [kept.content_hash, *db.session.scalars(sa.select(MediaSize.content_hash))]
    for content_hash in hashes:
        with Image.open(io.BytesIO(bytes_of(content_hash))) as made:
            alpha = made.getchannel("A")
            assert [alpha.getpixel((alpha.width // 10, 5)), alpha.getpixel((alpha.width * 9 // 10, 5))] == [255, 0]


def test_a_profile_is_applied_once() -> None:
    kept = keep(encoded(quarters(1000, 800), "PNG", icc_profile=srgb_profile()))
    make_sizes(kept.id)
    db.session.commit()
    for content_hash in db.session.scalars(sa.select(MediaSize.content_hash)):
        assert corners(bytes_of(content_hash)) == [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize(
    ("given", "widths"),
    [((3000, 1500), [480, 960, 1600]), ((1600, 900), [480, 960]), ((481, 700), [480]), ((480, 700), []), ((700, 9000), [])],
)
def test_only_smaller_widths_are_made_each_once(given: tuple[int, int], widths: list[int]) -> None:
    kept = keep(encoded(quarters(*given)))
    for _time in range(2):
        make_sizes(kept.id)
        db.session.commit()
        made = sizes()
        assert [width for width, _height, _bytes in made] == widths
        ratio = kept.height_px / kept.width_px
        assert [height for _width, height, _bytes in made] == [max(1, round(width * ratio)) for width in widths]


def test_pages_know_what_is_made() -> None:
    first, second = keep(encoded(quarters(1000, 500))), keep(encoded(quarters(300, 300)), "bob")
    assert queries.pictures([first.id])[first.id].srcset == ""
    make_sizes(first.id)
    db.session.commit()
    found = queries.pictures([first.id, second.id])
    url = f"/media/{first.key}"
    assert found[first.id] == queries.Picture(url, f"{url}/small", f"{url}/480 480w, {url}/960 960w, {url} 1000w", 1000, 500)
    assert (found[second.id].srcset, queries.pictures([])) == ("", {})


def test_the_job_is_asked_for_with_the_picture() -> None:
    kept = keep(encoded(quarters(1000, 500)))
    services.keep_picture(services.prepare_picture(encoded(quarters())), None)
    (job,) = db.session.scalars(sa.select(Job).where(Job.name == "media.make_sizes"))
    assert job.args == {"media_id": kept.id}
    assert worker.run(job.id)
    assert [width for width, *_rest in sizes()] == [480, 960]


def test_a_picture_that_is_gone_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    kept_id = keep(encoded(quarters(1000, 500))).id
    smaller = services.smaller_ones

    def and_forgotten(content_hash: str) -> Any:
        made = smaller(content_hash)
        services.forget_picture(kept_id)
        db.session.commit()
        return made

    monkeypatch.setattr(services, "smaller_ones", and_forgotten)
    assert make_sizes(kept_id) == 0
    assert make_sizes(kept_id) == 0
    assert sizes() == []


def test_the_sweep_leaves_widths_and_takes_them_with_their_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = keep(encoded(quarters(1000, 500)))
    make_sizes(kept.id)
    db.session.commit()
    services.sweep()
    monkeypatch.setattr(services, "KEPT_WITHOUT_ROW_SECONDS", -60)
    services.sweep()
    for content_hash in db.session.scalars(sa.select(MediaSize.content_hash)).all():
        assert bytes_of(content_hash)
    services.forget_picture(kept.id)
    db.session.commit()
    assert (sizes(), services.sweep()) == ([], 4)


def test_no_transaction_waits_for_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    kept_id = keep(encoded(quarters(1000, 500))).id
    held: list[int] = []
    make = services._make

    def watched(*asked: Any) -> Any:
        held.append(db.engine.pool.checkedout())  # type: ignore[attr-defined]
        return make(*asked)

    monkeypatch.setattr(services, "_make", watched)
    make_sizes(kept_id)
    db.session.rollback()
    assert held == [0]


def test_a_worker_killed_between_two_widths_leaves_nothing_half(app: Flask, tmp_path: Path) -> None:
    """In a process of its own that stops still once the first width lies in the store; there it is killed."""
    kept = keep(encoded(quarters(1000, 500)))
    job_id = db.session.scalars(sa.select(Job.id).where(Job.name == "media.make_sizes")).one()
    db.session.rollback()
    settings = app.extensions["settings"]
    script = tmp_path / "worker.py"
    script.write_text(
        "import sys, time\nfrom pathlib import Path\nfrom recognition import create_app\nfrom recognition.jobs import worker\n"
        "from recognition.media.store import FileStore\nfrom tests.conftest import make_settings\nput, seen = FileStore.put, []\n"
        "def slow(store, content):\n    if seen:\n        print('here', flush=True)\n        time.sleep(600)\n"
        "    seen.append(1)\n    return put(store, content)\n"
        "FileStore.put = slow\n"
        f"app = create_app(make_settings(Path({str(settings.state_dir)!r}), database_url={settings.database_url!r}))\n"
        f"with app.app_context():\n    worker.run({job_id})\n"
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd(),
                          env={**_plain_env(), "PYTHONPATH": str(Path.cwd())}) as killed:  # fmt: skip
        assert killed.stdout is not None
        assert killed.stdout.readline() == "here\n"
        killed.send_signal(signal.SIGKILL)
    assert sizes() == []
    assert not list(Path(services.store().folder).rglob("*.part"))  # type: ignore[attr-defined]
    db.session.execute(sa.update(Job).values(lease_until=clock.utcnow() - worker.LEASE))
    db.session.commit()
    assert worker.run(job_id)
    assert [width for width, *_rest in sizes()] == [480, 960]
    assert db.session.get_one(Job, job_id).state == "done"
    assert bytes_of(kept.content_hash)


def _plain_env() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("RECOGNITION_")}


def test_a_full_disk_is_told_kindly_and_leaves_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(rules.NoRoom) as caught:
        whole(encoded(quarters(1011, 503)))
    assert (str(caught.value), caught.value.status) == (rules.sentence("full"), 507)
    assert db.session.scalars(sa.select(Media)).all() == []


def test_other_faults_of_the_store_are_no_excuse(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_store: FileStore, _content: bytes) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(FileStore, "put", broken)
    with pytest.raises(PermissionError):
        whole(encoded(quarters()))


@pytest.mark.parametrize(("name", "most"), [("FILES_EACH", 1), ("BYTES_EACH", 1)])
def test_what_one_person_may_keep_has_an_end(monkeypatch: pytest.MonkeyPatch, name: str, most: int) -> None:
    ada = make_member()
    services.keep_picture(whole(encoded(quarters())), ada.id)
    monkeypatch.setattr(rules, name, most)
    with pytest.raises(rules.BadPicture, match="as many pictures"):
        services.keep_picture(whole(encoded(quarters(90, 60))), ada.id)
    if name == "FILES_EACH":
        services.keep_picture(whole(encoded(quarters(90, 60))), make_member("bob").id)


def test_what_the_product_drew_has_all_its_sizes_at_once(app: Flask):
    prepared = services.prepare_drawing(Image.new("RGB", (1200, 900), BLUE))
    kept = services.keep_picture(prepared, None)
    db.session.commit()
    assert (kept.width_px, kept.height_px, size_of(bytes_of(kept.small_hash))) == (1200, 900, (320, 240))
    assert [row[:2] for row in sizes()] == [(480, 360), (960, 720)]
    assert all(size_of(bytes_of(one)) == (made.width_px, made.height_px) for made, one in prepared.sizes or ())
    assert db.session.scalars(sa.select(Job).where(Job.name == "media.make_sizes")).all() == []


def test_a_badge_is_kept_small_and_never_cropped(app: Flask) -> None:
    made = services.prepare_picture(encoded(quarters(2000, 1000)), rules.PIN)
    assert (size_of(bytes_of(made.content_hash)), size_of(bytes_of(made.small_hash))) == ((512, 256), (192, 96))
    services.keep_picture(made, make_member("ada").id)
    assert sizes() == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0


def test_what_is_looked_at_once_is_made_safe_and_kept_nowhere(app: Flask) -> None:
    upload = with_notes(quarters(700, 350), 6)
    made = services.made_safe(upload, rules.PIN)
    assert ((made.width_px, made.height_px), size_of(made.file)) == ((256, 512), (256, 512))
    store = services.store()
    with pytest.raises(FileNotFoundError):
        store.open(hashlib.sha256(made.file).hexdigest())
    with pytest.raises(rules.BadPicture):
        services.made_safe(b"", rules.PIN)

import io

import pytest
from flask import Flask
from PIL import Image

from recognition.media import rules, services
from tests.media.pictures import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    corners,
    encoded,
    png_of,
    quarters,
    srgb_profile,
    wide_grey,
    with_notes,
)

pytestmark = pytest.mark.usefixtures("app")
UPRIGHT = [RED, GREEN, BLUE, WHITE]


def portraits(upload: bytes) -> tuple[bytes, bytes]:
    prepared = services.prepare_picture(upload)
    with services.store().open(prepared.content_hash) as large, services.store().open(prepared.small_hash) as small:
        return large.read(), small.read()


def size(webp: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(webp)) as picture:
        return picture.size


def refusal(upload: bytes) -> str:
    with pytest.raises(rules.BadPicture) as caught:
        services.prepare_picture(upload)
    return str(caught.value)


GOOD = {
    "png": encoded(quarters()),
    "jpeg": encoded(quarters(), "JPEG", quality=95),
    "gif": encoded(quarters(), "GIF"),
    "webp": encoded(quarters(), "WEBP", quality=95),
    "palette": encoded(quarters().quantize(8)),
    "palette with a see-through colour": encoded(quarters().quantize(8), transparency=200),
    "see-through": encoded(quarters().convert("RGBA")),
    "cmyk": encoded(quarters().convert("CMYK"), "JPEG", quality=95),
    "with a profile": encoded(quarters(), "PNG", icc_profile=srgb_profile()),
    "with a broken profile": encoded(quarters(), "PNG", icc_profile=b"not a profile"),
    "progressive": encoded(quarters(), "JPEG", quality=95, progressive=True),
    "with a tail": encoded(quarters()) + b"and more",
    "animated": encoded(quarters(), "GIF", save_all=True, append_images=[Image.new("RGB", (80, 60), "black")] * 4, duration=50),
    "animated png": encoded(quarters(), "PNG", save_all=True, append_images=[Image.new("RGB", (80, 60), "black")]),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_files_keep_their_colours(name: str) -> None:
    large, small = portraits(GOOD[name])
    assert corners(large) == UPRIGHT
    assert corners(small) == UPRIGHT
    assert size(large) == size(small) == (60, 60)


@pytest.mark.parametrize(
    ("picture", "kind"),
    [
        (Image.new("1", (9, 9), 1), "PNG"),
        (Image.new("L", (9, 9), 255), "JPEG"),
        (Image.new("LA", (9, 9), (255, 255)), "PNG"),
        (Image.new("RGB", (1, 1), "white"), "PNG"),
        (Image.new("RGB", (9000, 2), "white"), "PNG"),
        (Image.new("L", (40, 40), 255), "GIF"),
    ],
)
def test_odd_but_good_files_are_taken(picture: Image.Image, kind: str) -> None:
    assert corners(portraits(encoded(picture, kind))[0]) == [WHITE] * 4


def test_sixteen_bits_keep_their_light() -> None:
    def light(value: int) -> int:
        with Image.open(io.BytesIO(portraits(wide_grey(value))[0])) as picture:
            return picture.convert("L").getpixel((20, 20))

    assert [light(0), light(65535)] == [0, 255]
    assert 126 <= light(128 * 257) <= 130


def test_large_ones_become_two_squares() -> None:
    large, small = portraits(encoded(quarters(3000, 2000), "JPEG"))
    assert (size(large), size(small)) == ((512, 512), (96, 96))
    assert corners(large) == UPRIGHT


@pytest.mark.parametrize(
    ("orientation", "seen"),
    [
        (1, UPRIGHT),
        (2, [GREEN, RED, WHITE, BLUE]),
        (3, [WHITE, BLUE, GREEN, RED]),
        (6, [BLUE, RED, WHITE, GREEN]),
        (8, [GREEN, WHITE, RED, BLUE]),
    ],
)
def test_pictures_stand_as_the_camera_was_held(orientation: int, seen: list[tuple[int, ...]]) -> None:
    assert corners(portraits(with_notes(quarters(), orientation))[0]) == seen


def test_nothing_but_the_picture_is_kept() -> None:
    upload = with_notes(quarters())
    assert b"SecretMaker" in upload
    assert b"SecretXmp" in upload
    for webp in portraits(upload):
        assert b"Secret" not in webp
        with Image.open(io.BytesIO(webp)) as picture:
            assert (dict(picture.getexif()), picture.info.get("icc_profile"), picture.info.get("xmp")) == (
                {},
                None,
                None,
            )


def test_the_content_decides_not_the_name() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    postscript = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"
    others = [
        svg,
        postscript,
        b"hello",
        encoded(quarters(), "BMP"),
        encoded(quarters(), "TIFF"),
        b"\xff\xd8\xff" + b"x" * 50,
    ]
    assert {refusal(upload) for upload in others[:5]} == {rules.sentence("kind")}
    assert refusal(others[5]) in {rules.sentence("kind"), rules.sentence("broken")}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_half_a_file_is_refused(kind: str) -> None:
    whole = encoded(Image.effect_noise((200, 200), 80).convert("RGB"), kind)
    assert refusal(whole[: len(whole) // 2]) == rules.sentence("broken")


def test_bombs_are_refused_before_they_are_decoded() -> None:
    assert refusal(png_of(60_000, 60_000)) == rules.sentence("pixels")
    assert refusal(png_of(7000, 6000)) == rules.sentence("pixels")
    assert refusal(png_of(20_000, 10)) == rules.sentence("pixels")
    assert refusal(png_of(5000, 5000)) == rules.sentence("broken")


def test_endless_animations_are_refused() -> None:
    frames = [Image.new("L", (4, 4), n * 37 % 256) for n in range(301)]
    assert refusal(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])) == rules.sentence("frames")


def test_too_much_and_nothing_are_refused_without_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_make", lambda upload: pytest.fail("was decoded"))
    assert refusal(b"") == rules.sentence("empty")
    assert refusal(b"x" * (rules.MAX_BYTES + 1)) == rules.sentence("size")


def test_a_slow_one_is_ended(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(services, "TIMEOUT_SECONDS", 0.01)
    assert refusal(encoded(quarters())) == rules.sentence("slow")


def test_the_process_has_limits_and_no_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("RECOGNITION_SECRET_KEY", "very secret")
    monkeypatch.setattr(services, "WORKER", _spy(tmp_path))
    assert refusal(b"x") == rules.sentence("heavy")


def _spy(folder: object) -> object:
    """Ends with a failure if it finds a secret, after it was refused memory."""
    script = folder / "spy.py"  # type: ignore[operator]
    script.write_text(
        "import os; assert not any('SECRET' in k for k in os.environ)\n"
        f"import runpy; images = runpy.run_path({str(services.WORKER)!r})\n"
        "images['limit_this_process']()\n"
        'try:\n    bytearray(2 * 1024**3)\nexcept MemoryError:\n    print(\'{"refused": "heavy"}\')\n'
        'else:\n    print(\'{"refused": "broken"}\')\n'
    )
    return script

"""Badges in PNG."""

import tracemalloc
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openbadges_bakery import utils as bakery
from openbadgeslib import baking as library
from PIL import Image

from recognition.badges.artwork.design import PinDesign
from recognition.badges.artwork.raster import render_png
from recognition.openbadges.baking import pictures, png
from recognition.openbadges.baking.reading import COMPRESSED, LEGACY, PICTURE_BYTES, SEVERAL, TEXT_BYTES, TRAILING, Reading
from recognition.openbadges.rules import Malformed, TooLarge, Unfit
from tests.openbadges.baking import pngs
from tests.openbadges.baking.pngs import DATA, IEND, chunk, header, itxt

V2 = '{"@context":"https://w3id.org/openbadges/v2","id":"https://house.example/ob/2/assertions/one","name":"Größe 🏅"}'
V3 = "eyJhbGciOiJSUzI1NiJ9.eyJpZCI6Im9uZSJ9.c2lnbmF0dXJl"
BOTH = {"2.0": V2, "3.0": V3}


@pytest.fixture(scope="module")
def pin() -> bytes:
    return render_png(PinDesign("learning", "book", "Reader", 5), 128)


def pixels(picture: bytes) -> tuple[str, tuple[int, int], bytes]:
    with Image.open(BytesIO(picture)) as opened:
        return opened.mode, opened.size, opened.tobytes()


def painted(mode: str) -> bytes:
    buffer = BytesIO()
    Image.linear_gradient("L").resize((40, 30)).convert(mode).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_baked_picture_looks_the_same(mode: str) -> None:
    picture = painted(mode)
    assert pixels(png.bake(picture, BOTH)) == pixels(picture)


def test_a_baked_pin_differs_in_two_chunks_alone(pin: bytes) -> None:
    """The layout that the standard prescribes, byte for byte."""
    expected = itxt(b"openbadges", V2.encode()) + itxt(b"openbadgecredential", V3.encode())
    assert png.bake(pin, BOTH) == pin[:33] + expected + pin[33:]
    assert png.unbake(png.bake(pin, BOTH)) == BOTH
    assert pixels(png.bake(pin, BOTH)) == pixels(pin)


def test_what_is_baked_again_replaces_the_older_badge_and_leaves_the_other_version(pin: bytes) -> None:
    once = png.bake(pin, BOTH)
    expected = itxt(b"openbadgecredential", b"a.b.c") + itxt(b"openbadges", V2.encode())
    assert png.bake(once, {"3.0": "a.b.c"}) == pin[:33] + expected + pin[33:]
    assert png.bake(once, BOTH) == once
    assert png.bake(once, {}) == once


def test_older_chunks_of_any_kind_go() -> None:
    older = [itxt(b"openbadges", b"{}"), chunk(b"tEXt", b"openbadges\0https://a.example"), chunk(b"tEXt", b"Title\0openbadges")]
    picture = pngs.png(*older, chunk(b"zTXt", b"openbadges\0\0" + zlib.compress(b"{}")), end=itxt(b"openbadges", b"{}") + IEND)
    assert png.bake(picture, {"2.0": V2}) == pngs.png(itxt(b"openbadges", V2.encode()), older[2])


def test_of_the_other_version_the_first_stays_alone() -> None:
    two = [itxt(b"openbadges", b"one"), itxt(b"openbadges", b"two")]
    assert png.bake(pngs.png(*two), {"3.0": V3}) == pngs.png(itxt(b"openbadgecredential", V3.encode()), two[0])


def test_other_programs_read_ours_and_we_theirs(pin: bytes) -> None:
    baked = png.bake(pin, BOTH)
    assert bakery.unbake(BytesIO(baked)) == V2
    assert library.extract_png(baked) == V2
    assert library.extract_png(baked, keyword=library.ITXT_KEYWORD_OB3) == V3
    assert png.unbake(bakery.bake(BytesIO(pin), V2, BytesIO()).read()) == {"2.0": V2}
    assert png.unbake(library.bake_png(library.bake_png(pin, V2), V3, keyword=library.ITXT_KEYWORD_OB3)) == BOTH


def test_the_first_of_several_is_read_and_it_is_told() -> None:
    picture = pngs.png(itxt(b"openbadges", b"first"), itxt(b"openbadges", b"second"))
    assert png.read(picture) == Reading({"2.0": "first"}, frozenset({SEVERAL}))


def test_a_language_and_a_translated_keyword_are_passed_over() -> None:
    picture = pngs.png(itxt(b"openbadges", b"{}", language=b"de", translated=b"Abzeichen"))
    assert png.read(picture) == Reading({"2.0": "{}"}, frozenset())


def test_compressed_texts_are_read_and_it_is_told() -> None:
    packed = zlib.compress(V2.encode())
    assert png.read(pngs.png(itxt(b"openbadges", packed, flag=1))) == Reading({"2.0": V2}, frozenset({COMPRESSED}))
    old = pngs.png(chunk(b"zTXt", b"openbadges\0\0" + packed))
    assert png.read(old) == Reading({"2.0": V2}, frozenset({COMPRESSED, LEGACY}))


def test_the_oldest_badges_name_an_address() -> None:
    address = "https://old.example/assertions/1"
    picture = pngs.png(chunk(b"tEXt", b"openbadges\0" + address.encode()))
    assert png.read(picture) == Reading({"2.0": address}, frozenset({LEGACY}))
    latin = pngs.png(chunk(b"tEXt", b"openbadges\0caf\xe9"))
    assert png.unbake(latin) == {"2.0": "café"}


def test_bytes_behind_the_end_are_told_and_not_passed_on() -> None:
    picture = pngs.png() + b"<script>alert(1)</script>"
    assert png.read(picture) == Reading({}, frozenset({TRAILING}))
    assert png.bake(picture, {"2.0": V2}) == png.bake(pngs.png(), {"2.0": V2})


@pytest.mark.parametrize("kind", ["iTXt", "zTXt"])
def test_a_bomb_is_never_unpacked(kind: str) -> None:
    packed = zlib.compress(b" " * (200 * TEXT_BYTES), 9)
    bomb = itxt(b"openbadges", packed, flag=1) if kind == "iTXt" else chunk(b"zTXt", b"openbadges\0\0" + packed)
    picture = pngs.png(bomb)
    tracemalloc.start()
    with pytest.raises(TooLarge):
        png.unbake(picture)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * TEXT_BYTES


def test_sizes_have_an_end() -> None:
    with pytest.raises(TooLarge):
        png.bake(pngs.png(), {"2.0": "x" * (TEXT_BYTES + 1)})
    with pytest.raises(TooLarge):
        png.read(pngs.png(itxt(b"openbadges", b"x" * (TEXT_BYTES + 1))))
    with pytest.raises(TooLarge):
        png.read(pngs.png() + bytes(PICTURE_BYTES))
    with pytest.raises(TooLarge):
        png.read(pngs.png(head=header(10_000, 10_000)))
    with pytest.raises(TooLarge):
        png.read(pngs.png(*[chunk(b"teSt")] * 20_001))
    nearly = pngs.png(*[chunk(b"prVt", bytes(PICTURE_BYTES - 200))])
    assert png.read(nearly) == Reading({}, frozenset())
    with pytest.raises(TooLarge):
        png.bake(nearly, {"2.0": "x" * 200})


WRONG = {
    "signature": b"GIF89a" + pngs.png(),
    "nothing": b"",
    "signature alone": pngs.SIGNATURE,
    "no header": pngs.png(head=b""),
    "header too short": pngs.png(head=chunk(b"IHDR", b"\0\0\0\1")),
    "header later": pngs.png(head=chunk(b"gAMA", b"\0\0\0\1") + header()),
    "two headers": pngs.png(header()),
    "no width": pngs.png(head=header(width=0)),
    "no height": pngs.png(head=header(height=0)),
    "width of a negative number": pngs.png(head=header(width=2**31)),
    "depth": pngs.png(head=header(depth=3)),
    "depth that this colour type has not": pngs.png(head=header(depth=4)),
    "colour type": pngs.png(head=header(2, 1, 8, 5)),
    "compression": pngs.png(head=header(2, 1, 8, 2, 1, 0, 0)),
    "filter": pngs.png(head=header(2, 1, 8, 2, 0, 1, 0)),
    "interlacing": pngs.png(head=header(2, 1, 8, 2, 0, 0, 2)),
    "no picture": pngs.png(data=b""),
    "picture torn apart": pngs.png(data=chunk(b"IDAT", DATA[:4]) + chunk(b"tIME", bytes(7)) + chunk(b"IDAT", DATA[4:])),
    "palette missing": pngs.png(head=header(2, 1, 8, 3)),
    "two palettes": pngs.png(chunk(b"PLTE", bytes(3)), chunk(b"PLTE", bytes(3))),
    "palette behind the picture": pngs.png(head=header(2, 1, 8, 3), end=chunk(b"PLTE", bytes(3)) + IEND),
    "unknown and critical": pngs.png(chunk(b"BadG", b"x")),
    "kind that is no word": pngs.png(chunk(b"iT t", b"x")),
    "no end": pngs.png(end=b""),
    "longer than the file": pngs.png(end=b"\xff\xff\xff\xffIEND\0\0\0\0"),
    "crc": pngs.png(chunk(b"tEXt", b"Title\0a", crc=7)),
    "text not UTF-8": pngs.png(itxt(b"openbadges", b"\xff\xfe")),
    "text cut": pngs.png(chunk(b"iTXt", b"openbadges\0\0")),
    "text without its languages": pngs.png(chunk(b"iTXt", b"openbadges\0\0\0text")),
    "packed in an unknown way": pngs.png(itxt(b"openbadges", zlib.compress(b"{}"), flag=1, method=1)),
    "packed badly": pngs.png(itxt(b"openbadges", b"no zlib", flag=1)),
    "packed in half": pngs.png(itxt(b"openbadges", zlib.compress(b"{}" * 99)[:-6], flag=1)),
}


@pytest.mark.parametrize("picture", WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_refused(picture: bytes) -> None:
    with pytest.raises(Malformed):
        png.read(picture)


def test_each_byte_counts() -> None:
    """Of a picture with two badges: no byte can be another one, and none can be left out at the end."""
    picture = png.bake(pngs.png(chunk(b"tEXt", b"Title\0Pin")), BOTH)
    for place in range(len(picture)):
        changed = bytearray(picture)
        changed[place] ^= 1 << (place % 8)
        with pytest.raises((Malformed, TooLarge)):
            png.read(bytes(changed))
        with pytest.raises(Malformed):
            png.read(picture[:place])


def test_texts_that_cannot_be_written_are_refused() -> None:
    for text in ("a\0b", "\ud800"):
        with pytest.raises(Malformed):
            png.bake(pngs.png(), {"3.0": text})


def test_the_kind_is_told_by_the_first_bytes() -> None:
    assert pictures.kind_of(pngs.png()) == "png"
    assert pictures.kind_of(b"\xff\xd8\xff\xe0 JFIF") is None
    assert pictures.kind_of(b'{"id": "<svg "}') is None
    assert pictures.unbake(pictures.bake(pngs.png(), BOTH)) == BOTH
    with pytest.raises(Malformed):
        pictures.read(b"")


CHUNK_KINDS = [b"iTXt", b"zTXt", b"tEXt", b"IDAT", b"PLTE", b"tRNS", b"IHDR"]
BEGINNINGS = [b"", b"openbadges", b"openbadges\0", b"openbadgecredential\0\0\0", b"openbadges\0\1\0"]
PARTS = st.tuples(st.sampled_from(CHUNK_KINDS), st.sampled_from(BEGINNINGS), st.binary(max_size=30))


@settings(max_examples=60, deadline=None)
@given(st.lists(PARTS, max_size=8))
def test_no_chunks_bring_it_down(parts: list[tuple[bytes, bytes, bytes]]) -> None:
    picture = pngs.png(*(chunk(kind, begin + rest) for kind, begin, rest in parts))
    try:
        found = png.read(picture)
    except Unfit:
        return
    assert set(found.texts) <= {"2.0", "3.0"}
    assert png.read(png.bake(picture, BOTH)) == Reading(BOTH, frozenset())


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_bring_it_down(rest: bytes) -> None:
    for picture in (rest, pngs.SIGNATURE + rest, pngs.SIGNATURE + header() + rest):
        with pytest.raises(Unfit):
            pictures.read(picture)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200), st.sampled_from(["2.0", "3.0"]))
def test_any_text_comes_back_as_it_was(text: str, version: png.Version) -> None:
    assert png.read(png.bake(pngs.png(), {version: text})) == Reading({version: text}, frozenset())

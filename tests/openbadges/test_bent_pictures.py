"""Pictures with a badge inside, bent: bytes, checksums, chunks, elements. Other people's reader is Pillow for PNG, whose
checksums it looks at, and ElementTree for SVG; what they read goes to other people's verifier."""

import zlib
from collections.abc import Callable

import pytest

from tests.openbadges.forge import Forge, Found, alone, false, ours, theirs, unsure
from tests.openbadges.tampering import Offered, chunks, png_of, with_chunk

Change = Callable[[bytes], bytes]


def other_name(content: bytes) -> bytes:
    """One byte of the credential's text: the first letter of a name that is signed."""
    place = content.index(b"Talker, level")
    return content[:place] + b"W" + content[place + 1 :]


def empty(picture: bytes) -> bytes:
    """Neither the one nor the other badge in it."""
    return png_of([part for part in chunks(picture) if part[0] != b"iTXt"])


def twice(picture: bytes) -> bytes:
    """Which of two would it be?"""
    return with_chunk(picture, lambda text, crc: [(b"iTXt", text, crc), (b"iTXt", other_name(text), None)])


def packed(content: bytes) -> bytes:
    keyword, _nul, rest = content.partition(b"\0")
    return keyword + b"\0\1\0\0\0" + zlib.compress(rest[4:])


def without_its_end(picture: bytes) -> bytes:
    return png_of([part for part in chunks(picture) if part[0] != b"IEND"])


PNG: dict[str, tuple[Change, str, Found]] = {
    "one byte of the text": (
        lambda p: with_chunk(p, lambda text, crc: [(b"iTXt", other_name(text), crc)]), "unreadable", false("picture_broken"),
    ),
    "one byte, with its checksum": (
        lambda p: with_chunk(p, lambda text, crc: [(b"iTXt", other_name(text), None)]), "Invalid signature",
        false("signature_bad"),
    ),
    "the checksum alone": (
        lambda p: with_chunk(p, lambda text, crc: [(b"iTXt", text, bytes(4))]), "unreadable", false("picture_broken"),
    ),
    "the texts taken out": (empty, "unreadable", false("picture_empty")),
    "two texts": (twice, "Invalid signature", unsure("picture_several")),
    "cut short": (lambda p: p[: len(p) // 8], "unreadable", false("picture_broken")),
    # Pillow shows what there is.
    "no end": (without_its_end, "good", false("picture_broken")),
}  # fmt: skip
SVG: dict[str, tuple[Change, str, Found]] = {
    "one byte of the text": (other_name, "Invalid signature", false("signature_bad")),
    "the elements taken out": (
        lambda s: s.replace(b":credential", b":none").replace(b":assertion", b":none"), "unreadable", false("picture_empty"),
    ),
    "no proper XML": (lambda s: s[:-6], "unreadable", false("picture_broken")),
    # ElementTree reads text; what a browser or a careless reader would do with the picture is no business of theirs.
    "an entity": (
        lambda s: b'<!DOCTYPE svg [<!ENTITY e "x">]>' + s[s.index(b"<svg") :], "good", false("picture_entities"),
    ),
    "a script": (
        lambda s: s.replace(b"</svg>", b"<script>alert(1)</script></svg>"), "good", false("picture_script"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), [*(("png", name) for name in PNG), *(("svg", name) for name in SVG)])
def test_a_bent_picture_is_refused_by_both(forge: Forge, kind: str, name: str) -> None:
    change, reason, finding = (PNG if kind == "png" else SVG)[name]
    offered = Offered(change(forge.house.picture("first level", kind)))
    answer = theirs(forge, offered)
    assert (reason in answer, answer == "good") == (True, reason == "good")
    assert ours(forge, offered) == finding


def test_a_packed_text_is_read_and_told(forge: Forge) -> None:
    """Ours are never packed; who packs one breaks the rule of the format and nothing of the badge."""
    offered = Offered(with_chunk(forge.house.picture("first level", "png"), lambda text, crc: [(b"iTXt", packed(text), None)]))
    assert (theirs(forge, offered), ours(forge, offered)) == ("good", ("good", set()))


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_picture_that_somebody_has_tells_that_it_was_taken_back(forge: Forge, kind: str) -> None:
    """Both badges in it say so, and nothing else is wrong with it."""
    offered = Offered(forge.house.handed_out[kind])
    assert (theirs(forge, offered), ours(forge, offered)) == ("revoked", alone("revoked"))

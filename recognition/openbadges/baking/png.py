"""Badges in PNG: one iTXt chunk a version right behind the header, never compressed (Open Badges 3.0, section 5.3). Every
chunk is checked, its CRC as well; the picture's own chunks are passed on byte for byte."""

import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from recognition.openbadges.baking.reading import (
    COMPRESSED,
    LEGACY,
    SEVERAL,
    TEXT_BYTES,
    TRAILING,
    VERSIONS,
    Reading,
    Version,
    check_picture,
    check_text,
    encoded,
)
from recognition.openbadges.rules import Malformed, TooLarge

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
KEYWORDS: Final[Mapping[Version, bytes]] = {"2.0": b"openbadges", "3.0": b"openbadgecredential"}
MOST_CHUNKS = 20_000
MOST_PIXELS = 40_000_000
_VERSION_OF: Final[Mapping[bytes, Version]] = {keyword: version for version, keyword in KEYWORDS.items()}
_TEXTS: Final = frozenset({b"iTXt", b"zTXt", b"tEXt"})
_CRITICAL: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
_DEPTHS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
"""Bits a sample by colour type."""
_HEAD = struct.Struct(">I4s")
_CRC = struct.Struct(">I")


class _Chunk(NamedTuple):
    """`begin` and `end` in the picture, with length and CRC."""

    kind: bytes
    begin: int
    end: int


def bake(picture: bytes, texts: Mapping[Version, str]) -> bytes:
    """The picture with these badges in it and none older of the same versions; one of the other version stays."""
    chunks = _chunks(picture)
    parts = [picture[: chunks[0].end]]
    parts += [_itxt(KEYWORDS[version], texts[version]) for version in VERSIONS if version in texts]
    begin, seen = chunks[0].end, set(texts)
    for chunk in chunks:
        version = _version(picture, chunk)
        if version is None:
            continue
        if version in seen:
            parts.append(picture[begin : chunk.begin])
            begin = chunk.end
        seen.add(version)
    parts.append(picture[begin : chunks[-1].end])
    baked = b"".join(parts)
    check_picture(baked)
    return baked


def unbake(picture: bytes) -> dict[Version, str]:
    """Raises Malformed and TooLarge."""
    return dict(read(picture).texts)


def read(picture: bytes) -> Reading:
    chunks, texts, oddities = _chunks(picture), dict[Version, str](), set[str]()
    if chunks[-1].end < len(picture):
        oddities.add(TRAILING)
    for chunk in chunks:
        version = _version(picture, chunk)
        if version is None:
            continue
        if version in texts:
            oddities.add(SEVERAL)
            continue
        if chunk.kind != b"iTXt":
            oddities.add(LEGACY)
        texts[version] = _text(chunk.kind, picture[chunk.begin + 8 : chunk.end - 4], oddities)
    return Reading(texts, frozenset(oddities))


def _chunks(picture: bytes) -> list[_Chunk]:
    check_picture(picture)
    if not picture.startswith(SIGNATURE):
        raise Malformed("no PNG signature")
    chunks = list(_walk(memoryview(picture)))
    _check_header(picture, chunks[0])
    _check_order([chunk.kind for chunk in chunks], colour_type=picture[25])
    return chunks


def _walk(view: memoryview) -> Iterator[_Chunk]:
    """Each chunk up to the last one, once its CRC was found right."""
    place, count, kind = len(SIGNATURE), 0, b""
    while kind != b"IEND":
        if place + 12 > len(view):
            raise Malformed("a PNG that ends before its end")
        length, kind = _HEAD.unpack_from(view, place)
        end = place + 12 + length
        if end > len(view):
            raise Malformed(f"a PNG chunk {kind!r} that is longer than the file")
        if not kind.isalpha():
            raise Malformed(f"a PNG chunk of the kind {kind!r}")
        if zlib.crc32(view[place + 4 : end - 4]) != _CRC.unpack_from(view, end - 4)[0]:
            raise Malformed(f"a PNG chunk {kind.decode()} whose CRC is wrong")
        yield _Chunk(kind, place, end)
        place, count = end, count + 1
        if count > MOST_CHUNKS:
            raise TooLarge(f"a PNG with more than {MOST_CHUNKS} chunks")


def _check_header(picture: bytes, chunk: _Chunk) -> None:
    if chunk.kind != b"IHDR" or chunk.end - chunk.begin != 25:
        raise Malformed("a PNG that does not begin with its header")
    width, height, depth, colour_type, *ways = struct.unpack_from(">IIBBBBB", picture, chunk.begin + 8)
    if not (0 < width < 2**31 and 0 < height < 2**31) or depth not in _DEPTHS.get(colour_type, ()) or ways[:2] != [0, 0]:
        raise Malformed("a PNG header that says what no PNG can be")
    if ways[2] > 1:
        raise Malformed("a PNG interlaced in a way that nobody knows")
    if width * height > MOST_PIXELS:
        raise TooLarge(f"a picture of {width} by {height} pixels")


def _check_order(kinds: list[bytes], colour_type: int) -> None:
    """What the standard says of the chunks that make the picture; the others may stand anywhere."""
    unknown = next((kind for kind in kinds if kind[:1].isupper() and kind not in _CRITICAL), None)
    if unknown is not None:
        raise Malformed(f"a PNG chunk {unknown.decode()} without which it cannot be shown, and which nobody knows")
    if kinds.count(b"IHDR") != 1:
        raise Malformed("a PNG with two headers")
    if b"IDAT" not in kinds:
        raise Malformed("a PNG without a picture")
    first = kinds.index(b"IDAT")
    if kinds[first : first + kinds.count(b"IDAT")].count(b"IDAT") != kinds.count(b"IDAT"):
        raise Malformed("a PNG whose picture is torn apart")
    palettes = kinds.count(b"PLTE")
    if palettes > 1 or palettes > kinds[:first].count(b"PLTE") or (colour_type == 3 and not palettes):
        raise Malformed("a PNG whose palette is not where it belongs")


def _version(picture: bytes, chunk: _Chunk) -> Version | None:
    if chunk.kind not in _TEXTS:
        return None
    keyword, found, _rest = picture[chunk.begin + 8 : min(chunk.begin + 8 + 80, chunk.end - 4)].partition(b"\0")
    return _VERSION_OF.get(keyword) if found else None


def _itxt(keyword: bytes, text: str) -> bytes:
    content = b"iTXt" + keyword + b"\0\0\0\0\0" + encoded(text)
    return _CRC.pack(len(content) - 4) + content + _CRC.pack(zlib.crc32(content))


def _text(kind: bytes, content: bytes, oddities: set[str]) -> str:
    rest = content.partition(b"\0")[2]
    packed = kind == b"zTXt"
    if kind == b"zTXt":
        method, rest = rest[:1], rest[1:]
    elif kind == b"iTXt":
        packed, method, rest = rest[:1] == b"\1", rest[1:2], rest[2:]
        _language, one, rest = rest.partition(b"\0")
        _translated, two, rest = rest.partition(b"\0")
        if not (one and two):
            raise Malformed("a PNG text chunk that ends in its middle")
    if packed:
        oddities.add(COMPRESSED)
        rest = _unpacked(method, rest)
    check_text(len(rest))
    return _decoded(rest, kind)


def _unpacked(method: bytes, packed: bytes) -> bytes:
    """Never more than a badge may be, however much was packed."""
    if method != b"\0":
        raise Malformed("a PNG text compressed in a way that nobody knows")
    machine = zlib.decompressobj()
    try:
        text = machine.decompress(packed, TEXT_BYTES + 1)
    except zlib.error as error:
        raise Malformed("a PNG text whose compression is broken") from error
    check_text(len(text))
    if not machine.eof:
        raise Malformed("a PNG text whose compression ends in its middle")
    return text


def _decoded(text: bytes, kind: bytes) -> str:
    """The older kinds are Latin-1 by the standard, but bakers have put UTF-8 there."""
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        if kind == b"iTXt":
            raise Malformed("a PNG text that is not UTF-8") from error
        return text.decode("latin-1")

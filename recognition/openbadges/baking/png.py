"""Badges in PNG: one iTXt chunk a version right behind the header, never compressed (Open Badges 3.0, section 5.3). Every
chunk is checked, its CRC as well; the picture's own chunks are passed on byte for byte."""

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

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
_head, _crc = struct.Struct(">I4s").unpack_from, struct.Struct(">I").unpack_from
_header = struct.Struct(">IIBBBBB").unpack_from


_Chunk = tuple[bytes, int, int]
"""Its kind, and from where to where in the picture it stands, with length and CRC. A plain tuple, since thousands of
pictures a second are looked at this way."""


def bake(picture: bytes, texts: Mapping[Version, str]) -> bytes:
    """The picture with these badges in it and none older of the same versions; one of the other version stays."""
    chunks = _chunks(picture)
    place = chunks[0][2]
    parts = [picture[:place], *(_itxt(KEYWORDS[version], texts[version]) for version in VERSIONS if version in texts)]
    seen = set(texts)
    for version, _kind, begin, end in _carrying(picture, chunks):
        if version in seen:
            parts.append(picture[place:begin])
            place = end
        seen.add(version)
    parts.append(picture[place : chunks[-1][2]])
    baked = b"".join(parts)
    check_picture(baked)
    return baked


def unbake(picture: bytes) -> dict[Version, str]:
    """Raises Malformed and TooLarge."""
    return dict(read(picture).texts)


def read(picture: bytes) -> Reading:
    chunks, texts, oddities = _chunks(picture), dict[Version, str](), set[str]()
    if chunks[-1][2] < len(picture):
        oddities.add(TRAILING)
    for version, kind, begin, end in _carrying(picture, chunks):
        if version in texts:
            oddities.add(SEVERAL)
            continue
        if kind != b"iTXt":
            oddities.add(LEGACY)
        texts[version] = _text(kind, picture[begin + 8 : end - 4], oddities)
    return Reading(texts, frozenset(oddities))


def _chunks(picture: bytes) -> list[_Chunk]:
    """All of them, once each CRC was found right and they are in order."""
    check_picture(picture)
    if not picture.startswith(SIGNATURE):
        raise Malformed("no PNG signature")
    view, size, begin, chunks = memoryview(picture), len(picture), len(SIGNATURE), list[_Chunk]()
    while not chunks or chunks[-1][0] != b"IEND":
        if begin + 12 > size:
            raise Malformed("a PNG that ends before its end")
        length, kind = _head(view, begin)
        end = begin + 12 + length
        if end > size or not kind.isalpha():
            raise Malformed(f"a PNG chunk {kind!r} that is longer than the file, or none")
        if zlib.crc32(view[begin + 4 : end - 4]) != _crc(view, end - 4)[0]:
            raise Malformed(f"a PNG chunk {kind.decode()} whose CRC is wrong")
        chunks.append((kind, begin, end))
        if len(chunks) > MOST_CHUNKS:
            raise TooLarge(f"a PNG with more than {MOST_CHUNKS} chunks")
        begin = end
    _check_header(picture, chunks[0])
    _check_order([kind for kind, _begin, _end in chunks], colour_type=picture[25])
    return chunks


def _check_header(picture: bytes, chunk: _Chunk) -> None:
    kind, begin, end = chunk
    if kind != b"IHDR" or end - begin != 25:
        raise Malformed("a PNG that does not begin with its header")
    width, height, depth, colour_type, *ways = _header(picture, begin + 8)
    if not (0 < width < 2**31 and 0 < height < 2**31) or depth not in _DEPTHS.get(colour_type, ()) or ways[:2] != [0, 0]:
        raise Malformed("a PNG header that says what no PNG can be")
    if ways[2] > 1:
        raise Malformed("a PNG interlaced in a way that nobody knows")
    if width * height > MOST_PIXELS:
        raise TooLarge(f"a picture of {width} by {height} pixels")


def _check_order(kinds: list[bytes], colour_type: int) -> None:
    """What the standard says of the chunks that make the picture; the others may stand anywhere."""
    # Capitals, of which critical kinds have one in front, come before small letters.
    unknown = {kind for kind in kinds if kind < b"a"} - _CRITICAL
    if unknown:
        raise Malformed(f"a PNG chunk {unknown.pop().decode()} without which it cannot be shown, and which nobody knows")
    if kinds.count(b"IHDR") != 1:
        raise Malformed("a PNG with two headers")
    parts = kinds.count(b"IDAT")
    if not parts:
        raise Malformed("a PNG without a picture")
    first = kinds.index(b"IDAT")
    if parts > 1 and kinds[first : first + parts].count(b"IDAT") != parts:
        raise Malformed("a PNG whose picture is torn apart")
    palettes = kinds.count(b"PLTE")
    if palettes > 1 or palettes > kinds[:first].count(b"PLTE") or (colour_type == 3 and not palettes):
        raise Malformed("a PNG whose palette is not where it belongs")


def _carrying(picture: bytes, chunks: Iterable[_Chunk]) -> Iterator[tuple[Version, bytes, int, int]]:
    for kind, begin, end in chunks:
        if kind in _TEXTS:
            keyword, found, _rest = picture[begin + 8 : min(begin + 8 + 80, end - 4)].partition(b"\0")
            if found and keyword in _VERSION_OF:
                yield _VERSION_OF[keyword], kind, begin, end


def _itxt(keyword: bytes, text: str) -> bytes:
    content = b"iTXt" + keyword + b"\0\0\0\0\0" + encoded(text)
    return struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))


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

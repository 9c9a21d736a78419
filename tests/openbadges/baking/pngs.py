"""Pictures put together chunk by chunk, so that any of them can be wrong."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, content: bytes = b"", crc: int | None = None) -> bytes:
    told = zlib.crc32(kind + content) if crc is None else crc
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", told)


def header(width: int = 2, height: int = 1, depth: int = 8, colour_type: int = 2, *ways: int) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour_type, *(ways or (0, 0, 0))))


DATA = zlib.compress(b"\0" + b"\x10\x20\x30" * 2)
IDAT, IEND = chunk(b"IDAT", DATA), chunk(b"IEND")


def png(*before: bytes, head: bytes = header(), data: bytes = IDAT, end: bytes = IEND) -> bytes:
    """Two pixels, with these chunks between the header and the picture."""
    return SIGNATURE + head + b"".join(before) + data + end


def itxt(keyword: bytes, text: bytes, flag: int = 0, method: int = 0, language: bytes = b"", translated: bytes = b"") -> bytes:
    return chunk(b"iTXt", keyword + bytes([0, flag, method]) + language + b"\0" + translated + b"\0" + text)


def kinds(picture: bytes) -> list[bytes]:
    found, place = [], 8
    while place < len(picture):
        length, kind = struct.unpack_from(">I4s", picture, place)
        found.append(kind)
        place += 12 + length
    return found

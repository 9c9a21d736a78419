"""Ways to bend a badge. Each takes a badge that verifies and gives one that must not, with what the world then answers."""

import base64
import copy
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]
World = Mapping[str, tuple[int, str]]


@dataclass(frozen=True)
class Offered:
    """What somebody shows: text of a credential, a token, an address, or a picture; and the answers that the world gives
    otherwise than the house does, by address."""

    content: bytes
    world: World = field(default_factory=dict)


def changed(document: Document, path: str, value: Any) -> Document:
    """A copy with another value at `a.b.0.c`; None takes it out."""
    bent = copy.deepcopy(document)
    *way, last = path.split(".")
    place: Any = bent
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    key: Any = int(last) if isinstance(place, list) else last
    if value is None:
        del place[key]
    else:
        place[key] = value
    return bent


def shifted(text: str, place: int = -1) -> str:
    """One sign of it becomes another that could stand there too."""
    old = text[place]
    new = "3" if old != "3" else "4"
    return text[:place] + new + text[place:][1:]


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def token_parts(token: str) -> tuple[Document, Document, str]:
    header, payload, signature = token.split(".")
    return json.loads(unb64(header)), json.loads(unb64(payload)), signature


def token_of(header: Document, payload: Document, signature: str | Callable[[bytes], bytes]) -> str:
    """`signature`: as text, or what makes it of the signing input."""
    begun = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(payload).encode())}"
    return f"{begun}.{signature if isinstance(signature, str) else b64(signature(begun.encode()))}"


SIGN = b"\x89PNG\r\n\x1a\n"


def chunks(picture: bytes) -> list[tuple[bytes, bytes, bytes]]:
    """Kind, content, checksum."""
    found, place = [], len(SIGN)
    while place < len(picture):
        size = int.from_bytes(picture[place : place + 4])
        kind, rest = picture[place + 4 : place + 8], place + 8 + size
        found.append((kind, picture[place + 8 : rest], picture[rest : rest + 4]))
        place = rest + 4
    return found


def png_of(parts: list[tuple[bytes, bytes, bytes | None]]) -> bytes:
    """A checksum None is worked out."""
    whole = SIGN
    for kind, content, crc in parts:
        whole += len(content).to_bytes(4) + kind + content + (zlib.crc32(kind + content).to_bytes(4) if crc is None else crc)
    return whole


def with_chunk(picture: bytes, change: Callable[[bytes, bytes], list[tuple[bytes, bytes, bytes | None]]]) -> bytes:
    """`change` gets content and checksum of the chunk that holds the OB 3.0 credential, and says what stands in its place."""
    parts: list[tuple[bytes, bytes, bytes | None]] = []
    for kind, content, crc in chunks(picture):
        own = kind == b"iTXt" and content.startswith(b"openbadgecredential\0")
        parts += change(content, crc) if own else [(kind, content, crc)]
    return png_of(parts)

"""The bits of a status list: index 0 is the most significant bit of byte 0, packed with GZIP, in base64url."""

import base64
import binascii
import gzip
import zlib

from recognition.openbadges.rules import Malformed, TooLarge

FEWEST = 131_072
"""Bits of the shortest list, so that one badge hides among many."""
MOST_BYTES = 16 * 1024 * 1024
MOST_TEXT = 4 * 1024 * 1024


def encode(bits: bytes) -> str:
    """`u` and base64url without padding. The same bits give the same text."""
    return "u" + base64.urlsafe_b64encode(gzip.compress(bits, mtime=0)).rstrip(b"=").decode()


def decode(text: object, most: int = MOST_BYTES) -> bytes:
    """Raises Malformed for anything but a packed list, TooLarge for one of more than `most` bytes."""
    if not isinstance(text, str) or not text.startswith("u"):
        raise Malformed("no multibase base64url list")
    if len(text) > MOST_TEXT:
        raise TooLarge("the packed status list")
    try:
        packed = base64.b64decode(text[1:] + "=" * (-len(text[1:]) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj(wbits=31)
        bits = unpacker.decompress(packed, most + 1)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise Malformed("the status list is damaged") from error
    if len(bits) > most:
        raise TooLarge("the status list")
    if not unpacker.eof or unpacker.unused_data:
        raise Malformed("the status list is damaged")
    return bits


def bit(bits: bytes | bytearray, index: int) -> bool:
    """Raises Malformed for an index outside the list."""
    if not 0 <= index < len(bits) * 8:
        raise Malformed("the index is outside the status list")
    return bool(bits[index >> 3] & (0x80 >> (index & 7)))


def with_bit(bits: bytearray, index: int, value: bool = True) -> None:
    """Set one bit in place. Raises Malformed for an index outside the list."""
    bit(bits, index)
    mask = 0x80 >> (index & 7)
    bits[index >> 3] = bits[index >> 3] | mask if value else bits[index >> 3] & ~mask

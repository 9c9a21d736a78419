"""Multibase base58btc, and Ed25519 keys written as Multikey."""

from recognition.openbadges.rules import Malformed

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
VALUES = {sign: value for value, sign in enumerate(ALPHABET)}
ED25519 = b"\xed\x01"
LONGEST = 1024
"""Signs that are read; the longest honest value, a signature, has 88."""


def multibase(raw: bytes) -> str:
    """`z` and base58btc."""
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    number, signs = int.from_bytes(raw), []
    while number:
        number, rest = divmod(number, len(PAIRS))
        signs.append(PAIRS[rest])
    return "z" + "1" * zeros + "".join(reversed(signs)).lstrip("1")


def unmultibase(text: object) -> bytes:
    """Raises Malformed for all but `z` and base58btc."""
    if not isinstance(text, str) or not text.startswith("z") or len(text) > LONGEST:
        raise Malformed("no base58btc value")
    number, zeros = 0, len(text) - 1 - len(text[1:].lstrip("1"))
    for sign in text[1:]:
        if sign not in VALUES:
            raise Malformed("no base58btc value")
        number = number * 58 + VALUES[sign]
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def encode(raw: bytes) -> str:
    """An Ed25519 public key of 32 bytes as `z6Mk...`."""
    if len(raw) != 32:
        raise Malformed("an Ed25519 key has 32 bytes")
    return multibase(ED25519 + raw)


def decode(text: object) -> bytes:
    """The 32 bytes of an Ed25519 public key. Raises Malformed for any other kind of key."""
    raw = unmultibase(text)
    if len(raw) != 34 or not raw.startswith(ED25519):
        raise Malformed("no Ed25519 Multikey")
    return raw[2:]

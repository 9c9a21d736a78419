"""Status bits, Multikey and hashed addresses."""

import base64
import gzip
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.openbadges import bits, identities, multikey
from recognition.openbadges.rules import Malformed, TooLarge


def test_index_0_is_the_most_significant_bit() -> None:
    listed = bytearray(bits.FEWEST // 8)
    for index in (0, 9, bits.FEWEST - 1):
        bits.with_bit(listed, index)
    assert (listed[0], listed[1], listed[-1]) == (0x80, 0x40, 0x01)
    read = bits.decode(bits.encode(bytes(listed)))
    assert [index for index in range(bits.FEWEST) if bits.bit(read, index)] == [0, 9, bits.FEWEST - 1]
    bits.with_bit(listed, 9, False)
    assert listed[1] == 0


def test_a_list_is_gzip_in_base64url_without_padding() -> None:
    text = bits.encode(bytes(16_384))
    assert text.startswith("uH4sI")
    assert len(text) < 80
    assert text == bits.encode(bytes(16_384))
    assert "=" not in text


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_any_list_comes_back(raw: bytes) -> None:
    assert bits.decode(bits.encode(raw)) == raw


@pytest.mark.parametrize("index", [-1, 8, 1 << 40])
def test_an_index_outside_the_list(index: int) -> None:
    with pytest.raises(Malformed):
        bits.bit(b"\0", index)
    with pytest.raises(Malformed):
        bits.with_bit(bytearray(1), index)


def packed(raw: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


WHOLE = gzip.compress(bytes(64), mtime=0)


@pytest.mark.parametrize("text", ["", "u", "H4sI", "z6Mk", "u!!", "uAAAA", None, 7, packed(WHOLE[:-1]), packed(WHOLE + b"x"),
                                  packed(WHOLE[:-6] + b"xxxxxx"), packed(WHOLE + WHOLE), "uH4sIé"])  # fmt: skip
def test_broken_lists_are_refused(text: object) -> None:
    with pytest.raises(Malformed):
        bits.decode(text)


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(TooLarge):
        bits.decode(packed(gzip.compress(bytes(bits.MOST_BYTES + 1))))
    with pytest.raises(TooLarge):
        bits.decode("u" + "A" * (bits.MOST_TEXT + 1))
    assert len(bits.decode(packed(gzip.compress(bytes(9))), most=9)) == 9


def test_known_answers_of_base58() -> None:
    """draft-msporny-base58, section 5."""
    assert multikey.multibase(b"Hello World!") == "z2NEpo7TZRRrLZSi2U"
    assert multikey.multibase(bytes.fromhex("0000287fb4cd")) == "z11233QC4"
    assert multikey.multibase(b"The quick brown fox jumps over the lazy dog.") == (
        "zUSm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z"
    )
    assert multikey.multibase(b"") == "z"


@given(st.binary(max_size=70))
def test_base58_comes_back(raw: bytes) -> None:
    assert multikey.unmultibase(multikey.multibase(raw)) == raw


@given(st.binary(min_size=32, max_size=32))
def test_every_ed25519_key_begins_alike(raw: bytes) -> None:
    assert multikey.encode(raw).startswith("z6M")
    assert multikey.decode(multikey.encode(raw)) == raw


OTHER_KEYS = [multikey.multibase(raw) for raw in (b"\xed\x01" + bytes(31), b"\x80\x24" + bytes(33), bytes(34))]


@pytest.mark.parametrize("text", ["", "z", "6Mk", "z0", "zé", "z6Mk" + "1" * 2000, None, 7, *OTHER_KEYS])
def test_other_keys_are_refused(text: object) -> None:
    with pytest.raises(Malformed):
        multikey.decode(text)


def test_a_key_of_another_length_is_not_written() -> None:
    with pytest.raises(Malformed):
        multikey.encode(bytes(31))


def test_an_address_is_hashed_in_its_normal_form() -> None:
    expected = "sha256$" + hashlib.sha256(b"ada@example.orgsalt").hexdigest()
    assert identities.hashed("  Ada@Example.ORG ", "salt") == expected
    assert identities.normal("  Ada@Example.ORG ") == "ada@example.org"


def md5(text: str) -> str:
    return "md5$" + hashlib.md5(text.encode()).hexdigest()


OURS = {"type": "IdentityObject", "hashed": True, "identityHash": identities.hashed("ada@example.org", "s"), "salt": "s"}
OLDER = {"type": "email", "hashed": True, "identity": identities.hashed("ada@example.org", "s"), "salt": "s"}


@pytest.mark.parametrize(
    "identity",
    [
        OURS,
        OLDER,
        OURS | {"identityHash": OURS["identityHash"].upper().replace("SHA256", "sha256")},  # type: ignore[attr-defined]
        {"hashed": True, "identity": md5("ada@example.org")},
        {"hashed": True, "identity": md5("Ada@Example.ORGs"), "salt": "s"},
        {"hashed": False, "identity": "ADA@example.org"},
        {"identityHash": "ada@example.org"},
    ],
)
def test_who_a_badge_was_given_to(identity: dict[str, object]) -> None:
    assert identities.matches(identity, " Ada@Example.ORG")
    assert not identities.matches(identity, "bob@example.org")


@pytest.mark.parametrize(
    "identity",
    [
        {},
        {"hashed": True},
        {"hashed": True, "identity": None},
        {"hashed": True, "identity": "ada@example.org"},
        {"hashed": True, "identity": "sha256$"},
        {"hashed": True, "identity": "sha1$" + "0" * 40},
        OURS | {"salt": "t"},
        OURS | {"salt": 7},
        OURS | {"hashed": "true"},
        OURS | {"hashed": False},
        {"hashed": False, "identity": "älso@example.org"},
    ],
)
def test_what_does_not_say_so_is_about_nobody(identity: dict[str, object]) -> None:
    assert not identities.matches(identity, "ada@example.org")

"""A quest as a file: out and in without a loss, and what is refused."""

import io
import zipfile
from typing import Any

import pytest

from recognition import toml
from recognition.quests import drafts, parcel
from recognition.quests.parcel import BadParcel

DRAFT: dict[str, Any] = {
    "slug": "thanks", "title": "Say thanks", "summary": "Two minutes.", "family": "caring", "minutes": 5, "position": 3,
    "map": [10, 20], "thanks": "", "after": "You can.", "requires": {"finished": "other"},
    "steps": [
        {"slug": "why", "kind": "read", "title": "Why", "minutes": 2, "body": "Look: ![it](/media/KEY_1#40x30)\n\nMore."},
        {"slug": "quiz", "kind": "quiz", "title": "Quiz", "minutes": 1, "pass_mark": 0.8, "questions": [
            {"kind": "matching", "ask": "Who?", "pairs": [["a", "b"], ["c", "d"]], "wrong": ["e"], "hint": "H", "why": "W"}]},
        {"slug": "do", "kind": "do", "title": "Do", "minutes": 2, "prompt": "Go.", "ideas": ["Alone"], "tag": "thanked",
         "proof": {"count": {"tags_any": ["thanked"]}, "at_least": 1}},
    ],
}  # fmt: skip


def packed(method: int, files: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return out.getvalue()


def zipped(**files: str | bytes) -> bytes:
    return packed(zipfile.ZIP_DEFLATED, files)


def bent() -> bytes:
    """Its packed words cannot be unpacked."""
    content = bytearray(zipped(**{"quest.toml": SHEET}))
    at = 30 + len("quest.toml")
    content[at : at + 6] = b"\xff" * 6
    return bytes(content)


def test_out_and_in_is_the_same_quest_and_the_same_bytes() -> None:
    first = parcel.pack(DRAFT, lambda key: b"webp" if key == "KEY_1" else None)
    found = parcel.unpack(first)
    assert found.pictures == {"pictures/1.webp": b"webp"}
    back = parcel.with_addresses(found.draft, {"pictures/1.webp": "/media/KEY_1"})
    assert drafts.checked(back) == drafts.checked(DRAFT)
    assert parcel.pack(back, lambda _key: b"webp") == first


def test_a_picture_that_is_not_ours_to_give_stays_an_address() -> None:
    found = parcel.unpack(parcel.pack(DRAFT, lambda _key: None))
    assert found.pictures == {}
    assert "/media/KEY_1#40x30" in found.draft["steps"][0]["body"]


SHEET = toml.dumps(drafts.plain({**DRAFT, "steps": DRAFT["steps"][1:]})[0])
WITH_WORDS = toml.dumps(drafts.plain(DRAFT)[0])


@pytest.mark.parametrize(("content", "reason"), [
    (b"no zip", "this is no zip file, or it is broken"),
    (b"PK\x05\x06" + b"\x00" * 18, "quest.toml is missing"),
    (zipped(**{"../quest.toml": SHEET}), "'../quest.toml' does not belong into a quest's file"),
    (zipped(**{"/etc/passwd": "x", "quest.toml": SHEET}), "'/etc/passwd' does not belong into a quest's file"),
    (zipped(**{"quest.toml": SHEET, "a.md": "x" * (parcel.TEXT_BYTES_MAX + 1)}), "a.md is too long"),
    (zipped(**{"quest.toml": SHEET, **{f"a{n}.md": "x" for n in range(parcel.FILES_MAX)}}),
     "there are more than 120 files in it"),
    (zipped(**{"quest.toml": b"\xff"}), "there are letters in it that are no UTF-8"),
    (zipped(**{"quest.toml": SHEET.replace('family = "caring"', 'family = "x"')}),
     "quest.toml: family: needs one of learning, helping, making, gathering, caring"),
    (b"x" * (parcel.FILE_BYTES_MAX + 1), "the file is larger than 10 MB"),
    (bent(), "this is no zip file, or it is broken"),
    (packed(zipfile.ZIP_BZIP2, {"quest.toml": SHEET, "a.md": b"x" * 2**22}),
     "quest.toml is packed in a way that we do not open"),
    (packed(zipfile.ZIP_LZMA, {"quest.toml": SHEET}), "quest.toml is packed in a way that we do not open"),
    (zipped(**{"quest.toml": "position = " + "1" * 5000}), "quest.toml: a number in it is too long"),
    (zipped(**{"quest.toml": SHEET, **{f"pictures/{n}.webp": b"x" for n in range(parcel.PICTURES_MAX + 1)}}),
     "there are more than 40 pictures in it"),
    (zipped(**{"quest.toml": WITH_WORDS, "why.md": "One\x00two"}), "quest.toml: steps[0].file: why.md needs to be text"),
], ids=["no-zip", "empty", "upwards", "absolute", "bomb", "many", "letters", "sheet", "large", "bent", "bzip2", "lzma", "number",
        "pictures", "nul"])  # fmt: skip
def test_what_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(BadParcel) as fault:
        parcel.unpack(content)
    assert str(fault.value) == reason


def test_many_long_texts_together_are_too_long() -> None:
    files = {"quest.toml": SHEET, **{f"a{n}.md": "x" * parcel.TEXT_BYTES_MAX for n in range(60)}}
    with pytest.raises(BadParcel, match="is too long"):
        parcel.unpack(zipped(**files))

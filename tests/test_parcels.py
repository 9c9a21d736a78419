"""Files that go from house to house: the same bytes, and nothing that could hurt."""

import io
import re
import warnings
import zipfile

import pytest

from recognition.parcels import MEGABYTE, BadParcel, Limits, packed, parsed, unpacked

LIMITS = Limits("a test's file", re.compile(r"[a-z]+\.(?:txt|big)"), MEGABYTE, together_max=500, files_max=3,
                one_max=lambda name: 400 if name.endswith(".big") else 100)  # fmt: skip


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(written, "w", method) as file:
        for name, content in files:
            file.writestr(name, content)
    return written.getvalue()


def test_out_and_in_whatever_the_order() -> None:
    files = {"b.txt": b"two", "a.txt": b"one"}
    assert packed(files) == packed(dict(sorted(files.items())))
    assert unpacked(packed(files), LIMITS) == files
    assert unpacked(zipped(("a.txt", b"x" * 100), ("a.big", b"x" * 400)), LIMITS).keys() == {"a.txt", "a.big"}


@pytest.mark.parametrize(("content", "said"), [
    (b"", "this is no zip file, or it is broken"),
    (b"x" * (MEGABYTE + 1), "the file is larger than 1 MB"),
    (zipped(("../a.txt", b"")), "'../a.txt' does not belong into a test's file"),
    (zipped(("a.txt\n", b"")), "'a.txt\\n' does not belong into a test's file"),
    (zipped(("a.txt", b"1"), ("a.txt", b"2")), "a.txt is in it twice"),
    (zipped(("a.txt", b"x"), method=zipfile.ZIP_LZMA), "a.txt is packed in a way that we do not open"),
    (zipped(("a.txt", b"x" * 101)), "a.txt is too long"),
    (zipped(("a.big", b"x" * 400), ("b.big", b"x" * 101)), "b.big is too long"),
    (zipped(*((f"{name}.txt", b"") for name in "abcd")), "there are more than 3 files in it"),
], ids=["empty", "large", "upwards", "line", "twice", "lzma", "long", "together", "many"])  # fmt: skip
def test_what_is_not_opened(content: bytes, said: str) -> None:
    with pytest.raises(BadParcel) as fault:
        unpacked(content, LIMITS)
    assert str(fault.value) == said


def test_one_that_needs_a_password_is_not_opened() -> None:
    content = bytearray(zipped(("a.txt", b"x")))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(BadParcel, match="packed in a way that we do not open"):
        unpacked(bytes(content), LIMITS)


@pytest.mark.parametrize(("text", "said"), [
    ("a = ", "it: "), ("a = " + "1" * 5000, "it: a number in it is too long"), ("a = " + "[" * 5000, "it: "),
], ids=["broken", "number", "deep"])  # fmt: skip
def test_toml_that_is_none(text: str, said: str) -> None:
    with pytest.raises(BadParcel, match=said):
        parsed("it", text)

"""NDJSON and CSV, plain or gzip, one row at a time; memory does not grow with the file."""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

LINE_MAX_BYTES = 8 * 1024 * 1024
GZIP_MAGIC = b"\x1f\x8b"

Row = tuple[int, dict[str, Any] | str]
"""(line number, its fields), or the reason why the line cannot be read."""


class BrokenFile(Exception):
    """The file cannot be read, or not to its end."""


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """(the file itself, whose position tells the progress; its content, unpacked if it is gzip)."""
    with path.open("rb") as raw:
        packed = raw.read(2) == GZIP_MAGIC
        raw.seek(0)
        content = io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=raw))) if packed else raw
        _refuse_binary(content)
        yield raw, cast("BinaryIO", content)


def rows(content: BinaryIO, file_format: str) -> Iterator[Row]:
    """Raises BrokenFile where the file ends too early or turns into rubbish."""
    line = 0
    try:
        for line, row in (_csv if file_format == "csv" else _ndjson)(content):
            yield line, row
    except _BROKEN as fault:
        raise BrokenFile(f"The file is broken after line {line}: {str(fault) or type(fault).__name__}") from None


_BROKEN = (EOFError, gzip.BadGzipFile, zlib.error, OSError)


def _refuse_binary(content: Any) -> None:
    try:
        start = content.peek(4096)
    except _BROKEN as fault:
        raise BrokenFile(f"The file is broken from its start: {fault}") from None
    if b"\0" in start:
        raise BrokenFile("This is not a text file. An import needs NDJSON or CSV, plain or gzip.")


def _ndjson(content: BinaryIO) -> Iterator[Row]:
    number = 0
    while line := content.readline(LINE_MAX_BYTES + 1):
        number += 1
        if len(line) > LINE_MAX_BYTES:
            _skip_to_end(content, line)
            yield number, f"the line is longer than {LINE_MAX_BYTES:,} bytes"
        elif number == 1 and line.startswith(b"\xef\xbb\xbf"):
            yield number, _json_row(line[3:])
        elif not line.isspace():
            yield number, _json_row(line)


def _skip_to_end(content: BinaryIO, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = content.readline(LINE_MAX_BYTES)


def _json_row(line: bytes) -> dict[str, Any] | str:
    try:
        row = _decode(line.decode("utf-8"))
    except UnicodeDecodeError:
        return "the line is not UTF-8 text"
    except ValueError as fault:
        return f"the line is not JSON: {fault}"
    except RecursionError:
        return "the line is nested too deeply"
    return row if isinstance(row, dict) else 'the line is not a JSON object such as {"member": "ana", ...}'


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number in JSON")


_decode = json.JSONDecoder(parse_constant=_no_constant).decode


def _csv(content: BinaryIO) -> Iterator[Row]:
    # A wrong byte becomes a lone surrogate, which the row's check refuses; the other rows go on.
    text = io.TextIOWrapper(content, encoding="utf-8-sig", errors="surrogateescape", newline="")
    reader = csv.reader(text, strict=True)
    heading = _heading(reader)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as fault:
            yield reader.line_num, f"the line is not CSV: {fault}"
            continue
        if len(cells) == len(heading):
            yield reader.line_num, dict(zip(heading, cells, strict=True))
        elif cells:
            yield reader.line_num, f"the line has {len(cells)} cells where the heading has {len(heading)}"
    text.detach()


def _heading(reader: Any) -> list[str]:
    try:
        heading = [name.strip() for name in next(reader, [])]
    except csv.Error as fault:
        raise BrokenFile(f"The heading is not CSV: {fault}") from None
    if not heading or len(set(heading)) != len(heading):
        raise BrokenFile("A CSV file needs a heading that names each column once.")
    return heading

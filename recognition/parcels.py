"""Files that leave one house and come into another: names and contents in one zip. The same parcel is the same bytes. What comes
from outside is opened with limits, and no name in it is ever a path on our side."""

import io
import re
import struct
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

MEGABYTE = 2**20
_BEGINNING = (1980, 1, 1, 0, 0, 0)
_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error,
           struct.error, LookupError, OverflowError, ValueError)  # fmt: skip
_OPENED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Of the other ways to pack, a short read already unpacks everything."""
Data = dict[str, Any]


class BadParcel(ValueError):
    """What is wrong with the file, in a sentence that names the place in it."""


@dataclass(frozen=True)
class Limits:
    """`whose`: what the parcel is, as in "does not belong into a quest's file". `names`: which may be in it, each as a whole.
    `bytes_max`: of the zip itself, whole megabytes; `together_max`: of all that is in it; `one_max`: of one, by its name."""

    whose: str
    names: re.Pattern[str]
    bytes_max: int
    together_max: int
    files_max: int
    one_max: Callable[[str], int]


def packed(files: Mapping[str, bytes]) -> bytes:
    """Names in order, no times, nothing squeezed."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as file:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(name, _BEGINNING)
            info.external_attr, info.create_system = 0o644 << 16, 3
            file.writestr(info, content)
    return written.getvalue()


def unpacked(content: bytes, limits: Limits) -> dict[str, bytes]:
    """Contents by name. Raises BadParcel, also for what would grow out of all measure."""
    if len(content) > limits.bytes_max:
        raise BadParcel(f"the file is larger than {limits.bytes_max // MEGABYTE} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            return _contents(file, limits)
    except BadParcel:
        raise
    except _BROKEN as fault:
        raise BadParcel("this is no zip file, or it is broken") from fault


def _contents(file: zipfile.ZipFile, limits: Limits) -> dict[str, bytes]:
    infos = [info for info in file.infolist() if not info.is_dir()]
    if len(infos) > limits.files_max:
        raise BadParcel(f"there are more than {limits.files_max} files in it")
    found: dict[str, bytes] = {}
    left = limits.together_max
    for info in infos:
        name = info.filename
        if not limits.names.fullmatch(name):
            raise BadParcel(f"{name[:80]!r} does not belong into {limits.whose}")
        if name in found:
            raise BadParcel(f"{name} is in it twice")
        if info.flag_bits & 1 or info.compress_type not in _OPENED:
            raise BadParcel(f"{name} is packed in a way that we do not open")
        most = min(limits.one_max(name), left)
        with file.open(info) as one:
            # Read no further than we would take, whatever the file says of its own length.
            found[name] = one.read(most + 1)
        if len(found[name]) > most:
            raise BadParcel(f"{name} is too long")
        left -= len(found[name])
    return found


def parsed(name: str, text: str) -> Data:
    """What a TOML file in it says."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise BadParcel(f"{name}: {fault}") from fault
    except RecursionError as fault:
        raise BadParcel(f"{name}: is nested too deeply") from fault
    except ValueError as fault:
        raise BadParcel(f"{name}: a number in it is too long") from fault

"""The folder that an archive is written into: what has not changed stays untouched, and what is no longer written goes."""

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final

from recognition.archive.rules import NotAnArchive, OtherHouse

MARK: Final = "archive.json"
OURS: Final = ("awards", "badges", "ob", ".well-known", "static")
"""Folders in which every file is the archive's own."""


class Folder:
    """`written` and `changed` count files. Which ones they are is kept on disk: there may be millions."""

    def __init__(self, root: Path, base: str) -> None:
        """Raises NotAnArchive and OtherHouse."""
        _check(root, base)
        self.root, self.base, self.written, self.changed = root, base, 0, 0
        # A database without a name is a file of its own that goes with the connection.
        self._known = sqlite3.connect("", isolation_level=None)
        self._known.execute("CREATE TABLE known (path TEXT PRIMARY KEY) WITHOUT ROWID")

    def __enter__(self) -> "Folder":
        self.root.mkdir(parents=True, exist_ok=True)
        if not (self.root / MARK).exists():
            self._write(self.root / MARK, _as_json({"site": self.base}))
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self._known.close()

    def put(self, path: str, content: bytes) -> None:
        """`path` below the root, with slashes; nothing is done where it was put already. Readers never see half a file."""
        if not {"", ".", ".."}.isdisjoint(path.split("/")):
            raise ValueError(path)
        if not self._is_new(path):
            return
        self.written += 1
        if self._write(self.root / path, content):
            self.changed += 1

    def put_at(self, url: str, content: bytes) -> None:
        """Where a file server at our address has to find it; nothing that stands at another one."""
        if url.startswith(f"{self.base}/"):
            self.put(url.removeprefix(f"{self.base}/"), content)

    def keep(self, url: str) -> None:
        """What an earlier archive put there stays."""
        self._is_new(url.removeprefix(f"{self.base}/"))

    def holds(self, path: str) -> bool:
        return self._known.execute("SELECT 1 FROM known WHERE path = ?", (path,)).fetchone() is not None

    def finish(self, told: Mapping[str, object]) -> int:
        """Remove what an earlier archive had and this one has not; how many files. `told` goes into the mark."""
        removed = 0
        for name in OURS:
            for place, _folders, files in os.walk(self.root / name, topdown=False):
                removed += sum(self._remove_unknown(Path(place), file) for file in files)
                _remove_empty(Path(place))
        self._write(self.root / MARK, _as_json({"site": self.base, **told}))
        return removed

    def _is_new(self, path: str) -> bool:
        return self._known.execute("INSERT OR IGNORE INTO known VALUES (?)", (path,)).rowcount == 1

    def _remove_unknown(self, place: Path, file: str) -> bool:
        path = place / file
        if self.holds(path.relative_to(self.root).as_posix()):
            return False
        path.unlink()
        return True

    def _write(self, path: Path, content: bytes) -> bool:
        """Whether it had to be."""
        if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        part.write_bytes(content)
        part.replace(path)
        return True


def _check(root: Path, base: str) -> None:
    mark = root / MARK
    if any((root / name).is_symlink() for name in OURS):
        raise NotAnArchive(str(root))
    if mark.is_file():
        site = _site(mark)
        if site != base:
            raise OtherHouse(site)
    elif root.exists() and next(_entries(root), None) is not None:
        raise NotAnArchive(str(root))


def _site(mark: Path) -> str:
    try:
        told = json.loads(mark.read_bytes())
    except ValueError as error:
        raise NotAnArchive(str(mark.parent)) from error
    if not isinstance(told, dict) or not isinstance(told.get("site"), str):
        raise NotAnArchive(str(mark.parent))
    return str(told["site"])


def _entries(root: Path) -> Iterator[Path]:
    return root.iterdir() if root.is_dir() else iter([root])


def _remove_empty(place: Path) -> None:
    if place.is_dir() and next(place.iterdir(), None) is None:
        place.rmdir()


def _as_json(told: Mapping[str, object]) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()

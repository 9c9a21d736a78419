"""Where files lie: under the SHA-256 of their content, so that a name can neither be guessed nor lie."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

_HASH = re.compile(r"[0-9a-f]{64}")


class Store(Protocol):
    """What another kind of storage has to offer. `open` raises FileNotFoundError."""

    def put(self, content: bytes) -> str: ...
    def open(self, content_hash: str) -> BinaryIO: ...
    def remove(self, content_hash: str) -> None: ...
    def older_than(self, moment: float) -> Iterator[str]: ...


class FileStore:
    """Folders by the first two pairs of digits keep each of them small: `ab/cd/abcd...`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Whole or not at all: written beside its place, then moved there. Returns the hash."""
        content_hash = hashlib.sha256(content).hexdigest()
        path = self._path(content_hash)
        if path.exists():
            os.utime(path)
            return content_hash
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            with beside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        return content_hash

    def open(self, content_hash: str) -> BinaryIO:
        return self._path(content_hash).open("rb")

    def remove(self, content_hash: str) -> None:
        self._path(content_hash).unlink(missing_ok=True)

    def older_than(self, moment: float) -> Iterator[str]:
        """Hashes of what was last put before this Unix time."""
        for path in self.folder.glob("??/??/*"):
            if _HASH.fullmatch(path.name) and path.stat().st_mtime < moment:
                yield path.name

    def _path(self, content_hash: str) -> Path:
        if not _HASH.fullmatch(content_hash):
            raise FileNotFoundError(content_hash)
        return self.folder / content_hash[:2] / content_hash[2:4] / content_hash


def store_at(media_url: str) -> Store:
    """For RECOGNITION_MEDIA_URL; the settings have checked the scheme."""
    return FileStore(Path(unquote(urlsplit(media_url).path)))

"""Everything of a member's in one file, written while it is sent: never more of it in memory than a slice."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from flask import render_template

from recognition.backpack import arriving, queries
from recognition.backpack.models import ExternalBadge
from recognition.backpack.words import standing
from recognition.badges.portable import own_files
from recognition.badges.portable.own_files import Own
from recognition.extensions import db

SLICE = 10
_PACKED = {"png"}
"""Endings of files that zip makes no smaller."""


@dataclass(frozen=True)
class Entry:
    """One badge in the index. `files`: name in the bundle and SHA-256 of the content."""

    name: str
    issuer: str
    issued_at: datetime | None
    elsewhere: bool
    standing: str
    identifier: str
    files: dict[str, str] = field(default_factory=dict)


class _Sink(io.RawIOBase):
    """What ZipFile writes to; it cannot be wound back, so that each part leaves as soon as it is written."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def stream(member_id: int, handle: str, base: str, now: datetime) -> Iterator[bytes]:
    """A zip file. While a part is on its way no transaction is open."""
    sink, index = _Sink(), list[Entry]()
    with ZipFile(sink, "w") as bundle:
        for entry, files in _everything(member_id, base, now):
            for name, content in files:
                entry.files[name] = sha256(content).hexdigest()
                _put(bundle, name, content, now)
                yield sink.taken()
            index.append(entry)
        told = {"member": handle, "from": base, "made_at": now.isoformat(), "badges": [_told(entry) for entry in index]}
        _put(bundle, "index.json", json.dumps(told, ensure_ascii=False, indent=1).encode(), now)
        page = render_template("backpack/bundle.html", entries=index, handle=handle, base=base, now=now)
        _put(bundle, "index.html", page.encode(), now)
    yield sink.taken()


def _everything(member_id: int, base: str, now: datetime) -> Iterator[tuple[Entry, list[tuple[str, bytes]]]]:
    after = 0
    while awards := own_files.own_awards(member_id, after, SLICE):
        after = awards[-1].award.id
        own = [(_own_entry(one, base, now), own_files.files_of(one)) for one in awards]
        db.session.rollback()
        yield from own
    after = 0
    while badges := queries.with_content(member_id, after, SLICE):
        after = badges[-1].id
        brought = [(_entry(one), [(f"elsewhere/{one.id}-{arriving.file_name(one)}", one.content)]) for one in badges]
        db.session.rollback()
        yield from brought


def _own_entry(own: Own, base: str, now: datetime) -> Entry:
    identifier = own_files.identifier_of(own, base)
    return Entry(own.award.badge.name, own.issuer, own.award.awarded_at, False, own.standing(now), identifier)


def _entry(badge: ExternalBadge) -> Entry:
    return Entry(
        str(badge.facts.get("name", "")), str(badge.facts.get("issuer_name") or badge.issuer), badge.issued_at, True,
        standing(badge).words, badge.credential,
    )  # fmt: skip


def _told(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name, "issuer": entry.issuer, "issued_at": entry.issued_at.isoformat() if entry.issued_at else None,
        "elsewhere": entry.elsewhere, "standing": entry.standing, "id": entry.identifier,
        "files": [{"name": name, "sha256": digest} for name, digest in entry.files.items()],
    }  # fmt: skip


def _put(bundle: ZipFile, name: str, content: bytes, now: datetime) -> None:
    info = ZipInfo(name, now.timetuple()[:6])
    info.compress_type = ZIP_STORED if name.rpartition(".")[2] in _PACKED else ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    bundle.writestr(info, content)

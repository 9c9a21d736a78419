"""Keeping and forgetting pictures. The file comes first and the row after it: a file without a row harms nobody."""

import json
import os
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from recognition import clock
from recognition.database import among
from recognition.extensions import db
from recognition.media import rules
from recognition.media.models import Media
from recognition.media.store import Store, store_at

WORKER = Path(__file__).with_name("images.py")
TIMEOUT_SECONDS = 20
KEPT_WITHOUT_ROW_SECONDS = 24 * 3600
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")


@dataclass(frozen=True)
class Prepared:
    """Both sizes of a picture, made safe and lying in the store."""

    content_hash: str
    small_hash: str
    width_px: int
    height_px: int
    size_bytes: int


def store() -> Store:
    return store_at(current_app.extensions["settings"].media_url)


def prepare_picture(upload: bytes) -> Prepared:
    """Check, make safe, store. Takes up to seconds: call it with no transaction open. Raises BadPicture."""
    if not upload:
        raise rules.BadPicture(rules.sentence("empty"))
    if len(upload) > rules.MAX_BYTES:
        raise rules.BadPicture(rules.sentence("size"))
    answer, files = _make(upload)
    hashes = [store().put(file) for file in files]
    return Prepared(hashes[0], hashes[1], answer["width"], answer["height"], sum(map(len, files)))


def keep_picture(prepared: Prepared, owner_id: int | None) -> Media:
    """The row, in the caller's transaction, under a new random key."""
    media = Media(
        key=secrets.token_urlsafe(24), content_hash=prepared.content_hash, small_hash=prepared.small_hash,
        mime="image/webp", width_px=prepared.width_px, height_px=prepared.height_px, size_bytes=prepared.size_bytes,
        owner_id=owner_id, created_at=clock.utcnow(),
    )  # fmt: skip
    db.session.add(media)
    db.session.flush()
    return media


def forget_picture(media_id: int) -> None:
    """The row goes with the caller's commit, the file with the next sweep, unless somebody else sent the same one."""
    db.session.execute(sa.delete(Media).where(Media.id == media_id))


def sweep() -> int:
    """Remove files that no row names; young ones may still get theirs."""
    files, removed = store(), 0
    candidates = list(files.older_than(time.time() - KEPT_WITHOUT_ROW_SECONDS))
    for start in range(0, len(candidates), 1000):
        part = candidates[start : start + 1000]
        named = set(db.session.scalars(sa.select(Media.content_hash).where(among(Media.content_hash, part))))
        named |= set(db.session.scalars(sa.select(Media.small_hash).where(among(Media.small_hash, part))))
        for content_hash in set(part) - named:
            files.remove(content_hash)
            removed += 1
    return removed


def _make(upload: bytes) -> tuple[dict[str, int], list[bytes]]:
    # By path, not by module name: the package around it would be imported first, and nothing of it is needed there.
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-I", WORKER], input=upload, capture_output=True, timeout=TIMEOUT_SECONDS,
            env=environment, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise rules.BadPicture(rules.sentence("slow")) from None
    head, _newline, rest = done.stdout.partition(b"\n")
    if done.returncode or not head:
        current_app.logger.info("A picture ended its process (%s).", done.returncode)
        raise rules.BadPicture(rules.sentence("slow" if done.returncode in (-24, -9) else "heavy"))
    answer = json.loads(head)
    if "refused" in answer:
        raise rules.BadPicture(rules.sentence(answer["refused"]))
    large, small = answer["sizes"]
    return answer, [rest[:large], rest[large : large + small]]

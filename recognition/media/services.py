"""Keeping and forgetting pictures. The file comes first and the row after it: a file without a row harms nobody."""

import errno
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app
from PIL import Image

from recognition import clock
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.media import images, rules
from recognition.media.models import Media, MediaSize
from recognition.media.store import Store, store_at

WORKER = Path(__file__).with_name("images.py")
TIMEOUT_SECONDS = 20
KEPT_WITHOUT_ROW_SECONDS = 24 * 3600
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")


@dataclass(frozen=True)
class Made:
    width_px: int
    height_px: int
    file: bytes


Smaller = tuple[Made, str]
"""A smaller width, and its hash in the store."""


@dataclass(frozen=True)
class Prepared:
    """A picture made safe, large and small, lying in the store. `sizes`: smaller widths, where they lie there as well.
    `source_hash`: the file as it came, where that was kept."""

    content_hash: str
    small_hash: str
    width_px: int
    height_px: int
    size_bytes: int
    shape: str = rules.PORTRAIT
    sizes: tuple[Smaller, ...] | None = None
    source_hash: str | None = None


def store() -> Store:
    return store_at(current_app.extensions["settings"].media_url)


def prepare_picture(upload: bytes, shape: str = rules.PORTRAIT, keep_source: bool = False) -> Prepared:
    """Check, make safe, store; `keep_source`: beside the file as it came. Takes up to seconds: call it with no transaction
    open. Raises BadPicture."""
    if not upload:
        raise rules.BadPicture(rules.sentence("empty"))
    if len(upload) > rules.MAX_BYTES:
        raise rules.BadPicture(rules.sentence("size"))
    large, small = _make(upload, shape)
    made = _stored(large, small, shape)
    return replace(made, source_hash=_put(upload), size_bytes=made.size_bytes + len(upload)) if keep_source else made


def made_safe(upload: bytes, shape: str) -> Made:
    """The larger of its two sizes, given back and kept nowhere: for what is looked at once. Raises BadPicture."""
    if not upload or len(upload) > rules.MAX_BYTES:
        raise rules.BadPicture(rules.sentence("size" if upload else "empty"))
    return _make(upload, shape)[0]


def prepare_drawing(picture: Image.Image) -> Prepared:
    """A whole picture that the product drew itself, with all its sizes. Nothing of it came from anybody, so that no child
    has to open it."""
    large, small = (_made(one) for one in images.whole(picture))
    sizes = tuple((made, _put(made.file)) for made in map(_made, images.widths(picture)))
    return replace(_stored(large, small, rules.WHOLE), sizes=sizes)


def _made(picture: Image.Image) -> Made:
    return Made(*picture.size, images.encoded(picture, effort=2))


def _stored(large: Made, small: Made, shape: str) -> Prepared:
    # The small one first: where the room ends between them, little is left lying for the sweep.
    small_hash, content_hash = _put(small.file), _put(large.file)
    size_bytes = len(large.file) + len(small.file)
    return Prepared(content_hash, small_hash, large.width_px, large.height_px, size_bytes, shape)


def _put(file: bytes) -> str:
    try:
        return store().put(file)
    except OSError as fault:
        if fault.errno not in _NO_ROOM:
            raise
        current_app.logger.error("There is no room for pictures (%s).", fault.strerror)
        raise rules.NoRoom(rules.sentence("full")) from fault


def keep_picture(prepared: Prepared, owner_id: int | None) -> Media:
    """The row, in the caller's transaction, under a new random key. Raises BadPicture where the owner has too many; a
    caller that must be exact about it holds the owner's row. Smaller widths of a whole one follow in the background."""
    if owner_id is not None:
        _check_room(prepared.size_bytes, owner_id)
    media = Media(
        key=secrets.token_urlsafe(24), content_hash=prepared.content_hash, small_hash=prepared.small_hash,
        source_hash=prepared.source_hash, mime="image/webp", width_px=prepared.width_px, height_px=prepared.height_px,
        size_bytes=prepared.size_bytes, owner_id=owner_id, created_at=clock.utcnow(),
    )  # fmt: skip
    db.session.add(media)
    db.session.flush()
    if prepared.sizes is not None:
        keep_sizes(media.id, prepared.sizes)
    elif prepared.shape == rules.WHOLE:
        ledger.defer("media.make_sizes", dedupe_key=f"media.make_sizes:{media.id}", media_id=media.id)
    return media


def _check_room(more_bytes: int, owner_id: int) -> None:
    kept = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Media.size_bytes), 0)).where(Media.owner_id == owner_id)
    files, size_bytes = db.session.execute(kept).one()
    if files >= rules.FILES_EACH or size_bytes + more_bytes > rules.BYTES_EACH:
        raise rules.BadPicture(rules.sentence("many"))


def smaller_ones(content_hash: str) -> list[Smaller]:
    """Smaller widths of a safe picture, each with its hash in the store. Call it with no transaction open."""
    with store().open(content_hash) as file:
        made = _make(file.read(), "widths")
    return [(one, _put(one.file)) for one in made]


def keep_sizes(media_id: int, made: Sequence[Smaller]) -> int:
    """Their rows, once each; none for a picture that was forgotten meanwhile. Returns how many are new."""
    held = sa.select(Media.id).where(Media.id == media_id).with_for_update(read=True, key_share=True)
    if db.session.scalar(held) is None:
        return 0
    table: Any = MediaSize.__table__
    rows = [
        {"media_id": media_id, "width_px": one.width_px, "height_px": one.height_px, "content_hash": content_hash,
         "size_bytes": len(one.file)}
        for one, content_hash in made
    ]  # fmt: skip
    return len(insert_new(table, rows, table.c.width_px))


def forget_picture(media_id: int) -> None:
    """The rows go with the caller's commit, the files with the next sweep, unless somebody else sent the same ones."""
    db.session.execute(sa.delete(MediaSize).where(MediaSize.media_id == media_id))
    db.session.execute(sa.delete(Media).where(Media.id == media_id))


def sweep() -> int:
    """Remove files that no row names; young ones may still get theirs."""
    files, removed = store(), 0
    candidates = list(files.older_than(time.time() - KEPT_WITHOUT_ROW_SECONDS))
    for start in range(0, len(candidates), 1000):
        part = candidates[start : start + 1000]
        named: set[str] = set()
        for column in (Media.content_hash, Media.small_hash, Media.source_hash, MediaSize.content_hash):
            named |= {one for one in db.session.scalars(sa.select(column).where(among(column, part))) if one is not None}
        for content_hash in set(part) - named:
            files.remove(content_hash)
            removed += 1
    return removed


def _make(upload: bytes, duty: str) -> list[Made]:
    # By path, not by module name: the package around it would be imported first, and nothing of it is needed there.
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-I", WORKER, duty], input=upload, capture_output=True, timeout=TIMEOUT_SECONDS,
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
    made, start = [], 0
    for width, height, length in answer["made"]:
        made.append(Made(width, height, rest[start : start + length]))
        start += length
    return made

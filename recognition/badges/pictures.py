"""Which pin a badge wears, its version, and pictures kept by content, so that each is drawn once a machine."""

import hashlib
import os
import shutil
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from flask import current_app

from recognition import clock
from recognition.badges import artwork
from recognition.badges.artwork import bill, share
from recognition.badges.artwork.bill import Bill
from recognition.badges.artwork.design import PinDesign
from recognition.badges.artwork.raster import render_png
from recognition.badges.artwork.share import Card
from recognition.badges.artwork.vector import render_svg
from recognition.badges.rules import rim_of

SIZES_PX = (64, 128, 256, 512)


def design_of(badge: Any, level: int | None = None) -> PinDesign:
    """`badge`: a Badge or a row with its columns. No level means the lowest."""
    return PinDesign(badge.family, badge.glyph, badge.band, rim_of(badge.levels, level or next(iter(badge.levels), None)))


@lru_cache(maxsize=4096)
def version(design: PinDesign, earned: bool = True) -> str:
    """Changes with the design and with the way we draw."""
    return hashlib.sha256(repr((design, earned, _drawing())).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def _drawing() -> str:
    sources = sorted(Path(artwork.__path__[0]).glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


def png(design: PinDesign, size_px: int, earned: bool = True) -> bytes:
    return _kept_or(f"{version(design, earned)}-{size_px}.png", lambda: render_png(design, size_px, earned))


def card_version(card: Card | Bill) -> str:
    """Changes with what stands on it and with the way we draw."""
    return hashlib.sha256(repr((card, _drawing())).encode()).hexdigest()[:16]


def card(what: Card | Bill) -> bytes:
    """The picture that other sites show beside a link, as PNG. Kept for the day only: names may stand on it that are hidden
    tomorrow, and there are as many as awards that somebody looks at."""
    fonts = Path(current_app.static_folder or "") / "vendor" / "fonts"
    today = f"cards/{clock.utcnow().date()}"
    if not _kept(today).exists():
        _forget_beside(_kept(today))
    drawn = partial(bill.draw, what, fonts) if isinstance(what, Bill) else partial(share.draw, what, fonts)
    return _kept_or(f"{today}/{card_version(what)}.png", drawn)


def _forget_beside(folder: Path) -> None:
    for other in folder.parent.glob("*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)


def svg(design: PinDesign, earned: bool, title: str) -> str:
    return render_svg(design, earned, title=title)


def _kept_or(name: str, draw: Callable[[], bytes]) -> bytes:
    path = _kept(name)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        drawn = draw()
        _keep(path, drawn)
        return drawn


def _kept(name: str) -> Path:
    folder: Path = current_app.extensions["settings"].state_dir
    return folder / "pictures" / name


def _keep(path: Path, data: bytes) -> None:
    """Only a cache: a full or read-only disk costs time, never a picture. Readers never see half a file."""
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)

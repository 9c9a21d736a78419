"""A folder on this machine, for whoever carries announcements on by means of their own: each is a file in Markdown, called by its
key, so that the same one is never there twice. Off until a setting says below which directory; nothing that is typed leads out of
it."""

import os
import re
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from flask import current_app

from recognition.announcements.channels.faults import NotNow, Refused
from recognition.announcements.channels.piece import Adapter, Piece, Place
from recognition.openbadges.fetching import Client

FOLDER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
FOLDER_MAX = 40
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", re.ASCII)


def is_offered() -> bool:
    return root() is not None


def root() -> Path | None:
    found: Path | None = current_app.extensions["settings"].news_dir
    return found


def send(place: Place, piece: Piece, _client: Client) -> str:
    """Whole or not at all: written beside its place, then moved there."""
    path = _path(place, piece)
    beside = path.with_name(f".{token_hex(8)}.part")
    try:
        path.parent.mkdir(exist_ok=True)
        with beside.open("xb") as file:
            file.write(_text(piece).encode())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as fault:
        # Where nothing can be written, nothing can be taken away either.
        with suppress(OSError):
            beside.unlink()
        raise NotNow(f"the file could not be written ({fault.strerror})") from None
    return ""


def find(place: Place, piece: Piece, _client: Client) -> str | None:
    return "" if _path(place, piece).is_file() else None


def change(place: Place, piece: Piece, _url: str, client: Client) -> str:
    return send(place, piece, client)


def _path(place: Place, piece: Piece) -> Path:
    """Raises a Fault for what is no plain name, and for a folder that leads elsewhere."""
    folder, base = place.config.get("folder", ""), root()
    if base is None:
        raise Refused("no directory is set for files")
    if not FOLDER.fullmatch(folder) or len(folder) > FOLDER_MAX or not _KEY.fullmatch(piece.key):
        raise Refused("the name of the folder is none that we write to")
    if not base.is_dir():
        raise NotNow("the directory for files is not there")
    path = base / folder / f"{piece.key}.md"
    if (base / folder).is_symlink() or path.is_symlink():
        raise Refused("the folder leads to another place")
    return path


def _text(piece: Piece) -> str:
    return f"# {' '.join(piece.title.split())}\n\n{piece.markdown}\n\n{piece.url}\n"


ADAPTER = Adapter("file", ("folder",), send, find, change, asks_secret=False, is_offered=is_offered)

"""Folds app.css and all it imports into one answer: small files to work in, one request for the visitor, no build."""

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import Flask, Response, request

from recognition.web.access import public

NAME: Final = "css/app.css"
_IMPORT: Final = re.compile(r'@import url\("([^"]+)"\)(?: layer\(([\w-]+)\))?;')
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_FILE: Final = re.compile(r'url\("(\.\./[^"?#]+)"\)')
_INDENT: Final = re.compile(r"\s*\n\s*")


def fold(sheet: Path) -> str:
    """The sheet with its imports in place, each in its layer. Addresses inside must be relative to the first sheet's
    folder, because that is where the answer comes from; a missing import raises FileNotFoundError."""

    def put_in(found: re.Match[str]) -> str:
        name, layer = found.groups()
        body = fold(sheet.parent / name)
        return f"@layer {layer}{{{body}}}" if layer else body

    return _INDENT.sub("\n", _IMPORT.sub(put_in, _COMMENT.sub("", sheet.read_text(encoding="utf-8")))).strip()


def version_of(content: bytes) -> str:
    """What an address carries, so that a browser may keep the file for ever and never shows an old one."""
    return hashlib.sha256(content).hexdigest()[:10]


def with_versions(text: str, folder: Path) -> str:
    """The files a sheet asks for under the addresses that pages preload; under another one they would come twice."""

    def versioned(found: re.Match[str]) -> str:
        file = folder / found[1]
        return f'url("{found[1]}?v={version_of(file.read_bytes())}")' if file.is_file() else found[0]

    return _FILE.sub(versioned, text)


def changed_ns(sheet: Path) -> int:
    """When the sheet or anything beside or below it was last changed."""
    return max(path.stat().st_mtime_ns for path in sheet.parent.rglob("*.css"))


@lru_cache(maxsize=4)
def folded(sheet: Path, _changed_ns: int) -> tuple[bytes, str]:
    """The bytes to send and their digest."""
    content = with_versions(fold(sheet), sheet.parent).encode()
    return content, version_of(content)


def install(app: Flask) -> None:
    """Answers before the static folder would; while developing, a saved file shows at the next request."""
    sheet = Path(app.static_folder or "") / NAME

    @app.get(f"{app.static_url_path}/{NAME}")
    @public
    def stylesheet() -> Response:
        content, digest = folded(sheet, changed_ns(sheet) if app.debug else 0)
        response = Response(content, mimetype="text/css")
        response.set_etag(digest)
        if request.args.get("v") == digest:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.make_conditional(request)
        return response

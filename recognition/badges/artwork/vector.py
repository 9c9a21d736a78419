"""Writes a scene as a self-contained SVG: presentation attributes only, which a strict policy lets pass."""

import hashlib
import re
from functools import lru_cache
from itertools import groupby
from xml.sax.saxutils import escape

from recognition.badges.artwork.colours import Colour
from recognition.badges.artwork.design import PinDesign
from recognition.badges.artwork.geometry import PLANE, Path, Point
from recognition.badges.artwork.marks import Fill, Line, Mark, Scene, Sheen
from recognition.badges.artwork.scene import scene

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@lru_cache(maxsize=64)
def render_svg(design: PinDesign, earned: bool = True, *, title: str) -> str:
    """The title is what a screen reader says. Ids inside come from the design, so two equal pins on one page agree."""
    what = scene(design, earned)
    key = "pin-" + hashlib.sha256(repr((design, earned)).encode()).hexdigest()[:10]
    marks = "".join(_marks(list(run), flat) for flat, run in groupby(what.marks, _style))
    sheens = "".join(_sheen(sheen, f"{key}-{index}") for index, sheen in enumerate(what.sheens))
    body = _stencil(marks, what.stencil, key) if what.stencil else _shaded(marks, sheens, what, key)
    words = escape(_NOT_XML.sub("", title))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {PLANE} {PLANE}" role="img"><title>{words}</title>{body}</svg>'


def _shaded(marks: str, sheens: str, what: Scene, key: str) -> str:
    if not what.shadow:
        return marks + sheens
    shadow = (
        f'<filter id="{key}-s" x="-5%" y="-5%" width="110%" height="112%">'
        '<feDropShadow dx="4" dy="12" stdDeviation="10" flood-color="#140c1e" flood-opacity=".34"/></filter>'
    )
    return f'{shadow}<g filter="url(#{key}-s)">{marks}</g>{sheens}'


def _stencil(marks: str, colour: Colour, key: str) -> str:
    return (
        f'<mask id="{key}-m" maskUnits="userSpaceOnUse" x="0" y="0" width="{PLANE}" height="{PLANE}"'
        f' color-interpolation="sRGB">{marks}</mask>'
        f'<rect width="{PLANE}" height="{PLANE}" fill="{_hex(colour)}" mask="url(#{key}-m)"/>'
    )


def _style(mark: Mark) -> str:
    if isinstance(mark, Fill):
        return f'fill="{_hex(mark.colour)}"'
    cap = "butt" if mark.flat_ends else "round"
    return (
        f'fill="none" stroke="{_hex(mark.colour)}" stroke-width="{_number(mark.width)}"'
        f' stroke-linecap="{cap}" stroke-linejoin="round"'
    )


def _marks(run: list[Mark], style: str) -> str:
    if isinstance(run[0], Line) or len(run) == 1:
        return f'<path {style} d="{"".join(_data(mark.path) for mark in run)}"/>'
    return f"<g {style}>" + "".join(f'<path d="{_data(mark.path)}"/>' for mark in run) + "</g>"


def _sheen(sheen: Sheen, key: str) -> str:
    (x1, y1), (x2, y2) = sheen.begin, sheen.end
    stops = "".join(
        f'<stop offset="{offset}" stop-color="#fff" stop-opacity="{opacity:g}"/>'
        for offset, opacity in enumerate(sheen.opacities)
    )
    return (
        f'<linearGradient id="{key}" gradientUnits="userSpaceOnUse" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}">{stops}'
        f'</linearGradient><path fill="url(#{key})" d="{_data(sheen.path)}"/>'
    )


def _data(path: Path) -> str:
    """Relative steps in tenths of a unit, counted from where the pen truly is, so that rounding never adds up."""
    parts, pen = list[str](), (0, 0)
    for contour in path:
        start = pen = _tenths(contour.start)
        parts.append(f"M{pen[0] / 10:g} {pen[1] / 10:g}")
        for piece in contour.pieces:
            points = [_tenths(point) for point in piece]
            steps = (f"{(x - pen[0]) / 10:g} {(y - pen[1]) / 10:g}" for x, y in points)
            parts.append(("l" if len(piece) == 1 else "c") + " ".join(steps))
            pen = points[-1]
        if contour.closed:
            parts.append("z")
            pen = start
    return "".join(parts).replace(" -", "-")


def _tenths(point: Point) -> tuple[int, int]:
    return round(point[0] * 10), round(point[1] * 10)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour[:3])

"""The picture that other sites show beside a link to something that has a title and dates: a bill on the wall, as on our own."""

from dataclasses import dataclass
from io import BytesIO
from math import cos, radians, sin
from pathlib import Path
from threading import Lock
from typing import Final

from PIL import Image, ImageDraw

from recognition.badges.artwork.colours import ENAMELS, Colour, oklch
from recognition.badges.artwork.geometry import PLANE, Point
from recognition.badges.artwork.lines import SANS, SLAB, Face, blank
from recognition.badges.artwork.shapes import shapes
from recognition.badges.artwork.share import HEIGHT, INK, PAPER, SOFT, WIDTH, Line, headline, write

_SUN = oklch(0.51, 0.178, 31)
_LEFT: Final = 84
_ROOM: Final = 570
_WORDS_PX: Final = 440
"""So high may all words be together, above the track; the note gives way to the others."""
_OVER: Final = 2
"""Painted so many times larger and scaled down, which smooths every edge."""
_SHAPE_PX: Final = 740
_TURN: Final = radians(9)
_TRACK: Final = ((-20, 540), (640, 540), (730, 450), (850, 450), (950, 350))
_STOPS: Final = ((330, 540), (685, 495), (850, 450))
_one_painter = Lock()


@dataclass(frozen=True)
class Bill:
    """What stands on it; lines may be empty."""

    family: str
    dates: str
    title: str
    line: str
    note: str
    house: str


def draw(bill: Bill, fonts: Path) -> bytes:
    """As PNG. A line that our letters cannot write is left out."""
    with _one_painter:
        picture = _ground(bill.family)
        write(picture, _lines(bill, fonts), _LEFT)
        sign = Face(fonts, SLAB, 28)
        sign.draw(ImageDraw.Draw(picture), (_LEFT, HEIGHT - 36), sign.wrapped(bill.house, _ROOM, 1)[0], SOFT)
        buffer = BytesIO()
        picture.save(buffer, "PNG", optimize=True)
        return buffer.getvalue()


def _ground(family: str) -> Image.Image:
    tones = ENAMELS[family]
    large = blank(WIDTH * _OVER, HEIGHT * _OVER, PAPER)
    pen = ImageDraw.Draw(large)
    pen.polygon(_shape(family, _SHAPE_PX), fill=tones.main[:3])
    inlay = _shape(family, _SHAPE_PX * 8 // 10)
    pen.line([*inlay, inlay[0]], fill=tones.light[:3], width=3 * _OVER)
    pen.line([_scaled(point) for point in _TRACK], fill=INK[:3], width=10 * _OVER, joint="curve")
    for stop in _STOPS:
        _disc(pen, stop, 15, PAPER, INK)
    _disc(pen, _TRACK[-1], 26, _SUN, PAPER)
    return large.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _shape(family: str, size_px: int) -> list[Point]:
    """The family's outline, turned a little, around the sun."""
    middle, scale = PLANE / 2, size_px / PLANE
    turned = [
        ((x - middle) * cos(_TURN) - (y - middle) * sin(_TURN), (x - middle) * sin(_TURN) + (y - middle) * cos(_TURN))
        for x, y in shapes()[family].outline
    ]
    return [_scaled((1010 + x * scale, 290 + y * scale)) for x, y in turned]


def _scaled(point: Point) -> Point:
    return point[0] * _OVER, point[1] * _OVER


def _disc(pen: ImageDraw.ImageDraw, at: Point, radius_px: int, fill: Colour, edge: Colour) -> None:
    x, y, r = at[0] * _OVER, at[1] * _OVER, radius_px * _OVER
    pen.ellipse((x - r, y - r, x + r, y + r), fill=fill[:3], outline=edge[:3], width=6 * _OVER)


def _lines(bill: Bill, fonts: Path) -> list[Line]:
    ink, small, plain = ENAMELS[bill.family].ink, Face(fonts, SANS, 30), Face(fonts, SANS, 28)
    found: list[Line] = [(small, line, ink, 40) for line in _written(small, bill.dates, 1)]
    found += headline(bill.title, fonts, _ROOM, first=not found)
    found += [(plain, line, INK, 40 if place else 58) for place, line in enumerate(_written(plain, bill.line, 3))]
    note = [(plain, line, ink, 40 if place else 52) for place, line in enumerate(_written(plain, bill.note, 2))]
    return found + note if sum(gap for *_line, gap in [*found, *note]) <= _WORDS_PX else found


def _written(face: Face, words: str, most: int) -> list[str]:
    return face.wrapped(words, _ROOM, most) if words and face.can_write(words) else []

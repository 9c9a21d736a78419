"""What a glyph is: a deed as a small drawing in enamel, from path data in a box of about 100 units."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import hypot
from typing import Literal

from recognition.badges.artwork.geometry import Path, Point, bend, flatten, parse, turn

Ink = Literal["cream", "shade", "light", "deep", "line"]
Stroke = str | tuple[str, float]
"""Path data to fill, or with a width in the glyph's units, to draw as a round-ended line."""
Piece = tuple[Path, float]
"""A stroke in its place on the pin: with a width of 0 it is filled."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Strokes of one enamel inside one metal wire; the ink "line" is bare wire. Later layers lie on earlier ones."""

    ink: Ink
    strokes: tuple[Stroke, ...]


@dataclass(frozen=True, slots=True)
class Glyph:
    """Fitted into the pin by its outer edges, so only proportions matter; nudge and size tune what the eye sees."""

    layers: tuple[Layer, ...]
    turned_degrees: float = 0.0
    nudge: Point = (0.0, 0.0)
    size: float = 1.0


def cream(*strokes: Stroke) -> Layer:
    return Layer("cream", strokes)


def shade(*strokes: Stroke) -> Layer:
    return Layer("shade", strokes)


def light(*strokes: Stroke) -> Layer:
    return Layer("light", strokes)


def deep(*strokes: Stroke) -> Layer:
    return Layer("deep", strokes)


def line(*strokes: Stroke) -> Layer:
    return Layer("line", strokes)


@lru_cache(maxsize=256)
def fit(glyph: Glyph, centre: Point, size: float) -> tuple[tuple[Ink, tuple[Piece, ...]], ...]:
    """The layers in place: the drawing's outer edges touch a square of this size around the centre."""
    turned = [(layer.ink, [_piece(stroke, glyph.turned_degrees) for stroke in layer.strokes]) for layer in glyph.layers]
    left, top, right, bottom = _bounds(piece for _, pieces in turned for piece in pieces)
    width, height = right - left, bottom - top
    # A square drawing looks larger than a long one of equal reach, so its diagonal counts too.
    scale = size * glyph.size / max(width, height, hypot(width, height) * 0.74)
    middle_x, middle_y = (left + right) / 2 - glyph.nudge[0], (top + bottom) / 2 - glyph.nudge[1]

    def move(point: Point) -> Point:
        return centre[0] + (point[0] - middle_x) * scale, centre[1] + (point[1] - middle_y) * scale

    return tuple((ink, tuple((bend(path, move), pen * scale) for path, pen in pieces)) for ink, pieces in turned)


def _piece(stroke: Stroke, degrees: float) -> Piece:
    data, pen = (stroke, 0.0) if isinstance(stroke, str) else stroke
    path = parse(data)
    return (turn(path, degrees) if degrees else path), pen


def _bounds(pieces: Iterable[Piece]) -> tuple[float, float, float, float]:
    boxes = [
        (x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2)
        for path, pen in pieces
        for contour in path
        for x, y in flatten(contour)
    ]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)

"""The ribbon across the lower part, slightly curved, with the word on it and its ends folded back."""

from collections.abc import Callable
from math import cos, sin

from recognition.badges.artwork.colours import CREAM, Colour, Enamel, Metal
from recognition.badges.artwork.geometry import Outline, Path, Point, bend, inset, parse, polyline
from recognition.badges.artwork.lettering import SLAB, STEM, compose
from recognition.badges.artwork.marks import Fill, Line, Mark
from recognition.badges.artwork.rim import bevelled

_RADIUS = 2300.0
_HALF_WIDTH = 376.0
_HALF_HEIGHT = 74.0
_DROP = 40.0
_CAPITAL = 92.0
_SPARK = "M0 -1C.16 -.3 .3 -.16 1 0C.3 .16 .16 .3 0 1C-.16 .3 -.3 .16 -1 0C-.3 -.16 -.16 -.3 0 -1Z"


def curve(y: float) -> Callable[[Point], Point]:
    """Turns (distance from the middle, distance from the centre line) into a place on the ribbon."""

    def place(point: Point) -> Point:
        angle = point[0] / _RADIUS
        radius = _RADIUS + point[1]
        return 512 + radius * sin(angle), y - _RADIUS + radius * cos(angle)

    return place


def front(y: float, margin: float = 0.0) -> Outline:
    place = curve(y)
    half, height, steps = _HALF_WIDTH + margin, _HALF_HEIGHT + margin, 14
    across = [-half + 2 * half * step / steps for step in range(steps + 1)]
    return tuple([place((u, -height)) for u in across] + [place((u, height)) for u in reversed(across)])


def tails(y: float, side: int) -> tuple[Outline, Outline]:
    """The end of the ribbon behind the front, and the fold that leads to it; clockwise as seen."""
    inner, edge, outer = _HALF_WIDTH - 60, _HALF_WIDTH, _HALF_WIDTH + 68
    top, low, drop = -_HALF_HEIGHT + _DROP, _HALF_HEIGHT - 2, _HALF_HEIGHT + _DROP
    end = ((inner, top), (outer, top), (outer - 36, _DROP), (outer, drop), (inner, drop))
    fold = ((inner, low), (edge, low), (inner, drop))
    place = curve(y)
    drawn = [tuple(place((u * side, v)) for u, v in corners) for corners in (end, fold)]
    return (drawn[0], drawn[1]) if side > 0 else (drawn[0][::-1], drawn[1][::-1])


def ribbon(y: float, word: str, enamel: Enamel, metal: Metal) -> list[Mark]:
    marks: list[Mark] = []
    for side in (-1, 1):
        tail, fold = tails(y, side)
        marks += _plate(tail, metal, enamel.deep, 10)
        marks.append(Fill((polyline(fold),), metal.wire))
    marks += _plate(front(y), metal, CREAM, 14)
    marks += letters(y, word, enamel.ink)
    return marks


def _plate(outline: Outline, metal: Metal, colour: Colour, width: float) -> list[Mark]:
    return [
        Fill((polyline(inset(outline, -4)),), metal.wire),
        *bevelled(outline, metal, width, width * 0.36),
        Fill((polyline(inset(outline, width)),), metal.wire),
        Fill((polyline(inset(outline, width + 4)),), colour),
    ]


def letters(y: float, word: str, colour: Colour) -> list[Mark]:
    """The word fitted to the ribbon, a spark on either side of a short one; sparks alone for other scripts."""
    place = curve(y)
    composed = compose(word)
    if composed is None:
        return [Fill(_spark(u, size, place), colour) for u, size in ((-110, 18), (0, 32), (110, 18))]
    room_x, room_y = 2 * _HALF_WIDTH - 72, 2 * _HALF_HEIGHT - 46
    scale = min(room_x / composed.width, room_y / (composed.bottom - composed.top), _CAPITAL / 100)
    stretch = min(1.12, room_x / (composed.width * scale))
    middle = (composed.top + composed.bottom) / 2

    def fit(point: Point) -> Point:
        return place(((point[0] - composed.width / 2) * scale * stretch, (point[1] - middle) * scale))

    strokes = ((composed.stems, STEM, True), (composed.slabs, SLAB, True), (composed.accents, SLAB, False))
    marks: list[Mark] = [Line(bend(path, fit), colour, width * scale, flat) for path, width, flat in strokes if path]
    half = composed.width * scale * stretch / 2
    if half < room_x * 0.32:
        aside = (half + room_x / 2) / 2 + 6
        marks += [Fill(_spark(u, 20, place), colour) for u in (-aside, aside)]
    return marks


def _spark(u: float, size: float, place: Callable[[Point], Point]) -> Path:
    return bend(parse(_SPARK), lambda point: place((u + point[0] * size, point[1] * size)))

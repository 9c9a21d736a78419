"""The ribbon across the lower part, slightly curved, with the word on it and its ends folded back."""

from collections.abc import Callable
from math import asin, cos, sin

from recognition.badges.artwork.colours import CREAM, Colour, Enamel, Metal
from recognition.badges.artwork.geometry import Contour, Outline, Point, bend, inset, parse, polyline
from recognition.badges.artwork.lettering import SLAB, STEM, compose
from recognition.badges.artwork.marks import Fill, Line, Mark
from recognition.badges.artwork.rim import bevelled

_RADIUS = 2300.0
_HALF_WIDTH = 376.0
_HALF_HEIGHT = 74.0
_CAPITAL = 92.0
_ORNAMENT = "M0 -26C4 -8 8 -4 26 0C8 4 4 8 0 26C-4 8 -8 4 -26 0C-8 -4 -4 -8 0 -26Z"


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
    place, drop = curve(y), 40.0
    inner, outer = _HALF_WIDTH - 60, _HALF_WIDTH + 68
    end = [(inner, -_HALF_HEIGHT + drop), (outer, -_HALF_HEIGHT + drop), (outer - 36, drop), (outer, _HALF_HEIGHT + drop), (inner, _HALF_HEIGHT + drop)]
    fold = [(inner, _HALF_HEIGHT - 2), (_HALF_WIDTH, _HALF_HEIGHT - 2), (inner, _HALF_HEIGHT + drop)]
    turned = []
    for corners in (end, fold):
        points = [place((u * side, v)) for u, v in corners]
        turned.append(tuple(points if side > 0 else reversed(points)))
    return turned[0], turned[1]


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


def letters(y: float, word: str, colour: Colour, thin: float | None = None) -> list[Mark]:
    """The word fitted to the ribbon; thin draws its strokes with that width. A small ornament for other scripts."""
    place = curve(y)
    composed = compose(word)
    if composed is None:
        return [Fill(bend(_spread(), place), colour)]
    room_x, room_y = 2 * _HALF_WIDTH - 72, 2 * _HALF_HEIGHT - 46
    scale = min(room_x / composed.width, room_y / (composed.bottom - composed.top), _CAPITAL / 100)
    middle = (composed.top + composed.bottom) / 2
    stretch = min(1.12, room_x / (composed.width * scale))

    def fit(point: Point) -> Point:
        return place(((point[0] - composed.width / 2) * scale * stretch, (point[1] - middle) * scale))

    strokes = ((composed.stems, STEM), (composed.slabs, SLAB), (composed.accents, SLAB))
    return [Line(bend(path, fit), colour, thin or width * scale, flat_ends=index < 2) for index, (path, width) in enumerate(strokes) if path]


def _spread() -> tuple[Contour, ...]:
    (spark,) = parse(_ORNAMENT)
    return tuple(
        bend((spark,), lambda point, u=u, k=k: (point[0] * k + u, point[1] * k))[0]  # type: ignore[misc]
        for u, k in ((-110.0, 0.7), (0.0, 1.25), (110.0, 0.7))
    )

"""The five family shapes: the outer edge of the metal, where the glyph sits, and how the inner field is divided."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import cos, pi, sin

from recognition.badges.artwork.geometry import (
    Outline,
    Path,
    Point,
    flatten,
    parse,
    polyline,
    resampled,
    rounded,
)

Divide = Callable[[Outline], Path]
_FINE = 2.0
_TOP, _RIGHT, _BOTTOM, _LEFT = -pi / 2, 0.0, pi / 2, pi


@dataclass(frozen=True, slots=True)
class Shape:
    """The second enamel tone fills what divide makes of the inner field's outline."""

    outline: Outline
    glyph_centre: Point
    glyph_size: float
    divide: Divide
    band_y: float


def _rays_from(apex: Point, count: int) -> Divide:
    """Every second slice of the field as seen from the apex; the slices have equal angles."""

    def divide(field: Outline) -> Path:
        step = 2 * pi / count
        starts = (_BOTTOM + step * (index - 0.5) for index in range(0, count, 2))
        return tuple(polyline([apex, *_between(field, apex, start, start + step)]) for start in starts)

    return divide


def _corners_around(centre: Point) -> Divide:
    """What a diamond around the centre leaves of the field, as on painted tiles."""

    def divide(field: Outline) -> Path:
        turns = ((_LEFT, _LEFT + pi / 2), (_TOP, _RIGHT), (_RIGHT, _BOTTOM), (_BOTTOM, _LEFT))
        return tuple(polyline(_between(field, centre, first, last)) for first, last in turns)

    return divide


def _right_half(centre: Point) -> Divide:
    """A leaf folded along its midrib: one half lies in the shade."""

    def divide(field: Outline) -> Path:
        return (polyline(_between(field, centre, _TOP, _BOTTOM, steps=72)),)

    return divide


def _between(outline: Outline, apex: Point, first: float, last: float, steps: int = 24) -> list[Point]:
    hits = [_hit(outline, apex, first + (last - first) * step / steps) for step in range(steps + 1)]
    return [hit for hit in hits if hit is not None]


def _hit(outline: Outline, apex: Point, angle: float) -> Point | None:
    """Where a ray from the apex leaves the outline."""
    dx, dy = cos(angle), sin(angle)
    best: tuple[float, Point] | None = None
    for index, a in enumerate(outline):
        b = outline[(index + 1) % len(outline)]
        ex, ey = b[0] - a[0], b[1] - a[1]
        cross = dx * ey - dy * ex
        if abs(cross) < 1e-9:
            continue
        t = ((a[0] - apex[0]) * ey - (a[1] - apex[1]) * ex) / cross
        share = ((a[0] - apex[0]) * dy - (a[1] - apex[1]) * dx) / cross
        if t > 0 and -1e-9 <= share <= 1 + 1e-9 and (best is None or t > best[0]):
            best = (t, (apex[0] + dx * t, apex[1] + dy * t))
    return best[1] if best else None


def _smooth(data: str) -> Outline:
    (contour,) = parse(data)
    points = [(x / _FINE, y / _FINE) for x, y in flatten(contour, _FINE)]
    return tuple(points[:-1] if points[0] == points[-1] else points)


def _ring(x: float, y: float, radius: float, count: int = 120) -> Outline:
    turn = 2 * pi / count
    return tuple((x + radius * sin(index * turn), y - radius * cos(index * turn)) for index in range(count))


def _hexagon() -> Shape:
    x, y, radius = 512.0, 492.0, 452.0
    corners = [(x + radius * cos(pi / 3 * n), y + radius * sin(pi / 3 * n)) for n in range(6)]
    return Shape(rounded(corners, 84), (512, 420), 376, _rays_from((512, 700), 32), 728)


def _circle() -> Shape:
    return Shape(_ring(512, 496, 416), (512, 410), 396, _rays_from((512, 410), 24), 734)


def _tile() -> Shape:
    corners = [(126.0, 112.0), (898.0, 112.0), (898.0, 884.0), (126.0, 884.0)]
    return Shape(rounded(corners, 104), (512, 428), 398, _corners_around((512, 430)), 738)


def _tent() -> Shape:
    outline = _smooth(
        "M562 106C636 236 768 336 890 384C924 398 936 422 929 456C906 570 890 690 888 816C886 868 862 890 814 890"
        "L210 890C162 890 138 868 136 816C134 690 118 570 95 456C88 422 100 398 134 384"
        "C256 336 388 236 462 106C486 64 538 64 562 106Z"
    )
    return Shape(outline, (512, 472), 348, _rays_from((512, 200), 26), 742)


def _leaf() -> Shape:
    outline = _smooth(
        "M566 88C718 170 912 286 912 508C912 716 718 842 566 926C530 946 494 946 458 926"
        "C306 842 112 716 112 508C112 286 306 170 458 88C494 68 530 68 566 88Z"
    )
    return Shape(outline, (512, 428), 372, _right_half((512, 500)), 722)


@lru_cache(maxsize=1)
def shapes() -> Mapping[str, Shape]:
    drawn = {"learning": _hexagon(), "helping": _circle(), "making": _tile(), "gathering": _tent(), "caring": _leaf()}
    return {family: replace(shape, outline=resampled(shape.outline, 44)) for family, shape in drawn.items()}

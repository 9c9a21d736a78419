"""The five family shapes: the outer edge of the metal, where the glyph sits, and how the inner field is divided."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import cos, pi, sin
from types import MappingProxyType
from typing import Final

from recognition.badges.artwork.geometry import Contour, Outline, Path, Point, flatten, parse, polyline, rounded

Divide = Callable[[Outline], Path]


@dataclass(frozen=True, slots=True)
class Shape:
    """The second enamel tone fills what divide makes of the inner field's outline."""

    outline: Outline
    glyph_centre: Point
    glyph_size: float
    divide: Divide
    band_y: float


def _wedges(outline: Outline, apex: Point, count: int, offset: float) -> Path:
    """Every second slice of the field as seen from the apex; the slices have equal angles."""
    step = 2 * pi / count
    wedges: list[Contour] = []
    for index in range(0, count, 2):
        first, last = offset + index * step, offset + (index + 1) * step
        wedges.append(polyline([apex, *_between(outline, apex, first, last)]))
    return tuple(wedges)


def _between(outline: Outline, apex: Point, first: float, last: float) -> list[Point]:
    hits = [_hit(outline, apex, first + (last - first) * share / 24) for share in range(25)]
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
    points = flatten(contour)
    return tuple(points[:-1] if points[0] == points[-1] else points)


def _ring(x: float, y: float, radius: float, count: int = 144) -> Outline:
    turn = 2 * pi / count
    return tuple((x + radius * sin(index * turn), y - radius * cos(index * turn)) for index in range(count))


def _hexagon() -> Shape:
    x, y, radius = 512.0, 494.0, 452.0
    corners = [(x + radius * cos(pi / 3 * n), y + radius * sin(pi / 3 * n)) for n in range(6)]
    return Shape(rounded(corners, 84), (512, 396), 388, _rays_from((512, 396), 24), 736)


def _circle() -> Shape:
    return Shape(_ring(512, 494, 416), (512, 382), 400, _rays_from((512, 382), 24), 738)


def _tile() -> Shape:
    corners = [(124.0, 102.0), (900.0, 102.0), (900.0, 878.0), (124.0, 878.0)]
    return Shape(rounded(corners, 104), (512, 384), 410, _rays_from((512, 384), 24), 738)


def _tent() -> Shape:
    outline = _smooth(
        "M566 92C640 226 770 330 892 380C926 394 938 420 930 456C906 570 890 690 888 818C886 872 862 894 814 894"
        "L210 894C162 894 138 872 136 818C134 690 118 570 94 456C86 420 98 394 132 380C254 330 384 226 458 92C482 48 542 48 566 92Z"
    )
    return Shape(outline, (512, 462), 340, _rays_from((512, 190), 26), 742)


def _leaf() -> Shape:
    outline = _smooth(
        "M566 76C720 160 918 280 918 506C918 720 720 852 566 938C530 958 494 958 458 938"
        "C304 852 106 720 106 506C106 280 304 160 458 76C494 56 530 56 566 76Z"
    )
    return Shape(outline, (512, 424), 370, _rays_from((512, 780), 40), 724)


def _rays_from(apex: Point, count: int) -> Divide:
    def divide(field: Outline) -> Path:
        return _wedges(field, apex, count, pi / 2 - pi / count)

    return divide


@lru_cache(maxsize=1)
def shapes() -> MappingProxyType[str, Shape]:
    return MappingProxyType(
        {"learning": _hexagon(), "helping": _circle(), "making": _tile(), "gathering": _tent(), "caring": _leaf()}
    )


NAMES: Final = {"learning": "hexagon", "helping": "circle", "making": "tile", "gathering": "tent", "caring": "leaf"}

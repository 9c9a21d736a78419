"""Points, curves and outlines. The drawing plane is 1024 units square, y grows downwards."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import ceil, cos, hypot, pi, radians, sin, tan

Point = tuple[float, float]
Outline = tuple[Point, ...]

PLANE = 1024
_TOKEN = re.compile(r"[MLHVCZ]|-?\d*\.?\d+")


@dataclass(frozen=True, slots=True)
class Contour:
    """One pen movement. A piece of one point is a line to it, a piece of three is a cubic curve."""

    start: Point
    pieces: tuple[tuple[Point, ...], ...]
    closed: bool


Path = tuple[Contour, ...]


def polyline(points: Sequence[Point], *, closed: bool = True) -> Contour:
    return Contour(points[0], tuple((point,) for point in points[1:]), closed)


def dot(x: float, y: float) -> Contour:
    """A stroke of no length: drawn with round ends it is a disc as wide as the pen."""
    return Contour((x, y), (((x, y),),), closed=False)


@lru_cache(maxsize=1024)
def parse(data: str) -> Path:
    """Reads absolute SVG path data made of M, L, H, V, C and Z only; all of it is our own drawing data."""
    contours: list[Contour] = []
    start: Point = (0.0, 0.0)
    here = start
    pieces: list[tuple[Point, ...]] = []

    def close(closed: bool) -> None:
        if pieces:
            contours.append(Contour(start, tuple(pieces), closed))
        pieces.clear()

    for command, numbers in _commands(data):
        if command == "M":
            close(closed=False)
            start = here = (numbers[0], numbers[1])
        elif command == "Z":
            close(closed=True)
        elif command == "C":
            pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
            pieces += [tuple(pairs[index : index + 3]) for index in range(0, len(pairs), 3)]
            here = pairs[-1]
        else:
            for target in _straight(command, numbers, here):
                pieces.append((target,))
                here = target
    close(closed=False)
    return tuple(contours)


def _commands(data: str) -> Iterable[tuple[str, list[float]]]:
    command, numbers = "", list[float]()
    for token in _TOKEN.findall(data):
        if token.isalpha():
            if command:
                yield command, numbers
            command, numbers = token, []
        else:
            numbers.append(float(token))
    if command:
        yield command, numbers


def _straight(command: str, numbers: list[float], here: Point) -> list[Point]:
    if command == "H":
        return [(x, here[1]) for x in numbers]
    if command == "V":
        return [(here[0], y) for y in numbers]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def bend(path: Path, move: Callable[[Point], Point]) -> Path:
    """Moves every point; a gentle bend of the control points bends the curve between them closely enough."""
    return tuple(
        Contour(move(contour.start), tuple(tuple(map(move, piece)) for piece in contour.pieces), contour.closed)
        for contour in path
    )


def turn(path: Path, degrees: float, centre: Point = (50.0, 50.0)) -> Path:
    """Clockwise as seen, because y grows downwards."""
    c, s = cos(radians(degrees)), sin(radians(degrees))

    def move(point: Point) -> Point:
        dx, dy = point[0] - centre[0], point[1] - centre[1]
        return centre[0] + dx * c - dy * s, centre[1] + dx * s + dy * c

    return bend(path, move)


def flatten(contour: Contour, scale: float = 1.0) -> list[Point]:
    """The points of the contour multiplied by scale, curves cut finely enough for one pixel per unit."""
    points = [contour.start]
    for piece in contour.pieces:
        if len(piece) == 1:
            points.append(piece[0])
            continue
        a, (b, c, d) = points[-1], piece
        reach = hypot(b[0] - a[0], b[1] - a[1]) + hypot(c[0] - b[0], c[1] - b[1]) + hypot(d[0] - c[0], d[1] - c[1])
        steps = max(3, min(32, round((reach * scale) ** 0.5)))
        for step in range(1, steps + 1):
            t = step / steps
            u = 1 - t
            k = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
            points.append(
                (
                    k[0] * a[0] + k[1] * b[0] + k[2] * c[0] + k[3] * d[0],
                    k[0] * a[1] + k[1] * b[1] + k[2] * c[1] + k[3] * d[1],
                )
            )
    return [(x * scale, y * scale) for x, y in points]


def circle(x: float, y: float, radius: float, radius_y: float | None = None) -> str:
    """Path data of a circle or ellipse from four curves."""
    ry = radius if radius_y is None else radius_y
    k, m = radius * 0.5523, ry * 0.5523
    return (
        f"M{x} {y - ry}C{x + k} {y - ry} {x + radius} {y - m} {x + radius} {y}"
        f"C{x + radius} {y + m} {x + k} {y + ry} {x} {y + ry}"
        f"C{x - k} {y + ry} {x - radius} {y + m} {x - radius} {y}"
        f"C{x - radius} {y - m} {x - k} {y - ry} {x} {y - ry}Z"
    )


def sector(x: float, y: float, radii: tuple[float, float], degrees: tuple[float, float]) -> str:
    """Path data of a piece of a ring; the angles run clockwise from the right and span less than 90 degrees."""
    (inner, outer), (first, last) = radii, (radians(degrees[0]), radians(degrees[1]))
    k = 4 / 3 * tan((last - first) / 4)

    def arc(radius: float, a: float, b: float, pull: float) -> str:
        pairs = (
            (cos(a) - pull * sin(a), sin(a) + pull * cos(a)),
            (cos(b) + pull * sin(b), sin(b) - pull * cos(b)),
            (cos(b), sin(b)),
        )
        return "C" + " ".join(f"{x + radius * px:.3f} {y + radius * py:.3f}" for px, py in pairs)

    begin = f"M{x + outer * cos(first):.3f} {y + outer * sin(first):.3f}"
    across = f"L{x + inner * cos(last):.3f} {y + inner * sin(last):.3f}"
    return begin + arc(outer, first, last, k) + across + arc(inner, last, first, -k) + "Z"


def star(x: float, y: float, outer: float, inner: float, points: int) -> list[Point]:
    corners = []
    for index in range(points * 2):
        radius, angle = (outer, inner)[index % 2], pi * index / points
        corners.append((x + radius * sin(angle), y - radius * cos(angle)))
    return corners


def rounded(corners: Sequence[Point], radius: float) -> Outline:
    """The polygon with every corner replaced by an arc that touches both edges."""
    points: list[Point] = []
    for index, corner in enumerate(corners):
        points += _corner_arc(corners[index - 1], corner, corners[(index + 1) % len(corners)], radius)
    return tuple(points)


def _corner_arc(before: Point, corner: Point, after: Point, radius: float) -> list[Point]:
    (ax, ay), (bx, by) = unit(corner, before), unit(corner, after)
    cosine = hypot(ax + bx, ay + by) / 2  # of half the angle between the edges
    sine = (1 - cosine * cosine) ** 0.5
    reach, pull = radius * cosine / sine, radius * 4 / 3 * cosine / (1 + sine)
    (sx, sy), (ex, ey) = (
        (corner[0] + ax * reach, corner[1] + ay * reach),
        (corner[0] + bx * reach, corner[1] + by * reach),
    )
    arc = Contour((sx, sy), (((sx - ax * pull, sy - ay * pull), (ex - bx * pull, ey - by * pull), (ex, ey)),), False)
    return flatten(arc)


def unit(a: Point, b: Point) -> Point:
    length = hypot(b[0] - a[0], b[1] - a[1]) or 1.0
    return (b[0] - a[0]) / length, (b[1] - a[1]) / length


def _sides(outline: Outline) -> list[Point]:
    """The outward normal of the edge that leaves each point, for an outline drawn clockwise as seen."""
    following = outline[1:] + outline[:1]
    return [(dy, -dx) for dx, dy in map(unit, outline, following)]


def normals(outline: Outline) -> list[Point]:
    """Outward at every point, lengthened at corners (mitred) so that a shifted outline keeps an even width."""
    sides = _sides(outline)
    found = []
    for index, (bx, by) in enumerate(sides):
        ax, ay = sides[index - 1]
        k = max(1 + ax * bx + ay * by, 0.3)
        found.append(((ax + bx) / k, (ay + by) / k))
    return found


def inset(outline: Outline, distance: float) -> Outline:
    """The outline moved inwards; point n of the result still belongs to point n of the outline."""
    moves = normals(outline)
    return tuple((x - nx * distance, y - ny * distance) for (x, y), (nx, ny) in zip(outline, moves, strict=True))


def resampled(outline: Outline, longest: float) -> Outline:
    """The same outline with points added on long edges, so that colours can change along them."""
    points: list[Point] = []
    for (ax, ay), (bx, by) in pairwise([*outline, outline[0]]):
        steps = max(1, ceil(hypot(bx - ax, by - ay) / longest))
        points += [(ax + (bx - ax) * step / steps, ay + (by - ay) * step / steps) for step in range(steps)]
    return tuple(points)


def shrunk(outline: Outline, distance: float) -> Outline:
    """The outline moved inwards by more than its corners' radius: the loops that a plain inset leaves are cut off."""
    kept = [
        (x, y)
        for x, y in inset(outline, distance)
        if min((x - a) ** 2 + (y - b) ** 2 for a, b in outline) > (distance - 1.0) ** 2
    ]
    return tuple(kept)


def perimeter(outline: Outline) -> float:
    return sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise([*outline, outline[0]]))


def evenly(outline: Outline, count: int) -> list[tuple[Point, Point]]:
    """Points at equal steps along the outline, each with its outward unit normal; the first is the top centre."""
    step = perimeter(outline) / count
    return along(outline, [step * index for index in range(count)])


def along(outline: Outline, distances: Sequence[float]) -> list[tuple[Point, Point]]:
    """Points at these rising distances from the top centre, measured along the outline, with their normals."""
    found, walked = list[tuple[Point, Point]](), 0.0
    for a, b in pairwise(_from_top(outline)):
        length = hypot(b[0] - a[0], b[1] - a[1])
        while len(found) < len(distances) and distances[len(found)] <= walked + length + 1e-6:
            share = (distances[len(found)] - walked) / (length or 1.0)
            dx, dy = unit(a, b)
            found.append(((a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share), (dy, -dx)))
        walked += length
    return found


def _from_top(outline: Outline) -> list[Point]:
    """The same ring, opened where it crosses the vertical middle line at the top, and closed again."""
    middle = PLANE / 2
    for index, a in enumerate(outline):
        b = outline[(index + 1) % len(outline)]
        if a[0] <= middle < b[0]:
            y = a[1] + (b[1] - a[1]) * (middle - a[0]) / (b[0] - a[0])
            top = (middle, y)
            return [top, *outline[index + 1 :], *outline[: index + 1], top]
    raise ValueError("the outline is not drawn clockwise around the middle line")

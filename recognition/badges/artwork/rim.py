"""The metal edge of the pin, lit from the top left: plain, notched, beaded or radiant by level."""

from dataclasses import dataclass
from itertools import groupby, pairwise

from recognition.badges.artwork.colours import Colour, Metal, around, facing_light
from recognition.badges.artwork.geometry import (
    Contour,
    Outline,
    Path,
    Point,
    along,
    dot,
    evenly,
    inset,
    perimeter,
    polyline,
    unit,
)
from recognition.badges.artwork.marks import Fill, Line, Mark

RIM_WIDTH = 46.0
NOTCH_DEPTH = 16.0
_BEVEL = 13.0
_NOTCHES = 32
_RAYS = 32
_BEADS = 56


def rim(outline: Outline, metal: Metal, level: int) -> list[Mark]:
    marks: list[Mark] = []
    edge, ring = notched(outline) if level == 5 else (outline, outline)
    if level == 100:
        for ray in rays(outline):
            marks.append(Line((ray.whole,), metal.wire, 8))
            marks += [Fill((side,), metal.lit(light, around(*side.start))) for side, light in ray.sides]
    marks.append(Fill((polyline(inset(edge, -4)),), metal.wire))
    marks += bevelled(edge, metal, RIM_WIDTH, _BEVEL, ring)
    if level == 25:
        marks += _beads(outline, metal)
    return marks


def bevelled(edge: Outline, metal: Metal, width: float, bevel: float, ring: Outline | None = None) -> list[Mark]:
    """A band of metal: a slope facing out, a flat top, a slope facing in. The ring is the edge without its notches."""
    smooth = ring or edge
    first = inset(smooth, bevel if smooth is edge else bevel + NOTCH_DEPTH)
    steps = (edge, first, inset(smooth, width - bevel), inset(smooth, width))
    marks: list[Mark] = [Fill((polyline(edge),), metal.lit(0.6))]
    for (outer, inner), tilt in zip(pairwise(steps), (1.0, 0.35, -1.0), strict=True):
        marks += _strip(outer, inner, metal, tilt)
    return marks


def _strip(outer: Outline, inner: Outline, metal: Metal, tilt: float) -> list[Mark]:
    """Metal between two outlines of as many points; tilt 1 leans outwards, 0 lies flat, -1 leans inwards."""
    marks: list[Mark] = []
    runs = _runs(outer, metal, tilt)
    for colour, run in runs:
        if run is not runs[-1][1]:
            # Reaching under the next piece leaves no hairline between the two where edges are smoothed.
            run.append((run[-1] + 1) % len(outer))
        points = [outer[index] for index in run] + [inner[index] for index in reversed(run)]
        marks.append(Fill((polyline(points),), colour))
    return marks


def lit_wire(outline: Outline, metal: Metal, width: float) -> list[Mark]:
    """A thin wire laid along the outline between two enamels."""
    runs = _runs(outline, metal, 0.35)
    return [Line((polyline([outline[index] for index in run], closed=False),), colour, width) for colour, run in runs]


def _runs(outline: Outline, metal: Metal, tilt: float) -> list[tuple[Colour, list[int]]]:
    """Neighbouring edges that catch the same light, each run as the numbers of its points."""
    side = -1 if tilt < 0 else 1
    colours = []
    for a, b in pairwise([*outline, outline[0]]):
        dx, dy = unit(a, b)
        light = facing_light(dy * side, -dx * side)
        colours.append(metal.lit(light if abs(tilt) == 1 else 0.62 + (light - 0.5) * 0.9, around(*a)))
    runs = []
    for colour, group in groupby(enumerate(colours), key=lambda item: item[1]):
        indexes = [index for index, _ in group]
        runs.append((colour, [*indexes, (indexes[-1] + 1) % len(outline)]))
    return runs


def notched(outline: Outline) -> tuple[Outline, Outline]:
    """The outline with cuts at equal steps like those of a gear, and the same points on the uncut outline."""
    step = perimeter(outline) / _NOTCHES
    profile = ((0.0, 0.0), (0.16, 0.0), (0.3, 0.0), (0.38, 1.0), (0.62, 1.0), (0.7, 0.0), (0.84, 0.0))
    places = along(outline, [step * (index + share) for index in range(_NOTCHES) for share, _ in profile])
    ring = tuple(point for point, _ in places)
    depths = [depth * NOTCH_DEPTH for _, depth in profile] * _NOTCHES
    moved = zip(places, depths, strict=True)
    return tuple((x - nx * depth, y - ny * depth) for ((x, y), (nx, ny)), depth in moved), ring


def _beads(outline: Outline, metal: Metal) -> list[Mark]:
    """Each bead is a dot of the pen; beads never touch, so all of them share one mark for each tone."""
    tones = (
        (42.0, 0.0, metal.wire),
        (36.0, 0.0, metal.lit(0.42)),
        (26.0, -2.5, metal.lit(0.7)),
        (12.0, -6.0, metal.lit(1.0)),
    )
    return [Line(beads(outline, shift), colour, width) for width, shift, colour in tones]


def beads(outline: Outline, shift: float = 0.0) -> Path:
    places = (place for place, _ in evenly(inset(outline, 15), _BEADS))
    return tuple(dot(x + shift * 0.7, y + shift) for x, y in places)


@dataclass(frozen=True, slots=True)
class Ray:
    """A petal with a ridge along its middle: its whole, and its two sides with the light that falls on them."""

    whole: Contour
    sides: tuple[tuple[Contour, float], tuple[Contour, float]]


def rays(outline: Outline) -> list[Ray]:
    """Behind the rim, long and short in turn; the short ones come first because the long ones lie on them."""
    places = evenly(outline, _RAYS)
    half = perimeter(outline) / _RAYS * 0.52
    return [_ray(place, 38.0, half) for place in places[1::2]] + [_ray(place, 62.0, half) for place in places[::2]]


def _ray(place: tuple[Point, Point], length: float, half: float) -> Ray:
    (x, y), (nx, ny) = place

    def at(along: float, out: float) -> Point:
        return x - ny * along + nx * out, y + nx * along + ny * out

    root, tip = at(0, -24), at(0, length)
    left = (at(-half, -14), (at(-half, length * 0.45), at(-half * 0.3, length * 0.7), tip))
    right = (at(half, -14), (at(half, length * 0.45), at(half * 0.3, length * 0.7), tip))
    whole = Contour(left[0], (left[1], (right[1][1], right[1][0], right[0]), (root,)), closed=True)
    sides = tuple((Contour(side, (curve, (root,)), closed=True)) for side, curve in (left, right))
    return Ray(whole, ((sides[0], facing_light(ny, -nx)), (sides[1], facing_light(-ny, nx))))

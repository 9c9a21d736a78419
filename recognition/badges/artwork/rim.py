"""The metal edge of the pin, lit from the top left: plain, notched, beaded or radiant by level."""

from itertools import groupby, pairwise
from math import hypot

from recognition.badges.artwork.colours import Colour, Metal, around, facing_light
from recognition.badges.artwork.geometry import Outline, Point, circle, evenly, inset, parse, polyline, unit
from recognition.badges.artwork.marks import Fill, Mark

RIM_WIDTH = 46.0
NOTCH_DEPTH = 17.0
_BEVEL = 13.0
_NOTCHES = 30
_RAYS = 36
BEADS = 56


def rim(outline: Outline, metal: Metal, level: int) -> list[Mark]:
    marks: list[Mark] = []
    edge, ring = notched(outline) if level == 5 else (outline, outline)
    if level == 100:
        for edge_of_ray, facets in rays(outline):
            marks.append(Fill((polyline(edge_of_ray),), metal.wire))
            marks += [Fill((polyline(facet),), metal.lit(light, around(*facet[0]))) for facet, light in facets]
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
    pieces: list[tuple[Colour, int]] = []
    count = len(outer)
    for index, (a, b) in enumerate(zip(outer, outer[1:] + outer[:1], strict=True)):
        dx, dy = unit(a, b)
        light = facing_light(dy * (1 if tilt >= 0 else -1), -dx * (1 if tilt >= 0 else -1))
        level = 0.62 + (light - 0.5) * 0.9 if abs(tilt) < 1 else light
        pieces.append((metal.lit(level, around(a[0], a[1])), index))
    marks: list[Mark] = []
    for colour, group in groupby(pieces, key=lambda piece: piece[0]):
        run = [index for _, index in group]
        indexes = [*run, run[-1] + 1]
        points = [outer[index % count] for index in indexes] + [inner[index % count] for index in reversed(indexes)]
        marks.append(Fill((polyline(points),), colour))
    return marks


def notched(outline: Outline) -> tuple[Outline, Outline]:
    """The outline with cuts at equal steps like those of a gear, and the same points on the uncut outline."""
    cut, ring = list[Point](), list[Point]()
    for (x, y), (nx, ny) in evenly(outline, _NOTCHES):
        tx, ty = -ny, nx
        for along, depth in ((-18.0, 0.0), (-11.0, NOTCH_DEPTH), (11.0, NOTCH_DEPTH), (18.0, 0.0)):
            ring.append((x + tx * along, y + ty * along))
            cut.append((x + tx * along - nx * depth, y + ty * along - ny * depth))
    return tuple(cut), tuple(ring)


def _beads(outline: Outline, metal: Metal) -> list[Mark]:
    """Beads never touch, so all of them share one mark for each tone."""
    places = [place for place, _ in evenly(inset(outline, 15), BEADS)]
    tones = ((21.0, 0.0, metal.wire), (18.0, 0.0, metal.lit(0.42)), (13.0, -2.5, metal.lit(0.7)), (6.0, -6.0, metal.lit(1.0)))
    return [
        Fill(tuple(contour for x, y in places for contour in parse(circle(round(x + shift * 0.7, 1), round(y + shift, 1), radius))), colour)
        for radius, shift, colour in tones
    ]


def rays(outline: Outline) -> list[tuple[Outline, list[tuple[Outline, float]]]]:
    """Behind the rim, long and short in turn: each ray's edge, and its two sides with the light that falls on them."""
    found = []
    perimeter = sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise([*outline, outline[0]]))
    half = perimeter / _RAYS / 2
    for index, ((x, y), (nx, ny)) in enumerate(evenly(outline, _RAYS)):
        length = 62.0 if index % 2 == 0 else 38.0
        tip, root = (x + nx * length, y + ny * length), (x - nx * 20, y - ny * 20)
        left = (x - nx * 8 + ny * half, y - ny * 8 - nx * half)
        right = (x - nx * 8 - ny * half, y - ny * 8 + nx * half)
        facets = [((root, left, tip), facing_light(ny, -nx)), ((root, tip, right), facing_light(-ny, nx))]
        found.append((inset((left, tip, right, root), -4), facets))
    return found

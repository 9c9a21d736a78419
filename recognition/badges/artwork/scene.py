"""One pin as a list of marks: both painters draw exactly this."""

from functools import lru_cache
from math import pi, sin

from recognition.badges.artwork.band import ribbon
from recognition.badges.artwork.colours import CREAM, CREAM_SHADE, ENAMELS, METALS, Colour, Enamel, Metal
from recognition.badges.artwork.design import PinDesign
from recognition.badges.artwork.geometry import Point, inset, normals, polyline, shrunk
from recognition.badges.artwork.glyph import Ink, fit
from recognition.badges.artwork.glyphs import GLYPHS
from recognition.badges.artwork.marks import Fill, Line, Mark, Scene, Sheen
from recognition.badges.artwork.place import place_kept
from recognition.badges.artwork.rim import RIM_WIDTH, lit_wire, rim
from recognition.badges.artwork.shapes import Shape, shapes

_WIRE = 9.0


@lru_cache(maxsize=64)
def scene(design: PinDesign, earned: bool) -> Scene:
    if not earned:
        return place_kept(design)
    shape, enamel, metal = shapes()[design.family], ENAMELS[design.family], METALS[design.level]
    marks = [
        *rim(shape.outline, metal, design.level),
        *_fields(shape, enamel, metal),
        *_glyph(design, shape, enamel, metal),
        *ribbon(shape.band_y, design.band, enamel, metal),
    ]
    return Scene(tuple(marks), (_sheen(shape),), shadow=True)


def _fields(shape: Shape, enamel: Enamel, metal: Metal) -> list[Mark]:
    edge, field = inset(shape.outline, RIM_WIDTH), shrunk(shape.outline, RIM_WIDTH + 36)
    return [
        Fill((polyline(edge),), metal.wire),
        Fill((polyline(inset(edge, 7)),), enamel.deep),
        Fill((polyline(field),), enamel.main),
        Fill(shape.divide(field), enamel.second),
        *lit_wire(field, metal, 7),
    ]


def _sheen(shape: Shape) -> Sheen:
    """The reflection of a window: along the upper left edge of the enamel, thickest in the middle."""
    field = inset(shape.outline, RIM_WIDTH + 20)
    facing = [nx * -0.6 + ny * -0.8 > 0.4 for nx, ny in normals(field)]
    first = next(index for index, lit in enumerate(facing) if lit and not facing[index - 1])
    run = [(first + step) % len(field) for step in range(facing.count(True))]
    near, far = [field[index] for index in run], list[Point]()
    for place, (x, y) in enumerate(near):
        share = 0.13 * max(sin(pi * place / (len(near) - 1)), 0.0) ** 0.7
        far.append((x + (512 - x) * share, y + (480 - y) * share))
    return Sheen((polyline(near + far[::-1]),), (200, 150), (560, 560), (0.42, 0.0))


def _glyph(design: PinDesign, shape: Shape, enamel: Enamel, metal: Metal) -> list[Mark]:
    inks: dict[Ink, Colour] = {
        "cream": CREAM, "shade": CREAM_SHADE, "light": enamel.light, "deep": enamel.deep, "line": metal.wire,
    }  # fmt: skip
    marks: list[Mark] = []
    for ink, pieces in fit(GLYPHS[design.glyph], shape.glyph_centre, shape.glyph_size):
        if ink != "line":
            marks += [Line(path, metal.wire, pen + 2 * _WIRE) for path, pen in pieces]
        marks += [Line(path, inks[ink], pen) if pen else Fill(path, inks[ink]) for path, pen in pieces]
    return marks

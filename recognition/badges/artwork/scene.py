"""One pin as a list of marks: both painters draw exactly this."""

from functools import lru_cache
from math import hypot, pi, sin

from recognition.badges.artwork.band import ribbon
from recognition.badges.artwork.colours import CREAM, CREAM_SHADE, ENAMELS, METALS, Colour, Enamel, Metal
from recognition.badges.artwork.design import PinDesign
from recognition.badges.artwork.geometry import Outline, Path, Point, bend, flatten, inset, normals, parse, polyline, shrunk, turn
from recognition.badges.artwork.glyphs import GLYPHS, Glyph, Stroke
from recognition.badges.artwork.marks import Fill, Line, Mark, Scene, Sheen
from recognition.badges.artwork.place import place_kept
from recognition.badges.artwork.rim import RIM_WIDTH, lit_wire, rim
from recognition.badges.artwork.shapes import Shape, shapes

_WIRE = 9.0


@lru_cache(maxsize=64)
def scene(design: PinDesign, earned: bool) -> Scene:
    if not earned:
        return place_kept(design, fit(GLYPHS[design.glyph], shapes()[design.family])[0])
    shape, enamel, metal = shapes()[design.family], ENAMELS[design.family], METALS[design.level]
    marks = [
        *rim(shape.outline, metal, design.level),
        *_fields(shape, enamel, metal),
        *_glyph(GLYPHS[design.glyph], shape, enamel, metal),
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


def _glyph(glyph: Glyph, shape: Shape, enamel: Enamel, metal: Metal) -> list[Mark]:
    inks: dict[str, Colour] = {"cream": CREAM, "shade": CREAM_SHADE, "light": enamel.light, "deep": enamel.deep}
    fitted, scale = fit(glyph, shape)
    marks: list[Mark] = []
    for ink, strokes in fitted:
        if ink != "line":
            for path, width in strokes:
                if not width:
                    marks.append(Fill(path, metal.wire))
                marks.append(Line(path, metal.wire, width + 2 * _WIRE))
        colour = metal.wire if ink == "line" else inks[ink]
        for path, width in strokes:
            marks.append(Line(path, colour, width) if width else Fill(path, colour))
    return marks


def fit(glyph: Glyph, shape: Shape) -> tuple[list[tuple[str, list[tuple[Path, float]]]], float]:
    """The glyph's layers in place: its edges touch the shape's glyph square, its middle is moved by the nudge."""
    turned = [(layer.ink, [_stroke(stroke, glyph.turned_degrees) for stroke in layer.strokes]) for layer in glyph.layers]
    left, top, right, bottom = _bounds([stroke for _, strokes in turned for stroke in strokes])
    size = shape.glyph_size * glyph.size
    width, height = right - left, bottom - top
    # A long thin drawing may reach a little further than a square one, which looks larger at equal reach.
    scale = size / max(width, height, hypot(width, height) * 0.74)
    middle = ((left + right) / 2 - glyph.nudge[0], (top + bottom) / 2 - glyph.nudge[1])

    def move(point: Point) -> Point:
        return (
            shape.glyph_centre[0] + (point[0] - middle[0]) * scale,
            shape.glyph_centre[1] + (point[1] - middle[1]) * scale,
        )

    return [(ink, [(bend(path, move), width * scale) for path, width in strokes]) for ink, strokes in turned], scale


def _stroke(stroke: Stroke, degrees: float) -> tuple[Path, float]:
    data, width = (stroke, 0.0) if isinstance(stroke, str) else stroke
    path = parse(data)
    return (turn(path, degrees) if degrees else path), width


def _bounds(strokes: list[tuple[Path, float]]) -> tuple[float, float, float, float]:
    xs, ys = list[float](), list[float]()
    for path, width in strokes:
        for contour in path:
            for x, y in flatten(contour):
                xs += [x - width / 2, x + width / 2]
                ys += [y - width / 2, y + width / 2]
    return min(xs), min(ys), max(xs), max(ys)

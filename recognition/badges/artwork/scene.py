"""One pin as a list of marks: both painters draw exactly this."""

from functools import lru_cache
from math import hypot, pi, sin

from recognition.badges.artwork.band import ribbon
from recognition.badges.artwork.colours import CREAM, CREAM_SHADE, ENAMELS, METALS, Colour, Enamel, Metal
from recognition.badges.artwork.design import PinDesign
from recognition.badges.artwork.geometry import Outline, Path, Point, bend, flatten, inset, normals, parse, polyline, turn
from recognition.badges.artwork.glyphs import GLYPHS, Glyph, Stroke
from recognition.badges.artwork.marks import Fill, Line, Mark, Scene, Sheen
from recognition.badges.artwork.place import place_kept
from recognition.badges.artwork.rim import RIM_WIDTH, rim
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
    return Scene(tuple(marks), _sheens(shape), shadow=True)


def _fields(shape: Shape, enamel: Enamel, metal: Metal) -> list[Mark]:
    edge = inset(shape.outline, RIM_WIDTH)
    inner = inset(edge, 40)
    return [
        Fill((polyline(edge),), metal.wire),
        Fill((polyline(inset(edge, 7)),), enamel.deep),
        Fill((polyline(inset(edge, 33)),), metal.lit(0.7)),
        Fill((polyline(inner),), enamel.main),
        Fill(shape.divide(inner), enamel.second),
    ]


def _sheens(shape: Shape) -> tuple[Sheen, ...]:
    field = inset(shape.outline, RIM_WIDTH + 6)
    return (Sheen((polyline(_crescent(field)),), (200, 150), (560, 560), (0.42, 0.0)),)


def _crescent(field: Outline) -> list[Point]:
    """The reflection of a window: along the upper left edge of the field, thickest in the middle."""
    moves = normals(field)
    lit = [index for index, (nx, ny) in enumerate(moves) if nx * -0.6 + ny * -0.8 > 0.45]
    start = next((index for index in lit if index - 1 not in lit and (index or len(field) - 1 not in lit)), lit[0])
    run = [index % len(field) for index in range(start, start + len(lit))]
    near = [(field[i][0] - moves[i][0] * 14, field[i][1] - moves[i][1] * 14) for i in run]
    far = []
    for place, i in enumerate(run):
        depth = 14 + 46 * sin(pi * place / max(len(run) - 1, 1)) ** 0.8
        far.append((field[i][0] - moves[i][0] * depth, field[i][1] - moves[i][1] * depth))
    return near + far[::-1]


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

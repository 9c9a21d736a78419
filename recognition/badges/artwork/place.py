"""A pin not yet earned: only its outline, stitched like a place kept for it on a jacket."""

from recognition.badges.artwork.band import front, letters, tails
from recognition.badges.artwork.colours import ENAMELS, Colour, oklch
from recognition.badges.artwork.design import PinDesign
from recognition.badges.artwork.geometry import Outline, Path, evenly, inset, polyline
from recognition.badges.artwork.glyph import fit
from recognition.badges.artwork.glyphs import GLYPHS
from recognition.badges.artwork.marks import Fill, Line, Mark, Scene
from recognition.badges.artwork.rim import beads, notched, rays
from recognition.badges.artwork.shapes import shapes

_DRAWN: Colour = (255, 255, 255, 255)
_FAINT: Colour = (24, 24, 24, 255)
_THREAD = 15.0


def place_kept(design: PinDesign) -> Scene:
    """The colour lies between paper and night, more than 3:1 from both."""
    shape = shapes()[design.family]
    marks = [*_edge(shape.outline, design.level), *_glyph(design), *_ribbon(shape.band_y, design.band)]
    return Scene(tuple(marks), stencil=oklch(0.6, 0.06, ENAMELS[design.family].hue))


def _edge(outline: Outline, level: int) -> list[Mark]:
    marks: list[Mark] = []
    if level == 100:
        for ray in rays(outline):
            marks += [Line((ray.whole,), _DRAWN, 12), Fill((ray.whole,), _FAINT)]
    edge = notched(outline)[0] if level == 5 else outline
    marks.append(Fill((polyline(edge),), _FAINT))
    if level in (5, 100):
        marks.append(Line((polyline(inset(edge, _THREAD / 2)),), _DRAWN, _THREAD))
    if level == 25:
        marks.append(Line(beads(outline), _DRAWN, 26))
    else:
        marks.append(Line(_stitches(inset(outline, 8 if level == 1 else 34)), _DRAWN, _THREAD if level == 1 else 8))
    return marks


def _stitches(outline: Outline) -> Path:
    """Seventy short threads at equal steps."""
    stitches = []
    for (x, y), (nx, ny) in evenly(outline, 70):
        stitches.append(polyline([(x + ny * 9, y - nx * 9), (x - ny * 9, y + nx * 9)], closed=False))
    return tuple(stitches)


def _glyph(design: PinDesign) -> list[Mark]:
    shape, marks = shapes()[design.family], list[Mark]()
    for ink, pieces in fit(GLYPHS[design.glyph], shape.glyph_centre, shape.glyph_size):
        if ink == "line":
            marks += [Line(path, _DRAWN, max(pen, 12.0)) for path, pen in pieces]
            continue
        marks += [Line(path, _DRAWN, pen + 22) for path, pen in pieces]
        marks += [Line(path, _FAINT, pen) if pen else Fill(path, _FAINT) for path, pen in pieces]
    return marks


def _ribbon(y: float, word: str) -> list[Mark]:
    marks: list[Mark] = []
    outlines = [outline for side in (-1, 1) for outline in tails(y, side)]
    for outline in (*outlines, front(y)):
        marks += [Fill((polyline(outline),), _DRAWN), Fill((polyline(inset(outline, 11)),), _FAINT)]
    return marks + letters(y, word, _DRAWN)

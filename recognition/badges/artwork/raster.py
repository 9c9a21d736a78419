"""Paints a scene as PNG: hard-edged at three times the plane's size, then scaled down, which smooths every edge."""

from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from itertools import pairwise
from threading import Lock
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from recognition.badges.artwork.colours import Colour
from recognition.badges.artwork.design import PinDesign
from recognition.badges.artwork.geometry import PLANE, Point, flatten, unit
from recognition.badges.artwork.marks import Fill, Line, Scene, Sheen
from recognition.badges.artwork.scene import scene

_OVER = 3
_STRIP_ROWS = 64
_one_painter = Lock()
SMALLEST_PX, LARGEST_PX = 16, PLANE


@lru_cache(maxsize=128)
def render_png(design: PinDesign, size_px: int, earned: bool = True) -> bytes:
    """A square picture with a transparent ground. Raises ValueError outside 16 to 1024 px."""
    if not SMALLEST_PX <= size_px <= LARGEST_PX:
        raise ValueError(f"size_px must be {SMALLEST_PX} to {LARGEST_PX}, not {size_px}")
    picture, stencil = master(design, earned), scene(design, earned).stencil
    if size_px != PLANE:
        # Lanczos keeps pins crisp, but halving needs no more than the plain mean, which takes half the bytes.
        finer = Image.Resampling.BOX if size_px * 2 == PLANE else Image.Resampling.LANCZOS
        picture = picture.resize((size_px, size_px), finer)
    if stencil:
        even = Image.new("RGBA", picture.size, stencil)
        even.putalpha(picture.getchannel("A"))
        picture = even
    buffer = BytesIO()
    picture.save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


def master(design: PinDesign, earned: bool) -> Image.Image:
    """Painted one at a time: every thread that paints keeps what it needed for it."""
    with _one_painter:
        return painted(design, earned)


@lru_cache(maxsize=4)
def painted(design: PinDesign, earned: bool) -> Image.Image:
    return paint(scene(design, earned))


class _Touch(NamedTuple):
    """One touch of the brush on the large plane: a polygon, or an ellipse given by two corners."""

    corners: list[tuple[int, int]]
    colour: Colour
    is_round: bool

    def draw(self, on: ImageDraw.ImageDraw, top: int) -> None:
        place = [(x, y - top) for x, y in self.corners]
        if self.is_round:
            on.ellipse(place, fill=self.colour)
        else:
            on.polygon(place, fill=self.colour)


def paint(what: Scene) -> Image.Image:
    picture = _in_strips([touch for mark in what.marks for touch in (_fill(mark) if isinstance(mark, Fill) else _line(mark))])
    if what.stencil:
        picture.putalpha(ImageChops.multiply(picture.getchannel("R"), picture.getchannel("A")))
        return picture
    for sheen in what.sheens:
        _shine(picture, sheen)
    return _on_shadow(picture) if what.shadow else picture


def _in_strips(touches: list[_Touch]) -> Image.Image:
    """The large plane would take 38 MB at once; strip by strip gives the same pixels."""
    picture = Image.new("RGBA", (PLANE, PLANE))
    spans = [(min(y for _, y in touch.corners), max(y for _, y in touch.corners)) for touch in touches]
    high = _STRIP_ROWS * _OVER
    for top in range(0, PLANE * _OVER, high):
        # Every mark is opaque, so drawing straight into premultiplied "RGBa" is exact and spares two slow conversions.
        strip = Image.new("RGBa", (PLANE * _OVER, high))
        draw = ImageDraw.Draw(strip)
        for touch, (first, last) in zip(touches, spans, strict=True):
            if first < top + high and last >= top:
                touch.draw(draw, top)
        picture.paste(strip.reduce(_OVER).convert("RGBA"), (0, top // _OVER))
    return picture


def _fill(fill: Fill) -> Iterator[_Touch]:
    for contour in fill.path:
        yield _Touch(_whole(flatten(contour, _OVER)), fill.colour, is_round=False)


def _whole(points: list[Point]) -> list[tuple[int, int]]:
    return [(round(x), round(y)) for x, y in points]


def _line(line: Line) -> Iterator[_Touch]:
    half = line.width * _OVER / 2
    for contour in line.path:
        points = flatten(contour, _OVER)
        if contour.closed:
            points.append(points[0])
        for a, b in pairwise(points):
            yield _Touch(_bar(a, b, half), line.colour, is_round=False)
        for x, y in points[1:-1] if line.flat_ends and not contour.closed else points:
            yield _Touch(_whole([(x - half, y - half), (x + half, y + half)]), line.colour, is_round=True)


def _bar(a: Point, b: Point, half: float) -> list[tuple[int, int]]:
    (ax, ay), (bx, by) = a, b
    dx, dy = unit(a, b)
    ox, oy = dy * half, -dx * half
    return _whole([(ax + ox, ay + oy), (bx + ox, by + oy), (bx - ox, by - oy), (ax - ox, ay - oy)])


def _shine(picture: Image.Image, sheen: Sheen) -> None:
    mask = Image.new("L", (PLANE, PLANE))
    for contour in sheen.path:
        ImageDraw.Draw(mask).polygon(_whole(flatten(contour)), fill=255)
    mask = mask.filter(ImageFilter.BoxBlur(1))
    picture.paste((255, 255, 255, 255), mask=ImageChops.multiply(mask, _fading(sheen)))


def _fading(sheen: Sheen) -> Image.Image:
    """A plane whose grey falls from one opacity to the other along the line from begin to end."""
    (x0, y0), (x1, y1), (first, last) = sheen.begin, sheen.end, sheen.opacities
    dx, dy = x1 - x0, y1 - y0
    k = 255 / (dx * dx + dy * dy)
    ramp = Image.linear_gradient("L").point([round(255 * first + (last - first) * row) for row in range(256)])
    # The ramp runs down 256 rows; the matrix tells each pixel of the plane which row to read.
    matrix = (0.0, 0.0, 128.0, k * dx, k * dy, -k * (x0 * dx + y0 * dy))
    return ramp.transform((PLANE, PLANE), Image.Transform.AFFINE, matrix, Image.Resampling.NEAREST, fillcolor=0)


def _on_shadow(picture: Image.Image) -> Image.Image:
    small = picture.getchannel("A").reduce(4).filter(ImageFilter.GaussianBlur(2.5))
    soft = small.point([round(value * 0.34) for value in range(256)]).resize((PLANE, PLANE), Image.Resampling.BILINEAR)
    ground = Image.new("RGBA", (PLANE, PLANE), (20, 12, 30, 0))
    ground.putalpha(ImageChops.offset(soft, 4, 12))
    ground.alpha_composite(picture)
    return ground

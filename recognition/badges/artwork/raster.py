"""Paints a scene as PNG: hard-edged at three times the plane's size, then scaled down, which smooths every edge alike."""

from functools import lru_cache
from io import BytesIO
from math import hypot

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from recognition.badges.artwork.colours import Colour
from recognition.badges.artwork.design import PinDesign
from recognition.badges.artwork.geometry import PLANE, Path, Point, flatten
from recognition.badges.artwork.marks import Fill, Line, Scene, Sheen
from recognition.badges.artwork.scene import scene

_OVER = 3
SMALLEST_PX, LARGEST_PX = 16, PLANE


@lru_cache(maxsize=256)
def render_png(design: PinDesign, size_px: int, earned: bool = True) -> bytes:
    """A square picture with a transparent ground. Raises ValueError outside 16 to 1024 px."""
    if not SMALLEST_PX <= size_px <= LARGEST_PX:
        raise ValueError(f"size_px must be {SMALLEST_PX} to {LARGEST_PX}, not {size_px}")
    picture = _master(design, earned)
    if size_px != PLANE:
        # Lanczos keeps pins crisp, but halving needs no more than the plain mean, which takes half the bytes.
        finer = Image.Resampling.BOX if size_px * 2 == PLANE else Image.Resampling.LANCZOS
        picture = picture.resize((size_px, size_px), finer)
    buffer = BytesIO()
    picture.save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


@lru_cache(maxsize=8)
def _master(design: PinDesign, earned: bool) -> Image.Image:
    return paint(scene(design, earned))


def paint(what: Scene) -> Image.Image:
    # Every mark is opaque, so drawing straight into premultiplied "RGBa" is exact and spares two slow conversions.
    large = Image.new("RGBa", (PLANE * _OVER, PLANE * _OVER))
    draw = ImageDraw.Draw(large)
    for mark in what.marks:
        if isinstance(mark, Fill):
            _fill(draw, mark.path, mark.colour)
        else:
            _line(draw, mark)
    picture = large.reduce(_OVER).convert("RGBA")
    if what.stencil:
        solid = Image.new("RGBA", (PLANE, PLANE), what.stencil)
        solid.putalpha(ImageChops.multiply(picture.getchannel("R"), picture.getchannel("A")))
        return solid
    for sheen in what.sheens:
        _shine(picture, sheen)
    return _on_shadow(picture) if what.shadow else picture


def _fill(draw: ImageDraw.ImageDraw, path: Path, colour: Colour) -> None:
    for contour in path:
        draw.polygon(_whole(flatten(contour, _OVER)), fill=colour)


def _whole(points: list[Point]) -> list[tuple[int, int]]:
    return [(round(x), round(y)) for x, y in points]


def _line(draw: ImageDraw.ImageDraw, line: Line) -> None:
    half = line.width * _OVER / 2
    for contour in line.path:
        points = flatten(contour, _OVER)
        if contour.closed:
            points.append(points[0])
        for (ax, ay), (bx, by) in zip(points, points[1:], strict=False):
            length = hypot(bx - ax, by - ay)
            if length:
                ox, oy = (ay - by) / length * half, (bx - ax) / length * half
                draw.polygon(_whole([(ax + ox, ay + oy), (bx + ox, by + oy), (bx - ox, by - oy), (ax - ox, ay - oy)]), fill=line.colour)
        for x, y in points[1:-1] if line.flat_ends and not contour.closed else points:
            draw.ellipse((round(x - half), round(y - half), round(x + half), round(y + half)), fill=line.colour)


def _shine(picture: Image.Image, sheen: Sheen) -> None:
    mask = Image.new("L", (PLANE, PLANE))
    for contour in sheen.path:
        ImageDraw.Draw(mask).polygon(_whole(flatten(contour)), fill=255)
    mask = mask.filter(ImageFilter.BoxBlur(1))
    picture.paste((255, 255, 255, 255), mask=ImageChops.multiply(mask, _fading(sheen)))


def _fading(sheen: Sheen) -> Image.Image:
    """A plane whose grey falls from one opacity to the other along the line from begin to end."""
    (x0, y0), (x1, y1) = sheen.begin, sheen.end
    dx, dy = x1 - x0, y1 - y0
    k = 255 / (dx * dx + dy * dy)
    # Pillow's ramp runs down 256 rows; each output pixel is told which row to read.
    ramp = Image.linear_gradient("L").point([round(255 * (sheen.opacities[0] + (sheen.opacities[1] - sheen.opacities[0]) * v / 255)) for v in range(256)])
    matrix = (0.0, 0.0, 128.0, k * dx, k * dy, -k * (x0 * dx + y0 * dy))
    spread = ramp.transform((PLANE, PLANE), Image.Transform.AFFINE, matrix, Image.Resampling.NEAREST, fillcolor=0)
    return spread


def _on_shadow(picture: Image.Image) -> Image.Image:
    small = picture.getchannel("A").reduce(4).filter(ImageFilter.GaussianBlur(2.5))
    soft = small.point([round(value * 0.34) for value in range(256)]).resize((PLANE, PLANE), Image.Resampling.BILINEAR)
    ground = Image.new("RGBA", (PLANE, PLANE), (20, 12, 30, 0))
    ground.putalpha(ImageChops.offset(soft, 4, 12))
    ground.alpha_composite(picture)
    return ground

"""A pin drawn plainly: every polygon on one plane of three times the size, scaled down, softened for the shadow, encoded."""

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Points = list[tuple[int, int]]
OVER = 3


class Shape(NamedTuple):
    """An ellipse is told by two corners."""

    points: Points
    colour: tuple[int, ...]
    is_round: bool


def draw(shapes: Sequence[Shape], light: tuple[Points, Image.Image], plane_px: int, size_px: int) -> bytes:
    """`light`: where the enamel shines, and how much."""
    plane = Image.new("RGBA", (plane_px * OVER, plane_px * OVER))
    pen = ImageDraw.Draw(plane)
    for points, colour, is_round in shapes:
        (pen.ellipse if is_round else pen.polygon)(points, fill=colour)
    pin = plane.resize((plane_px, plane_px), Image.Resampling.BOX)
    shine = Image.new("L", pin.size)
    ImageDraw.Draw(shine).polygon(light[0], fill=255)
    pin.paste((255, 255, 255, 255), mask=ImageChops.multiply(shine.filter(ImageFilter.BoxBlur(1)), light[1]))
    soft = pin.getchannel("A").filter(ImageFilter.GaussianBlur(10)).point([round(value * 0.34) for value in range(256)])
    ground = Image.new("RGBA", pin.size, (20, 12, 30, 0))
    ground.putalpha(ImageChops.offset(soft, 4, 12))
    ground.alpha_composite(pin)
    buffer = BytesIO()
    ground.resize((size_px, size_px), Image.Resampling.LANCZOS).save(buffer, "PNG")
    return buffer.getvalue()

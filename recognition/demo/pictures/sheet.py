"""A sheet of paper and a few tools. Places are in hundredths of the sheet's width; everything is drawn at double size, so
that edges are soft, with the grain of paper over it."""

import math
import random
from collections.abc import Iterable, Sequence
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw

WIDE_PX = 900
TWICE = 2
Point = tuple[float, float]
INK, CREAM, NIGHT = "#2b2540", "#f7efe0", "#1d2450"
RED, ORANGE, SUN, LEAF, TEAL, BLUE, PLUM, ROSE = (
    "#c8452f", "#e08a3c", "#f2c14e", "#5d8f4e", "#2f8f92", "#3d62b5", "#7c4a9b", "#e39aa0"
)  # fmt: skip
RAINBOW = (RED, ORANGE, SUN, LEAF, TEAL, BLUE, PLUM)
SKINS = ("#6b4330", "#8d5a3c", "#b9805a", "#d9a679", "#efcfae")


class Sheet:
    """`high`: its height in hundredths of its width."""

    def __init__(self, paper: str = CREAM, high: float = 75) -> None:
        self.high = high
        longest = WIDE_PX * TWICE
        self.scale = longest / max(100, high)
        self.image = Image.new("RGB", (round(100 * self.scale), round(high * self.scale)), paper)
        self.draw = ImageDraw.Draw(self.image)

    def at(self, x: float, y: float) -> Point:
        return x * self.scale, y * self.scale

    def box(self, x: float, y: float, wide: float, high: float, fill: str, round_by: float = 0) -> None:
        corners = [self.at(x, y), self.at(x + wide, y + high)]
        self.draw.rounded_rectangle(corners, round_by * self.scale, fill=fill)

    def oval(
        self, x: float, y: float, wide: float, high: float, fill: str | None, line: str | None = None, pen: float = 0
    ) -> None:
        """Around a middle."""
        corners = [self.at(x - wide, y - high), self.at(x + wide, y + high)]
        self.draw.ellipse(corners, fill=fill, outline=line, width=round(pen * self.scale))

    def dot(self, x: float, y: float, size: float, fill: str) -> None:
        self.oval(x, y, size, size, fill)

    def shape(self, points: Sequence[Point], fill: str) -> None:
        self.draw.polygon([self.at(*point) for point in points], fill=fill)

    def soft(self, points: Sequence[Point], fill: str) -> None:
        """A shape without corners."""
        self.shape(list(_smooth([*points, points[0]], closed=True)), fill)

    def line(self, points: Sequence[Point], colour: str, pen: float = 0.6) -> None:
        """By hand: a curve through the points, with round ends."""
        way = [self.at(*point) for point in _smooth(points)]
        width = max(1, round(pen * self.scale))
        self.draw.line(way, fill=colour, width=width, joint="curve")
        for x, y in (way[0], way[-1]):
            self.draw.ellipse([x - width / 2, y - width / 2, x + width / 2, y + width / 2], fill=colour)

    def straight(self, points: Sequence[Point], colour: str, pen: float = 0.6) -> None:
        self.draw.line([self.at(*point) for point in points], fill=colour, width=max(1, round(pen * self.scale)), joint="curve")

    def star(self, x: float, y: float, size: float, fill: str, tips: int = 5) -> None:
        points = []
        for step in range(2 * tips):
            reach = size if step % 2 == 0 else size * 0.45
            turn = math.pi * step / tips - math.pi / 2
            points.append((x + reach * math.cos(turn), y + reach * math.sin(turn)))
        self.shape(points, fill)

    def person(self, x: float, y: float, size: float, coat: str, number: int = 0) -> None:
        """Standing with their feet at `y`; `number` gives them a face and hair of their own."""
        skin, hair = SKINS[number % 5], (INK, "#5a3825", "#9a5b2a", "#d9d3c8")[number * 3 % 4]
        self.soft([(x - size * 0.34, y), (x - size * 0.26, y - size * 0.6), (x, y - size * 0.72),
                   (x + size * 0.26, y - size * 0.6), (x + size * 0.34, y)], coat)  # fmt: skip
        self.dot(x, y - size * 0.84, size * 0.17, skin)
        self.draw.pieslice([*self.at(x - size * 0.18, y - size * 1.03), *self.at(x + size * 0.18, y - size * 0.67)], 180, 360,
                           fill=hair)  # fmt: skip
        if number % 3 == 1:
            self.dot(x, y - size * 1.03, size * 0.08, hair)

    def chair(self, x: float, y: float, size: float, colour: str, turned: bool = False) -> None:
        side = -1 if turned else 1
        self.straight([(x - side * size * 0.3, y - size), (x - side * size * 0.3, y)], colour, size * 0.09)
        self.straight([(x - side * size * 0.3, y - size * 0.45), (x + side * size * 0.3, y - size * 0.45)], colour, size * 0.12)
        self.straight([(x + side * size * 0.27, y - size * 0.45), (x + side * size * 0.27, y)], colour, size * 0.09)
        self.straight([(x - side * size * 0.3, y - size * 0.9), (x - side * size * 0.3, y - size * 0.62)], colour, size * 0.16)

    def done(self) -> Image.Image:
        small = self.image.reduce(TWICE)
        grain = _grain(small.size)
        return ImageChops.multiply(small, Image.merge("RGB", (grain, grain, grain)))


@lru_cache(maxsize=8)
def _grain(size: tuple[int, int]) -> Image.Image:
    """The same for each sheet of a size, and each time."""
    half = (size[0] // 2, size[1] // 2)
    noise = random.Random(7).randbytes(half[0] * half[1])
    return Image.frombytes("L", half, noise).resize(size).point(lambda value: 243 + value // 22)


def _smooth(points: Sequence[Point], closed: bool = False) -> Iterable[Point]:
    """A curve through all of them (Catmull-Rom)."""
    count = len(points)
    for i in range(count - 1):
        before = points[i - 1] if i else points[-2] if closed else points[0]
        a, b = points[i], points[i + 1]
        after = points[i + 2] if i + 2 < count else points[1] if closed else points[-1]
        for step in range(12):
            yield _between(before, a, b, after, step / 12)
    yield points[-1]


def _between(before: Point, a: Point, b: Point, after: Point, t: float) -> Point:
    def one(k: int) -> float:
        p0, p1, p2, p3 = before[k], a[k], b[k], after[k]
        return 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)

    return one(0), one(1)

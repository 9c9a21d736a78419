"""P6: a badge into a PNG, against openbadges-bakery; a pin drawn, against drawing it plainly, and a second time."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import Any

from PIL import Image, ImageChops, ImageStat

from bench.figure import figure
from bench.references import bakery, drawing
from bench.world import program
from recognition.badges import pictures
from recognition.badges.artwork import raster
from recognition.badges.artwork.design import PinDesign
from recognition.badges.artwork.geometry import PLANE, flatten
from recognition.badges.artwork.marks import Fill
from recognition.badges.artwork.scene import scene
from recognition.openbadges.baking import png
from recognition.openbadges.rules import Malformed

TEXT = '{"@context":"https://w3id.org/openbadges/v2","type":"Assertion","id":"https://house.example/%s"}' % ("a" * 1900)
SIZES_KIB = {15: (71, 72), 769: (512, 512)}
"""Pixels that no compression makes smaller, three bytes each."""
TURNS = 7
SIZE_PX = 512
DESIGNS = [PinDesign(*parts) for parts in (("learning", "book", "Reader", 1), ("helping", "hand", "Helper", 5),
                                           ("making", "hammer", "Maker", 25), ("caring", "heart", "Thanks", 100))]  # fmt: skip
MOST_APART = 3.0
"""Mean difference of a channel, of 255: the two soften the shadow in ways of their own."""


def run() -> Iterator[dict[str, Any]]:
    for size_kib, sides in SIZES_KIB.items():
        yield from _baking(size_kib, _noise(sides))
    yield _drawing()
    yield _drawing_again()


def _noise(sides: tuple[int, int]) -> bytes:
    buffer = BytesIO()
    Image.frombytes("RGB", sides, random.Random(7).randbytes(sides[0] * sides[1] * 3)).save(buffer, "PNG")
    return buffer.getvalue()


def _baking(size_kib: int, picture: bytes) -> Iterator[dict[str, Any]]:
    if len(picture) // 1024 != size_kib:
        raise SystemExit(f"P6: a picture of {len(picture)} bytes is not {size_kib} KiB.")
    ours, theirs = png.bake(picture, {"2.0": TEXT}), bakery.bake(picture, TEXT)
    if ours != theirs or bakery.unbake(ours) != TEXT or png.unbake(theirs) != {"2.0": TEXT}:
        raise SystemExit("P6: the two baked pictures differ.")
    for place in (30, len(picture) // 2, len(picture) - 2):
        _must_notice(picture[:place] + bytes([picture[place] ^ 1]) + picture[place + 1 :])
    count = max(3_000_000 // len(picture), 20)
    ways = [lambda: png.bake(picture, {"2.0": TEXT}), lambda: bakery.bake(picture, TEXT),
            lambda: bakery.bake_in_memory(picture, TEXT)]  # fmt: skip
    speeds = _rates(ways, count)
    for name, speed in zip(("openbadges-bakery", "openbadges-bakery, in memory"), speeds[1:], strict=True):
        yield figure("P6 bake", "none", f"{size_kib} KiB", speeds[0], "pictures/s", name, speed)


def _must_notice(broken: bytes) -> None:
    try:
        png.bake(broken, {"2.0": TEXT})
    except Malformed:
        return
    raise SystemExit("P6: a wrong CRC was not noticed.")


def _drawing() -> dict[str, Any]:
    """Everything that we keep is forgotten before each; the plain one is given its polygons."""
    plain = {design: _polygons(design) for design in DESIGNS}
    for design in DESIGNS:
        apart = _apart(raster.render_png(design, SIZE_PX), drawing.draw(*plain[design], PLANE, SIZE_PX))
        if apart > MOST_APART:
            raise SystemExit(f"P6: the two drawings of {design} differ by {apart}.")

    def ours() -> None:
        for design in DESIGNS:
            _forget()
            raster.render_png(design, SIZE_PX)

    def theirs() -> None:
        for design in DESIGNS:
            drawing.draw(*plain[design], PLANE, SIZE_PX)

    speeds = [rate * len(DESIGNS) for rate in _rates([ours, theirs], 1)]
    return figure("P6 render", "none", f"{SIZE_PX} px", speeds[0], "pins/s", "plain Pillow", speeds[1], digits=2)


def _forget() -> None:
    for kept in (raster.render_png, raster.painted, scene):
        kept.cache_clear()


def _polygons(design: PinDesign) -> tuple[list[drawing.Shape], tuple[drawing.Points, Image.Image]]:
    what = scene(design, True)
    touches = [touch for mark in what.marks for touch in (raster._fill(mark) if isinstance(mark, Fill) else raster._line(mark))]
    shapes = [drawing.Shape(touch.corners, touch.colour, touch.is_round) for touch in touches]
    sheen = what.sheens[0]
    light = [(round(x), round(y)) for contour in sheen.path for x, y in flatten(contour)]
    return shapes, (light, raster._fading(sheen))


def _apart(first: bytes, second: bytes) -> float:
    with Image.open(BytesIO(first)) as one, Image.open(BytesIO(second)) as other:
        return max(ImageStat.Stat(ImageChops.difference(one.convert("RGBa").convert("RGBA"), other)).mean)


def _drawing_again() -> dict[str, Any]:
    """The way of a request: by its content a picture is found where any process on this machine has put it."""
    with program("sqlite:///:memory:"):
        first, again = [], []
        for design in DESIGNS:
            _forget()
            first.append(_seconds(lambda design=design: pictures.png(design, SIZE_PX)))  # type: ignore[misc]
            _forget()
            again.append(min(_seconds(lambda design=design: pictures.png(design, SIZE_PX)) for _turn in range(TURNS)))  # type: ignore[misc]
    return figure("P6 render, a second time", "none", f"{SIZE_PX} px", len(again) / sum(again), "pins/s", "the first time",
                  len(first) / sum(first))  # fmt: skip


def _rates(works: Sequence[Callable[[], object]], count: int) -> list[float]:
    """By turns; the best of each, a second."""
    best = [0.0] * len(works)
    for _turn in range(TURNS):
        for place, work in enumerate(works):
            started = time.perf_counter()
            for _time in range(count):
                work()
            best[place] = max(best[place], count / (time.perf_counter() - started))
    return best


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started

"""Thirty deeds as small drawings, from path data in a box of about 100 units.

A layer is one enamel colour with a metal wire around it; its strokes are path data, either filled or, with a width,
drawn as a round-ended line. Later layers lie on earlier ones. The layer "line" is bare wire, without an edge of its own.
The drawing is fitted into the pin by its outer edges, so only proportions matter here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from recognition.badges.artwork.geometry import circle, sector, star

Ink = str  # cream | shade | light | deep | line
Stroke = str | tuple[str, float]


@dataclass(frozen=True, slots=True)
class Layer:
    ink: Ink
    strokes: tuple[Stroke, ...]


@dataclass(frozen=True, slots=True)
class Glyph:
    layers: tuple[Layer, ...]
    turned_degrees: float = 0.0
    nudge: tuple[float, float] = (0.0, 0.0)  # towards the optical centre, in hundredths of the glyph's size
    size: float = 1.0


def cream(*strokes: Stroke) -> Layer:
    return Layer("cream", strokes)


def shade(*strokes: Stroke) -> Layer:
    return Layer("shade", strokes)


def light(*strokes: Stroke) -> Layer:
    return Layer("light", strokes)


def deep(*strokes: Stroke) -> Layer:
    return Layer("deep", strokes)


def line(*strokes: Stroke) -> Layer:
    return Layer("line", strokes)


def _points(corners: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.3f} {y:.3f}" for x, y in corners) + "Z"


def _star_facets() -> tuple[str, ...]:
    ring = star(50, 53, 50, 21.5, 5)
    return tuple(_points([ring[index], ring[index + 1], (50.0, 53.0)]) for index in range(0, 10, 2))


_DRAWN: dict[str, Glyph] = {
    "book": Glyph(
        (
            deep("M2 26L2 84C20 79 40 80 50 89C60 80 80 79 98 84L98 26Z"),
            cream("M50 27C40 17 24 14 8 18L8 75C24 71 41 73 50 81Z"),
            shade("M50 27C60 17 76 14 92 18L92 75C76 71 59 73 50 81Z"),
            line(
                ("M17 33C26 31 34 32 41 36", 4),
                ("M17 46C26 44 34 45 41 49", 4),
                ("M17 59C26 57 34 58 41 62", 4),
                ("M83 33C74 31 66 32 59 36", 4),
                ("M83 46C74 44 66 45 59 49", 4),
                ("M83 59C74 57 66 58 59 62", 4),
            ),
        )
    ),
    "compass": Glyph(
        (
            shade("M43 6H57V14H43Z"),
            cream(circle(50, 54, 43)),
            deep(circle(50, 54, 33)),
            cream("M69 31L57.5 60.5L42.5 47.5Z"),
            light("M31 77L57.5 60.5L42.5 47.5Z"),
            shade(circle(50, 54, 4.5)),
        )
    ),
    "spark": Glyph(
        (
            cream("M42 10C45 38 55 48 82 52C55 56 45 66 42 96C39 66 29 56 2 52C29 48 39 38 42 10Z"),
            shade("M42 52L82 52C55 56 45 66 42 96Z"),
            cream("M80 2C81.5 14 86 19 98 21C86 23 81.5 28 80 40C78.5 28 74 23 62 21C74 19 78.5 14 80 2Z"),
            light("M80 68C81 76 84 79 92 80C84 81 81 84 80 92C79 84 76 81 68 80C76 79 79 76 80 68Z"),
        )
    ),
    "speech": Glyph(
        (
            cream("M18 10H82C91 10 96 15 96 24V56C96 65 91 70 82 70H50L28 92L30 70H18C9 70 4 65 4 56V24C4 15 9 10 18 10Z"),
            deep(circle(28, 40, 6), circle(50, 40, 6), circle(72, 40, 6)),
        ),
        nudge=(0, 2),
    ),
    "pencil": Glyph(
        (
            light("M36 14V10C36 4 42 1 50 1C58 1 64 4 64 10V14Z"),
            shade("M34 14H66V24H34Z"),
            cream("M35 24H65V70H35Z"),
            shade("M35 70C40 67 45 67 50 70C55 67 60 67 65 70L50 99Z"),
            deep("M44.8 89L50 99L55.2 89C52 87 48 87 44.8 89Z"),
            line(("M45 25V66", 3.2), ("M55 25V66", 3.2)),
        ),
        turned_degrees=42,
    ),
    "hammer": Glyph(
        (
            shade(("M50 36V94", 12)),
            light(("M50 78V94", 12)),
            cream("M18 10H58C75 10 88 19 93 36C84 29 74 28 62 31V38H38V33H18C15 33 13 31 13 28V15C13 12 15 10 18 10Z"),
            line(("M27 11V32", 3.2)),
        ),
        turned_degrees=38,
    ),
    "brush": Glyph(
        (
            cream("M45 3C45 -2 55 -2 55 3L59 46H41Z"),
            shade("M39 46H61V61H39Z"),
            light("M38 61H62C69 75 62 88 50 101C38 88 31 75 38 61Z"),
            deep("M36 78C44 83 56 73 64.5 78C63 87 57 94 50 101C43 94 37 87 36 78Z"),
            line(("M40 53.5H60", 3)),
        ),
        turned_degrees=40,
    ),
    "camera": Glyph(
        (
            shade("M16 20H28V28H16Z"),
            cream("M14 27H30L37 15H63L70 27H86C92 27 96 31 96 37V77C96 83 92 87 86 87H14C8 87 4 83 4 77V37C4 31 8 27 14 27Z"),
            deep(circle(50, 56, 22)),
            light(circle(50, 56, 13)),
            cream(circle(45, 51, 3.5)),
            light(circle(83, 40, 4.5)),
        )
    ),
    "bug": Glyph(
        (
            cream(
                ("M30 50L12 40L8 28", 5),
                ("M26 64H4", 5),
                ("M32 78L16 88L12 98", 5),
                ("M70 50L88 40L92 28", 5),
                ("M74 64H96", 5),
                ("M68 78L84 88L88 98", 5),
                ("M42 18C40 10 36 5 29 4", 4.5),
                ("M58 18C60 10 64 5 71 4", 4.5),
            ),
            deep(circle(50, 27, 15)),
            cream(circle(50, 64, 28, 33)),
            shade("M50 31C66 32 78 46 78 64C78 82 66 97 50 97Z"),
            deep(circle(37, 54, 5.5), circle(63, 54, 5.5), circle(38, 74, 5.5), circle(62, 74, 5.5)),
        )
    ),
    "globe": Glyph(
        (
            cream(circle(50, 50, 46)),
            shade("M50 4C76 4 96 24 96 50C96 76 76 96 50 96C64 86 71 70 71 50C71 30 64 14 50 4Z"),
            line(
                ("M50 5V95", 3.6),
                ("M5 50H95", 3.6),
                ("M50 4C36 14 29 30 29 50C29 70 36 86 50 96", 3.6),
                ("M50 4C64 14 71 30 71 50C71 70 64 86 50 96", 3.6),
                ("M14 24C34 32 66 32 86 24", 3.6),
                ("M14 76C34 68 66 68 86 76", 3.6),
            ),
        ),
        size=0.97,
    ),
    "translate": Glyph(
        (
            cream("M10 4H52C57 4 60 7 60 12V54C60 59 57 62 52 62H10C5 62 2 59 2 54V12C2 7 5 4 10 4Z"),
            line(("M16 52L31 15L46 52", 6.5), ("M22 40H40", 6)),
            light("M48 38H90C95 38 98 41 98 46V88C98 93 95 96 90 96H48C43 96 40 93 40 88V46C40 41 43 38 48 38Z"),
            line(("M69 46V53", 6), ("M51 57H87", 6), ("M79 57C76 70 66 81 52 88", 6), ("M59 57C62 70 72 81 86 88", 6)),
        )
    ),
    "lifebuoy": Glyph(
        (
            cream((circle(50, 50, 33), 25)),
            light(*(sector(50, 50, (20.5, 45.5), (angle - 20, angle + 20)) for angle in (45, 135, 225, 315))),
        )
    ),
    "hand": Glyph(
        (
            light("M32 84H70V98H32Z"),
            cream(
                ("M34 52L28 24", 13),
                ("M45 48L43 11", 13),
                ("M57 48L60 12", 13),
                ("M67 54L76 26", 12.5),
                "M28 50C34 44 68 44 73 52C74 66 74 76 68 86H34C30 80 20 72 12 62",
                ("M34 76C24 70 16 62 12 54", 12.5),
            ),
            line(("M39 44L40.5 54", 3.2), ("M51 42V52", 3.2), ("M63.5 45L62 54", 3.2), ("M44 82C44 72 52 66 66 66", 3.2)),
        ),
        nudge=(2, 0),
    ),
    "heart": Glyph(
        (
            cream("M50 93C18 68 3 51 3 32C3 17 14 7 27 7C37 7 45 12 50 21C55 12 63 7 73 7C86 7 97 17 97 32C97 51 82 68 50 93Z"),
            shade("M50 93C82 68 97 51 97 32C97 21 91 13 83 9C86 44 70 68 36 81.5C40 85 45 89 50 93Z"),
            light(("M17 35C17 27 21 21 28 20", 7)),
        ),
        nudge=(0, 2),
        size=0.96,
    ),
    "tree": Glyph(
        (
            shade("M44 58H56L61 97H39Z"),
            cream(
                circle(50, 26, 23),
                circle(27, 44, 21),
                circle(73, 44, 21),
                circle(50, 50, 24),
            ),
            light(circle(38, 28, 5), circle(66, 38, 5), circle(30, 50, 5), circle(51, 50, 5), circle(78, 53, 5)),
        )
    ),
    "tent": Glyph(
        (
            shade(("M44 6L50 16L56 6", 4.5)),
            cream("M50 14L97 86H3Z"),
            deep("M50 38L70 86H30Z"),
            shade("M50 38L30 86H17Z"),
            shade("M50 38L70 86H83Z"),
        )
    ),
    "campfire": Glyph(
        (
            shade(("M16 96L84 80", 10)),
            shade(("M16 80L84 96", 10)),
            cream("M52 0C55 18 80 32 80 56C80 71 66 80 50 80C34 80 20 71 20 56C20 42 29 36 31 22C38 27 42 33 42 39C49 30 51 14 52 0Z"),
            light("M51 38C53 49 65 53 65 65C65 74 58 80 50 80C42 80 35 74 35 65C35 58 40 56 41 49C46 52 51 46 51 38Z"),
        ),
    ),
    "map": Glyph(
        (
            cream("M3 24L34 10V78L3 92Z"),
            shade("M34 10L66 24V92L34 78Z"),
            cream("M66 24L97 10V78L66 92Z"),
            line(("M12 74L18 66", 4.5), ("M24 59L32 55", 4.5), ("M40 56L48 60", 4.5), ("M55 62L62 57", 4.5), ("M68 51L73 44", 4.5)),
            deep(("M73 26L87 38", 5.5), ("M87 25L73 39", 5.5)),
        )
    ),
    "flag": Glyph(
        (
            shade(("M20 8V97", 7)),
            cream("M23 12C38 3 52 20 66 14C76 10 85 9 95 13L85 35L95 58C82 53 74 55 64 59C50 65 38 48 23 58Z"),
            light("M23 27C38 18 52 35 66 29C74 26 81 24.5 89 26L85 35L88 42C79 40 73 41 64 44C50 50 38 33 23 43Z"),
            cream(circle(20, 7, 6)),
        )
    ),
    "microphone": Glyph(
        (
            shade(("M22 44C22 62 34 73 50 73C66 73 78 62 78 44", 7), ("M50 73V90", 7), ("M32 94H68", 7)),
            cream("M32 20C32 8 40 0 50 0C60 0 68 8 68 20V44C68 56 60 63 50 63C40 63 32 56 32 44Z"),
            light("M32 31H68V44C68 56 60 63 50 63C40 63 32 56 32 44Z"),
            line(("M42 14H58", 3.6), ("M42 22H58", 3.6)),
        )
    ),
    "magnifier": Glyph(
        (
            shade(("M64 64L90 90", 14)),
            light(circle(40, 40, 28)),
            cream((circle(40, 40, 31), 11)),
            cream(("M25 39C25 31 31 25 39 25", 5)),
        )
    ),
    "puzzle": Glyph(
        (
            light("M60 30H118V94H104C100 94 99 97 101 100C104 106 102 116 92 116C82 116 80 106 83 100C85 97 84 94 80 94H60Z"),
            cream(
                "M6 30H22C26 30 27 27 25 24C22 18 24 8 34 8C44 8 46 18 43 24C41 27 42 30 46 30H64V51C64 55 67 56 70 54"
                "C76 51 86 53 86 63C86 73 76 75 70 72C67 70 64 71 64 75V94H6Z"
            ),
        ),
    ),
    "bridge": Glyph(
        (
            cream("M2 42C30 16 70 16 98 42V76H83C83 56 69 45 50 45C31 45 17 56 17 76H2Z"),
            shade("M2 42C30 16 70 16 98 42V51C70 25 30 25 2 51Z"),
            line(("M50 33V44", 3.4), ("M28 39L33 49", 3.4), ("M72 39L67 49", 3.4), ("M10 50L21 60", 3.4), ("M90 50L79 60", 3.4)),
            light(("M4 88C12 82 20 82 27 88C35 94 42 94 50 88C58 82 65 82 73 88C80 94 88 94 96 88", 6)),
        )
    ),
    "seed": Glyph(
        (
            cream(("M50 86V60", 7.5)),
            cream("M50 64C26 65 8 50 5 24C32 24 49 38 50 64Z"),
            shade("M50 58C47 28 66 6 95 6C98 34 80 56 50 58Z"),
            line(("M48 59C40 48 31 40 20 35", 3.2), ("M57 49C63 37 71 27 82 18", 3.2)),
            light("M14 97C18 80 36 77 50 77C64 77 82 80 86 97Z"),
        )
    ),
    "star": Glyph((cream(_points(star(50, 53, 50, 21.5, 5))), shade(*_star_facets())), nudge=(0, -2)),
    "key": Glyph(
        (
            shade(("M54 80H70", 9), ("M54 93H66", 9)),
            cream(("M50 40V96", 9.5), (circle(50, 22, 17), 11)),
            shade("M41 43H59V52H41Z"),
        ),
        turned_degrees=40,
    ),
    "lantern": Glyph(
        (
            shade(("M30 28C24 -4 76 -4 70 28", 5)),
            cream("M36 16H64L74 30H26Z"),
            deep("M30 30H70L74 80H26Z"),
            light("M50 38C52 48 62 54 62 65C62 74 57 78 50 78C43 78 38 74 38 65C38 54 48 48 50 38Z"),
            cream("M50 56C51 61 55 64 55 70C55 75 53 77 50 77C47 77 45 75 45 70C45 64 49 61 50 56Z"),
            cream("M22 80H78V92H22Z"),
            shade("M30 92H70V99H30Z"),
        )
    ),
    "footsteps": Glyph(
        (
            cream("M30 36C42 36 45 48 43 59C42 66 39 70 37 75L18 71C18 64 13 58 14 49C15 41 21 36 30 36Z"),
            shade("M17 77L36 81C36 91 31 97 25 96C18 95 16 87 17 77Z"),
            cream("M70 4C58 4 55 16 57 27C58 34 61 38 63 43L82 39C82 32 87 26 86 17C85 9 79 4 70 4Z"),
            shade("M83 45L64 49C64 59 69 65 75 64C82 63 84 55 83 45Z"),
        )
    ),
    "bell": Glyph(
        (
            shade(circle(50, 84, 11)),
            shade((circle(50, 8, 5), 5)),
            cream("M50 11C32 11 25 26 24 43C23 58 17 66 7 77C6 79 7 81 10 81H90C93 81 94 79 93 77C83 66 77 58 76 43C75 26 68 11 50 11Z"),
            light("M21 58H79C82 65 87 70 93 77C94 79 93 81 90 81H10C7 81 6 79 7 77C13 70 18 65 21 58Z"),
            line(("M37 46C37 36 39 28 45 23", 4)),
        )
    ),
    "cup": Glyph(
        (
            cream(("M72 50C94 46 96 78 66 78", 8)),
            cream("M12 40H76V68C76 84 66 92 54 92H34C22 92 12 84 12 68Z"),
            light("M12 40H76V52H12Z"),
            shade(("M30 28C24 20 36 14 30 4", 5.5), ("M46 28C40 20 52 14 46 4", 5.5), ("M62 28C56 20 68 14 62 4", 5.5)),
        ),
        nudge=(2, 0),
    ),
}

GLYPHS: Final[Mapping[str, Glyph]] = MappingProxyType(_DRAWN)

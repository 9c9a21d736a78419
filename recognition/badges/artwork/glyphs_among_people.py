"""Glyphs of the camp, the garden and the heart."""

from typing import Final

from recognition.badges.artwork.geometry import circle, sector, star
from recognition.badges.artwork.glyph import Glyph, cream, deep, light, line, shade


def _points(corners: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.3f} {y:.3f}" for x, y in corners) + "Z"


def _star_facets() -> tuple[str, ...]:
    ring = star(50, 53, 50, 21.5, 5)
    return tuple(_points([ring[index], ring[index + 1], (50.0, 53.0)]) for index in range(0, 10, 2))


AMONG_PEOPLE: Final[dict[str, Glyph]] = {
    "spark": Glyph(
        (
            cream("M42 10C45 38 55 48 82 52C55 56 45 66 42 96C39 66 29 56 2 52C29 48 39 38 42 10Z"),
            shade("M42 52L82 52C55 56 45 66 42 96Z"),
            cream("M80 2C81.5 14 86 19 98 21C86 23 81.5 28 80 40C78.5 28 74 23 62 21C74 19 78.5 14 80 2Z"),
            light("M80 68C81 76 84 79 92 80C84 81 81 84 80 92C79 84 76 81 68 80C76 79 79 76 80 68Z"),
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
            cream(
                "M52 0C55 18 80 32 80 56C80 71 66 80 50 80C34 80 20 71 20 56"
                "C20 42 29 36 31 22C38 27 42 33 42 39C49 30 51 14 52 0Z"
            ),
            light("M51 38C53 49 65 53 65 65C65 74 58 80 50 80C42 80 35 74 35 65C35 58 40 56 41 49C46 52 51 46 51 38Z"),
        ),
    ),
    "flag": Glyph(
        (
            shade(("M20 8V97", 7)),
            cream("M23 12C38 3 52 20 66 14C76 10 85 9 95 13L85 35L95 58C82 53 74 55 64 59C50 65 38 48 23 58Z"),
            light("M23 27C38 18 52 35 66 29C74 26 81 24.5 89 26L85 35L88 42C79 40 73 41 64 44C50 50 38 33 23 43Z"),
            cream(circle(20, 7, 6)),
        )
    ),
    "bridge": Glyph(
        (
            cream("M2 42C30 16 70 16 98 42V76H83C83 56 69 45 50 45C31 45 17 56 17 76H2Z"),
            shade("M2 42C30 16 70 16 98 42V51C70 25 30 25 2 51Z"),
            line(
                ("M50 33V44", 3.4),
                ("M28 39L33 49", 3.4),
                ("M72 39L67 49", 3.4),
                ("M10 50L21 60", 3.4),
                ("M90 50L79 60", 3.4),
            ),
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
    "star": Glyph((cream(_points(star(50, 53, 50, 21.5, 5))), shade(*_star_facets())), nudge=(0, -3), size=1.08),
    "lantern": Glyph(
        (
            shade(("M30 28C24 -4 76 -4 70 28", 5)),
            deep("M30 30H70L74 80H26Z"),
            light("M50 38C52 48 62 54 62 65C62 74 57 78 50 78C43 78 38 74 38 65C38 54 48 48 50 38Z"),
            cream("M50 56C51 61 55 64 55 70C55 75 53 77 50 77C47 77 45 75 45 70C45 64 49 61 50 56Z"),
            cream(("M31 32L27.5 80", 5), ("M69 32L72.5 80", 5)),
            cream("M35 16H65L78 30H22Z"),
            cream("M20 80H80V92H20Z"),
            shade("M28 92H72V99H28Z"),
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
            cream(
                "M50 11C32 11 25 26 24 43C23 58 17 66 7 77C6 79 7 81 10 81H90"
                "C93 81 94 79 93 77C83 66 77 58 76 43C75 26 68 11 50 11Z"
            ),
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

"""Glyphs of the desk, the workshop and the word."""

from typing import Final

from recognition.badges.artwork.geometry import circle
from recognition.badges.artwork.glyph import Glyph, cream, deep, light, line, shade

AT_WORK: Final[dict[str, Glyph]] = {
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
    "map": Glyph(
        (
            cream("M3 24L34 10V78L3 92Z"),
            shade("M34 10L66 24V92L34 78Z"),
            cream("M66 24L97 10V78L66 92Z"),
            line(
                ("M12 74L18 66", 4.5),
                ("M24 59L32 55", 4.5),
                ("M40 56L48 60", 4.5),
                ("M55 62L62 57", 4.5),
                ("M68 53L73 48", 4.5),
            ),
            deep(("M75 29L88 39", 5), ("M88 26L75 42", 5)),
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
                "M6 30H22C26 30 27 27 25 24C22 18 24 8 34 8"
                "C44 8 46 18 43 24C41 27 42 30 46 30H64V51C64 55 67 56 70 54"
                "C76 51 86 53 86 63C86 73 76 75 70 72C67 70 64 71 64 75V94H6Z"
            ),
        ),
    ),
    "key": Glyph(
        (
            shade(("M54 80H70", 9), ("M54 93H66", 9)),
            cream(("M50 40V96", 9.5), (circle(50, 22, 17), 11)),
            shade("M41 43H59V52H41Z"),
        ),
        turned_degrees=40,
    ),
}

"""Slab letters from our own strokes, so that a word looks the same on every machine.

Capitals stand in a box 100 high with the baseline at 100. Each letter: advance, heavy strokes, slab strokes.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

from recognition.badges.artwork.geometry import Path, bend, circle, parse

STEM: Final = 19.0
SLAB: Final = 14.5
_GAP: Final = 7.0

_LETTERS: Final[dict[str, tuple[float, str, str]]] = {
    "A": (92, "M16 92L46 8L76 92M28 64H64", "M3 92.5H31M61 92.5H89M32 7.5H50"),
    "B": (80, "M22 7V93M14 9H44C66 9 66 47 44 47H22M44 47C74 47 74 91 44 91H14", "M7 7.5H22M7 92.5H22"),
    "C": (82, "M69 33C66 17 56 9.5 45 9.5C25 9.5 14 26 14 50C14 74 25 90.5 45 90.5C57 90.5 67 84 71 71", "M70 5V35"),
    "D": (88, "M22 7V93M14 9H38C62 9 74 26 74 50C74 74 62 91 38 91H14", "M7 7.5H22M7 92.5H22"),
    "E": (78, "M22 7V93M14 9H66M22 49H50M14 91H68", "M7 7.5H22M7 92.5H22M66 2V28M69 72V98M50 38V60"),
    "F": (74, "M22 7V93M14 9H66M22 50H50", "M7 7.5H22M7 92.5H39M66 2V28M50 39V61"),
    "G": (
        88,
        "M69 31C65 17 56 9.5 45 9.5C25 9.5 14 26 14 50C14 74 25 90.5 45 90.5C57 90.5 66 87 72 82V56",
        "M70 5V33M54 56H84",
    ),
    "H": (94, "M22 7V93M72 7V93M22 49H72", "M7 7.5H37M57 7.5H87M7 92.5H37M57 92.5H87"),
    "I": (46, "M23 7V93", "M6 7.5H40M6 92.5H40"),
    "J": (66, "M45 7V66C45 83 38 90.5 27 90.5C16 90.5 10 84 10 71", "M28 7.5H61"),
    "K": (90, "M22 7V93M75 9L28 56M40 45L74 92", "M7 7.5H37M58 7.5H86M7 92.5H37M58 92.5H89"),
    "L": (74, "M22 7V93M14 91H65", "M7 7.5H38M7 92.5H22M66 68V98"),
    "M": (110, "M21 92V9L55 66L89 9V92", "M6 7.5H23M87 7.5H104M6 92.5H36M74 92.5H104"),
    "N": (96, "M22 92V9L74 91V8", "M6 7.5H24M58 7.5H90M6 92.5H38"),
    "O": (92, circle(46, 50, 32.5, 40.5), ""),
    "P": (78, "M22 7V93M14 9H44C72 9 72 54 44 54H22", "M7 7.5H22M7 92.5H39"),
    "Q": (92, circle(46, 50, 32.5, 40.5) + "M50 68L74 103", ""),
    "R": (88, "M22 7V93M14 9H44C70 9 70 51 44 51H22M44 51C56 54 58 91 72 91", "M7 7.5H22M7 92.5H38M70 92.5H86"),
    "S": (
        76,
        (
            "M62 30C58 16 49 9.5 37 9.5C23 9.5 15 18 15 29C15 42 26 46 38 49"
            "C52 53 62 58 62 71C62 83 51 90.5 37 90.5C25 90.5 16 84 12 71"
        ),
        "M62.5 5V33M12.5 68V96",
    ),
    "T": (84, "M42 8V93M10 9H74", "M10 2V31M74 2V31M26 92.5H58"),
    "U": (92, "M22 7V60C22 81 31 90.5 46 90.5C61 90.5 70 81 70 60V7", "M7 7.5H37M55 7.5H85"),
    "V": (88, "M15 8L44 92L73 8", "M1 7.5H31M57 7.5H87"),
    "W": (122, "M15 8L38 91L61 20L84 91L107 8", "M1 7.5H31M91 7.5H121"),
    "X": (86, "M16 8L70 92M70 8L16 92", "M2 7.5H31M55 7.5H84M2 92.5H31M55 92.5H84"),
    "Y": (86, "M15 8L43 52L71 8M43 52V93", "M1 7.5H30M56 7.5H85M27 92.5H59"),
    "Z": (78, "M12 9H63L14 91H66", "M12.5 2V30M66.5 70V98"),
    "0": (80, circle(40, 50, 27, 40.5), ""),
    "1": (58, "M12 24L31 10V93", "M9 92.5H53"),
    "2": (76, "M13 31C15 17 25 9.5 37 9.5C52 9.5 61 18 61 31C61 51 28 66 14 91H64", "M65 70V98"),
    "3": (
        76,
        (
            "M13 25C17 14 26 9.5 37 9.5C51 9.5 59 17 59 28C59 40 49 47 34 47"
            "C52 47 63 55 63 69C63 82 51 90.5 37 90.5C24 90.5 15 85 11 73"
        ),
        "",
    ),
    "4": (78, "M52 93V10L12 67H70", "M36 92.5H68"),
    "5": (76, "M61 9H21L17 48C23 41 30 38.5 38 38.5C54 38.5 63 49 63 64C63 81 52 90.5 36 90.5C24 90.5 15 86 11 75", ""),
    "6": (
        78,
        "M60 15C42 1 14 16 14 60C14 80 24 90.5 39 90.5C54 90.5 64 81 64 66C64 51 54 42 40 42C28 42 17 49 14 60",
        "",
    ),
    "7": (74, "M11 9H64C44 32 34 60 32 93", "M11.5 2V31"),
    "8": (78, circle(39, 29, 22, 20) + circle(39, 69.5, 26, 21), ""),
    "9": (
        78,
        "M18 85C36 99 64 84 64 40C64 20 54 9.5 39 9.5C24 9.5 14 19 14 34C14 49 24 58 38 58C50 58 61 51 64 40",
        "",
    ),
    "-": (56, "M10 52H46", ""),
    "\u2013": (72, "M8 52H64", ""),
    "+": (80, "M12 52H68M40 24V80", ""),
    "&": (
        98,
        "M84 92L30 34C18 20 28 9 41 9C54 9 60 22 50 33C42 42 13 48 13 69C13 83 24 91 38 91C60 91 72 74 76 50",
        "M64 50H92",
    ),
    ".": (34, "M17 80V100", ""),
    ",": (34, "M20 82L13 108", ""),
    "'": (34, "M17 8V32", ""),
    "\u2019": (34, "M19 8L15 32", ""),
    "!": (38, "M19 2V62M19 80V100", ""),
    "?": (72, "M12 28C16 14 25 9.5 36 9.5C50 9.5 58 18 58 30C58 46 36 48 36 66M36 80V100", ""),
    "/": (64, "M12 98L52 4", ""),
    ":": (34, "M17 30V49M17 78V97", ""),
    " ": (40, "", ""),
}

# Drawn around x = 0 above a capital, or hanging from its baseline.
_MARKS: Final[dict[str, str]] = {
    "\u0300": "M-14 -32L8 -14",
    "\u0301": "M14 -32L-8 -14",
    "\u0302": "M-20 -14L0 -32L20 -14",
    "\u0303": "M-24 -16C-16 -34 -6 -28 0 -24C6 -20 16 -14 24 -32",
    "\u0304": "M-22 -22H22",
    "\u0306": "M-20 -32C-16 -12 16 -12 20 -32",
    "\u0307": "M0 -22V-21",
    "\u0308": "M-17 -22V-21M17 -22V-21",
    "\u030a": circle(0, -24, 11),
    "\u030b": "M-2 -32L-18 -14M22 -32L6 -14",
    "\u030c": "M-20 -32L0 -14L20 -32",
    "\u0323": "M0 116V117",
    "\u0326": "M4 110L-6 126",
    "\u0327": "M2 98C18 104 12 122 -10 118",
    "\u0328": "M8 98C-8 108 -4 122 12 119",
}
_STROKED: Final = {
    "\u0141": ("L", "M4 62L44 40"),
    "\u00d8": ("O", "M14 98L78 2"),
    "\u0110": ("D", "M4 50H42"),
    "\u0130": ("I", "M23 -22V-21"),
}
_SPELLED: Final = {
    "\u00c6": "AE",
    "\u0152": "OE",
    "\u00de": "TH",
    "\u1e9e": "SS",
    "\u0132": "IJ",
    "\u014a": "N",
    "\u00d0": "\u0110",
}


@dataclass(frozen=True, slots=True)
class Word:
    """Strokes with the first letter's left edge at 0; top and bottom tell how far marks reach beyond 0 and 100."""

    stems: Path
    slabs: Path
    accents: Path
    width: float
    top: float
    bottom: float


def compose(word: str) -> Word | None:
    """None when the word holds a character we have no strokes for."""
    capitals = "".join(_SPELLED.get(letter, letter) for letter in unicodedata.normalize("NFC", word.upper()))
    x, stems, slabs, accents = 0.0, list[Path](), list[Path](), list[Path]()
    top, bottom = 0.0, 100.0
    for letter in capitals:
        drawn = _draw(letter)
        if drawn is None:
            return None
        advance, heavy, slab, marks = drawn
        stems.append(_shift(heavy, x))
        slabs.append(_shift(slab, x))
        for mark in marks:
            accents.append(_shift(mark, x + advance / 2))
            above = mark[0].start[1] < 50
            top, bottom = (-38.0, bottom) if above else (top, 124.0)
        x += advance + _GAP
    return Word(sum(stems, ()), sum(slabs, ()), sum(accents, ()), max(x - _GAP, 1.0), top, bottom)


def _draw(letter: str) -> tuple[float, Path, Path, list[Path]] | None:
    if letter in _STROKED:
        base, extra = _STROKED[letter]
        advance, heavy, slab = _LETTERS[base]
        return advance, parse(heavy), parse(slab) + parse(extra), []
    base, *marks = list(unicodedata.normalize("NFD", letter))
    if base not in _LETTERS or any(mark not in _MARKS for mark in marks):
        return None
    advance, heavy, slab = _LETTERS[base]
    return advance, parse(heavy), parse(slab), [parse(_MARKS[mark]) for mark in marks]


def _shift(path: Path, x: float) -> Path:
    return bend(path, lambda point: (point[0] + x, point[1]))

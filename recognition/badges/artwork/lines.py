"""Words in the house's own faces, for pictures. The faces come in two files, one for each part of the Latin alphabet; what
neither can write is not written at all, since empty boxes are no words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from recognition.badges.artwork.colours import Colour

SLAB: Final = ("zilla-slab-latin-600-normal.woff2", "zilla-slab-latin-ext-600-normal.woff2")
SANS: Final = ("inter-latin-wght-normal.woff2", "inter-latin-ext-wght-normal.woff2")
_NOWHERE = "\uffff"


@dataclass(frozen=True)
class Face:
    """`folder`: where the font files lie. Without them a plain face of Pillow's stands in."""

    folder: Path
    files: tuple[str, ...]
    size_px: int

    def fonts(self) -> Sequence[ImageFont.FreeTypeFont | ImageFont.ImageFont]:
        return _fonts(self.folder, self.files, self.size_px)

    def can_write(self, text: str) -> bool:
        return all(_place(self, letter) is not None for letter in text)

    def width(self, text: str) -> float:
        return sum(self.fonts()[place].getlength(run) for place, run in self._runs(text))

    def draw(self, on: ImageDraw.ImageDraw, at: tuple[float, float], text: str, colour: Colour) -> None:
        """`at`: where the line begins, and its baseline."""
        x, y = at
        for place, run in self._runs(text):
            font = self.fonts()[place]
            on.text((x, y), run, fill=colour, font=font, anchor="ls" if isinstance(font, ImageFont.FreeTypeFont) else None)
            x += font.getlength(run)

    def wrapped(self, text: str, width_px: int, most: int) -> list[str]:
        """At most so many lines; what does not fit ends with a sign that it goes on."""
        lines: list[str] = []
        for word in text.split():
            joined = f"{lines[-1]} {word}" if lines else word
            if lines and self.width(joined) <= width_px:
                lines[-1] = joined
            else:
                lines.append(word)
        cut = len(lines) > most or any(self.width(line) > width_px for line in lines[:most])
        lines = lines[:most]
        return [*(self._cut(line, width_px) for line in lines[:-1]), self._cut(lines[-1], width_px, cut)] if lines else []

    def _cut(self, line: str, width_px: int, goes_on: bool = False) -> str:
        if not goes_on and self.width(line) <= width_px:
            return line
        while line and self.width(line + "…") > width_px:
            line = line[:-1]
        return line.rstrip(" ,.;:") + "…"

    def _runs(self, text: str) -> list[tuple[int, str]]:
        return [(place, "".join(run)) for place, run in groupby(text, lambda letter: _place(self, letter) or 0)]


@lru_cache(maxsize=32)
def _fonts(folder: Path, files: tuple[str, ...], size_px: int) -> Sequence[ImageFont.FreeTypeFont | ImageFont.ImageFont]:
    try:
        return [ImageFont.truetype(str(folder / name), size_px) for name in files]
    except OSError:
        return [ImageFont.load_default(size_px)]


@lru_cache(maxsize=4096)
def _place(face: Face, letter: str) -> int | None:
    """Which of the face's files has this letter."""
    for place, font in enumerate(face.fonts()):
        if letter.isspace() or _looks(font, letter) != _looks(font, _NOWHERE):
            return place
    return None


def _looks(font: ImageFont.FreeTypeFont | ImageFont.ImageFont, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(letter)
    return mask.size, bytes(mask)


def blank(width_px: int, height_px: int, ground: Colour) -> Image.Image:
    return Image.new("RGB", (width_px, height_px), ground[:3])

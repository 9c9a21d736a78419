"""What the council chooses: parts, never pixels. A design that exists can always be drawn."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from recognition.badges.artwork.glyphs import GLYPHS

FAMILIES: Final = ("learning", "helping", "making", "gathering", "caring")
LEVELS: Final = (1, 5, 25, 100)
LONGEST_BAND: Final = 12


class BadDesign(ValueError):
    """Names the field a form should mark; the sentence is for the person who filled it in."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class PinDesign:
    """Raises BadDesign when a part is unknown; the band is kept trimmed and in composed Unicode form."""

    family: str
    glyph: str
    band: str
    level: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "band", " ".join(unicodedata.normalize("NFC", self.band).split()))
        check(self.family, self.glyph, self.band, self.level)


def check(family: str, glyph: str, band: str, level: int) -> None:
    if family not in FAMILIES:
        raise BadDesign("family", f"The family must be one of {', '.join(FAMILIES)}; {family!r} is none of them.")
    if glyph not in GLYPHS:
        raise BadDesign("glyph", f"The glyph {glyph!r} is not in our drawer; choose one of {', '.join(GLYPHS)}.")
    if not band:
        raise BadDesign("band", "The band needs a word.")
    if len(band) > LONGEST_BAND:
        raise BadDesign("band", f"The band has room for {LONGEST_BAND} characters; this word has {len(band)}.")
    if not band.isprintable():
        raise BadDesign("band", "The band may hold only characters that can be seen.")
    if level not in LEVELS:
        raise BadDesign("level", f"The level must be one of {', '.join(map(str, LEVELS))}; {level} is none of them.")

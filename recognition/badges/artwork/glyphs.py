"""The drawer of glyphs the council chooses from. A drawn glyph keeps its name for good: awards show it for years."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from recognition.badges.artwork.glyph import Glyph
from recognition.badges.artwork.glyphs_among_people import AMONG_PEOPLE
from recognition.badges.artwork.glyphs_at_work import AT_WORK

GLYPHS: Final[Mapping[str, Glyph]] = MappingProxyType({**AT_WORK, **AMONG_PEOPLE})

"""The picture that other sites show beside a link to an award: paper, ink and the pin."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Final

from PIL import Image, ImageDraw

from recognition.badges.artwork.colours import ENAMELS, Colour, oklch
from recognition.badges.artwork.design import PinDesign
from recognition.badges.artwork.lines import SANS, SLAB, Face, blank
from recognition.badges.artwork.raster import master

WIDTH, HEIGHT = 1200, 630
"""As Open Graph asks for a large picture."""
PAPER, INK, SOFT = oklch(0.98, 0.011, 85), oklch(0.24, 0.04, 290), oklch(0.44, 0.03, 290)
_GREY = oklch(0.6, 0.03, 290)
_PIN: Final = 460
_LEFT: Final = 580
_ROOM: Final = WIDTH - _LEFT - 80
_one_painter = Lock()


@dataclass(frozen=True)
class Card:
    """What stands on it. `who` is empty where the holder's name is not for everybody; `note`: the level, or that it was
    taken back; `counts` False draws the pin in grey."""

    design: PinDesign
    badge: str
    who: str
    note: str
    summary: str
    house: str
    counts: bool


def draw(card: Card, fonts: Path) -> bytes:
    """As PNG. A line that our letters cannot write is left out, and the pin speaks for itself."""
    with _one_painter:
        picture = blank(WIDTH, HEIGHT, PAPER)
        _frame(picture, ENAMELS[card.design.family].main if card.counts else _GREY)
        lines = _lines(card, fonts)
        _pin(picture, card, alone=not lines)
        write(picture, lines, _LEFT)
        _sign(picture, card, fonts, alone=not lines)
        buffer = BytesIO()
        picture.save(buffer, "PNG", optimize=True)
        return buffer.getvalue()


def _frame(picture: Image.Image, tone: Colour) -> None:
    draw = ImageDraw.Draw(picture)
    draw.rectangle((24, 24, WIDTH - 25, HEIGHT - 25), outline=tone[:3], width=3)
    draw.rectangle((34, 34, WIDTH - 35, HEIGHT - 35), outline=oklch(0.885, 0.018, 80)[:3], width=1)


def _pin(picture: Image.Image, card: Card, alone: bool) -> None:
    pin = master(card.design, True).resize((_PIN, _PIN), Image.Resampling.LANCZOS)
    if not card.counts:
        pale = pin.convert("LA").convert("RGBA")
        pale.putalpha(pin.getchannel("A").point([value * 6 // 10 for value in range(256)]))
        pin = pale
    x, y = (WIDTH // 2, HEIGHT // 2 - 20) if alone else ((_LEFT + 40) // 2, HEIGHT // 2)
    picture.paste(pin, (x - _PIN // 2, y - _PIN // 2), pin)


Line = tuple[Face, str, tuple[int, int, int, int], int]
"""A face, its words, their colour, and how far its baseline is below that of the line before."""


def _lines(card: Card, fonts: Path) -> list[Line]:
    ink = ENAMELS[card.design.family].ink if card.counts else SOFT
    found: list[Line] = []
    small, soft = Face(fonts, SANS, 30), Face(fonts, SANS, 28)
    if card.who and small.can_write(card.who):
        found += [(small, line, SOFT, 44) for line in small.wrapped(card.who, _ROOM, 1)]
    found += headline(card.badge, fonts, _ROOM, first=not found)
    if card.note and small.can_write(card.note):
        found += [(small, line, ink, 52) for line in small.wrapped(card.note, _ROOM, 1)]
    if soft.can_write(card.summary):
        summary = soft.wrapped(card.summary, _ROOM, 3)
        found += [(soft, line, INK, 40 if place else 60) for place, line in enumerate(summary)]
    return found


def headline(name: str, fonts: Path, room_px: int, first: bool) -> list[Line]:
    """As large as it fits in three lines, each whole."""
    for size in (84, 72, 60, 50):
        face = Face(fonts, SLAB, size)
        lines = face.wrapped(name, room_px, 4)
        if len(lines) <= (2 if size > 60 else 3) and not lines[-1].endswith("…"):
            break
    if not face.can_write(name):
        return []
    lines = face.wrapped(name, room_px, 3)
    step = round(face.size_px * 1.06)
    return [(face, line, INK, step + (0 if first or place else 6)) for place, line in enumerate(lines)]


def write(picture: Image.Image, lines: list[Line], left_px: int) -> None:
    draw = ImageDraw.Draw(picture)
    y = (HEIGHT - 40 - sum(gap for *_line, gap in lines)) / 2
    for face, text, colour, gap in lines:
        y += gap
        face.draw(draw, (left_px, y), text, (*colour[:3], 255))


def _sign(picture: Image.Image, card: Card, fonts: Path, alone: bool) -> None:
    face = Face(fonts, SLAB, 28)
    words = face.wrapped(card.house, _ROOM, 1)[0]
    x = (WIDTH - face.width(words)) / 2 if alone else _LEFT
    face.draw(ImageDraw.Draw(picture), (x, HEIGHT - 66), words, SOFT)

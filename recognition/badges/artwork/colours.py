"""Enamel and metal. Colours are made in OKLCH, so that equal steps look equal, and handed on as bytes."""

from dataclasses import dataclass
from functools import lru_cache
from math import atan2, cos, degrees, radians, sin
from types import MappingProxyType
from typing import Final

Colour = tuple[int, int, int, int]


@lru_cache(maxsize=4096)
def oklch(lightness: float, chroma: float, hue: float, alpha: float = 1.0) -> Colour:
    """Lightness and alpha 0 to 1, hue in degrees; channels outside sRGB are cut off."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (_channel(value) for value in linear)
    return red, green, blue, round(alpha * 255)


def _channel(linear: float) -> int:
    value = min(max(linear, 0.0), 1.0)
    return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))


@dataclass(frozen=True, slots=True)
class Enamel:
    """One family's tones: deep around the field, main and second in it, light for accents, ink for the letters."""

    hue: float
    deep: Colour
    main: Colour
    second: Colour
    light: Colour
    ink: Colour


_Tone = tuple[float, float, float]


def _enamel(hue: float, deep: _Tone, main: _Tone, second: _Tone, light: _Tone, ink: _Tone) -> Enamel:
    return Enamel(hue, oklch(*deep), oklch(*main), oklch(*second), oklch(*light), oklch(*ink))


CREAM: Final = oklch(0.965, 0.028, 88)
CREAM_SHADE: Final = oklch(0.885, 0.05, 84)

# The hues are those the pages use for the families; deeper tones lean a little, as glass does in depth.
ENAMELS: Final = MappingProxyType(
    {
        "learning": _enamel(258, (0.34, 0.11, 266), (0.52, 0.16, 262), (0.475, 0.155, 263), (0.78, 0.10, 240), (0.27, 0.08, 268)),
        "helping": _enamel(
            200, (0.36, 0.062, 212), (0.59, 0.10, 203), (0.545, 0.094, 204), (0.86, 0.085, 192), (0.27, 0.048, 215)
        ),
        "making": _enamel(68, (0.46, 0.11, 52), (0.735, 0.155, 69), (0.695, 0.152, 65), (0.87, 0.12, 90), (0.33, 0.07, 50)),
        "gathering": _enamel(
            325, (0.34, 0.11, 318), (0.51, 0.155, 322), (0.465, 0.145, 320), (0.78, 0.10, 335), (0.28, 0.085, 316)
        ),
        "caring": _enamel(147, (0.35, 0.085, 150), (0.56, 0.135, 146), (0.515, 0.128, 147), (0.85, 0.13, 128), (0.27, 0.06, 152)),
    }
)


@dataclass(frozen=True, slots=True)
class Metal:
    """Tones from the darkest to the glint in OKLCH; with hue_turns the hue follows the rim around, as on a pearl."""

    tones: tuple[_Tone, ...]
    wire: Colour
    hue_turns: int = 0

    def lit(self, light: float, around: float = 0.0) -> Colour:
        """light 0 to 1; around is the direction from the pin's centre in degrees."""
        place = min(max(light, 0.0), 1.0) * (len(self.tones) - 1)
        index = min(int(place), len(self.tones) - 2)
        share = place - index
        low, high = self.tones[index], self.tones[index + 1]
        lightness, chroma, hue = (round(a + (b - a) * share, 3) for a, b in zip(low, high, strict=True))
        return oklch(lightness, chroma, round((hue + self.hue_turns * around) % 360, 1))


_BRONZE: Final = ((0.31, 0.06, 42), (0.48, 0.09, 48), (0.62, 0.105, 54), (0.77, 0.095, 62), (0.92, 0.06, 74))
_SILVER: Final = ((0.38, 0.018, 262), (0.58, 0.018, 258), (0.74, 0.014, 255), (0.87, 0.009, 250), (0.985, 0.004, 240))
_GOLD: Final = ((0.42, 0.085, 64), (0.62, 0.125, 76), (0.77, 0.145, 85), (0.88, 0.135, 93), (0.97, 0.075, 100))
_PEARL: Final = ((0.54, 0.11, 205), (0.68, 0.125, 212), (0.79, 0.115, 220), (0.88, 0.085, 226), (0.975, 0.03, 230))

METALS: Final = MappingProxyType(
    {
        1: Metal(_BRONZE, wire=oklch(0.29, 0.045, 42)),
        5: Metal(_SILVER, wire=oklch(0.32, 0.022, 265)),
        25: Metal(_GOLD, wire=oklch(0.34, 0.06, 62)),
        100: Metal(_PEARL, wire=oklch(0.31, 0.05, 290), hue_turns=1),
    }
)

# Light comes from the top left, a little more from above; y grows downwards.
_LIGHT: Final = (-0.5547, -0.8321)


def facing_light(normal_x: float, normal_y: float) -> float:
    """0 to 1 in 32 steps, so that neighbours share a colour; the far side gets a faint reflection, as on metal."""
    facing = normal_x * _LIGHT[0] + normal_y * _LIGHT[1]
    reflected = max(-facing - 0.75, 0.0) * 1.1
    return round((0.5 + 0.5 * facing + reflected) * 32) / 32


def around(x: float, y: float) -> float:
    """The direction from the pin's centre in steps of three degrees."""
    return round(degrees(atan2(y - 512, x - 512)) / 3) * 3

"""What a scene is made of. Painters lay marks on top of each other in order; sheens always come last."""

from dataclasses import dataclass

from recognition.badges.artwork.colours import Colour
from recognition.badges.artwork.geometry import Path, Point


@dataclass(frozen=True, slots=True)
class Fill:
    """Contours of one fill run the same way round, so that none cuts a hole into another."""

    path: Path
    colour: Colour


@dataclass(frozen=True, slots=True)
class Line:
    """Round joints; round ends unless flat."""

    path: Path
    colour: Colour
    width: float
    flat_ends: bool = False


@dataclass(frozen=True, slots=True)
class Sheen:
    """White light over finished enamel, fading from one opacity to the other between two points."""

    path: Path
    begin: Point
    end: Point
    opacities: tuple[float, float]


Mark = Fill | Line


@dataclass(frozen=True, slots=True)
class Scene:
    """With a stencil the marks are greys telling how much of the stencil's colour stays: black none, white all."""

    marks: tuple[Mark, ...]
    sheens: tuple[Sheen, ...] = ()
    shadow: bool = False
    stencil: Colour | None = None

"""All pictures by the name that the data knows them by."""

from collections.abc import Callable

from PIL import Image

from recognition.demo.pictures import things, together
from recognition.demo.pictures.sheet import Sheet

SCENES: dict[str, Callable[[], Sheet]] = {
    "bench": things.bench, "bridge": together.bridge, "campfire": together.campfire, "choir": together.choir,
    "circle": together.circle_of_chairs, "constellation": things.constellation, "cup": things.cup, "door": things.open_door,
    "flock": things.flock, "garden": things.garden, "kites": together.kites, "lights": things.lights,
    "long-table": together.long_table, "metro": things.metro, "night-boats": together.night_boats,
    "patchwork": things.patchwork, "seven-rooms": together.seven_rooms, "teapot": things.teapot,
    "thread": things.one_thread, "tree-of-hands": things.tree_of_hands, "wool-globe": things.wool_globe,
}  # fmt: skip


def drawn(scene: str) -> Image.Image:
    return SCENES[scene]().done()

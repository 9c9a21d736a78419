from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image

from recognition.badges.artwork.design import FAMILIES, LEVELS, PinDesign
from recognition.badges.artwork.raster import render_png
from recognition.badges.artwork.vector import render_svg


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_and_level_is_drawn_at_the_asked_size(family: str, level: int) -> None:
    design = PinDesign(family, "book", "READER", level)
    picture = Image.open(BytesIO(render_png(design, 64)))
    assert (picture.format, picture.mode, picture.size) == ("PNG", "RGBA", (64, 64))
    assert ElementTree.fromstring(render_svg(design, title="Reader")).get("viewBox") == "0 0 1024 1024"

import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from itertools import combinations
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops, ImageStat

from recognition.badges.artwork import raster
from recognition.badges.artwork.design import FAMILIES, LEVELS, BadDesign, PinDesign
from recognition.badges.artwork.geometry import PLANE, Point, flatten
from recognition.badges.artwork.glyph import fit
from recognition.badges.artwork.glyphs import GLYPHS
from recognition.badges.artwork.lettering import compose
from recognition.badges.artwork.raster import render_png
from recognition.badges.artwork.scene import scene
from recognition.badges.artwork.shapes import shapes
from recognition.badges.artwork.vector import render_svg

SVG = "{http://www.w3.org/2000/svg}"
READER = PinDesign("learning", "book", "READER")


def picture(design: PinDesign, size_px: int = 64, *, earned: bool = True) -> Image.Image:
    return Image.open(BytesIO(render_png(design, size_px, earned)))


def drawn_points(design: PinDesign, *, earned: bool) -> Iterator[Point]:
    for mark in scene(design, earned).marks:
        for contour in mark.path:
            yield from flatten(contour)


@pytest.mark.parametrize("size_px", [16, 64, 100, 128, 512, 1024])
def test_the_picture_has_exactly_the_asked_size(size_px: int) -> None:
    pin = picture(READER, size_px)
    assert (pin.format, pin.mode, pin.size) == ("PNG", "RGBA", (size_px, size_px))


@pytest.mark.parametrize("size_px", [0, 15, 1025])
def test_sizes_that_make_no_sense_are_refused(size_px: int) -> None:
    with pytest.raises(ValueError, match=rf"^size_px must be 16 to 1024, not {size_px}$"):
        render_png(READER, size_px)


def test_equal_designs_give_equal_bytes_even_when_drawn_anew() -> None:
    before = render_png(READER, 512)
    render_png.cache_clear()
    raster.painted.cache_clear()
    scene.cache_clear()
    assert render_png(PinDesign("learning", "book", "READER", 1), 512) == before


PAINT_MANY = """
import resource
from concurrent.futures import ThreadPoolExecutor
from recognition.badges.artwork.design import FAMILIES, LEVELS, PinDesign
from recognition.badges.artwork.raster import render_png
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = peak()
designs = [PinDesign(FAMILIES[n % 5], "star", f"PIN {n}", LEVELS[n % 4]) for n in range(12)]
with ThreadPoolExecutor(8) as hands:
    list(hands.map(lambda design: render_png(design, 512), designs))
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems count their memory in other units")
def test_a_dozen_pins_at_once_do_not_fill_the_memory() -> None:
    told = subprocess.run([sys.executable, "-c", PAINT_MANY], capture_output=True, text=True, check=True)
    grown_kib = int(told.stdout)
    assert grown_kib < 160 * 1024


@pytest.mark.parametrize("earned", [True, False])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_and_level_stays_inside_its_square(family: str, level: int, *, earned: bool) -> None:
    design = PinDesign(family, "star", "ABCDEFGHIJKL", level)
    points = list(drawn_points(design, earned=earned))
    assert all(8 <= x <= PLANE - 8 and 8 <= y <= PLANE - 8 for x, y in points)
    pin = picture(design, earned=earned)
    corners = [pin.getpixel(place) for place in ((0, 0), (63, 0), (0, 63), (63, 63))]
    assert [corner[3] for corner in corners if isinstance(corner, tuple)] == [0, 0, 0, 0]


@pytest.mark.parametrize("glyph", GLYPHS)
def test_every_glyph_sits_in_the_middle_of_every_field(glyph: str) -> None:
    for shape in shapes().values():
        placed = fit(GLYPHS[glyph], shape.glyph_centre, shape.glyph_size)
        points = [point for _, pieces in placed for path, _ in pieces for contour in path for point in flatten(contour)]
        middle_x = (min(x for x, _ in points) + max(x for x, _ in points)) / 2
        middle_y = (min(y for _, y in points) + max(y for _, y in points)) / 2
        assert abs(middle_x - shape.glyph_centre[0]) < shape.glyph_size * 0.06
        assert abs(middle_y - shape.glyph_centre[1]) < shape.glyph_size * 0.06


@pytest.mark.parametrize("glyph", GLYPHS)
def test_every_glyph_is_seen_in_the_picture(glyph: str) -> None:
    another = "heart" if glyph == "star" else "star"
    pin, other = (picture(PinDesign("caring", name, "A", 5)) for name in (glyph, another))
    box = ImageChops.difference(pin.convert("RGB"), other.convert("RGB")).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert left < 30 < right
    assert top < 27 < bottom
    assert bottom <= 44  # the ribbon below is the same


def test_the_five_families_differ_in_outline_and_in_colour() -> None:
    pins = {family: picture(PinDesign(family, "star", "STAR")) for family in FAMILIES}
    for one, other in combinations(FAMILIES, 2):
        outlines = ImageChops.difference(pins[one].getchannel("A"), pins[other].getchannel("A"))
        assert ImageStat.Stat(outlines).mean[0] > 4
        colours = [pins[family].getpixel((20, 34)) for family in (one, other)]
        assert colours[0] != colours[1]


def test_a_place_kept_is_one_colour_and_mostly_see_through() -> None:
    pin = picture(READER, 256, earned=False)
    stencil = scene(READER, False).stencil
    assert stencil is not None
    assert pin.convert("RGB").getcolors() == [(256 * 256, stencil[:3])]
    assert ImageStat.Stat(pin.getchannel("A")).mean[0] < 60


def luminance(colour: tuple[int, ...]) -> float:
    """WCAG 2.2, relative luminance."""
    red, green, blue = (c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("family", FAMILIES)
def test_a_place_kept_is_seen_on_paper_and_at_night(family: str) -> None:
    stencil = scene(PinDesign(family, "star", "STAR"), False).stencil
    assert stencil is not None
    paper, night = luminance((0xFB, 0xF8, 0xF2)), luminance((0x17, 0x1A, 0x2E))
    assert (paper + 0.05) / (luminance(stencil) + 0.05) >= 3
    assert (luminance(stencil) + 0.05) / (night + 0.05) >= 3


@pytest.mark.parametrize("earned", [True, False])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("family", FAMILIES)
def test_the_svg_is_whole_and_asks_nothing_of_a_strict_policy(family: str, level: int, *, earned: bool) -> None:
    root = ElementTree.fromstring(render_svg(PinDesign(family, "key", "KEY", level), earned, title="Key"))
    assert (root.tag, root.get("viewBox"), root.get("role")) == (f"{SVG}svg", "0 0 1024 1024", "img")
    assert {element.tag for element in root.iter()} <= {
        SVG + name for name in "svg title g path rect mask filter feDropShadow linearGradient stop".split()
    }
    assert not [name for element in root.iter() for name in element.attrib if name in ("style", "class", "href")]


def test_the_svg_draws_every_mark_of_the_scene() -> None:
    svg = render_svg(READER, title="Reader")
    contours = sum(len(mark.path) for mark in scene(READER, True).marks)
    sheens = sum(len(sheen.path) for sheen in scene(READER, True).sheens)
    assert svg.count("M") == contours + sheens


def test_the_title_is_escaped_and_kept_free_of_what_xml_forbids() -> None:
    svg = render_svg(READER, title='Reader & <script>"one"\x00\x0b</script>')
    assert ElementTree.fromstring(svg).findtext(f"{SVG}title") == 'Reader & <script>"one"</script>'


def test_two_pins_on_one_page_do_not_share_ids() -> None:
    designs = [READER, PinDesign("learning", "book", "READER", 5)]
    ids = [
        {element.get("id") for element in ElementTree.fromstring(render_svg(design, earned, title="")).iter()} - {None}
        for design in designs
        for earned in (True, False)
    ]
    assert not any(one & other for one, other in combinations(ids, 2))


@pytest.mark.parametrize("word", ["ŻÓŁTY", "Ñandú", "straße", "Æsir", "Ærøskøbing", "W&Q.-0369", "q'uo!?/:,+", "İĐØ"])
def test_words_with_marks_and_signs_are_lettered(word: str) -> None:
    composed = compose(word)
    assert composed is not None
    assert composed.width > 0
    assert picture(PinDesign("helping", "cup", word)).size == (64, 64)


@pytest.mark.parametrize("word", ["读者", "مرحبا", "Привет", "🏅", "a\u0489"])
def test_words_in_other_scripts_leave_an_ornament(word: str) -> None:
    assert compose(word) is None
    assert picture(PinDesign("helping", "cup", word)).size == (64, 64)


@pytest.mark.parametrize("word", ["I", "READER", "MMMMMMMMMMMM", "WWWWWWWWWWWW"])
def test_the_word_fits_the_ribbon(word: str) -> None:
    lettered, bare = picture(PinDesign("making", "cup", word), 256), picture(PinDesign("making", "cup", "读"), 256)
    box = ImageChops.difference(lettered.convert("RGB"), bare.convert("RGB")).getbbox()
    assert box is not None
    assert (box[0] >= 34, box[2] <= 222) == (True, True)


@pytest.mark.parametrize(
    ("field", "changes", "sentence"),
    [
        (
            "family",
            {"family": "winning"},
            "The family must be one of learning, helping, making, gathering, caring; 'winning' is none of them.",
        ),
        (
            "glyph",
            {"glyph": "trophy"},
            f"The glyph 'trophy' is not in our drawer; choose one of {', '.join(GLYPHS)}.",
        ),
        ("band", {"band": "  "}, "The band needs a word."),
        ("band", {"band": "CARTOGRAPHERS"}, "The band has room for 12 characters; this word has 13."),
        ("band", {"band": "A\u200bB"}, "The band may hold only characters that can be seen."),
        ("level", {"level": 2}, "The level must be one of 1, 5, 25, 100; 2 is none of them."),
    ],
)
def test_a_bad_design_names_its_field(field: str, changes: dict[str, object], sentence: str) -> None:
    parts: dict[str, object] = {"family": "learning", "glyph": "book", "band": "READER", "level": 1, **changes}
    with pytest.raises(BadDesign) as caught:
        PinDesign(**parts)  # type: ignore[arg-type]
    assert (caught.value.field, str(caught.value)) == (field, sentence)


def test_the_word_is_kept_tidy() -> None:
    assert PinDesign("learning", "book", "  two\n words ").band == "two words"
    assert PinDesign("learning", "book", "E\u0301cole").band == "\u00c9cole"

import re
import xml.etree.ElementTree as ET
from pathlib import Path

from tools import assets

NAMED = re.compile(r"""\bicon(?:\(|=)["']([a-z0-9-]+)["']""")
SVG = "{http://www.w3.org/2000/svg}"


def named_in(folder: Path) -> set[str]:
    return {name for file in folder.rglob("*.html") for name in NAMED.findall(file.read_text(encoding="utf-8"))}


def test_every_icon_a_template_names_is_on_the_sheet() -> None:
    assert named_in(assets.ROOT / "templates") <= {*assets.ICONS, *assets.ALIASES}


def test_the_sheet_holds_exactly_the_listed_icons_without_styles() -> None:
    sheet = ET.fromstring(assets.sprite())
    assert [symbol.get("id") for symbol in sheet] == sorted({*assets.ICONS, *assets.ALIASES})
    assert {symbol.tag for symbol in sheet} == {f"{SVG}symbol"}
    assert not [part.tag for part in sheet.iter() if part.get("style") or part.tag in {f"{SVG}style", f"{SVG}script"}]


def test_every_delivered_package_has_its_licence_told() -> None:
    notices = assets.notices()
    for package in assets.PACKAGES:
        assert f"\n{package} " in notices
    sources = {source.rsplit("/", 2)[0] for source in assets.FILES.values()}
    assert {source for source in sources if not source.startswith(assets.PACKAGES)} == set()

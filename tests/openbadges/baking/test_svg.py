"""Badges in SVG."""

import time
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.dom.minidom import parseString

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openbadges_bakery import utils as bakery
from openbadgeslib import baking as library

from recognition.badges.artwork.design import PinDesign
from recognition.badges.artwork.vector import render_svg
from recognition.openbadges.baking import pictures, svg
from recognition.openbadges.baking.reading import FOREIGN, HANDLER, PICTURE_BYTES, SCRIPT, SEVERAL, TEXT_BYTES, Reading
from recognition.openbadges.rules import Malformed, TooLarge, Unfit

ID = "https://house.example/ob/2/assertions/one?a=1&b=2"
V2 = '{"@context":"https://w3id.org/openbadges/v2","id":"' + ID + '","name":"Größe 🏅 <b> ]]> &amp;"}'
V3 = '{"id":"https://house.example/ob/3/credentials/one","type":["VerifiableCredential"]}'
JWS = "eyJhbGciOiJSUzI1NiJ9.eyJpZCI6Im9uZSJ9.c2lnbmF0dXJl"
BOTH = {"2.0": V2, "3.0": V3}
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:openbadges="http://openbadges.org">'
)
DECLARED = '<?xml version="1.0" encoding="UTF-8"?>\n'


def drawing(inside: str = "", root: str = "") -> bytes:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' xmlns:ob="http://openbadges.org" xmlns:o3="https://purl.imsglobal.org/ob/v3p0"{root}>{inside}</svg>'
    ).encode()


@pytest.fixture(scope="module")
def pin() -> bytes:
    return render_svg(PinDesign("caring", "heart", "Thanks", 25), title="Thanks & more").encode()


def baked(picture: bytes, texts: Any = None) -> str:
    return svg.bake(picture, BOTH if texts is None else texts).decode()


def test_the_two_elements_come_first_and_the_drawing_follows(pin: bytes) -> None:
    body = pin.decode().partition(">")[2].replace("/>", "></PATH>")
    found = baked(pin, {"2.0": V2, "3.0": JWS})
    begin = (
        f'<openbadges:assertion verify="{ID.replace("&", "&amp;")}"><![CDATA[{V2.replace("]]>", "]]]]><![CDATA[>")}]]>'
        '</openbadges:assertion><openbadges:credential xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"'
        f' verify="{JWS}"/><title>Thanks &amp; more</title>'
    )
    assert found.startswith(DECLARED + HEAD[:-1] + ' viewBox="0 0 1024 1024" role="img">' + begin)
    assert found.count("<path") == body.count("<path") > 3


def test_one_version_is_declared_on_the_drawing_itself() -> None:
    space = 'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"'
    assert baked(drawing(), {"3.0": V3}) == (
        f'{DECLARED}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {space}>'
        f"<openbadges:credential><![CDATA[{V3}]]></openbadges:credential></svg>\n"
    )


def test_what_was_baked_is_read(pin: bytes) -> None:
    assert svg.unbake(svg.bake(pin, BOTH)) == BOTH
    assert svg.unbake(svg.bake(pin, {"2.0": JWS, "3.0": JWS})) == {"2.0": JWS, "3.0": JWS}
    assert svg.read(pin) == Reading({}, frozenset())


def test_what_is_baked_again_replaces_the_older_badge_and_leaves_the_other_version(pin: bytes) -> None:
    once = svg.bake(pin, BOTH)
    assert svg.bake(once, BOTH) == once
    assert svg.bake(once, {"3.0": JWS}) == svg.bake(pin, {"2.0": V2, "3.0": JWS})
    assert svg.bake(once, {}) == once
    old = drawing('<g><ob:assertion verify="https://old.example/a?b=1&amp;c=2"/></g>')
    assert svg.unbake(svg.bake(old, {"3.0": V3})) == {"2.0": "https://old.example/a?b=1&c=2", "3.0": V3}


def test_other_programs_read_ours(pin: bytes) -> None:
    found = svg.bake(pin, BOTH)
    assert bakery.unbake(BytesIO(found)) == ID
    assert library.extract_svg(found) == ID
    assert library.extract_svg(found, element=library.SVG_ELEMENT_OB3, text_fallback=True) == V3
    signed = svg.bake(pin, {"2.0": JWS, "3.0": JWS})
    assert library.extract_svg(signed) == library.extract_svg(signed, element=library.SVG_ELEMENT_OB3) == JWS
    assert [node.nodeValue for node in parseString(found).getElementsByTagName("openbadges:assertion")[0].childNodes] == [
        V2.partition("]]>")[0] + "]]",
        ">" + V2.partition("]]>")[2],
    ]


@pytest.mark.filterwarnings("ignore:Please use rfc3986.validators:DeprecationWarning")
def test_we_read_those_of_other_programs(pin: bytes) -> None:
    simple = V2.replace("]]>", "")
    assert svg.unbake(bakery.bake(BytesIO(pin), simple, BytesIO()).read()) == {"2.0": simple}
    assert svg.unbake(bakery.bake(BytesIO(pin), JWS, BytesIO()).read()) == {"2.0": JWS}
    both = library.bake_svg(library.bake_svg(pin, JWS), V3, element="openbadges:credential", namespace=library.SVG_NS_OB3,
                            as_text=True)  # fmt: skip
    assert svg.unbake(both) == {"2.0": JWS, "3.0": V3}


def test_the_first_of_several_is_read_and_it_is_told() -> None:
    two = drawing("<o3:credential>one</o3:credential><g><o3:credential>two</o3:credential></g>")
    assert svg.read(two) == Reading({"3.0": "one"}, frozenset({SEVERAL}))


def test_prefixes_are_names_for_something() -> None:
    strange = (
        b'<a:svg xmlns:a="http://www.w3.org/2000/svg" xmlns:b="http://openbadges.org"><b:assertion>x</b:assertion><a:g/></a:svg>'
    )
    assert svg.unbake(strange) == {"2.0": "x"}
    assert baked(strange, {}) == f'{DECLARED}{HEAD}<openbadges:assertion verify="x"/><g></g></svg>\n'
    assert svg.unbake(drawing("<assertion>x</assertion><openbadges:assertion xmlns:openbadges='http://a.example'/>")) == {}


def test_characters_that_xml_cannot_hold_are_escaped_as_json_does() -> None:
    odd = '{"id":"u\\u0001",\r\n\t"name":"a\uffffb"}'
    assert svg.unbake(svg.bake(drawing(), {"2.0": odd})) == {"2.0": odd.replace("\uffff", "\\uffff").replace("\r\n", "\n")}


KEPT_OUT = [
    ("<script>alert(1)</script>", SCRIPT),
    ("<SCRIPT/>", SCRIPT),
    ("<g><script href='#a'><g/></script></g>", SCRIPT),
    ("<foreignObject><body xmlns='http://www.w3.org/1999/xhtml' onload='a()'/></foreignObject>", SCRIPT),
    ("<script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script>", SCRIPT),
    ("<iframe src='https://a.example'/>", SCRIPT),
    ("<handler type='text/ecmascript'>a()</handler>", SCRIPT),
    ("<a xlink:href='javascript:alert(1)'/>", SCRIPT),
    ("<a href=' java&#10;script:alert(1)'/>", SCRIPT),
    ("<image href='data:text/html,x'/>", SCRIPT),
    ("<image href='data:image/svg+xml;base64,PHN2Zz4='/>", SCRIPT),
    ("<animate attributeName='href' values='javascript:alert(1)'/>", SCRIPT),
    ("<set attributeName='xlink:href' to='#b'/>", SCRIPT),
    ("<set attributeName='onclick' to='a()'/>", SCRIPT),
    ("<g style='width: expression(alert(1))'/>", SCRIPT),
    ("<style>a { behavior: url(#default#time2) }</style>", SCRIPT),
    ("<g onclick='a()'/>", HANDLER),
    ("<g ONLOAD='a()'/>", HANDLER),
    ("<g xmlns:ev='http://www.w3.org/2001/xml-events' ev:event='click'/>", HANDLER),
    ("<image href='https://a.example/pixel.png'/>", FOREIGN),
    ("<use xlink:href='other.svg#a'/>", FOREIGN),
    ("<use href='//a.example/x.svg#a'/>", FOREIGN),
    ("<g xml:base='https://a.example/'/>", FOREIGN),
    ("<g fill='url(https://a.example/p.svg#a)'/>", FOREIGN),
    ("<g filter='u\\72l(https://a.example)'/>", FOREIGN),
    ("<g style='fill:URL( &quot;//a.example&quot; )'/>", FOREIGN),
    ("<style>@import 'https://a.example/a.css';</style>", FOREIGN),
    ("<style><![CDATA[@font-face { src: url(https://a.example/a.woff) }]]></style>", FOREIGN),
    ("<style>g { background: image-set('https://a.example/a.png' 1x) }</style>", FOREIGN),
    ("<animate attributeName='fill' to='url(https://a.example)'/>", FOREIGN),
]


@pytest.mark.parametrize(("part", "oddity"), KEPT_OUT, ids=[part for part, _oddity in KEPT_OUT])
def test_what_acts_or_asks_is_told_and_kept_out(part: str, oddity: str) -> None:
    picture = drawing(f"<g>{part}</g><circle r='1'/>")
    assert svg.read(picture) == Reading({}, frozenset({oddity}))
    clean = svg.bake(picture, {"3.0": V3})
    assert svg.read(clean) == Reading({"3.0": V3}, frozenset())
    assert b"alert" not in clean
    assert b"a.example" not in clean
    assert clean.endswith(b'</g><circle r="1"></circle></svg>\n')


def test_several_sorts_at_once_and_on_the_drawing_itself() -> None:
    picture = b"<?xml-stylesheet href='https://a.example/a.css'?>" + drawing("<script/>", root=" onload='a()'")
    assert svg.read(picture).oddities == {SCRIPT, HANDLER, FOREIGN}
    assert svg.bake(picture, {}) == svg.bake(drawing(), {})


def test_harmless_things_stay_as_they_are() -> None:
    inside = (
        '<style>.a &gt; b { fill: url(#p); cursor: url("data:image/png;base64,AA==") }</style>'
        '<use xlink:href="#a" href="#b"></use><image href="data:image/png;base64,iVBORw0KGgo="></image>'
        '<g fill="url(#p)" style="scroll-behavior: smooth; fill: url(\'#p\')" transform="rotate(4) translate(1, 2)"'
        ' font-family="&quot;Zilla&quot;, serif" opacity=".5" xml:space="preserve"> a &amp; b&#13;\n c </g>'
        '<animate attributeName="opacity" values="0;1"></animate><text data-a="1&#10;2&#9;3">on &lt;script&gt;</text>'
    )
    picture = drawing(inside, root=' viewBox="0 0 2 2"')
    assert svg.read(picture) == Reading({}, frozenset())
    plain = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 2 2">'
    assert baked(picture, {}) == f"{DECLARED}{plain}{inside}</svg>\n"


def test_what_other_editors_write_about_themselves_goes_without_a_word() -> None:
    picture = b"<!-- made by hand -->" + drawing(
        "<metadata><r:RDF xmlns:r='urn:r'><r:a>words</r:a></r:RDF></metadata><g xmlns:i='urn:i' i:label='one'/><!-- two -->"
    )
    assert svg.read(picture) == Reading({}, frozenset())
    assert baked(picture, {}).endswith("<metadata></metadata><g></g></svg>\n")


BOMB = "<!DOCTYPE svg [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
DTD = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
WRONG = {
    "nothing": b"",
    "no XML": b"<svg",
    "two roots": drawing() + drawing(),
    "another root": b"<html xmlns='http://www.w3.org/1999/xhtml'/>",
    "svg that is none": b"<svg/>",
    "entities": b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + drawing("&a;"),
    "a bomb of entities": (BOMB + "]>").encode() + drawing("&i;"),
    "a file from here": b"<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + drawing("&a;"),
    "parameters": b"<!DOCTYPE svg [<!ENTITY % a SYSTEM 'http://a.example/a.dtd'> %a;]>" + drawing(),
    "an entity from a DTD that is not fetched": DTD.encode() + drawing("&nbsp;"),
    "a prefix that stands for nothing": drawing("<b:assertion/>"),
    "encoding": b"<?xml version='1.0' encoding='klingon'?>" + drawing(),
    "encoding of two bytes": b"<?xml version='1.0' encoding='shift_jis'?>" + drawing(),
    "bytes": drawing("\xff").decode().encode("latin-1"),
}


@pytest.mark.parametrize("picture", WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_refused(picture: bytes) -> None:
    with pytest.raises(Malformed):
        svg.read(picture)


def test_a_dtd_that_is_only_named_is_not_fetched() -> None:
    assert svg.read(DTD.encode() + drawing("<ob:assertion>x</ob:assertion>")) == Reading({"2.0": "x"}, frozenset())
    assert svg.unbake(drawing("<ob:assertion>é</ob:assertion>").decode().encode("utf-16")) == {"2.0": "é"}


def test_sizes_have_an_end() -> None:
    for picture in (
        drawing("<g>" * 300 + "</g>" * 300),
        drawing("<g/>" * 200_001),
        drawing(f"<ob:assertion>{'x' * (TEXT_BYTES + 1)}</ob:assertion>"),
        drawing("x" * PICTURE_BYTES),
    ):
        with pytest.raises(TooLarge):
            svg.read(picture)
    with pytest.raises(TooLarge):
        svg.bake(drawing(), {"2.0": "x" * (TEXT_BYTES + 1)})
    with pytest.raises(TooLarge):
        svg.bake(drawing("x" * (PICTURE_BYTES - 1000)), {"3.0": "{" + "x" * 2000})


def test_texts_that_cannot_be_written_are_refused() -> None:
    for text in ("a\0b", "\ud800", "{no json", '{"a":' + "[" * 100_000):
        with pytest.raises(Malformed):
            svg.bake(drawing(), {"2.0": text})


@pytest.mark.parametrize("begin", ["<g", "<g xmlns:n{n}='u'", "<g a{n}='1'"])
def test_no_drawing_takes_long(begin: str) -> None:
    """Of a large one: processor time, so that a busy machine does not count."""
    parts, size = [], 0
    while size < 780_000:
        parts.append(begin.replace("{n}", str(len(parts))) + "/>")
        size += len(parts[-1])
    started = time.process_time()
    svg.read(drawing("".join(parts)))
    assert time.process_time() - started < 5


def test_the_kind_is_told_by_the_first_bytes(pin: bytes) -> None:
    sample = b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a > b --><!DOCTYPE svg PUBLIC 'a' 'b'>\n" + drawing()
    for picture in (pin, sample, drawing().decode().encode("utf-16"), b"<!-- a --><o:svg xmlns:o='u'/>"):
        assert pictures.kind_of(picture) == "svg"
    for other in (b"<html><svg/></html>", b"<!DOCTYPE html><svg/>", b"<svgs/>", b"", b" \n", b"svg", b"<!-- <svg> --><p/>"):
        assert pictures.kind_of(other) is None
    assert pictures.kind_of(b"<!---->" * 9000) is None
    assert pictures.unbake(pictures.bake(pin, BOTH)) == BOTH


ELEMENTS = ["<g>", "</g>", "<ob:assertion>", "</ob:assertion>", "<script>", "</script>", "<style>", "</style>"]
WORDS = ["<![CDATA[", "]]>", "&lt;", "@import 'a'", "{}", "<o3:credential verify='a.b.c'/>", "&#0;"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(ELEMENTS + WORDS)))
def test_no_parts_bring_it_down(parts: list[str]) -> None:
    picture = drawing("".join(parts))
    try:
        found = svg.read(picture)
    except Unfit:
        return
    clean = svg.read(svg.bake(picture, {}))
    assert clean == Reading(found.texts, frozenset())


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=100))
def test_no_bytes_bring_it_down(rest: bytes) -> None:
    for picture in (rest, drawing()[:-6] + rest, b"<?xml " + rest + drawing()):
        with pytest.raises(Unfit):
            svg.read(picture + b"<")


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.just("name"), st.text(st.characters(exclude_categories=["Cs"]), max_size=200), min_size=1))
def test_any_words_come_back_as_they_were(document: dict[str, str]) -> None:
    import json

    for ascii_only in (True, False):
        text = json.dumps(document, ensure_ascii=ascii_only)
        found = svg.unbake(svg.bake(drawing(), {"3.0": text}))
        assert json.loads(found["3.0"]) == document


@pytest.mark.browser
def test_a_baked_drawing_looks_the_same_in_the_browser(pin: bytes, page: Any, tmp_path: Path) -> None:
    seen = []
    for name, picture in (("plain", pin), ("baked", svg.bake(pin, BOTH))):
        path = tmp_path / f"{name}.svg"
        path.write_bytes(picture)
        page.set_viewport_size({"width": 300, "height": 300})
        page.goto(path.as_uri())
        seen.append(page.screenshot())
    assert seen[0] == seen[1]

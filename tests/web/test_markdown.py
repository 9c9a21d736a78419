"""Markdown from people and files: words and links survive, whatever could act does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.web.templating import TAGS, markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Plain *words*.", "<p>Plain <em>words</em>.</p>\n"),
        ("[us](https://mozilla.example)",
         '<p><a href="https://mozilla.example" rel="nofollow noopener ugc">us</a></p>\n'),
        ("[post](mailto:ada@people.example)",
         '<p><a href="mailto:ada@people.example" rel="nofollow noopener ugc">post</a></p>\n'),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("![a cat](https://elsewhere.example/cat.png)", "<p></p>\n"),
        ("![](data:image/png;base64,AAAA)", "<p></p>\n"),
        ("# Large", "Large"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_becomes_of_it(text: str, html: str) -> None:
    assert markdown(text).strip() == html.strip()


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](&#106;avascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "<javascript:alert(1)>", "[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](vbscript:x)",
        "[x][1]\n\n[1]: javascript:alert(1)",
        "[x](file:///etc/passwd)",
    ],
)  # fmt: skip
def test_no_link_acts(text: str) -> None:
    assert "href" not in markdown(text)


@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe src=x>",
                                  '<a href="x" onclick="y">z</a>',
                                  "<style>*{}</style>", "<!-- x -->", "<form action=x>",
                                  "[x](https://e.example \"t\" onclick=alert)"])  # fmt: skip
def test_no_html_of_theirs_is_html_of_ours(text: str) -> None:
    html = markdown(text)
    assert "<img" not in html
    assert "<svg" not in html
    assert "<iframe" not in html
    assert "<style" not in html
    assert "<form" not in html
    assert "<a " not in html or 'onclick="' not in html


def test_a_class_does_not_come_along() -> None:
    assert markdown("```python\nx\n```") == "<pre><code>x\n</code></pre>\n"


def test_tables_and_lists() -> None:
    html = markdown("| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n- two")
    assert html.count("<td>") == 2
    assert html.count("<li>") == 2


@given(st.text(max_size=200))
def test_any_text_comes_out_with_known_tags_only(text: str) -> None:
    html = markdown(text)
    tags = {part.split(">")[0].split()[0].strip("/") for part in html.split("<")[1:]}
    assert tags <= TAGS | {""}

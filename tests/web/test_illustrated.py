"""Pictures among words: only those of this house, with their measures, and never anything else."""

import pytest

from recognition.web.illustrated import illustrated, line


def test_a_picture_of_ours_has_its_words_and_measures() -> None:
    told = illustrated(line("/media/abc-DEF_1", "A [map]\nof it", 800, 600))
    assert told == '<p><img src="/media/abc-DEF_1" alt="A  map  of it" width="800" height="600" loading="lazy"></p>\n'


@pytest.mark.parametrize("address", [
    "https://elsewhere.example/a.png", "//elsewhere.example/a.png", "/media/../me", "/media/a?x=1", "javascript:alert(1)",
    "/mediaX/abc", "data:image/png;base64,AAAA", "/logout", "/media/abc#1x2x3",
])  # fmt: skip
def test_a_picture_from_elsewhere_is_told_by_its_words(address: str) -> None:
    told = illustrated(f"![its words]({address})")
    assert "src=" not in told
    assert "its words" in told


def test_raw_html_stays_words() -> None:
    told = illustrated('<img src="/media/abc" onerror="alert(1)"> <script>alert(1)</script>')
    assert "<img" not in told
    assert "<script" not in told

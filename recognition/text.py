"""One rule for every text that people send: real scripts and emoji stay; signs that nobody sees do not count as words."""

import re
import unicodedata

_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Controls, what turns the reading around unseen, half a pair of surrogates, and what is no character at all."""
_BLANK = {"\u115f", "\u1160", "\u3164", "\uffa0", "\u2800", "\u034f", "\u180e"}
"""Letters by class that draw nothing."""


def is_showable(text: str) -> bool:
    """Whether none of it is a sign that may not stay."""
    return not _UNSHOWN.search(text)


def is_blank(text: str) -> bool:
    """Whether nothing of it can be seen."""
    return not any(map(_is_drawn, text))


def shown_only(text: str) -> str:
    """Without the signs that may not stay, such as those that come along from a word processor; empty if nothing of the
    rest can be seen."""
    rest = _UNSHOWN.sub("", text)
    return "" if is_blank(rest) else rest


def apart(before: str, after: str, most: int) -> tuple[str, str]:
    """Both, of at most so many characters, cut so that what differs between them stays in sight."""
    if max(len(before), len(after)) <= most:
        return before, after
    same = next((place for place, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), None)
    start = max(0, (min(len(before), len(after)) if same is None else same) - most // 4)
    return _cut(before, start, most), _cut(after, start, most)


def _cut(text: str, start: int, most: int) -> str:
    piece = ("…" + text[start + 1 :]) if start and text else text
    return piece if len(piece) <= most else piece[: most - 1] + "…"


def _is_drawn(char: str) -> bool:
    return char not in _BLANK and unicodedata.category(char)[0] not in "CZ" and unicodedata.category(char) != "Mn"

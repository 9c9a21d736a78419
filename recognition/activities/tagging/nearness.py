"""Which tags are likely one word written in several ways. Pure: words and counts in, pairs out."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

_DIGITS = re.compile(r"\d+")
ONE_SLIP, TWO_SLIPS, TOO_LONG = 5, 9, 24
"""From how many letters on one slip, or two, is likely a slip; longer words are only compared whole."""
ALIKE_MAX = 20
"""So many words that share a beginning or the like are looked at; where there are more, they say little."""


class Near(NamedTuple):
    """`tag` is told less often, and likely means `into`."""

    tag: str
    into: str


def fold(tag: str) -> str:
    """Without case, accents, hyphens and the ending of a plural. "Moz-Cafés" becomes "mozcafe"."""
    parts = unicodedata.normalize("NFKD", tag.casefold())
    plain = "".join(sign for sign in parts if sign.isalnum())
    if len(plain) > 4 and plain.endswith("ies"):
        return plain[:-3] + "y"
    if len(plain) > 3 and plain.endswith("s") and not plain.endswith("ss"):
        return plain[:-1]
    return plain


def near_pairs(deeds: Mapping[str, int]) -> list[Near]:
    """Of tags and how many deeds have them: what may be merged, the most told first. Each tag stands in at most one pair as
    the one that gives way."""
    folded = {tag: fold(tag) for tag in deeds}
    buckets: dict[str, list[str]] = {}
    for tag, word in folded.items():
        for rest in _rests(word) if word else ():
            buckets.setdefault(rest, []).append(tag)
    found: dict[str, Near] = {}
    for one, other in sorted({pair for tags in buckets.values() for pair in combinations(sorted(tags[:ALIKE_MAX]), 2)}):
        if _are_near(folded[one], folded[other]):
            into, tag = sorted((one, other), key=lambda name: (-deeds[name], name))
            known = found.get(tag)
            if known is None or (-deeds[into], into) < (-deeds[known.into], known.into):
                found[tag] = Near(tag, into)
    return sorted(found.values(), key=lambda pair: (-deeds[pair.into], pair.into, -deeds[pair.tag], pair.tag))


def slips(one: str, other: str) -> int:
    """How many letters were added, left out or changed from one to the other."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, row = row, [i]
        for j, sign in enumerate(other, 1):
            row.append(min(last[j] + 1, row[-1] + 1, last[j - 1] + (letter != sign)))
    return row[-1]


def _are_near(one: str, other: str) -> bool:
    """Other numbers are other things: "maker-faire-2025" is not "maker-faire-2026"."""
    if one == other:
        return True
    if _DIGITS.findall(one) != _DIGITS.findall(other):
        return False
    return slips(one, other) <= min(_allowed(one), _allowed(other))


def _allowed(word: str) -> int:
    if len(word) > TOO_LONG or len(word) < ONE_SLIP:
        return 0
    return 2 if len(word) >= TWO_SLIPS else 1


def _rests(word: str) -> Iterator[str]:
    """What is left of a word without the letters that may be a slip: near words share one of these."""
    yield word
    allowed = _allowed(word)
    found: Iterable[str] = {word}
    for _turn in range(allowed):
        found = {rest[:i] + rest[i + 1 :] for rest in found for i in range(len(rest))}
        yield from found

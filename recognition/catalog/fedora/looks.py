"""A pin for a badge that came without one of ours: its old picture is a file elsewhere, and our pins are drawn."""

import re
from collections.abc import Iterable

_HINTS = (
    ("translat zanata weblate transifex l10n locale", "making", "translate"),
    ("bug bugzilla issue report abrt faf", "helping", "bug"),
    ("test qa kernel kerneltest", "helping", "magnifier"),
    ("ask askbot answer support help question", "helping", "lifebuoy"),
    ("meeting meetbot irc matrix chat mailman mail talk discussion", "gathering", "speech"),
    ("event calendar fedocal conference flock attend", "gathering", "flag"),
    ("member group sponsor mentor fas join onboard", "caring", "hand"),
    ("karma cookie thank hearts", "caring", "heart"),
    ("badge award badges", "caring", "star"),
    ("wiki doc docs article edit blog planet magazine post", "making", "pencil"),
    ("tag tagger vote nuancier photo design wallpaper", "making", "brush"),
    ("git commit push merge pull pagure github review", "making", "puzzle"),
    ("build buildsys koji copr compose package update bodhi release", "making", "hammer"),
    ("learn quiz course read", "learning", "book"),
)  # fmt: skip
_WORD = re.compile(r"[a-z0-9]+")
OTHERWISE = ("helping", "spark")
BAND_MOST = 12


def look_of(topics: Iterable[str], name: str) -> tuple[str, str]:
    """Family and glyph: by the topics first, then by the name."""
    for text in (" ".join(sorted(topics)), name.casefold()):
        words = set(_WORD.findall(text))
        for hints, family, glyph in _HINTS:
            if words & set(hints.split()):
                return family, glyph
    return OTHERWISE


def band_of(name: str) -> str:
    """As many whole words of the name as there is room for on a ribbon."""
    words = [word for word in re.sub(r"\(.*?\)|[^\w' -]", " ", name).upper().split() if word.strip("'-_")]
    band = ""
    for word in words:
        longer = f"{band} {word}".strip()
        if len(longer) > BAND_MOST:
            break
        band = longer
    return band or (words[0][:BAND_MOST] if words else "BADGE")

"""Open roles in the order in which they may be for one member: those of a team that they are in, then those whose text names what
stands on their own page. Told to them alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from recognition.identity.fields import fold
from recognition.identity.models import Member
from recognition.identity.queries import groups_of
from recognition.roles.holding import TEAM
from recognition.roles.queries import Reading, open_for
from recognition.roles.rules import Sheet

LOOKED_AT = 12
WORD_MIN_CHARS = 3
"""A shorter one, such as the code of a language, stands in too many texts by chance."""


@dataclass(frozen=True)
class Suited:
    """`team`: the name of the member's group whose team it is in, else empty. `words`: what their page and its text both name."""

    reading: Reading
    team: str
    words: Sequence[str]


def open_roles(member: Member, now: datetime) -> list[Suited]:
    found = open_for(member, now, LOOKED_AT)
    if not found:
        return []
    names = {f"{TEAM}{line.slug}": line.name for line in groups_of(member, member)}
    suited = [Suited(one, names.get(one.role.held_by, ""), _both(member, one.sheet)) for one in found]
    return sorted(suited, key=lambda one: (not one.team, -len(one.words)))


def _both(member: Member, sheet: Sheet) -> list[str]:
    text = fold(" ".join([sheet.title, sheet.purpose, *(what for what, _seen in sheet.duties)]))
    said = {fold(word): word for word in (*member.areas, *member.languages) if len(fold(word)) >= WORD_MIN_CHARS}
    return [word for folded, word in said.items() if re.search(rf"(?<!\w){re.escape(folded)}(?!\w)", text)]

"""How many words, how often, and what a number of vouches is called. A level is a word on a page: no right hangs on it."""

from collections.abc import Sequence

from flask_babel import gettext as _

STAFF, VOLUNTEER, OUTSIDE = "staff", "volunteer", "outside"
SORTS = (STAFF, VOLUNTEER, OUTSIDE)
PUBLIC, MEMBERS, ONLY_ME = "public", "members", "me"
SHOWN_TO = (PUBLIC, MEMBERS, ONLY_ME)
WORDS_MAX_CHARS, NAME_MAX_CHARS = 500, 120
AFFILIATIONS_MAX = 12
VOUCHES_A_DAY = 10


class NotSaid(Exception):
    """`errors`: a sentence for each field."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("; ".join(errors.values()))


def level_of(number: int, levels: Sequence[int]) -> int:
    """0 below the first. `levels`: from how many vouches on each begins, as the settings say."""
    return sum(number >= least for least in levels)


def seen_by(is_member: bool) -> tuple[str, ...]:
    return (PUBLIC, MEMBERS) if is_member else (PUBLIC,)


def sort_words() -> dict[str, str]:
    return {STAFF: _("staff"), VOLUNTEER: _("volunteer"), OUTSIDE: _("another project")}


def level_words() -> dict[int, str]:
    return {1: _("Somebody here vouches for them"), 2: _("Several here vouch for them"), 3: _("Many here vouch for them")}

"""How many an announcement reached, in words: for the council, and never a small number."""

from collections.abc import Collection

from flask_babel import gettext as _

from recognition.crowds import SMALL, about
from recognition.news.rules import MEMBERS


def few(number: int, of: int | None = None) -> str:
    """A count for the record, to the nearest five. Nobody and a few are told alike, and so are all and all but a few: that
    nobody of nine opened it is a word about each of them."""
    told = about(number)
    if told is None or (of is not None and of < SMALL):
        return str(_("fewer than five, perhaps nobody"))
    if of is not None and of - number < SMALL:
        return str(_("nearly all, perhaps all"))
    return str(_("about %(number)s", number=told))


def reach(channels: Collection[str], told: int, mailed: int) -> str:
    """Of one that is out; empty where it was not for members."""
    if MEMBERS not in channels:
        return ""
    return str(_("Members told: %(told)s. By mail: %(mailed)s.", told=few(told), mailed=few(mailed, told)))

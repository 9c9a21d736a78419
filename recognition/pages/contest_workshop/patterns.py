"""Contests to begin with: filled-in forms, with dates that are kind. Everything in them can be changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from recognition.activities.builder.cards import fresh
from recognition.contests.forms import PLAIN, RULES, Written, blank_round, moment_text
from recognition.contests.rules import APPROVAL, COUNT, JURY, LICENCES, PERSON, PICTURE, SCHULZE, SCORE, SHARE, TEXT


@dataclass(frozen=True)
class Pattern:
    """A card of the first page. `key` is its address."""

    key: str
    name: str
    about: str
    takes: str
    family: str


def patterns() -> list[Pattern]:
    return [
        Pattern("picture", _("Draw what it means"), _("Members hand in a picture; the community ticks what it likes."), PICTURE,
                "making"),
        Pattern("words", _("In your own words"), _("Short texts; each is given 0 to 5 points."), TEXT, "learning"),
        Pattern("person", _("Person of the month"),
                _("Members name somebody and say why. Who is named agrees first; then everybody ranks."), PERSON, "caring"),
        Pattern("jury", _("Jury and community"),
                _("Two rounds: the community chooses the best, a jury puts them in order, and both count."), PICTURE,
                "gathering"),
    ]  # fmt: skip


def begin(key: str, now: datetime) -> Written:
    """The form of a pattern; an empty one for any other key."""
    return _PATTERNS.get(key, _plain)(_days(now))


Days = Callable[[int], str]


def _days(now: datetime) -> Days:
    """Moments of the form, in days from tomorrow noon."""
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return lambda number: moment_text(noon + timedelta(days=number))


def _form(days: Days, rounds: list[dict[str, str]], entries: int = 21, **changes: str) -> Written:
    values = dict.fromkeys(PLAIN, "") | {
        "takes": PICTURE, "family": "making", "entries_each": "1", "shows_at_once": "1", "tie_rule": SHARE, "who_enters": "all",
        "who_votes": "all", "entries_from": days(0), "entries_until": days(entries),
    }  # fmt: skip
    return Written(values | changes, {"licences": list(LICENCES), "prizes": []}, rounds, {name: fresh() for name in RULES})


def _plain(days: Days) -> Written:
    return _form(days, [blank_round(starts_at=days(21), ends_at=days(28))])


def _picture(days: Days) -> Written:
    return _form(
        days, [blank_round(starts_at=days(21), ends_at=days(31), method=APPROVAL, most_choices="5")], entries_each="2",
        title=_("Draw what MDM means"),
        brief=_("What does it mean to you? Draw, paint, stitch or photograph it. You need not be able to draw."),
        rules=_("Hand in what you made yourself, and say in words what is on it, for those who cannot see it."),
    )  # fmt: skip


def _words(days: Days) -> Written:
    return _form(
        days, [blank_round(starts_at=days(21), ends_at=days(31), method=SCORE)], takes=TEXT, family="learning",
        title=_("In your own words"), brief=_("Tell it in at most a hundred words, as you would to a friend on the bus."),
        rules=_("Any language is welcome; add a line in English if you can."),
    )  # fmt: skip


def _person(days: Days) -> Written:
    return _form(
        days, [blank_round(starts_at=days(14), ends_at=days(21), method=SCHULZE, missing=COUNT)], entries=14, takes=PERSON,
        family="caring", title=_("Person of the month"),
        brief=_("Whom would you like to thank in front of everybody? Name them, and say in a few sentences what they did."),
        rules=_("Who is named is asked first, and stands only if they like. Nobody names themselves."),
    )  # fmt: skip


def _two_rounds(days: Days) -> Written:
    rounds = [
        blank_round(title=_("The community"), starts_at=days(21), ends_at=days(31), method=APPROVAL, advance_count="10",
                    weight="40"),
        blank_round(title=_("The jury"), judges=JURY, starts_at=days(31), ends_at=days(45), method=SCHULZE, weight="60",
                    quorum="3", deputies_at=days(40)),
    ]  # fmt: skip
    return _form(
        days, rounds, family="gathering", title=_("Before and after"),
        brief=_("Two panels: how it was, and how it could be. Ten of them go before a jury."),
    )  # fmt: skip


_PATTERNS: dict[str, Callable[[Days], Written]] = {
    "picture": _picture, "words": _words, "person": _person, "jury": _two_rounds,
}  # fmt: skip

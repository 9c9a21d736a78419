"""Contests in the reader's language: where one stands, what it takes, what a licence lets others do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from recognition.contests import rules
from recognition.contests.models.contest import Contest, Round
from recognition.contests.rules import Stand


@dataclass(frozen=True)
class Licence:
    """`plain`: what others may do, in a sentence; `url`: its full words."""

    slug: str
    name: str
    plain: str
    url: str


@dataclass(frozen=True)
class Stop:
    """A date on the way: `state` is past, now or ahead; `until` None: a moment, not a time."""

    words: str
    at: datetime
    until: datetime | None
    state: str


def licences() -> dict[str, Licence]:
    words = {
        "cc-by-4.0": ("CC BY 4.0", _("Others may show, change and print it, as long as they name you.")),
        "cc-by-sa-4.0": ("CC BY-SA 4.0", _("The same, and what they make from it has to be as free as yours.")),
        "cc0-1.0": ("CC0", _("Others may do whatever they like with it, without naming you.")),
    }
    places = {"cc-by-4.0": "licenses/by/4.0", "cc-by-sa-4.0": "licenses/by-sa/4.0", "cc0-1.0": "publicdomain/zero/1.0"}
    return {slug: Licence(slug, name, plain, f"https://creativecommons.org/{places[slug]}/")
            for slug, (name, plain) in words.items()}  # fmt: skip


def phase_words(stand: Stand, now: datetime) -> str:
    """A few words for a poster."""
    ahead = left(stand.until, now) if stand.until else ""
    said: Mapping[str, str] = {
        rules.DRAFT: _("draft"),
        rules.CALLED_OFF: _("called off"),
        rules.UPCOMING: _("entries begin in %(time)s", time=ahead),
        rules.ENTERING: _("entries for %(time)s more", time=ahead),
        rules.BETWEEN: _("the vote begins in %(time)s", time=ahead),
        rules.VOTING: _("the vote is open for %(time)s more", time=ahead),
        rules.COUNTING: _("being counted"),
        rules.OVER: _("decided"),
    }
    return said[stand.phase]


def left(until: datetime, now: datetime) -> str:
    """How long it still is, in the largest unit that fits; never nothing."""
    seconds = max((until - now).total_seconds(), 60)
    if seconds >= 2 * 24 * 3600:
        return str(ngettext("%(num)d day", "%(num)d days", int(seconds // (24 * 3600))))
    if seconds >= 3600:
        return str(ngettext("%(num)d hour", "%(num)d hours", int(seconds // 3600)))
    return str(ngettext("%(num)d minute", "%(num)d minutes", int(seconds // 60)))


def takes_words(takes: str) -> str:
    return {rules.PICTURE: _("a picture"), rules.TEXT: _("a text"), rules.LINK: _("a link to something you made"),
            rules.PERSON: _("somebody you would like to thank")}[takes]  # fmt: skip


def round_title(contest: Contest, one: Round) -> str:
    if one.title:
        return one.title
    if one.judges == rules.JURY:
        return str(_("The jury votes"))
    return str(_("The vote") if len(contest.rounds) == 1 else _("Round %(number)d of the vote", number=one.position))


def stops(contest: Contest, now: datetime) -> list[Stop]:
    """The way of a contest. The last moment of a time still belongs to it: people read it as its last day."""
    found = [_stop(_("Entries"), contest.entries_from, contest.entries_until, now)]
    found += [_stop(round_title(contest, one), one.starts_at, one.ends_at, now) for one in contest.rounds]
    if contest.rounds and contest.state != rules.CALLED_OFF:
        end = contest.rounds[-1].ends_at
        is_over = contest.rounds[-1].state == rules.CLOSED
        found.append(Stop(str(_("Results")), end, None, "now" if is_over else "ahead"))
    return found


def _stop(words: str, start: datetime, until: datetime, now: datetime) -> Stop:
    state = "ahead" if now < start else "now" if now < until else "past"
    return Stop(words, start, until - timedelta(seconds=1), state)


def attribution(title: str, names: str, licence: Licence, address: str) -> str:
    """The line to put beside it; of CC0 a courtesy."""
    return str(_("“%(title)s” by %(names)s, %(licence)s, %(address)s", title=title, names=names, licence=licence.name,
                 address=address))  # fmt: skip

"""Results in the reader's language: numbers as sentences, and how to count again."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from recognition.contests.models.contest import Contest, Round
from recognition.contests.results import Line, RoundStory, Story
from recognition.contests.rules import APPROVAL, BORDA, DRAW, IRV, JURY, PERSON, PICTURE, SCHULZE, SCORE, SCORE_MAX
from recognition.contests.turnout import OTHERS


def thanks(story: Story) -> str:
    """Before any number that compares."""
    entries, voters, roll = story.entries_count, story.voters, story.roll
    made = {
        PICTURE: ngettext("One picture was handed in.", "%(num)d pictures were handed in.", entries),
        PERSON: ngettext("One person was named.", "%(num)d people were named.", entries),
    }.get(story.contest.takes, ngettext("One entry was handed in.", "%(num)d entries were handed in.", entries))
    voted = _voted(voters, roll)
    return f"{made} {voted} {_('Thank you, every one of you.')}" if voters else f"{made} {voted}"


def number(one: RoundStory, value: float | None) -> str:
    """How an entry did by itself. Empty where it has no number of its own."""
    if value is None:
        return ""
    whole = round(value)
    shown = format_decimal(round(value, 2))
    return {
        APPROVAL: ngettext("on %(given)s of %(num)d ballot", "on %(given)s of %(num)d ballots", one.cast, given=shown),
        SCORE: _("%(score)s of %(most)s", score=shown, most=SCORE_MAX),
        BORDA: ngettext("%(points)s point", "%(points)s points", whole, points=shown),
        IRV: ngettext("first on %(points)s ballot", "first on %(points)s ballots", whole, points=shown),
        SCHULZE: ngettext("ahead of %(num)d other", "ahead of %(num)d others", whole),
    }[one.outcome["method"]]


def ballots(value: float) -> str:
    return ngettext("%(points)s ballot", "%(points)s ballots", round(value), points=format_decimal(round(value, 2)))


def place(line: Line) -> str:
    if line.is_shared:
        return str(_("Place %(place)d, shared", place=line.place))
    return str(_("Place %(place)d", place=line.place))


def places_in(line: Line) -> str:
    """What an entry was in each round of several."""
    words = [_("round %(number)d: place %(place)d", number=at, place=where) for at, where in enumerate(line.places, start=1)]
    return _(", ").join(str(word) for word in words)


def turnout(one: RoundStory) -> str:
    cast, roll = one.cast, int(one.outcome["roll"])
    if one.round.judges == JURY:
        said = ngettext("%(cast)s of %(num)d juror voted.", "%(cast)s of %(num)d jurors voted.", roll, cast=format_decimal(cast))
    else:
        said = _voted(cast, roll)
    aside = int(one.outcome["abstained"])
    if not aside:
        return said
    stood = ngettext("%(num)d ballot says nothing about any entry; it counts as a vote cast.",
                     "%(num)d ballots say nothing about any entry; they count as votes cast.", aside)  # fmt: skip
    return f"{said} {stood}"


def _voted(cast: int, roll: int) -> str:
    return ngettext(
        "%(cast)s of the %(num)d person on the roll voted.",
        "%(cast)s of the %(num)d people on the roll voted.",
        roll,
        cast=format_decimal(cast),
    )


def group_name(line: Mapping[str, Any]) -> str:
    if line["group"] == OTHERS:
        return str(_("Smaller groups, together"))
    return line["name"] or str(_("In no group"))


def duel(pair: Sequence[Any]) -> str:
    one, other, won, lost = pair
    names, numbers = {"one": named(one), "other": named(other)}, {"won": format_decimal(won), "lost": format_decimal(lost)}
    return str(_("“%(one)s” against “%(other)s”, %(won)s to %(lost)s", **names, **numbers))


def named(line: Line) -> str:
    return line.title or str(_("An entry that is not shown"))


def file_name(contest: Contest, one: Round) -> str:
    return f"{contest.slug}-round-{one.position}.csv"


def command(contest: Contest, one: Round, is_over: bool) -> str:
    """What counts the file again, anywhere. The lots can be drawn again once the last round is closed: until then they are
    a secret, and equals stay equal."""
    seed = f" --seed {contest.seed}" if contest.tie_rule == DRAW and is_over else ""
    return f"recognition contests tally {file_name(contest, one)} --method {one.method}{seed}"

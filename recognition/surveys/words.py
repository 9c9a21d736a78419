"""What a survey agreed on and what it found, in whole sentences made of the same data."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from recognition.activities.audience import Counted
from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.parse import parse
from recognition.badges.words import names_for
from recognition.surveys.bounds.estimating import NO_ANSWERS
from recognition.surveys.bounds.proving import DISPROVEN, NOT_PROVEN, PROVEN, Needed
from recognition.surveys.models import Survey
from recognition.surveys.results import Found
from recognition.surveys.rules import LEAST, STRATUM_NAMES

PERCENT = "\N{NO-BREAK SPACE}%"


def headline(found: Found) -> str:
    return {PROVEN: _("Proven"), NOT_PROVEN: _("Not proven"), DISPROVEN: _("Not reached")}[found.verdict]


def percent(number: float) -> str:
    """With one decimal, as it was rounded."""
    return f"{number:.1f}{PERCENT}"


def range_words(found: Found) -> str:
    if found.lower == found.upper:
        return percent(found.lower)
    return _("%(lower)s to %(upper)s", lower=percent(found.lower), upper=percent(found.upper))


def sentence(found: Found) -> str:
    """The one sentence under the picture."""
    values = {
        "lower": percent(found.lower),
        "upper": percent(found.upper),
        "over": f"{found.over}{PERCENT}",
        "people": found.told.people,
    }
    if found.verdict == PROVEN and found.lower <= found.over:
        return _("At least %(yes)s of all %(people)s people say yes. That is more than %(over)s, if only just, whatever the "
                 "others would have said.", yes=found.told.yes, **values)  # fmt: skip
    if found.verdict == PROVEN:
        return _("At least %(lower)s of all %(people)s people say yes. That is more than %(over)s, whatever the others "
                 "would have said.", **values)  # fmt: skip
    if found.verdict == DISPROVEN:
        return _("At most %(upper)s of all %(people)s people could say yes. That is not more than %(over)s, whatever the "
                 "others would have said.", **values)  # fmt: skip
    return _("Of all %(people)s people, somewhere between %(lower)s and %(upper)s say yes. The goal is more than %(over)s: "
             "it may be reached and it may not. Nobody knows yet.", **values)  # fmt: skip


def in_words(found: Found) -> str:
    """The picture for whoever does not see it."""
    told = found.told
    return _("A bar of %(people)s people: %(yes)s say yes, of %(open)s we do not know, %(no)s say something else. The goal is a "
             "line at %(over)s.", people=told.people, yes=told.yes, open=told.open,
             no=told.not_yes, over=f"{found.over}{PERCENT}")  # fmt: skip


def needed(found: Found) -> list[str]:
    """What would settle it, in people."""
    lines = []
    if found.needs is not None:
        lines.append(_more(found.needs))
    if found.needs_no is not None:
        lines.append(ngettext("%(num)s other answer would show that it is not reached.",
                              "%(num)s other answers would show that it is not reached.", found.needs_no.people))  # fmt: skip
    return lines


def _more(one: Needed) -> str:
    keys = one.places[0][0].split()
    if len(one.places) == 1 and keys:
        return ngettext("%(num)s more yes answer among %(whom)s would prove it.",
                        "%(num)s more yes answers among %(whom)s would prove it.", one.people, whom=group(keys))  # fmt: skip
    if len(one.places) > 1:
        return ngettext("%(num)s more yes answer would prove it, most of all from %(whom)s.",
                        "%(num)s more yes answers would prove it, most of all from %(whom)s.", one.people,
                        whom=group(keys))  # fmt: skip
    return ngettext("%(num)s more yes answer would prove it.", "%(num)s more yes answers would prove it.", one.people)


def group(keys: Sequence[str]) -> str:
    """Strata that are told as one."""
    names = [str(STRATUM_NAMES.get(key, key)) for key in keys]
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s", first=", ".join(names[:-1]), last=names[-1])


def region(keys: Sequence[str]) -> str:
    """Regions that are told by themselves are named; those told together would be too few to name."""
    return keys[0] or _("no place told") if len(keys) == 1 else _("everywhere else, and no place told")


def estimate(found: Found) -> str:
    """A guess, called a guess; or why there is none."""
    guess = found.estimate
    if "refused" not in guess:
        return _("Our best guess is %(share)s, and in %(sure)s of such surveys the truth would lie between %(low)s and "
                 "%(high)s: if, in each group, those of whom we do not know are like those of whom we do. Nobody can check that, "
                 "so a guess proves nothing.", share=percent(guess["share"]), sure=f"{found.confidence}{PERCENT}",
                 low=percent(guess["low"]), high=percent(guess["high"]))  # fmt: skip
    if guess["refused"] == NO_ANSWERS:
        return _("There is no guess: of at least one group we know nothing at all.")
    return _("There is no guess. It would need several groups in which enough people said yes, enough said something else, and "
             "enough are open.")  # fmt: skip


def evidence(found: Found) -> str:
    """The second evidence; it does not change what was said."""
    if found.told.shown is None:
        return _(
            "Whether some of those who did not answer have shown it elsewhere is not told: they are none, few, or nearly all."
        )
    return _("Of those who did not answer, %(shown)s have shown it in another way. People who say yes or have shown it are at "
             "least %(lower)s of all.", shown=found.told.shown, lower=percent(found.with_shown or 0))  # fmt: skip


def asked(counted: Counted) -> str:
    """How many would be asked; few are not told, nor the few who would not be: a rule may be about one person."""
    if counted.told is None:
        return _("Today, fewer than %(least)s people would be asked. There would be no result: it would point at them.",
                 least=LEAST)  # fmt: skip
    if counted.is_all:
        return ngettext("Today, %(num)s person would be asked.", "Today, %(num)s people would be asked.", counted.told)
    if counted.is_nearly_all:
        return _("Today, nearly all of us would be asked.")
    return _("Today, about %(number)s people would be asked.", number=counted.told)


def rule(data: Mapping[str, Any] | None) -> str:
    """A rule in one sentence; empty where there is none."""
    if data is None:
        return ""
    criteria = parse(dict(data))
    told = describe(criteria, names_for([criteria]))
    return told[:1].upper() + told[1:] + "."


def method(survey: Survey) -> list[str]:
    """How it is asked and counted, in the order in which somebody would ask. Before the opening and after it the same."""
    how = survey.method
    lines = [
        _("Asked is everybody who is a member when it opens, those who are away and alumni too. Suspended accounts are not.")
        if survey.audience is None
        else _("Asked is who meets this rule when it opens, by what all members may see: %(rule)s", rule=rule(survey.audience)),
        _("Who is asked is written down at the opening and stays as it is."),
        _("Each person has one answer and may change it until the end. “I'd rather not say” is an answer too."),
        _("Who does not answer, or would rather not say, is counted as not known: not as yes, not as no. “Partly” and “not sure” "
          "are not yes."),
        _("Proven means: more than %(over)s of everybody who was asked say yes, even if nobody else would.",
          over=f"{how['over']}{PERCENT}"),
        _("People stand in one of four groups: away, alumni, quiet (no deed told in the %(days)s days before it opened), active.",
          days=how["quiet_days"]),
        _("A guess, where there is one, assumes that within a group those of whom we do not know are like the others, and weighs "
          "each group by its people. It never decides."),
        _("Numbers below %(least)s are told nowhere: such people are counted among those of whom we do not know, or together "
          "with other groups.", least=how["least"]),
    ]  # fmt: skip
    if survey.evidence is not None:
        lines.append(_("Beside it we count who did not answer and has shown it in another way: %(rule)s Only their number is "
                       "kept.", rule=rule(survey.evidence)))  # fmt: skip
    return lines


def secrecy(survey: Survey) -> list[str]:
    """Before anybody answers."""
    if survey.is_anonymous:
        first = _("Nobody sees who answered and who did not, or how: not the council, and not who runs this place.")
    else:
        first = _("Nobody sees who did not answer, or what anybody chose: not the council, and not who runs this place.")
    lines = [first, _("Until it closes there is no count anywhere.")]
    if survey.is_anonymous:
        lines.append(_("When it closes, the program itself forgets whose answer is whose. What you write in your own words is "
                       "read by the council, without a name."))  # fmt: skip
    else:
        lines.append(_("This survey is not anonymous: what you write in your own words is read by the council with your name, "
                       "after it closes. What you choose is parted from your name then."))  # fmt: skip
    return lines

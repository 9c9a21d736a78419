"""What was agreed about a contest, in plain words: how a round is decided, who goes on, and what happens when votes are
missing. The same sentences before, during and after."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from recognition.contests.models.contest import Contest, Round
from recognition.contests.rules import (
    APPROVAL,
    BORDA,
    DRAW,
    EXTEND,
    IRV,
    JURY,
    SCHULZE,
    SCORE,
    SCORE_MAX,
    ContestSpec,
    RoundSpec,
)

AnyRound = Round | RoundSpec
METHOD_NAMES = {
    APPROVAL: lazy_gettext("Approve: tick what you like"), SCORE: lazy_gettext("Score: 0 to 5 for each"),
    SCHULZE: lazy_gettext("Rank: decided by duels (Schulze)"), IRV: lazy_gettext("Rank: the last one falls each time (IRV)"),
    BORDA: lazy_gettext("Rank: points by place (Borda)"),
}  # fmt: skip


def method(one: AnyRound) -> str:
    """What a voter does, and what decides."""
    if one.method == APPROVAL and one.most_choices:
        return str(ngettext(
            "Each ballot may approve of %(num)s entry; the one that most approve of wins.",
            "Each ballot may approve of up to %(num)s entries; the one that most approve of wins.", one.most_choices,
        ))  # fmt: skip
    return str({
        APPROVAL: _("Each ballot may approve of as many entries as it likes; the one that most approve of wins."),
        SCORE: _("Each ballot gives 0 to %(most)s points to as many entries as it likes; the best average wins.", most=SCORE_MAX),
        BORDA: _("Each ballot ranks entries; a better rank is worth more points, and the most points win."),
        IRV: _("Each ballot ranks entries. The one that fewest put first falls and its ballots go on to their next choice, "
               "until one has more than half."),
        SCHULZE: _("Each ballot ranks entries. Every two meet in a duel; whoever wins the duels, also by way of others, wins."),
    }.get(one.method, ""))  # fmt: skip


def judges(one: AnyRound, jurors: int) -> str:
    if one.judges != JURY:
        return str(_("The community votes."))
    return str(ngettext("A jury of %(num)s person votes.", "A jury of %(num)s people votes.", jurors))


def missing(one: AnyRound) -> str:
    """What happens if too few vote, decided beforehand."""
    if not one.quorum:
        return str(_("Every ballot counts, however few there are."))
    needed = ngettext("It counts with %(num)s ballot or more.", "It counts with %(num)s ballots or more.", one.quorum)
    if one.missing == EXTEND:
        longer = ngettext("With fewer it stays open for %(num)s day more, once; after that, with fewer, it decides nothing.",
                          "With fewer it stays open for %(num)s days more, once; after that, with fewer, it decides nothing.",
                          one.extend_days)  # fmt: skip
        return f"{needed} {longer}"
    return f"{needed} {_('With fewer it decides nothing, and nobody waits for the ones who are silent.')}"


def deputies(one: AnyRound) -> str:
    if one.judges != JURY or one.deputies_at is None:
        return ""
    return str(_("Who cannot is replaced by a deputy at once; for whoever is silent, deputies come in on a day that is fixed."))


def goes_on(one: AnyRound, is_last: bool) -> str:
    if is_last:
        return ""
    if one.advance_count is None:
        return str(_("All entries go on to the next round."))
    return str(ngettext("The first goes on to the next round, and whatever is level with it.",
                        "The first %(num)s go on to the next round, and whatever is level with the last of them.",
                        one.advance_count))  # fmt: skip


def carried(contest: Contest | ContestSpec) -> str:
    """How the rounds make one order."""
    weights = [one.weight for one in contest.rounds]
    if len(weights) < 2:
        return ""
    whole = sum(weights) or 1
    shares = ", ".join(
        str(_("round %(number)s: %(share)s %%", number=number, share=round(100 * weight / whole)))
        for number, weight in enumerate(weights, start=1)
    )
    sums = _("The final order adds up the rounds: %(shares)s.", shares=shares)
    return f"{sums} {_('Whatever falls in an earlier round stands behind what went on.')}"


def ties(tie_rule: str) -> str:
    if tie_rule == DRAW:
        return str(_("Equals are put in order by lot, by a number that is fixed before anybody votes and can be checked later."))
    return str(_("Equals share a place."))

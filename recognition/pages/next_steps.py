"""Three things a member could do next, each with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from recognition.badges.models import Badge
from recognition.badges.nearest import nearest_for
from recognition.badges.words import Part
from recognition.contests.at_hand import VOTE, AtHand
from recognition.contests.rules import PERSON
from recognition.contests.words import left
from recognition.pages.posters import Poster
from recognition.quests.queries import NextStep

SHOWN = 3


@dataclass(frozen=True)
class Suggestion:
    title: str
    reason: str
    href: str
    action: str
    minutes: int
    family: str
    kicker: str


def suggestions(
    member_id: int,
    quests: Sequence[NextStep],
    invitation: Poster | None,
    pins: bool = True,
    contests: Sequence[AtHand] = (),
    now: datetime | None = None,
) -> list[Suggestion]:
    """The quest at hand first, then a contest that waits for them, the campaign that may be joined, a deed to tell, another
    quest; where those run out, the pins that are nearest, for whoever takes any (`pins`). Never three of one sort while
    there is another."""
    found = [_quest(step) for step in quests[:1]]
    found += [_contest(one, now) for one in contests[:1] if now is not None]
    if invitation is not None:
        found.append(_join(invitation))
    found.append(_tell())
    found += [_quest(step) for step in quests[1:]]
    if pins and len(found) < SHOWN:
        found += [_pin(badge, part) for badge, part in nearest_for(member_id, SHOWN - len(found))]
    return found[:SHOWN]


def _quest(step: NextStep) -> Suggestion:
    return Suggestion(
        step.title,
        step.reason,
        url_for(step.endpoint, **dict[str, Any](step.url)),
        _("Go on") if step.endpoint == "quests.step" else _("Begin"),
        step.minutes,
        step.family,
        _("Quest"),
    )


def _join(shown: Poster) -> Suggestion:
    reason = shown.told.tagline or _("It is running now, and everybody may walk along.")
    campaign = shown.campaign
    return Suggestion(shown.told.title, reason, url_for("campaigns.show", slug=campaign.slug), _("Have a look"), 2,
                      campaign.family, _("Campaign"))  # fmt: skip


def _contest(one: AtHand, now: datetime) -> Suggestion:
    time = left(one.until, now)
    if one.what == VOTE:
        reason = _("The vote is open for %(time)s more. You can stop, come back and change it until then.", time=time)
        return Suggestion(one.title, reason, f"/contests/{one.slug}/vote", _("Look and vote"), 10, one.family, _("Vote"))
    if one.takes == PERSON:
        reason = _("Whom would you like to thank in front of everybody? Names are taken for %(time)s more.", time=time)
        return Suggestion(one.title, reason, f"/contests/{one.slug}/enter", _("Name somebody"), 5, one.family, _("Contest"))
    reason = _("Entries are taken for %(time)s more. You can begin now and finish later.", time=time)
    return Suggestion(one.title, reason, f"/contests/{one.slug}", _("Hand something in"), 20, one.family, _("Contest"))


def _pin(badge: Badge, part: Part) -> Suggestion:
    reason = _("%(numbers)s already. %(words)s.", numbers=part.numbers, words=badge.summary.rstrip("."))
    return Suggestion(badge.name, reason, url_for("badges.show", slug=badge.slug), _("See what is missing"), 2, badge.family,
                      _("A pin near you"))  # fmt: skip


def _tell() -> Suggestion:
    reason = _("A talk, an answer, a cup of tea for somebody new: one sentence is enough, and no category is needed.")
    return Suggestion(_("Tell us what you did"), reason, "/activities/new", _("Tell it"), 1, "helping", _("Deed"))

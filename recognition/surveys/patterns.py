"""Surveys to begin with: filled-in forms, with dates that are kind. Everything in them can be changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from flask_babel import gettext as _

from recognition.activities.builder.taking import take
from recognition.surveys.forms import Written, blank, blank_question, moment_text, written_of
from recognition.surveys.models import Survey
from recognition.surveys.rules import CHOICE, SEVERAL, TEXT

MDM_QUEST = "what-is-mdm"


def days_from(now: datetime) -> Callable[[int], str]:
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return lambda number: moment_text(noon + timedelta(days=number))


def empty(now: datetime) -> Written:
    return blank(days_from(now))


def copied(survey: Survey, now: datetime) -> Written:
    """The same questions and the same way of counting, at other dates."""
    days = days_from(now)
    draft = written_of(survey)
    length = max((survey.closes_at - survey.opens_at).days, 1)
    values = {**draft.values, "slug": "", "seen": "", "opens_at": days(0), "closes_at": days(length)}
    return replace(draft, values=values)


def mdm(now: datetime, has_quest: bool) -> Written:
    """Asked before a campaign and after it. `has_quest`: the first quest is there, so that finishing it is shown beside."""
    draft = blank(days_from(now))
    scale = "\n".join((_("Yes"), _("Partly"), _("No"), _("Not sure")))
    asked = [
        blank_question(ask=_("I know what MDM is about"), hint=_("MDM stands for Mission-Driven Mozillians."), options=scale,
                       yes=_("Yes"), no=_("No")),
        blank_question(ask=_("I could explain it to a newcomer"), options=scale),
        blank_question(kind=SEVERAL, ask=_("Which seven of these ten are its areas?"), options="\n".join(_areas())),
        blank_question(kind=TEXT, ask=_("Name one campaign, and what it was for")),
        blank_question(kind=CHOICE, ask=_("I know where to find work that fits me"), options=scale),
        blank_question(kind=CHOICE, ask=_("I know how I like to be recognised"), options=scale),
        blank_question(kind=TEXT, ask=_("What is still foggy?"), hint=_("The council reads it, so that it can be told better.")),
    ]  # fmt: skip
    values = {
        **draft.values, "title": _("Do we know what MDM is about?"), "second": "rule" if has_quest else "none",
        "intro": _("We want more than four of five of us to know what MDM is about. Do you? Every answer helps, “no” as much as "
                   "“yes”: then we know what to tell better."),
    }  # fmt: skip
    cards = {**draft.cards, **({"evidence": take({"finished": MDM_QUEST})} if has_quest else {})}
    return replace(draft, values=values, questions=asked, cards=cards)


def _areas() -> list[str]:
    return [_("Evangelising"), _("Selling ads"), _("Teaching"), _("Advocating"), _("Localising"), _("Bookkeeping"),
            _("Documenting"), _("Building community"), _("Hiring staff"), _("Testing")]  # fmt: skip

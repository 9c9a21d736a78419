"""What somebody still needs before they can ask for a role, for that person alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app

from recognition.activities import measure
from recognition.activities.criteria.decide import Progress, decide
from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import Criteria, opened
from recognition.badges.words import Part, names_for, part_of
from recognition.identity.models import Member
from recognition.roles.rules import Entry
from recognition.roles.suiting import Suited, open_roles

TRIED_MAX = 2


@dataclass(frozen=True)
class Standing:
    """`rule` None: none is asked for. `quest`: its slug and title, where one is needed or will be; `needs_quest`: the day has
    come; `has_quest`: they finished it."""

    rule: Part | None
    quest: tuple[str, str] | None
    needs_quest: bool
    has_quest: bool

    @property
    def is_met(self) -> bool:
        return (self.rule is None or self.rule.met) and (self.has_quest or not self.needs_quest)


def rule_words(entry: Entry) -> str:
    """For everybody; empty without a rule."""
    if entry.rule is None:
        return ""
    criteria = parse(entry.rule)
    said = describe(criteria, names_for([criteria]))
    return said[:1].upper() + said[1:]


def quest_of(entry: Entry) -> tuple[str, str] | None:
    if entry.quest is None or entry.quest_from is None:
        return None
    titles: dict[str, str] = current_app.extensions["names"]["quest"]([entry.quest])
    return entry.quest, titles.get(entry.quest, entry.quest)


def standing(entry: Entry, member_id: int, now: datetime) -> Standing:
    part = None
    if entry.rule is not None:
        criteria = _seen(entry.rule)
        part = part_of(_progress(criteria, member_id, now), names_for([criteria]))
    return Standing(part, quest_of(entry), entry.needs_quest(now.date()), _has_finished(entry.quest, member_id, now))


def meets(entry: Entry, member_id: int, now: datetime) -> bool:
    """As `standing`, without its words."""
    if entry.rule is not None and not _progress(_seen(entry.rule), member_id, now).met:
        return False
    return not entry.needs_quest(now.date()) or _has_finished(entry.quest, member_id, now)


def fitting(member: Member, now: datetime) -> Suited | None:
    """An open role whose conditions this member meets: of the two that may be for them most, the first one."""
    found = open_roles(member, now)[:TRIED_MAX]
    return next((one for one in found if meets(one.reading.entry, member.id, now)), None)


def _seen(rule: dict[str, Any]) -> Criteria:
    """By what every member may see: whoever wrote the rule learns from who asks nothing that no page tells them."""
    return opened(parse(rule))


def _has_finished(quest: str | None, member_id: int, now: datetime) -> bool:
    """Also where they keep it to themselves; the form says that whoever decides learns it."""
    return quest is not None and _progress(parse({"finished": quest}), member_id, now).met


def _progress(criteria: Criteria, member_id: int, now: datetime) -> Progress:
    return decide(criteria, measure.values(criteria, [member_id], now=now)[member_id])

"""What a badge that nobody saved yet would look like, mean, and bring today."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from recognition.activities.builder import words as rule_words
from recognition.activities.builder.cards import Form
from recognition.badges import words
from recognition.badges.artwork.design import BadDesign, PinDesign
from recognition.badges.models import Badge
from recognition.badges.rules import Rule, rim_of, rule_of
from recognition.badges.services.considering import dry_run_slice
from recognition.identity.models import Member
from recognition.identity.queries import group_by_slug, profiles
from recognition.identity.rules import ProfileView
from recognition.pages.badge_studio.forms import INPUTS, RULE, Draft

LOOK_MEMBERS = 2000
LOOKS_AT_ONCE = 25
"""A page asks so many times by itself; then somebody has to want it."""
NAMES = 12


@dataclass(frozen=True)
class Who:
    """To how many a rule would go, and how many hold the badge who would not meet it, among the `looked` first members.
    `people`: the first of them whom this reader may know. `levels`: how many awards of each level that would be. `rule`
    is what was looked with. `next_after` None: that was everybody."""

    new: int = 0
    lost: int = 0
    looked: int = 0
    next_after: int | None = 0
    ids: tuple[int, ...] = ()
    people: Sequence[ProfileView] = ()
    levels: Mapping[int, int] = field(default_factory=dict)
    rule: str = ""

    @property
    def awards(self) -> int:
        return sum(self.levels.values())

    @property
    def is_done(self) -> bool:
        return self.next_after is None

    @property
    def goes_on(self) -> bool:
        return not self.is_done and self.looked < LOOKS_AT_ONCE * LOOK_MEMBERS

    @property
    def more(self) -> int:
        return self.new - len(self.people)


@dataclass(frozen=True)
class Sketch:
    """`sentence` is empty while the rule is none; `missing` says what to mend before the badge can be saved."""

    name: str
    summary: str
    pins: Sequence[tuple[str, str]]
    sentence: str
    missing: Sequence[str]
    has_rule: bool


def sketch(draft: Draft) -> Sketch:
    sentence = ""
    if draft.criteria is not None:
        sentence = words.sentence(_rule(draft, None, None), words.names_for([draft.criteria]))
    elif not draft.by_rule:
        sentence = words.sentence(None, {})
    name = draft.values["name"].strip()
    in_order = sorted(draft.errors, key=lambda name: INPUTS.index(name) if name in INPUTS else len(INPUTS))
    missing = list(dict.fromkeys(_to_do(name, draft.errors[name]) for name in in_order))
    return Sketch(name, draft.values["summary"].strip(), _pins(draft), sentence, missing, draft.criteria is not None)


def _to_do(name: str, sentence: str) -> str:
    """Away from its field a fault of the rule says where it is."""
    place = re.match(rf"{RULE}(-\d+)*(?=-)", name)
    return str(_("%(part)s: %(fault)s", part=rule_words.part(place[0]), fault=sentence)) if place else sentence


def _pins(draft: Draft) -> list[tuple[str, str]]:
    """Address and words of the picture for each level; what is missing for a picture is filled in for a moment."""
    family, glyph, band = (draft.values[name] for name in ("family", "glyph", "band"))
    found = []
    for level in draft.levels or (None,):
        try:
            design = PinDesign(family, glyph, band.strip()[:12] or "…", rim_of(draft.levels, level))
        except (BadDesign, ValueError):
            continue
        address = url_for("badge_studio.pin", family=family, glyph=glyph, band=design.band, level=design.level)
        found.append((address, str(_("Level %(level)s", level=level)) if level else ""))
    return found


def _rule(draft: Draft, badge: Badge | None, issuer_id: int | None) -> Rule:
    assert draft.criteria is not None  # noqa: S101 - callers ask for a sketch of a rule only where there is one
    spec = draft.spec
    return Rule(badge.id if badge else 0, badge.slug if badge else "", badge.version if badge else 0, draft.criteria,
                draft.levels, issuer_id, spec.valid_days if spec else None)  # fmt: skip


def look_on(draft: Draft, badge: Badge | None, form: Form, viewer: Member, now: datetime) -> Who | None:
    """The next members, beginning where the form says that the last look ended. None while there is no rule."""
    if draft.criteria is None:
        return None
    group = group_by_slug(draft.values["issuer"]) if draft.values["issuer"] else None
    rule = _rule(draft, badge, group.id if group else None)
    so_far = _so_far(form, rule)
    if so_far.next_after is None:
        return _with_people(so_far, viewer)
    found = dry_run_slice(rule, so_far.next_after, now, LOOK_MEMBERS)
    occasions = Counter(int(one) for many in found.new.values() for one in many if one)
    return _with_people(
        Who(so_far.new + len(found.new), so_far.lost + len(found.lost), so_far.looked + found.looked, found.next_after,
            (*so_far.ids, *found.new)[:NAMES], levels=dict(sorted((Counter(so_far.levels) + occasions).items())),
            rule=so_far.rule), viewer
    )  # fmt: skip


def _with_people(who: Who, viewer: Member) -> Who:
    known = profiles(list(who.ids), viewer)
    people = [known[member_id] for member_id in who.ids if member_id in known and known[member_id].state != "suspended"]
    return replace(who, people=people)


def _so_far(form: Form, rule: Rule) -> Who:
    """What the page was told before of this very rule; of another one it says nothing. It is only shown again, so whoever
    changes it fools themselves alone."""
    told = hashlib.sha256(repr(rule).encode()).hexdigest()[:16]
    if form.get("who-rule") != told:
        return Who(rule=told)
    ids = tuple(int(text) for text in form.getlist("who-ids")[:NAMES] if _is_number(text))
    levels = {level: number for level in rule.levels if (number := _number(form, f"who-level-{level}"))}
    after = None if form.get("who-after", "0") == "done" else _number(form, "who-after")
    return Who(_number(form, "who-new"), _number(form, "who-lost"), _number(form, "who-looked"), after, ids, levels=levels,
               rule=told)  # fmt: skip


def _number(form: Form, name: str) -> int:
    text = form.get(name, "0")
    return int(text) if _is_number(text) else 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def sentence_of(badge: Badge) -> str:
    """What the stored badge asks for."""
    rule = rule_of(badge)
    return words.sentence(rule, words.names_for([rule.criteria]) if rule else {})

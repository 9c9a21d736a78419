"""All that happened on an objective, newest first: the idea it came from, news, edits, milestones, and what belongs to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.audit.models import AuditEntry
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.rules import ProfileView
from recognition.objectives import edits
from recognition.objectives.belonging import Thing, things
from recognition.objectives.models import Objective, ObjectiveNews
from recognition.objectives.queries import PATHS, path_of, people_of
from recognition.objectives.rules import DRAFT
from recognition.web.pagination import PAGE_SIZE, Page, as_moment, as_number, decode, encode

_ACTS = (
    "objective.asking",
    "objective.running",
    "objective.paused",
    "objective.ended",
    "objective.changed",
    "milestone.done",
    "milestone.reopened",
)
People = Mapping[int, ProfileView]


@dataclass(frozen=True)
class Happening:
    """One thing on the timeline. `sort`: news, state, milestone, changed, or one of `belonging.Thing`. `changes`: what was
    changed, each with before and after."""

    at: datetime
    sort: str
    title: str
    words: str
    path: str
    who: ProfileView | None
    changes: tuple[edits.Edit, ...] = ()


def timeline(
    one: Objective, viewer: Member | None, now: datetime, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[Happening]:
    """Everything on the initiative so far, from the first idea to its result. Four statements."""
    last = decode(cursor, (int,))
    before = as_moment(last[0]) if last else now
    news, acts = _news(one, before, size + 1), _acts(one, before, size + 1, viewer)
    belonging = things({row.source for row in one.results} | {row.closes for row in one.milestones}, before, size + 1)
    named = edits.owners(side for act in acts for side in (act.before, act.after) if side)
    people = people_of([*(row.author_id for row in news), *(thing.who_id for thing in belonging), *named], viewer)
    found = [Happening(row.at, "news", "", row.words, "", people.get(row.author_id or 0)) for row in news]
    found += [_act(row, people) for row in acts] + [_thing(thing, people) for thing in belonging]
    found.sort(key=lambda happening: happening.at, reverse=True)
    shown = found[:size]
    # Those of one moment stay on one page.
    while len(found) > len(shown) and found[len(shown)].at == shown[-1].at:
        shown.append(found[len(shown)])
    return Page(shown, encode((as_number(shown[-1].at),)) if len(found) > len(shown) else None)


def _news(one: Objective, before: datetime, limit: int) -> list[ObjectiveNews]:
    wanted = sa.select(ObjectiveNews).where(ObjectiveNews.objective_id == one.id, ObjectiveNews.at < before)
    return list(db.session.scalars(wanted.order_by(ObjectiveNews.at.desc(), ObjectiveNews.id.desc()).limit(limit)))


def _acts(one: Objective, before: datetime, limit: int, viewer: Member | None) -> list[AuditEntry]:
    """What was changed before a reader could see it is not told to them."""
    mine = AuditEntry.target == f"objective:{one.slug}"
    wanted = sa.select(AuditEntry).where(mine, AuditEntry.action.in_(_ACTS), AuditEntry.at < before)
    if viewer is None or "council" not in viewer.roles:
        # A plan may also end without ever having run.
        opened = ("objective.running", "objective.ended") if viewer is None else ("objective.asking", "objective.running")
        began = sa.select(sa.func.min(AuditEntry.id)).where(mine, AuditEntry.action.in_(opened)).scalar_subquery()
        wanted = wanted.where(AuditEntry.id >= sa.func.coalesce(began, 0))
    return list(db.session.scalars(wanted.order_by(AuditEntry.id.desc()).limit(limit)))


def _act(row: AuditEntry, people: People) -> Happening:
    after = row.after or {}
    words = {
        "objective.asking": _("Members are asked"),
        "objective.running": _("It runs"), "objective.paused": _("It rests"), "objective.ended": _("It has ended"),
        "objective.changed": _("Changed"), "milestone.done": _("Done: %(title)s", title=after.get("title", "")),
        "milestone.reopened": _("Open again: %(title)s", title=after.get("title", "")),
    }  # fmt: skip
    if row.action == "objective.changed":
        changed = tuple(edits.in_words(row.before or {}, after, people))
        return Happening(row.at, "changed", words[row.action], "", "", None, changed)
    sort = row.action.partition(".")[0] if row.action.startswith("milestone") else "state"
    if row.action == "objective.running" and (row.before or {}).get("state") == DRAFT and after.get("reason"):
        words[row.action] = _("Started without asking")
    return Happening(row.at, sort, words[row.action], str(after.get("reason", "")), path_of(str(after.get("by", ""))), None)


def _thing(thing: Thing, people: People) -> Happening:
    return Happening(thing.at, thing.sort, thing.title, "", PATHS[thing.kind] + thing.slug, people.get(thing.who_id or 0))

"""Objectives as one reader may see them, and what they may be tied to."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.campaigns.models import Campaign
from recognition.contests.models.contest import Contest
from recognition.database import among
from recognition.events.models import Event
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.metrics.models import Area
from recognition.news.models import OUT, Announcement, AnnouncementText
from recognition.news.reach import reach
from recognition.objectives.models import Milestone, MilestoneHelp, Objective
from recognition.objectives.rules import BEFORE, reached, tone
from recognition.surveys.models import Survey
from recognition.web.pagination import PAGE_SIZE, Page, decode, page
from recognition.web.templating import day

CHOICES_MAX = 60
HELPERS_SHOWN = 12
PATHS = {"campaign": "/campaigns/", "survey": "/surveys/", "event": "/events/", "announcement": "/news/", "contest": "/contests/",
         "area": "/council/dashboards/areas/", "question": "/questions/"}  # fmt: skip


@dataclass(frozen=True)
class ResultLine:
    """`share` of the way, 0 to 1."""

    id: int
    title: str
    source: str
    source_path: str
    unit: str
    target: float
    value: float | None
    share: float
    changed_at: datetime


@dataclass(frozen=True)
class MilestoneLine:
    """`reach`: how many members the announcement that closes it reached, in words; for the council. `is_reopened`: a person
    opened it again, and so far a person closes it."""

    id: int
    title: str
    due_on: date | None
    is_late: bool
    owner: ProfileView | None
    closes: str
    closes_path: str
    wants_help: bool
    helpers: tuple[ProfileView, ...]
    helps: bool
    done_at: datetime | None
    by_itself: bool
    is_reopened: bool
    reach: str


@dataclass(frozen=True)
class ObjectiveLine:
    """`tone`: fresh, warned or quiet."""

    slug: str
    title: str
    starts_on: date
    ends_on: date
    state: str
    tone: str
    news_at: datetime
    done: int
    milestones: int
    share: float


def objective_by_slug(slug: str, hidden: Collection[str] = BEFORE) -> Objective | None:
    """`hidden`: states that the reader sees nothing of."""
    found: Objective | None = db.session.scalar(
        sa.select(Objective).where(Objective.slug == slug, Objective.state.not_in(hidden))
    )
    return found


def listed(cursor: str | None, now: datetime, hidden: Collection[str] = BEFORE, size: int = PAGE_SIZE) -> Page[ObjectiveLine]:
    wanted = sa.select(Objective).where(Objective.state.not_in(hidden)).order_by(Objective.id.desc()).limit(size + 1)
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(Objective.id < last[0])
    found = page(db.session.scalars(wanted).all(), size, lambda one: (one.id,))
    return Page([_line(one, now) for one in found.items], found.next_cursor)


def _line(one: Objective, now: datetime) -> ObjectiveLine:
    shares = [reached(row.value, row.target) for row in one.results]
    done = sum(row.done_at is not None for row in one.milestones)
    heard = tone(one.state, one.news_at, one.quiet_days, now)
    share = sum(shares) / len(shares) if shares else 0.0
    all_ = len(one.milestones)
    return ObjectiveLine(one.slug, one.title, one.starts_on, one.ends_on, one.state, heard, one.news_at, done, all_, share)


def results(one: Objective) -> list[ResultLine]:
    return [
        ResultLine(row.id, row.title, row.source, path_of(row.source), row.unit, row.target, row.value,
                   reached(row.value, row.target), row.changed_at)
        for row in one.results
    ]  # fmt: skip


def milestones(one: Objective, viewer: Member | None, today: date) -> list[MilestoneLine]:
    """Who offers help is for members to see."""
    ids = [row.id for row in one.milestones]
    offers = sa.select(MilestoneHelp.milestone_id, MilestoneHelp.member_id).where(among(MilestoneHelp.milestone_id, ids))
    rows = db.session.execute(offers.order_by(MilestoneHelp.at, MilestoneHelp.member_id)).all() if viewer else []
    helping: dict[int, list[int]] = {}
    for row in rows:
        helping.setdefault(row.milestone_id, []).append(row.member_id)
    shown = {id_ for found in helping.values() for id_ in found[:HELPERS_SHOWN]}
    people = people_of([*shown, *(row.owner_id for row in one.milestones)], viewer)
    told = _reach(one) if viewer is not None and "council" in viewer.roles else {}
    return [_milestone(row, helping.get(row.id, []), people, viewer, today, told.get(row.closes, "")) for row in one.milestones]


def _reach(one: Objective) -> dict[str, str]:
    slugs = [row.closes.partition(":")[2] for row in one.milestones if row.closes.startswith("announcement:")]
    wanted = sa.select(Announcement.slug, Announcement.channels, Announcement.told_count, Announcement.mailed_count)
    rows = db.session.execute(wanted.where(among(Announcement.slug, slugs), Announcement.state == OUT)) if slugs else ()
    return {f"announcement:{row.slug}": reach(row.channels, row.told_count, row.mailed_count) for row in rows}


def _milestone(
    row: Milestone, helping: list[int], people: dict[int, ProfileView], viewer: Member | None, today: date, told: str
) -> MilestoneLine:
    return MilestoneLine(
        row.id, row.title, row.due_on, row.done_at is None and row.due_on is not None and row.due_on < today,
        people.get(row.owner_id or 0), row.closes, path_of(row.closes), row.wants_help,
        tuple(people[id_] for id_ in helping[:HELPERS_SHOWN] if id_ in people), viewer is not None and viewer.id in helping,
        row.done_at, row.done_by == "system", row.reopened_at is not None, told,
    )  # fmt: skip


def owner(one: Objective, viewer: Member | None) -> ProfileView | None:
    return people_of([one.owner_id], viewer).get(one.owner_id or 0)


def people_of(ids: Iterable[int | None], viewer: Member | None) -> dict[int, ProfileView]:
    found = profiles([id_ for id_ in ids if id_], viewer)
    return {id_: one for id_, one in found.items() if one.state != "suspended"}


def path_of(ref: str) -> str:
    kind, _colon, slug = ref.partition(":")
    return PATHS[kind] + slug if kind in PATHS else ""


def choices(kinds: Sequence[str]) -> dict[str, str]:
    """Titles by ref of what an objective may be tied to: the newest of each sort."""
    first = sa.and_(AnnouncementText.announcement_id == Announcement.id, AnnouncementText.position == 0)
    asked: dict[str, Any] = {
        "campaign": sa.select(Campaign.slug, Campaign.title).order_by(Campaign.id.desc()),
        "survey": sa.select(Survey.slug, Survey.title).order_by(Survey.id.desc()),
        "event": sa.select(Event.slug, Event.title, Event.starts_at, Event.zone)
        .order_by(Event.starts_at.desc(), Event.id.desc()),
        "announcement": sa.select(Announcement.slug, AnnouncementText.title).join(AnnouncementText, first)
        .order_by(Announcement.id.desc()),
        "contest": sa.select(Contest.slug, Contest.title).order_by(Contest.id.desc()),
        "area": sa.select(Area.slug, Area.title).order_by(Area.position, Area.id),
    }  # fmt: skip
    words = {
        "campaign": _("Campaign: %(title)s"), "survey": _("Survey: %(title)s"), "event": _("Event: %(title)s"),
        "announcement": _("News: %(title)s"), "contest": _("Contest: %(title)s"), "area": _("Active in: %(title)s"),
    }  # fmt: skip
    found: dict[str, str] = {}
    for kind in kinds:
        for slug, title, *at in db.session.execute(asked[kind].limit(CHOICES_MAX)):
            # Those of a series are called the same.
            called = f"{title} · {day(at[0].astimezone(ZoneInfo(at[1])).date())}" if at else title
            found[f"{kind}:{slug}"] = words[kind].replace("%(title)s", called)
    return found

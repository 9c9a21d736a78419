"""What the program sees by itself: milestones whose thing is out or over, key results that something measures, and
objectives of which nobody has told anything for a while."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.campaigns.models import Campaign
from recognition.campaigns.outcomes import end_of
from recognition.contests.models.contest import Contest, Round
from recognition.contests.rules import CLOSED, PUBLISHED
from recognition.database import among
from recognition.events.models import Event
from recognition.extensions import db
from recognition.news.models import OUT, Announcement
from recognition.objectives import measuring
from recognition.objectives.models import KeyResult, Milestone, Objective
from recognition.objectives.rules import RUNNING
from recognition.refs import Ref
from recognition.surveys.models import CLOSED as SURVEY_CLOSED
from recognition.surveys.models import Survey

SYSTEM = "system"
SLICE = 500


def look(now: datetime) -> dict[str, int]:
    """All of it, for every objective that runs. May run any number of times, also side by side."""
    return {"closed": close_milestones(now), "measured": measure(now), "warned": warn(now)}


def close_milestones(now: datetime) -> int:
    """Each milestone whose thing is done is closed once, by the system. However many others wait for longer, and none that a
    person opened again after its thing was done."""
    waiting = (Milestone.done_at.is_(None), Milestone.closes != "")
    of_running = sa.and_(Objective.id == Milestone.objective_id, Objective.state == RUNNING)
    known = sa.select(Milestone.id, Milestone.closes, Milestone.reopened_at).join(Objective, of_running).where(*waiting)
    rows = db.session.execute(known.order_by(Milestone.id)).all()
    done = _done({row.closes for row in rows}, now)
    ids = [row.id for row in rows if _is_over(row.closes, row.reopened_at, done)][:SLICE]
    mine = sa.select(Milestone).where(among(Milestone.id, ids), *waiting).order_by(Milestone.id)
    held = mine.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    closed = [row for row in db.session.scalars(held) if _is_over(row.closes, row.reopened_at, done)] if ids else []
    slugs = _slugs({row.objective_id for row in closed})
    for row in closed:
        row.done_at, row.done_by, row.reopened_at = done[row.closes], SYSTEM, None
        said = {"title": row.title, "by": row.closes}
        audit.record("milestone.done", Ref("objective", slugs[row.objective_id]), None, after=said)
    fresh = sa.update(Objective).where(among(Objective.id, {row.objective_id for row in closed}))
    if closed:
        db.session.execute(fresh.values(news_at=now, warned_at=None), execution_options={"synchronize_session": False})
    return len(closed)


def _is_over(closes: str, reopened_at: datetime | None, done: Mapping[str, datetime]) -> bool:
    at = done.get(closes)
    return at is not None and (reopened_at is None or at > reopened_at)


def _slugs(ids: Iterable[int]) -> dict[int, str]:
    return {
        row.id: row.slug for row in db.session.execute(sa.select(Objective.id, Objective.slug).where(among(Objective.id, ids)))
    }


def _done(refs: Collection[str], now: datetime) -> dict[str, datetime]:
    """When each of these was out or over; those that are not are absent."""
    found: dict[str, datetime] = {}
    for kind, over in _OVER.items():
        slugs = {ref.partition(":")[2] for ref in refs if ref.startswith(f"{kind}:")}
        if slugs:
            found |= {f"{kind}:{slug}": at for slug, at in over(slugs, now).items()}
    return found


def _announcements(slugs: Collection[str], _now: datetime) -> dict[str, datetime]:
    """There for everybody to read."""
    out = sa.select(Announcement.slug, Announcement.out_at).where(
        among(Announcement.slug, slugs), Announcement.state == OUT, Announcement.is_public
    )
    return {row.slug: row.out_at for row in db.session.execute(out) if row.out_at is not None}


def _events(slugs: Collection[str], now: datetime) -> dict[str, datetime]:
    over = sa.select(Event.slug, Event.ends_at).where(among(Event.slug, slugs), Event.state == "planned", Event.ends_at <= now)
    return {row.slug: row.ends_at for row in db.session.execute(over)}


def _surveys(slugs: Collection[str], _now: datetime) -> dict[str, datetime]:
    over = sa.select(Survey.slug, Survey.result_at).where(among(Survey.slug, slugs), Survey.state == SURVEY_CLOSED)
    return {row.slug: row.result_at for row in db.session.execute(over.where(Survey.result_at.is_not(None)))}


def _contests(slugs: Collection[str], _now: datetime) -> dict[str, datetime]:
    """Decided: its last round is closed, and it has no other one open."""
    is_open = sa.exists().where(Round.contest_id == Contest.id, Round.state != CLOSED)
    last = sa.select(sa.func.max(Round.ends_at)).where(Round.contest_id == Contest.id).scalar_subquery()
    over = sa.select(Contest.slug, last.label("at")).where(among(Contest.slug, slugs), Contest.state == PUBLISHED, ~is_open)
    return {row.slug: row.at for row in db.session.execute(over) if row.at is not None}


def _campaigns(slugs: Collection[str], now: datetime) -> dict[str, datetime]:
    """One that was ended early was over when somebody said so."""
    is_over = sa.or_(Campaign.state == "ended", sa.and_(Campaign.state == "published", Campaign.ends_at <= now))
    over = sa.select(Campaign.slug, end_of().label("at")).where(among(Campaign.slug, slugs), is_over)
    return {row.slug: row.at for row in db.session.execute(over)}


_OVER: Mapping[str, Callable[[Collection[str], datetime], dict[str, datetime]]] = {
    "announcement": _announcements, "event": _events, "survey": _surveys, "contest": _contests, "campaign": _campaigns,
}  # fmt: skip


def measure(now: datetime) -> int:
    """How many key results have another value than before."""
    wanted = sa.select(KeyResult).join(Objective, Objective.id == KeyResult.objective_id)
    rows = db.session.scalars(wanted.where(Objective.state == RUNNING, KeyResult.source != "").order_by(KeyResult.id)).all()
    values = measuring.values({(row.source, row.unit) for row in rows})
    changed = [row for row in rows if values.get((row.source, row.unit)) != row.value]
    for row in changed:
        row.value, row.changed_at = values.get((row.source, row.unit)), now
    return len(changed)


def warn(now: datetime) -> int:
    """Owners of objectives that nobody spoke of for as long as was agreed; each once, until there is news again."""
    unwarned = (Objective.state == RUNNING, Objective.warned_at.is_(None))
    known = db.session.execute(sa.select(Objective.id, Objective.news_at, Objective.quiet_days).where(*unwarned))
    ids = sorted(row.id for row in known if now >= row.news_at + timedelta(days=row.quiet_days))[:SLICE]
    held = sa.select(Objective).where(*unwarned, among(Objective.id, ids)).order_by(Objective.id)
    late = db.session.scalars(held.with_for_update(skip_locked=True)).all() if ids else []
    for one in late:
        one.warned_at = now
        if one.owner_id is not None:
            key = f"objective.quiet:{one.id}:{one.news_at.isoformat()}:{one.quiet_days}"
            tell([Message(one.owner_id, "objective.quiet", key, f"/objectives/{one.slug}", {"title": one.title})], now)
    return len(late)

"""Writing objectives, telling how it goes, offering help. What closes or measures by itself is in `looking`."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.database import insert_new
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.objectives import edits
from recognition.objectives.models import KeyResult, Milestone, MilestoneHelp, Objective, ObjectiveNews
from recognition.objectives.rules import (
    BEFORE,
    DRAFT,
    ENDED,
    MOVES,
    NEEDS_REASON,
    REASON_MAX_CHARS,
    RUNNING,
    BadObjective,
    MilestoneSpec,
    ObjectiveSpec,
    ResultSpec,
    WrongState,
    is_asking,
)
from recognition.refs import Ref
from recognition.web.templating import day

_PLAIN = ("title", "why", "starts_on", "ends_on", "quiet_days", "covered_by", "owner_id")


def create(spec: ObjectiveSpec, actor_id: int, now: datetime) -> Objective:
    """A draft. The same form sent twice makes one; of what has ended a new one is made. Raises BadObjective where there is one
    of this name already, with other rows, which would be lost."""
    # Held, so that two presses of one button take turns.
    db.session.execute(sa.select(Member.id).where(Member.id == actor_id).with_for_update())
    alike = sa.select(Objective).where(
        Objective.title == spec.title, Objective.starts_on == spec.starts_on, Objective.ends_on == spec.ends_on,
        Objective.why == spec.why, Objective.state != ENDED,
    )  # fmt: skip
    known: Objective | None = db.session.scalars(alike.order_by(Objective.id).limit(1)).first()
    if known is not None:
        if _content(known) != _content(spec):
            raise BadObjective({"title": _("There is an objective of this name already.")})
        return known
    one = Objective(slug=_free(spec.slug), created_at=now, state_at=now, news_at=now, state="draft",
                    **{name: getattr(spec, name) for name in _PLAIN})  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(one)
    except IntegrityError as taken:
        raise BadObjective({"title": _("There is an objective of this name already.")}) from taken
    _put_rows(one, spec, actor_id, now)
    audit.record("objective.created", Ref("objective", one.slug), actor_id, after={"title": one.title})
    return one


def change(objective_id: int, spec: ObjectiveSpec, actor_id: int, now: datetime, seen: str = "") -> Objective:
    """What was before is in the audit: a page shows each edit. `seen`: the fingerprint of what its author had before them.
    Raises BadObjective where somebody else changed it meanwhile, whose rows would be gone."""
    one = _held(objective_id)
    if seen and seen != fingerprint(one):
        raise BadObjective({"seen": _("Somebody changed it since you opened this page. Look at theirs, then save again.")})
    if one.state == RUNNING:
        _check_covered(spec.covered_by)
    before = edits.told(one)
    if spec.quiet_days != one.quiet_days and now < one.news_at + timedelta(days=spec.quiet_days):
        one.warned_at = None
    for name in _PLAIN:
        setattr(one, name, getattr(spec, name))
    _put_rows(one, spec, actor_id, now)
    old, new = edits.differing(before, edits.told(one))
    if new:
        audit.record("objective.changed", Ref("objective", one.slug), actor_id, old, new)
    return one


def fingerprint(one: Objective) -> str:
    """Changes with everything that the form can change."""
    told = (*_content(one), [row.id for row in one.results], [row.id for row in one.milestones])
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _content(one: Objective | ObjectiveSpec) -> list[Any]:
    told: list[Any] = [getattr(one, name) for name in _PLAIN]
    told += [(row.title, row.source, row.unit, row.target, None if row.source else row.value) for row in one.results]
    return told + [(row.title, row.due_on, row.owner_id, row.closes, row.wants_help) for row in one.milestones]


def _check_covered(covered_by: str) -> None:
    if not covered_by.strip():
        why = _("Where will people hear how it goes? Name at least one place, such as the monthly call, before it runs.")
        raise BadObjective({"covered_by": why})


def _free(wanted: str) -> str:
    alike = sa.select(Objective.slug).where(Objective.slug.startswith(wanted, autoescape=True))
    taken = set(db.session.scalars(alike))
    return next(slug for slug in (wanted, *(f"{wanted}-{n}" for n in range(2, 1000))) if slug not in taken)


def _put_rows(one: Objective, spec: ObjectiveSpec, actor_id: int, now: datetime) -> None:
    results = {row.id: row for row in one.results}
    one.results = [_result(results.get(row.id), row, place, now) for place, row in enumerate(spec.results)]
    milestones = {row.id: row for row in one.milestones}
    one.milestones = [_milestone(milestones.get(row.id), row, place, actor_id, now) for place, row in enumerate(spec.milestones)]
    db.session.flush()


def _result(known: KeyResult | None, spec: ResultSpec, place: int, now: datetime) -> KeyResult:
    row = known or KeyResult(changed_at=now)
    if known is not None and not spec.source and known.value != spec.value:
        row.changed_at = now
    value = spec.value if not spec.source else (known.value if known and known.source == spec.source else None)
    row.position, row.title, row.source, row.unit = place, spec.title, spec.source, spec.unit
    row.target, row.value = spec.target, value
    return row


def _milestone(known: Milestone | None, spec: MilestoneSpec, place: int, actor_id: int, now: datetime) -> Milestone:
    row = known or Milestone()
    if row.closes != spec.closes:
        row.reopened_at = None
    row.position, row.title, row.due_on, row.owner_id = place, spec.title, spec.due_on, spec.owner_id
    row.closes, row.wants_help = spec.closes, spec.wants_help
    if spec.done and row.done_at is None:
        row.done_at, row.done_by = now, str(actor_id)
    return row


def move(objective_id: int, to: str, reason: str, actor_id: int, now: datetime) -> None:
    """Raises WrongState, BadObjective where a reason is missing or too long, or where it would run and be told of nowhere.
    Asked twice, it is done once. Of a draft the reason says why nobody was asked."""
    one = _held(objective_id)
    if one.state == to:
        return
    if to not in MOVES.get(one.state, ()):
        raise WrongState(_("This objective has ended; that cannot be undone. Make a new one from it instead.")
                         if one.state == ENDED else _("It cannot be done from where it stands now."))  # fmt: skip
    if is_asking(one.state, one.comments_until, now.date()):
        raise WrongState(_("Members can comment until %(day)s. It is decided after that.", day=day(str(one.comments_until))))
    reason = reason.strip()
    if (to in NEEDS_REASON or one.state in BEFORE) and not reason:
        raise BadObjective({"reason": _("Why without asking anybody? One sentence is enough; everybody reads it.")
                            if one.state == DRAFT else _("Why? One sentence is enough; everybody reads it.")})  # fmt: skip
    if len(reason) > REASON_MAX_CHARS:
        why = _("At most %(max)s characters, please; these are %(number)s.", max=REASON_MAX_CHARS, number=len(reason))
        raise BadObjective({"reason": why})
    if to == RUNNING:
        _check_covered(one.covered_by)
    said = ({"state": one.state}, {"state": to, "reason": reason})
    audit.record(f"objective.{to}", Ref("objective", one.slug), actor_id, *said)
    one.unasked_reason = reason if one.state == DRAFT else one.unasked_reason
    one.state, one.state_reason, one.state_at, one.news_at, one.warned_at = to, reason, now, now, None


def tell_news(objective_id: int, words: str, actor_id: int, now: datetime) -> ObjectiveNews:
    """How it goes. The same words twice are one. By its owner or the council."""
    one = _held(objective_id)
    newest = sa.select(ObjectiveNews).where(ObjectiveNews.objective_id == one.id).order_by(ObjectiveNews.id.desc()).limit(1)
    last: ObjectiveNews | None = db.session.scalar(newest)
    if last is not None and (last.author_id, last.words) == (actor_id, words):
        return last
    row = ObjectiveNews(objective_id=one.id, author_id=actor_id, words=words, at=now)
    db.session.add(row)
    one.news_at, one.warned_at = now, None
    db.session.flush()
    audit.record("objective.news", Ref("objective", one.slug), actor_id, after={"words": words})
    return row


def tick(milestone_id: int, done: bool, actor_id: int, now: datetime) -> bool:
    """Whether anything changed. What a person opens again stays open until a person closes it, or what closes it is out or
    over anew."""
    row = db.session.get_one(Milestone, milestone_id, with_for_update=True, populate_existing=True)
    if (row.done_at is not None) == done:
        return False
    one = db.session.get_one(Objective, row.objective_id)
    before = {"done": row.done_at is not None}
    row.done_at, row.done_by, row.reopened_at = (now, str(actor_id), None) if done else (None, "", now)
    said = {"done": done, "title": row.title}
    audit.record("milestone.done" if done else "milestone.reopened", Ref("objective", one.slug), actor_id, before, said)
    one.news_at, one.warned_at = now, None
    return True


def offer_help(milestone_id: int, member_id: int, words: str, now: datetime) -> bool:
    """Whoever owns the milestone, or else the objective, hears of it once. False: they had offered before."""
    row = db.session.get_one(Milestone, milestone_id)
    table = MilestoneHelp.__table__
    given = {"milestone_id": milestone_id, "member_id": member_id, "words": words, "at": now}
    if not insert_new(table, [given], table.c.member_id):
        return False
    one = db.session.get_one(Objective, row.objective_id)
    owner_id = row.owner_id or one.owner_id
    if owner_id is not None and owner_id != member_id:
        tell([Message(owner_id, "milestone.help", f"milestone.help:{milestone_id}:{member_id}", f"/objectives/{one.slug}",
                      {"person": member_id, "title": row.title, "words": words})], now)  # fmt: skip
    return True


def take_help_back(milestone_id: int, member_id: int) -> bool:
    mine = sa.delete(MilestoneHelp).where(MilestoneHelp.milestone_id == milestone_id, MilestoneHelp.member_id == member_id)
    return db.session.execute(mine.returning(MilestoneHelp.member_id)).first() is not None


def _held(objective_id: int) -> Objective:
    return db.session.get_one(Objective, objective_id, with_for_update=True, populate_existing=True)

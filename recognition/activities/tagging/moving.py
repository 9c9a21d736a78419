"""The log follows what was made of a tag, and is put back: in slices, each with its effects in one transaction. What moves is
taken out of all that was derived from it and is unconsidered again, so that the drain adds it where it belongs now."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.changes import Change, hold, tell
from recognition.activities.drain import Fact
from recognition.activities.models import IN_FORCE, Activity, ActivityTag, Kind, TagMove, TagRule
from recognition.activities.prints import print_anew
from recognition.activities.rules import DEFAULT_KIND
from recognition.activities.services import DRAIN_BELL, hold_members
from recognition.activities.tagging import figures
from recognition.activities.tagging.filing import HAD, KIND, TAG, WAS, InForce, in_force, kind_rules_of
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.web.pagination import as_moment, as_number

SLICE_ROWS = 1000
JOB = "activities.follow_tag"
MADE_KIND, REACHED = "made_kind", "reached"
"""In `TagRule.facts`: the kind did not exist before; the moment of the last deed that was looked at, since a tag's deeds are
read in the order in which they happened."""
_QUIET = {"synchronize_session": False}


def later(rule: TagRule) -> None:
    key = f"{JOB}:{rule.id}:{rule.state}:{rule.position}:{(rule.facts or {}).get(REACHED, 0)}"
    ledger.defer(JOB, dedupe_key=key, rule_id=rule.id)


def next_slice(rule_id: int, now: datetime) -> int:
    """Move the next rows by this rule, or back, and ask for the slice after them. How many there were; 0: it stands where it
    should. Any number at once, and again after a crash: the rule's row is locked, and says how far it is."""
    rule = db.session.get(TagRule, rule_id, with_for_update=True, populate_existing=True)
    if rule is None or rule.state not in ("running", "undoing"):
        return 0
    forward = rule.state == "running"
    ids = _ahead(rule) if forward else _behind(rule)
    if not ids:
        _finish(rule)
        return 0
    one = InForce(rule.id, rule.tag, rule.becomes, rule.target)
    _in_one_go(one, ids, forward, now)
    later(rule)
    return len(ids)


def _ahead(rule: TagRule) -> list[int]:
    place = (ActivityTag.occurred_at, ActivityTag.activity_id)
    wanted = sa.select(*place).where(ActivityTag.tag == rule.tag).order_by(*place).limit(SLICE_ROWS)
    facts = dict(rule.facts or {})
    if REACHED in facts:
        last = (sa.literal(as_moment(facts[REACHED]), place[0].type), sa.literal(rule.position, place[1].type))
        wanted = wanted.where(sa.tuple_(*place) > sa.tuple_(*last))
    rows = db.session.execute(wanted).all()
    if rows:
        rule.position = rows[-1].activity_id
        rule.facts = facts | {REACHED: as_number(rows[-1].occurred_at)}
    return sorted(row.activity_id for row in rows)


def _behind(rule: TagRule) -> list[int]:
    wanted = sa.select(TagMove.activity_id).where(TagMove.rule_id == rule.id, TagMove.activity_id > rule.position)
    ids = list(db.session.scalars(wanted.order_by(TagMove.activity_id).limit(SLICE_ROWS)))
    if ids:
        rule.position = ids[-1]
    return ids


def _finish(rule: TagRule) -> None:
    facts = dict(rule.facts or {})
    facts.pop(REACHED, None)
    forward = rule.state == "running"
    rule.state = "done" if forward else "undone"
    if not forward and facts.get(MADE_KIND):
        _forget_kind(rule.target)
    rule.moved = db.session.scalar(sa.select(sa.func.count()).where(TagMove.rule_id == rule.id)) or 0
    rule.facts = facts | {"after" if forward else "undone": figures.of(rule.tag, rule.becomes, rule.target)}
    db.session.flush()


def _forget_kind(slug: str) -> None:
    """It was made for this, and nothing else came to it meanwhile."""
    used = sa.exists().where(Activity.kind == slug)
    wanted = sa.exists().where(TagRule.becomes == KIND, TagRule.target == slug, sa.text(IN_FORCE))
    db.session.execute(sa.delete(Kind).where(Kind.slug == slug, ~used, ~wanted), execution_options=_QUIET)


def _in_one_go(rule: InForce, ids: Sequence[int], forward: bool, now: datetime) -> None:
    hold_members(db.session.scalars(sa.select(Activity.member_id).where(among(Activity.id, ids)).distinct()))
    rows = {row.id: row for row in hold(Activity.id, ids)}
    live = [row.id for row in rows.values() if row.withdrawn_at is None]
    db.session.flush()
    touched = apply(rule, live) if forward else revert(rule, list(rows))
    db.session.expire_all()
    concerned = [rows[activity_id] for activity_id in sorted(touched) if rows[activity_id].withdrawn_at is None]
    again = [row.id for row in concerned if row.considered_at is not None]
    _set(again, {"considered_at": None})
    tell([_taken_out(row) for row in concerned], now)
    if again:
        ledger.ring(DRAIN_BELL)


def _taken_out(row: Any) -> Change:
    fact = Fact(*row[: len(Fact._fields)])
    counted = row.considered_at is not None
    return Change(fact if counted else fact._replace(points=0), None, counted)


def apply(rule: InForce, ids: Iterable[int]) -> set[int]:
    """Of these live rows those that are changed by it, and by what the tag that they got is made into. The caller holds them."""
    return _apply_tag(rule, sorted(ids)) if rule.becomes == TAG else _apply_kind(rule, sorted(ids))


def _apply_tag(rule: InForce, ids: Sequence[int]) -> set[int]:
    had = _with_tag(rule.target, ids)
    gone = sa.delete(ActivityTag).where(ActivityTag.tag == rule.tag, among(ActivityTag.activity_id, ids))
    rows = db.session.execute(gone.returning(ActivityTag.activity_id, ActivityTag.occurred_at), execution_options=_QUIET).all()
    _tag(rule.target, {row.activity_id: row.occurred_at for row in rows})
    _note(rule, {row.activity_id: {HAD: row.activity_id in had} for row in rows})
    moved = {row.activity_id for row in rows}
    following = in_force([rule.target]).get(rule.target)
    if following is not None and moved:
        apply(following, moved)
    return moved


def _apply_kind(rule: InForce, ids: Sequence[int]) -> set[int]:
    mine = _with_tag(rule.tag, ids)
    filed = sa.update(Activity).where(
        among(Activity.id, mine - _of_an_earlier(rule, mine)), Activity.kind == DEFAULT_KIND, Activity.withdrawn_at.is_(None)
    )
    moved = set(db.session.scalars(filed.values(kind=rule.target).returning(Activity.id), execution_options=_QUIET))
    _note(rule, {activity_id: {WAS: DEFAULT_KIND} for activity_id in moved})
    print_anew(sorted(moved))
    return moved


def _of_an_earlier(rule: InForce, ids: Iterable[int]) -> set[int]:
    """Rows with another tag that was made a kind before: they are of that kind, whichever of the two comes to them first."""
    wanted = sa.select(ActivityTag.activity_id, ActivityTag.tag).where(among(ActivityTag.activity_id, sorted(ids)))
    rows = db.session.execute(wanted).all()
    earlier = {one.tag for one in kind_rules_of({row.tag for row in rows}) if one.id < rule.id}
    return {row.activity_id for row in rows if row.tag in earlier}


def revert(rule: InForce, ids: Sequence[int]) -> set[int]:
    """Of these rows those that are again what they were before the rule came to them. The caller holds them."""
    mine = sa.delete(TagMove).where(TagMove.rule_id == rule.id, among(TagMove.activity_id, ids))
    rows = db.session.execute(mine.returning(TagMove.activity_id, TagMove.before), execution_options=_QUIET).all()
    before = {row.activity_id: row.before for row in rows}
    return _revert_tag(rule, before) if rule.becomes == TAG else _revert_kind(rule, before)


def _revert_tag(rule: InForce, before: dict[int, dict[str, Any]]) -> set[int]:
    got = {activity_id for activity_id, was in before.items() if not was[HAD]}
    # Another tag is written like this one too, and the row had both: from now on the other one has brought it.
    lost = got - _hand_over(rule, got)
    following = in_force([rule.target]).get(rule.target)
    if following is not None and lost:
        revert(following, sorted(lost))
    away = sa.delete(ActivityTag).where(ActivityTag.tag == rule.target, among(ActivityTag.activity_id, sorted(lost)))
    db.session.execute(away, execution_options=_QUIET)
    days = sa.select(Activity.id, Activity.occurred_at).where(among(Activity.id, sorted(before)))
    _tag(rule.tag, {row.id: row.occurred_at for row in db.session.execute(days)})
    return set(before)


def _hand_over(rule: InForce, ids: Iterable[int]) -> set[int]:
    others = sa.select(TagMove).join(TagRule, TagRule.id == TagMove.rule_id)
    others = others.where(among(TagMove.activity_id, sorted(ids)), TagRule.becomes == TAG, TagRule.target == rule.target)
    found: dict[int, TagMove] = {}
    for move in db.session.scalars(others.where(TagMove.rule_id != rule.id).order_by(TagMove.rule_id)):
        if move.before[HAD]:
            found.setdefault(move.activity_id, move)
    for move in found.values():
        move.before = {HAD: False}
    db.session.flush()
    return set(found)


def _revert_kind(rule: InForce, before: dict[int, dict[str, Any]]) -> set[int]:
    back = sa.update(Activity).where(among(Activity.id, sorted(before)), Activity.kind == rule.target)
    moved = set(db.session.scalars(back.values(kind=DEFAULT_KIND).returning(Activity.id), execution_options=_QUIET))
    # A deed with two such tags was of the kind of the first; now the second one holds.
    tags = sa.select(ActivityTag.tag).where(among(ActivityTag.activity_id, sorted(moved))).distinct()
    for other in kind_rules_of(db.session.scalars(tags)) if moved else ():
        if other.id != rule.id:
            _apply_kind(other, sorted(moved))
    print_anew(sorted(moved))
    return moved


def _with_tag(tag: str, ids: Sequence[int]) -> set[int]:
    wanted = sa.select(ActivityTag.activity_id).where(ActivityTag.tag == tag, among(ActivityTag.activity_id, ids))
    return set(db.session.scalars(wanted))


def _tag(tag: str, days: dict[int, datetime]) -> None:
    insert_new(ActivityTag.__table__, [{"activity_id": one, "tag": tag, "occurred_at": days[one]} for one in sorted(days)])


def _note(rule: InForce, before: dict[int, dict[str, Any]]) -> None:
    rows = [{"rule_id": rule.id, "activity_id": one, "before": before[one]} for one in sorted(before)]
    insert_new(TagMove.__table__, rows)


def _set(ids: Sequence[int], values: dict[str, Any]) -> None:
    if ids:
        db.session.execute(sa.update(Activity).where(among(Activity.id, ids)).values(values), execution_options=_QUIET)

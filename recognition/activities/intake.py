"""What programs send: who may tell whose deeds, an outcome for each item, and the same answer for the same key."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition.activities.forms import Faults, Known, report_of
from recognition.activities.models import Activity, ActivityTag, IdempotencyRecord
from recognition.activities.policy import can_tell_for_others
from recognition.activities.rules import Report
from recognition.activities.services import Outcome, record
from recognition.activities.tagging import filing
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.models import ApiToken, Group, Member, Membership

OPEN_FIELDS = frozenset(
    ("member", "occurred_at", "kind", "text", "tags", "url", "group", "campaign", "source", "source_key", "visibility")
)
TRUSTED_FIELDS = OPEN_FIELDS | {"object", "evidence"}
"""A program of the council may also say what a deed was about and how well it is known."""
NOT_YOURS = "you may tell your own deeds; telling those of others needs the council or an admin"
DEFAULT_SOURCE = "api"
ITEM_NAME_MAX_CHARS = 64
_NAMESPACE = re.compile(r"^m\d+:")
KEPT_ANSWERS = timedelta(days=7)


@dataclass(frozen=True)
class Answer:
    """HTTP status and body. `detail`: what to say where nothing was stored."""

    status: int
    body: dict[str, Any]
    detail: str = ""


@dataclass(frozen=True)
class _Caller:
    member: Member
    trusted: bool
    fields: frozenset[str]
    known: Known

    @property
    def namespace(self) -> str:
        """Keys of one member's programs are kept apart, so that nobody can take the place of another program's deed."""
        return "" if self.trusted else f"m{self.member.id}:"


@dataclass
class _Item:
    """One item on its way: a report, or what is wrong with it."""

    report: Report | None = None
    faults: dict[str, str] = field(default_factory=dict)


def take(token: ApiToken, items: Sequence[Any], many: bool, key: str, body_hash: str, now: datetime) -> Answer:
    """`many`: the body was a list. With a `key`, the same body gets the same answer again, and another body is refused;
    the key is stored with the rows, so that either both are there or none."""
    if not key:
        return _take(token, items, many, "", now)
    table: Any = IdempotencyRecord.__table__
    row = {"token_id": token.id, "key": key, "body_hash": body_hash, "status": 0, "answer": {}, "created_at": now}
    # Whoever comes second waits here until the first has committed.
    if not insert_new(table, [row], table.c.id):
        return _given_before(token.id, key, body_hash)
    made_up = "key:" + hashlib.sha256(f"{token.id}:{key}".encode()).hexdigest()[:32]
    answer = _take(token, items, many, made_up, now)
    mine = sa.update(IdempotencyRecord).where(IdempotencyRecord.token_id == token.id, IdempotencyRecord.key == key)
    db.session.execute(mine.values(status=answer.status, answer={"body": answer.body, "detail": answer.detail}))
    return answer


def key_as_told(source_key: str) -> str:
    """Without the namespace of a member's own programs."""
    return _NAMESPACE.sub("", source_key, count=1)


def forget_old_answers(now: datetime) -> int:
    """After that, the same key is a new one; the source and key of a deed still tell a repeat."""
    done = db.session.execute(sa.delete(IdempotencyRecord).where(IdempotencyRecord.created_at < now - KEPT_ANSWERS))
    return int(done.rowcount)  # type: ignore[attr-defined]


def _given_before(token_id: int, key: str, body_hash: str) -> Answer:
    same = sa.select(IdempotencyRecord).where(IdempotencyRecord.token_id == token_id, IdempotencyRecord.key == key)
    known = db.session.scalars(same).one()
    if known.body_hash != body_hash:
        return Answer(422, {}, "This Idempotency-Key was used before with another body.")
    return Answer(known.status, known.answer["body"], known.answer["detail"])


def _take(token: ApiToken, given: Sequence[Any], many: bool, made_up: str, now: datetime) -> Answer:
    caller = _caller(token.member, given)
    items = [_item(one, caller, f"{made_up}:{n}" if made_up else "", now) for n, one in enumerate(given)]
    reports = [item.report for item in items if item.report]
    outcomes = dict(zip(map(id, reports), record(reports, now), strict=True))
    stored = _stored([outcome.id for outcome in outcomes.values() if not outcome.new])
    # What the council made of a tag is no difference between what was sent and what is stored.
    filed = dict(zip(map(id, reports), filing.file(reports).reports, strict=True)) if stored else {}
    shown = [_shown(item, outcomes, stored, filed, caller) for item in items]
    return _answer(shown, many)


def _answer(shown: list[dict[str, Any]], many: bool) -> Answer:
    kinds = {one["outcome"] for one in shown}
    body = {"items": shown} if many else shown[0]
    if kinds == {"refused"}:
        only_others = all([error["reason"] == NOT_YOURS for error in one["errors"]] == [True] for one in shown)
        detail = "Each item says what is wrong with it." if many else _first(shown)
        return Answer(403 if only_others else 422, body, detail)
    return Answer({frozenset({"created"}): 201, frozenset({"repeated"}): 200}.get(frozenset(kinds), 207), body)


def _first(shown: list[dict[str, Any]]) -> str:
    return "; ".join(f"{error['field']}: {error['reason']}" for error in shown[0]["errors"])[:1000]


def _caller(member: Member, given: Sequence[Any]) -> _Caller:
    """Roles are looked at now, not when the token was made."""
    trusted = can_tell_for_others(member)
    rows = [one for one in given if isinstance(one, dict)]
    members = {member.handle: member.id}
    groups = sa.select(Group.slug, Group.id).where(among(Group.slug, _names(rows, "group")))
    if trusted:
        # Whoever was joined to another row is meant by both handles.
        person = sa.func.coalesce(Member.merged_into_id, Member.id).label("id")
        found = sa.select(Member.handle, person).where(among(Member.handle, _names(rows, "member")))
        members |= {row.handle: row.id for row in db.session.execute(found)}
    else:
        own = sa.select(Membership.group_id).where(Membership.member_id == member.id, Membership.state == "in")
        groups = groups.where(sa.or_(Group.is_outside, Group.id.in_(own)))
    known = Known(members, {row.slug: row.id for row in db.session.execute(groups)})
    return _Caller(member, trusted, TRUSTED_FIELDS if trusted else OPEN_FIELDS, known)


def _names(rows: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    """What a database can be asked for; anything else matches nobody."""
    values = {row.get(name) for row in rows if isinstance(row.get(name), str)}
    return sorted(v for v in values if v and len(v) <= ITEM_NAME_MAX_CHARS and v.isprintable())


def _item(given: Any, caller: _Caller, made_up: str, now: datetime) -> _Item:
    if not isinstance(given, dict):
        return _Item(faults={"item": 'must be an object such as {"occurred_at": "2026-11-21", ...}'})
    unknown = sorted(set(given) - caller.fields)
    if unknown:
        return _Item(faults={name[:60]: "is not a field that can be set here" for name in unknown[:20]})
    if odd := [name for name, value in given.items() if not value and not _is_sort_of(name, value)]:
        return _Item(faults={name: "must be a list of words" if name == "tags" else "must be text" for name in odd})
    handle = given.get("member")
    if not caller.trusted and handle not in (None, "", caller.member.handle):
        return _Item(faults={"member": NOT_YOURS})
    defaults = {"member": caller.member.handle, "source": DEFAULT_SOURCE, "source_key": made_up}
    filled = {**given, **{name: value for name, value in defaults.items() if given.get(name) in (None, "")}}
    if isinstance(filled["source_key"], str) and filled["source_key"]:
        filled["source_key"] = caller.namespace + filled["source_key"]
    try:
        return _Item(report_of(filled, caller.known, now, reporter_id=caller.member.id))
    except Faults as faults:
        return _Item(faults=faults.by_field)


def _is_sort_of(name: str, value: Any) -> bool:
    """Empty is as good as left out, but zero, false and an empty object are no texts."""
    return value is None or isinstance(value, list if name == "tags" else str)


def _shown(
    item: _Item,
    outcomes: Mapping[int, Outcome],
    stored: Mapping[int, tuple[Activity, set[str]]],
    filed: Mapping[int, Report],
    caller: _Caller,
) -> dict[str, Any]:
    if item.report is None:
        return _refused(item.faults)
    outcome = outcomes[id(item.report)]
    address = {"source": item.report.source, "source_key": item.report.source_key.removeprefix(caller.namespace)}
    if outcome.new:
        likely = {"likely_repeat_of": outcome.repeat_of} if outcome.repeat_of else {}
        return {"id": outcome.id, "outcome": "created", **address, "points": outcome.points, **likely}
    row, tags = stored[outcome.id]
    if row.member_id != caller.member.id and not caller.trusted:
        return _refused({"source_key": "is taken by another deed of this source"})
    differs = {"differs": True} if _differs(filed[id(item.report)], row, tags) else {}
    return {"id": outcome.id, "outcome": "repeated", **address, **differs}


def _refused(faults: Mapping[str, str]) -> dict[str, Any]:
    return {"outcome": "refused", "errors": [{"field": name, "reason": reason} for name, reason in faults.items()]}


def _stored(ids: Sequence[int]) -> dict[int, tuple[Activity, set[str]]]:
    if not ids:
        return {}
    rows = db.session.scalars(sa.select(Activity).where(among(Activity.id, ids)))
    found = {row.id: (row, set[str]()) for row in rows}
    tags = sa.select(ActivityTag.activity_id, ActivityTag.tag).where(among(ActivityTag.activity_id, ids))
    for activity_id, tag in db.session.execute(tags):
        found[activity_id][1].add(tag)
    return found


def _differs(report: Report, row: Activity, tags: set[str]) -> bool:
    names = "member_id kind occurred_at text url group_id campaign object evidence visibility".split()
    return any(getattr(report, name) != getattr(row, name) for name in names) or set(report.tags) != tags

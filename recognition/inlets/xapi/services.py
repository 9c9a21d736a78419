"""Storing statements: all of a batch or none of it; what is stored is never changed, only voided."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app

from recognition import database
from recognition.activities.policy import can_tell_for_others
from recognition.activities.sources import xapi
from recognition.activities.sources.seen import NotForUs, Seen
from recognition.database import among, insert_new, is_postgresql, upsert
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.inlets.models import Statement, StatementMark
from recognition.inlets.services import seeing
from recognition.inlets.xapi import marks, statements
from recognition.inlets.xapi.sameness import is_same
from recognition.inlets.xapi.values import BadStatement, moment_text

ONE_AT_A_TIME = 0x78415049
CHAIN_MAX = 8
"""Through how many statements, each about the next, a mark is passed on."""
PASSED_ON_MAX = 50_000
"""Marks in one go: a thousand statements about one that names thousands would be millions of rows for one small request."""


class Conflict(Exception):
    """Its text is the id of a statement that says something else than what was sent."""


class NotTheirs(Exception):
    """Its text is the id of a statement that the sender may not void."""


def store(given: Sequence[dict[str, Any]], owner: Member) -> list[str]:
    """`given` are checked statements; `owner` vouches for them. Their ids, in their order. Those that are there already and
    say the same are left as they are. Raises Conflict, NotTheirs and BadStatement; then nothing may be committed."""
    if is_postgresql():
        # So that what is stored later has a later moment, and whoever asks for what is new misses nothing.
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    now = database.moment()
    named = [{**one, "id": one.get("id") or str(uuid.uuid4())} for one in given]
    ids = [one["id"] for one in named]
    if len(set(ids)) != len(ids):
        raise BadStatement("", "An id stands twice in this batch.")
    known = _known(ids)
    for one in named:
        if one["id"] in known and not is_same(known[one["id"]], one):
            raise Conflict(one["id"])
    fresh = [_whole(one, owner, now) for one in named if one["id"] not in known]
    numbers = _insert(fresh, owner.id, now)
    _pass_on(list(numbers.values()))
    voided = _void(numbers, owner)
    # What was told once is taken back also by somebody who may tell no more.
    _tell(fresh if can_tell_for_others(owner) else [], voided, now)
    return ids


def _known(ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    wanted = sa.select(Statement.statement_id, Statement.body).where(among(Statement.statement_id, ids))
    return {row.statement_id: row.body for row in db.session.execute(wanted)}


def _whole(one: dict[str, Any], owner: Member, now: datetime) -> dict[str, Any]:
    """With what the store says of it: who vouches for it and since when it is here."""
    home = current_app.extensions["settings"].base_url
    stored = moment_text(now)
    authority = {"objectType": "Agent", "account": {"homePage": home, "name": owner.handle}}
    return {"version": "1.0.0", "timestamp": stored, **one, "stored": stored, "authority": authority}


def _insert(fresh: Sequence[dict[str, Any]], owner_id: int, now: datetime) -> dict[str, int]:
    rows = [
        {"statement_id": one["id"], "member_id": owner_id, "refers_to": statements.refers_to(one),
         "voids": statements.is_voiding(one), "voided": False, "stored_at": now, "body": one}
        for one in fresh
    ]  # fmt: skip
    table: Any = Statement.__table__
    numbers = {row.statement_id: row.id for row in insert_new(table, rows, table.c.id, table.c.statement_id)}
    own = [{"mark": mark, "statement_id": numbers[one["id"]], "via_id": numbers[one["id"]]}
           for one in fresh for mark in marks.marks(one)]  # fmt: skip
    insert_new(StatementMark.__table__, own)
    return numbers


def _pass_on(new: list[int]) -> None:
    """What refers to a statement is found by its marks too: whichever of the two came first."""
    refers, target = sa.orm.aliased(Statement), sa.orm.aliased(Statement)
    touched = sa.select(refers.id).join(target, target.statement_id == refers.refers_to)
    about_new = touched.where(sa.or_(among(refers.id, new), among(target.id, new)))
    reached = set(db.session.scalars(about_new)) if new else set()
    for _step in range(CHAIN_MAX):
        if not reached:
            return
        _take_over(reached)
        reached = set(db.session.scalars(touched.where(among(target.id, reached)))) - reached


def _take_over(reached: set[int]) -> None:
    target, other = sa.orm.aliased(Statement), sa.orm.aliased(StatementMark)
    length = sa.select(sa.func.count(sa.distinct(other.via_id))).where(other.statement_id == target.id).scalar_subquery()
    rows = (
        sa.select(StatementMark.mark, Statement.id, StatementMark.via_id)
        .select_from(Statement)
        .join(target, target.statement_id == Statement.refers_to)
        .join(StatementMark, StatementMark.statement_id == target.id)
        .where(among(Statement.id, reached), length < CHAIN_MAX)
    )
    few = rows.limit(PASSED_ON_MAX + 1).subquery()
    if (db.session.scalar(sa.select(sa.func.count()).select_from(few)) or 0) > PASSED_ON_MAX:
        raise BadStatement("object", "refers to one that names so much that this is too much at once; send fewer together")
    table: Any = StatementMark.__table__
    db.session.execute(upsert(table).from_select(["mark", "statement_id", "via_id"], rows).on_conflict_do_nothing())


def _void(numbers: dict[str, int], owner: Member) -> list[dict[str, Any]]:
    """What the new statements void, and which of them a statement voids that came before it."""
    voider, target = sa.orm.aliased(Statement), sa.orm.aliased(Statement)
    pairs = (
        sa.select(voider.id, voider.member_id.label("by"), target.id.label("target_id"), target.statement_id,
                  target.member_id.label("of"), target.voids, target.body)
        .join(target, target.statement_id == voider.refers_to)
        .where(voider.voids, ~target.voided, sa.or_(among(voider.id, numbers.values()), among(target.id, numbers.values())))
    )  # fmt: skip
    gone: dict[int, dict[str, Any]] = {}
    for pair in db.session.execute(pairs) if numbers else ():
        is_new = pair.id in numbers.values()
        if is_new and pair.voids:
            raise BadStatement("object", "names a statement that voids another; such a one cannot be voided")
        allowed = pair.by == pair.of or (is_new and "council" in owner.roles)
        if is_new and not allowed:
            raise NotTheirs(pair.statement_id)
        if allowed and not pair.voids:
            gone[pair.target_id] = pair.body
    db.session.execute(sa.update(Statement).where(among(Statement.id, gone)).values(voided=True))
    return list(gone.values())


def _tell(fresh: Sequence[dict[str, Any]], voided: Sequence[dict[str, Any]], now: datetime) -> None:
    """What was done becomes a sighting, as what any other source tells; what was voided is gone."""
    issuer = current_app.extensions["settings"].oidc_issuer
    gone = {one["id"] for one in voided}
    seen: list[Seen] = []
    for one in [*(one for one in fresh if one["id"] not in gone), *voided]:
        try:
            seen += xapi.seen(one, now, issuer, gone=one["id"] in gone)
        except NotForUs:
            continue
    if seen:
        seeing.take(None, xapi.NAME, seen, now)

"""What has been told can be put right: withdrawn, corrected, confirmed. What was derived from it follows.

What is to count no longer is taken out by the functions in wiring.hooks.CHANGES, in the same transaction. What is to count
again is unconsidered again, and the drain adds it as it adds everything."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from recognition.activities import commenting, flagged, naming, witnesses
from recognition.activities.drain import Fact
from recognition.activities.models import CONFIRMED, Activity, Confirmation
from recognition.activities.rules import INTERNAL_KINDS, AlreadyWithdrawn, Report
from recognition.activities.services import DRAIN_BELL, Outcome, hold_members, record
from recognition.activities.tagging import filing
from recognition.announcements.services import untell
from recognition.audit import services as audit
from recognition.database import among
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.refs import Ref

SOURCE = "confirmations"
KEY_KEPT_CHARS = 170


@dataclass(frozen=True)
class Change:
    """A row as it was and as it is now. `after` None: it counts no longer. `counted` False: the drain had not added it up
    yet, so there is no sum to take it from (its points are 0 here); but who measures the log may have seen it."""

    before: Fact | None
    after: Fact | None
    counted: bool = True

    @property
    def fact(self) -> Fact:
        found = self.after or self.before
        assert found is not None  # noqa: S101 - one of the two is there
        return found


ChangeReaction = Callable[[Sequence[Change], datetime], None]
"""Called in the transaction of the change, for what the drain has added up already. Listed in wiring.hooks.CHANGES."""


def withdraw(activity_ids: Iterable[int], actor_id: int | None, reason: str, now: datetime) -> list[int]:
    """These deeds count nowhere any more; the rows stay. Which of them were withdrawn just now: asked twice, it is done
    once. A likely repeat of one of them becomes the deed itself, with its points."""
    gone, changes = _take_out(sorted(set(activity_ids)), actor_id, reason, now)
    tell(changes, now)
    return gone


def _take_out(ids: Sequence[int], actor_id: int | None, reason: str, now: datetime) -> tuple[list[int], list[Change]]:
    """The caller tells the changes, when all is as it will be."""
    hold_people(ids)
    changes = _withdraw(ids, actor_id, reason, now)
    gone = [change.fact.id for change in changes if change.fact.id in set(ids)]
    changes += settle(witnesses.pairs_of(gone), now)
    words = sa.select(Confirmation.activity_id, Confirmation.witness_id).where(among(Confirmation.activity_id, gone))
    untell([fact_keys(*word)[0] for word in db.session.execute(words)] if gone else [])
    untell(witnesses.asked_keys(gone))
    return gone, changes


def correct(activity_id: int, report: Report, actor_id: int | None, now: datetime) -> Outcome:
    """The row as it should have been told stands beside the withdrawn one. Asked again, it answers with the first
    correction. Raises AlreadyWithdrawn where there is nothing left to correct."""
    hold_people([activity_id])
    old = db.session.get_one(Activity, activity_id, with_for_update=True, populate_existing=True)
    report = replace(report, source=old.source, source_key=key_behind(old.source_key, old.id))
    if old.withdrawn_at is not None:
        return _corrected_before(report, activity_id)
    kept_points = old.points if old.repeat_of_id is None and old.kind == report.kind else None
    _gone, changed = _take_out([activity_id], actor_id, "corrected", now)
    outcome = record([report], now)[0]
    if not outcome.new:
        raise AlreadyWithdrawn(_("This deed cannot be corrected. Withdraw it, and tell it anew."))
    values: dict[str, Any] = {"corrects_id": activity_id}
    if kept_points is not None and outcome.repeat_of is None:
        # Points are fixed at birth, and the deed was born when it was first told.
        values["points"] = kept_points
        outcome = replace(outcome, points=kept_points)
    _update(values, [outcome.id])
    filing.carry(activity_id, outcome.id)
    commenting.carry(activity_id, outcome.id)
    flagged.carry(activity_id, outcome.id)
    db.session.expire(old)
    naming.carry(activity_id, outcome.id, now)
    # Not before: without either row the log would say that there was no such deed.
    tell(changed, now)
    return outcome


def key_behind(source_key: str, activity_id: int) -> str:
    """Under which what stands in the place of this withdrawn row is told."""
    return f"{source_key[:KEY_KEPT_CHARS]}~{activity_id}"


def _corrected_before(report: Report, activity_id: int) -> Outcome:
    same = sa.select(Activity).where(Activity.source == report.source, Activity.source_key == report.source_key)
    row = db.session.scalar(same.where(Activity.corrects_id == activity_id))
    if row is None:
        raise AlreadyWithdrawn(_("This deed was withdrawn. Tell it anew if it happened after all."))
    return Outcome(row.id, False, row.repeat_of_id, row.points)


def hold_people(activity_ids: Sequence[int]) -> None:
    """Until the commit, whoever did these deeds and whoever saw them: whose word counts for whom is settled by one at a
    time."""
    doers = set(db.session.scalars(sa.select(Activity.member_id).where(among(Activity.id, activity_ids))))
    hold_members(doers.union(*witnesses.pairs_of(activity_ids)))


def tell(changes: Sequence[Change], now: datetime) -> None:
    """Last, when every row is locked that this transaction changes."""
    reactions: Sequence[ChangeReaction] = current_app.extensions["changes"]
    for reaction in reactions if changes else ():
        reaction(changes, now)


def settle(pairs: Iterable[witnesses.Pair], now: datetime) -> list[Change]:
    """Make `counts`, the strength of the deeds' evidence and the facts in the log what the confirmations say. The caller
    holds the people and tells the changes."""
    words = [word for word in witnesses.weigh(pairs) if word.counts != word.is_to_count]
    for word in words:
        own = (Confirmation.activity_id == word.activity_id, Confirmation.witness_id == word.witness_id)
        db.session.execute(sa.update(Confirmation).where(*own).values(counts=word.is_to_count))
    changes = weigh_evidence({word.activity_id for word in words})
    gone = [fact_keys(word.activity_id, word.witness_id) for word in words if not word.is_to_count]
    untell([confirmed for confirmed, _given in gone], heard=False)
    tell_facts([word for word in words if word.is_to_count], now)
    return changes + withdraw_facts(SOURCE, [key for keys in gone for key in keys], now)


def weigh_evidence(activity_ids: Iterable[int]) -> list[Change]:
    rows = hold(Activity.id, activity_ids)
    counting = sa.select(Confirmation.activity_id).where(
        Confirmation.counts, among(Confirmation.activity_id, [r.id for r in rows])
    )
    confirmed = set(db.session.scalars(counting.distinct()))
    changes = []
    for row in rows:
        evidence = CONFIRMED if row.id in confirmed else row.told_evidence
        if evidence != row.evidence:
            _update({"evidence": evidence}, [row.id])
            if row.withdrawn_at is None:
                changes.append(_change(row, gone=False))
    return changes


def fact_keys(activity_id: int, witness_id: int) -> tuple[str, str]:
    """Of the two facts that a confirmation that counts writes into the log: the doer's, under whose key they are told of it
    too, and the witness's."""
    return f"confirmed:{activity_id}:{witness_id}", f"given:{activity_id}:{witness_id}"


def tell_facts(words: Sequence[witnesses.Word], now: datetime) -> None:
    """What these confirmations mean, for the log. Facts that were withdrawn are unconsidered again."""
    reports = []
    for word in words:
        about: dict[str, Any] = {"source": SOURCE, "occurred_at": now, "object": str(Ref("activity", word.activity_id)),
                                 "evidence": 1, "fingerprinted": False}  # fmt: skip
        confirmed, given = fact_keys(word.activity_id, word.witness_id)
        reports += [
            Report(word.doer_id, source_key=confirmed, kind="activity.confirmed", kind_label="A deed was confirmed",
                   reporter_id=word.witness_id, **about),
            Report(word.witness_id, source_key=given, kind="confirmation.given", kind_label="Confirmed a deed", **about),
        ]  # fmt: skip
    restore([outcome.id for outcome in record(reports, now) if not outcome.new])


def withdraw_facts(source: str, keys: Sequence[str], now: datetime) -> list[Change]:
    """What the product wrote by itself under these keys. The caller tells the changes."""
    wanted = sa.select(Activity.id).where(Activity.source == source, among(Activity.source_key, keys))
    ids = list(db.session.scalars(wanted.where(Activity.withdrawn_at.is_(None)))) if keys else []
    return _withdraw(ids, None, "", now) if ids else []


def restore(activity_ids: Iterable[int]) -> None:
    """For facts of the product only: those of them that were withdrawn count again, once the drain has considered them."""
    rows = [row.id for row in hold(Activity.id, activity_ids) if row.withdrawn_at is not None]
    if rows:
        _update({"withdrawn_at": None, "withdrawn_by_id": None, "withdrawn_reason": None, "considered_at": None}, rows)
        ledger.ring(DRAIN_BELL)


def set_visibility(activity_id: int, visibility: str, now: datetime) -> None:
    """Of a live row. Boards may not count what only its owner sees, so they hear of it."""
    (row,) = hold(Activity.id, [activity_id])
    if row.visibility != visibility:
        _update({"visibility": visibility}, [activity_id])
        change = _change(row, gone=False)
        after = change.before._replace(visibility=visibility) if change.before else None
        tell([replace(change, after=after)], now)


def _withdraw(ids: Sequence[int], actor_id: int | None, reason: str, now: datetime) -> list[Change]:
    rows = [row for row in hold(Activity.id, ids) if row.withdrawn_at is None]
    gone = {row.id: row for row in rows}
    _update(
        {"withdrawn_at": now, "withdrawn_by_id": actor_id, "withdrawn_reason": reason[:300],
         "considered_at": sa.func.coalesce(Activity.considered_at, now), "set_aside_at": None, "set_aside_error": None},
        gone,
    )  # fmt: skip
    for row in rows:
        if row.kind not in INTERNAL_KINDS:
            audit.record("activity.withdrawn", Ref("activity", row.id), actor_id)
    return [_change(row, gone=True) for row in rows] + _pass_on(gone)


def _pass_on(gone: dict[int, Any]) -> list[Change]:
    """The oldest likely repeat of a withdrawn deed becomes the deed; the others repeat that one from now on."""
    prints = {row.fingerprint for row in gone.values() if row.fingerprint and row.repeat_of_id is None}
    if not prints:
        return []
    alike = [row for row in hold(Activity.fingerprint, prints) if row.repeat_of_id in gone and row.withdrawn_at is None]
    heirs: dict[int, Any] = {}
    changes = []
    for row in alike:
        heir = heirs.setdefault(row.repeat_of_id, row)
        if heir is not row:
            _update({"repeat_of_id": heir.id}, [row.id])
            continue
        again = {} if row.considered_at is None else {"considered_at": None}
        _update({"repeat_of_id": None, "points": gone[row.repeat_of_id].points, **again}, [row.id])
        changes.append(_change(row, gone=True))
    if changes:
        ledger.ring(DRAIN_BELL)
    return changes


_COLUMNS = (
    *(getattr(Activity, name) for name in Fact._fields),
    Activity.considered_at, Activity.withdrawn_at, Activity.fingerprint, Activity.evidence, Activity.told_evidence,
)  # fmt: skip


def hold(column: Any, values: Iterable[Any]) -> Sequence[Any]:
    """Rows by a column's values, locked in the order of the log. Waits for a drain that considers one of them."""
    wanted = sa.select(*_COLUMNS).where(among(column, sorted(values))).order_by(Activity.id)
    return db.session.execute(wanted.with_for_update()).all()


def _change(row: Any, gone: bool) -> Change:
    fact = Fact(*row[: len(Fact._fields)])
    counted = row.considered_at is not None
    before = fact if counted else fact._replace(points=0)
    return Change(before, None if gone else before, counted)


def _update(values: dict[str, Any], ids: Iterable[int]) -> None:
    change = sa.update(Activity).where(among(Activity.id, ids)).values(values)
    db.session.execute(change, execution_options={"synchronize_session": "fetch"})

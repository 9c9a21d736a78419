"""Giving awards, and saying so in the log."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.models import CONFIRMED
from recognition.activities.rules import Report
from recognition.activities.services import record
from recognition.badges import holders
from recognition.badges.models import Award
from recognition.badges.rules import Rule, object_of
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.models import Member


def give(decided: Mapping[Rule, Mapping[int, list[str]]], held: Mapping[tuple[int, int], set[str]], now: datetime) -> int:
    """Award what is not held yet, and say so in the log. The unique key has the last word, whoever was first."""
    rows = []
    for rule, members in decided.items():
        for member_id, occasions in members.items():
            known = held.get((rule.badge_id, member_id), ())
            rows += [_award_row(rule, member_id, occasion, now) for occasion in occasions if occasion not in known]
    _keep_hidden(rows, held)
    # One order for everybody, or two drains could wait for each other.
    rows.sort(key=lambda row: (row["badge_id"], row["member_id"], row["occasion"]))
    table: Any = Award.__table__
    new = insert_new(table, rows, table.c.badge_id, table.c.member_id, table.c.occasion)
    rules = {rule.badge_id: rule for rule in decided}
    record([_fact(rules[row.badge_id], row.member_id, row.occasion, now) for row in new], now, wake=False)
    _count_holders([row for row in new if row.occasion == rules[row.badge_id].occasions()[0]
                    and not held.get((row.badge_id, row.member_id))])  # fmt: skip
    return len(new)


def _award_row(rule: Rule, member_id: int, occasion: str, now: datetime) -> dict[str, Any]:
    level = int(occasion) if rule.levels else None
    return {"key": secrets.token_urlsafe(16), "badge_id": rule.badge_id, "member_id": member_id, "occasion": occasion,
            "level": level, "version": rule.version, "awarded_at": now, "shown": True}  # fmt: skip


def _keep_hidden(rows: Sequence[dict[str, Any]], held: Mapping[tuple[int, int], set[str]]) -> None:
    """A further level of a badge that its holder keeps to themselves is theirs alone too."""
    pairs = {(row["badge_id"], row["member_id"]) for row in rows}
    pairs = {pair for pair in pairs if held.get(pair)}
    if pairs:
        wanted = sa.select(Award.badge_id, Award.member_id).where(
            among(Award.member_id, {m for _b, m in pairs}), among(Award.badge_id, {b for b, _m in pairs}), ~Award.shown
        )
        hidden = {(row.badge_id, row.member_id) for row in db.session.execute(wanted)}
        for row in rows:
            row["shown"] = (row["badge_id"], row["member_id"]) not in hidden


def _fact(rule: Rule, member_id: int, occasion: str, now: datetime) -> Report:
    return Report(
        member_id=member_id,
        kind="badge.awarded",
        kind_label="Earned a badge",
        occurred_at=now,
        source="badges",
        source_key=f"{rule.badge_id}:{member_id}:{occasion}",
        object=object_of(rule.slug, occasion, rule.levels),
        evidence=CONFIRMED,
        fingerprinted=False,
    )


def _count_holders(new: Sequence[Any]) -> None:
    """Who is suspended is not counted; `recount` puts that right when it ends."""
    active = set(db.session.scalars(
        sa.select(Member.id).where(among(Member.id, {row.member_id for row in new}), Member.state != "suspended")
    )) if new else set()  # fmt: skip
    holders.add(Counter(row.badge_id for row in new if row.member_id in active))

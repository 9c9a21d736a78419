"""Giving awards, by a rule or by people, and saying so in the log. The unique key has the last word, whoever is first."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.activities.services import DRAIN_BELL
from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.badges import held as holdings
from recognition.badges import holders
from recognition.badges.held import Pair, Said, Standing, Taker
from recognition.badges.models import ACCEPTED, CODE, DECLINED, DRAFT, HAND, PUBLISHED, RULE, WAITING, Award, Badge
from recognition.badges.portable import due
from recognition.badges.queries import ids_of
from recognition.badges.rules import NotGiven, Rule, Terms, occasions_of, terms_of
from recognition.badges.services.facts import write_facts
from recognition.badges.services.locks import given_still, hold_awards, hold_badge, running_still
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.refs import Ref

GIVEN, HELD, NO_BADGES, BLOCKED, REVOKED, RENEWED = "given", "held", "no_badges", "blocked", "revoked", "renewed"
YOURSELF = "yourself"
"""Outcomes of handing out, beside DECLINED."""
TOLD_MAX = 12
"""So many of those who got it stand in the audit, beside their number."""


class Way(NamedTuple):
    """How awards come about, and who gives them with which words."""

    how: str = RULE
    giver_id: int | None = None
    reason: str = ""


def give(decided: Mapping[Rule, Mapping[int, list[str]]], held: Mapping[Pair, set[str]], now: datetime) -> int:
    """Award by rule what is not held yet. `held`: `queries.occasions_held` of these members and badges."""
    rows: list[dict[str, Any]] = []
    for rule, members in decided.items():
        terms, way = rule.terms, Way()
        for member_id, occasions in members.items():
            known = held.get((rule.badge_id, member_id), ())
            rows += [_row(terms, member_id, occasion, way, now) for occasion in occasions if occasion not in known]
    if not rows:
        return 0
    known_pairs = {(row["badge_id"], row["member_id"]) for row in rows} & held.keys()
    awards = _standings({m for _b, m in known_pairs}, {b for b, _m in known_pairs}) if known_pairs else []
    return len(_award(rows, [rule.terms for rule in decided], holdings.said(awards), now))


def hand_out(
    badge: Badge,
    member_ids: Sequence[int],
    now: datetime,
    *,
    how: str,
    giver_id: int | None,
    reason: str | Mapping[int, str] = "",
    level: int | None = None,
) -> dict[int, str]:
    """Given by people, with the same words for all or by member: the outcome for each. A level brings those below it too,
    none named means the lowest. What ages is renewed by being given again. Raises NotGiven."""
    occasions = _asked(badge, level)
    ids, terms, asked = sorted(set(member_ids)), terms_of(badge), occasions[-1]
    awards = {(one.member_id, one.occasion): one for one in _standings(ids, [badge.id])}
    said, takers, blocked = holdings.said(awards.values()), holdings.takers(ids), holdings.blocked(ids, [terms])
    outcomes = {m: _outcome(m in takers, (badge.id, m) in blocked, said.get((badge.id, m)), awards.get((m, asked))) for m in ids}
    if giver_id in outcomes:
        outcomes[giver_id] = YOURSELF
    given = [member_id for member_id in ids if outcomes[member_id] == GIVEN]
    rows = [
        _row(terms, member_id, occasion, Way(how, giver_id, reason if isinstance(reason, str) else reason[member_id]), now)
        for member_id in given
        for occasion in occasions
        if (member_id, occasion) not in awards
    ]
    new = {(row.member_id, row.occasion): row for row in _award(rows, [terms], said, now, takers, blocked)}
    outcomes |= dict.fromkeys((member_id for member_id in given if (member_id, asked) not in new), HELD)
    if new:
        ledger.ring(DRAIN_BELL)
    again = [awards[member_id, asked] for member_id in ids if outcomes[member_id] == RENEWED]
    renew({one.id: one.expires_at for one in again}, terms, now)
    if how != CODE:
        _tell_given(badge, [row for (_member, occasion), row in new.items() if occasion == asked], now)
    return outcomes


def foresee(badge: Badge, member_ids: Sequence[int], level: int | None = None) -> dict[int, str]:
    """What `hand_out` would say, with nothing done. Raises NotGiven."""
    occasions, ids, terms = _asked(badge, level), sorted(set(member_ids)), terms_of(badge)
    every = holdings.standings(ids, [badge.id])
    awards = {one.member_id: one for one in every if one.occasion == occasions[-1]}
    said, takers, blocked = holdings.said(every), holdings.takers(ids), holdings.blocked(ids, [terms])
    return {m: _outcome(m in takers, (badge.id, m) in blocked, said.get((badge.id, m)), awards.get(m)) for m in ids}


def hand_out_to(badge: Badge, handles: Sequence[str], reason: str, level: int | None, now: datetime) -> dict[str, str]:
    """From the command line: the outcome for each handle, "unknown" for those that nobody has. Raises NotGiven."""
    ids = ids_of(handles)
    outcomes = hand_out(badge, list(ids.values()), now, how=HAND, giver_id=None, reason=reason, level=level)
    note_given(badge, outcomes, None, level, reason)
    return {handle: outcomes[ids[handle]] if handle in ids else "unknown" for handle in dict.fromkeys(handles)}


def note_given(badge: Badge, outcomes: Mapping[int, str], giver_id: int | None, level: int | None, reason: str) -> None:
    """For the audit: who gave it to whom. Nothing where nobody got it."""
    given = sorted(member_id for member_id, outcome in outcomes.items() if outcome == GIVEN)
    if given:
        told = {"to": given[:TOLD_MAX], "members": len(given), "level": level, "reason": reason}
        audit.record("badge.given", Ref("badge", badge.slug), giver_id, after=told)


def _asked(badge: Badge, level: int | None) -> tuple[str, ...]:
    """The occasions up to this level. Raises NotGiven."""
    hold_badge(badge)
    if badge.state == DRAFT:
        raise NotGiven(_("This badge is a draft; nobody gets it before it is published."))
    if badge.state != PUBLISHED:
        raise NotGiven(_("This badge is retired; nobody gets it any more."))
    if level is not None and level not in badge.levels:
        raise NotGiven(_("This badge has no level %(level)s.", level=level))
    every = occasions_of(badge.levels)
    return every[: badge.levels.index(level) + 1] if level is not None else every[:1]


def _outcome(takes: bool, is_blocked: bool, said: Said | None, award: Standing | None) -> str:
    if not takes:
        return NO_BADGES
    if is_blocked:
        return BLOCKED
    if award is not None and award.revoked_at is not None:
        return REVOKED
    if said is not None and said.answer == DECLINED:
        return DECLINED
    if award is None:
        return GIVEN
    return RENEWED if award.expires_at is not None else HELD


def _row(terms: Terms, member_id: int, occasion: str, way: Way, now: datetime) -> dict[str, Any]:
    """Every column that has a default in Python is named: insert_new is several times faster then."""
    return {"key": secrets.token_urlsafe(16), "badge_id": terms.badge_id, "member_id": member_id, "occasion": occasion,
            "level": int(occasion) if occasion else None, "version": terms.version, "how": way.how,
            "given_by_id": way.giver_id, "reason": way.reason, "awarded_at": now, "answer": WAITING, "answered_at": None,
            "shown": False, "expires_at": terms.expiry(now), "sign_due": True}  # fmt: skip


def _award(
    rows: list[dict[str, Any]],
    terms: Iterable[Terms],
    said: Mapping[Pair, Said],
    now: datetime,
    takers: Mapping[int, Taker] | None = None,
    blocked: set[Pair] | None = None,
) -> Sequence[Any]:
    """Insert what nobody's wish speaks against, with the holder's answer, and what follows from it. Returns new rows."""
    by_badge = {one.badge_id: one for one in terms}
    members = {row["member_id"] for row in rows}
    takers = holdings.takers(members) if takers is None else takers
    blocked = holdings.blocked(members, by_badge.values()) if blocked is None else blocked
    wished = [row for row in rows if row["member_id"] in takers and (row["badge_id"], row["member_id"]) not in blocked]
    rows = [row for row in wished if _answer(row, takers[row["member_id"]], said.get((row["badge_id"], row["member_id"])))]
    if not rows:
        return []
    # A rule that was changed meanwhile gives nothing any more: everybody is looked at anew.
    published = given_still({row["badge_id"] for row in rows})
    rows = [row for row in rows if (row["badge_id"], row["version"]) in published]
    # One order for everybody, or two drains could wait for each other.
    rows.sort(key=lambda row: (row["badge_id"], row["member_id"], row["occasion"]))
    table: Any = Award.__table__
    columns = (table.c.id, table.c.key, table.c.badge_id, table.c.member_id, table.c.occasion, table.c.shown)
    new = _as_answered(insert_new(table, rows, *columns), rows, said, columns)
    write_facts([(by_badge[row.badge_id], row.member_id, row.occasion) for row in new], now)
    if any(row["answer"] == ACCEPTED for row in rows):
        due.ring()
    _count_holders(new, by_badge, takers, said)
    return new


def _as_answered(new: Sequence[Any], rows: Sequence[Mapping[str, Any]], said: Mapping[Pair, Said], columns: Any) -> Sequence[Any]:
    """A badge of which nothing was there when we read, and of which somebody else gave something before us: its holder may
    have answered that already, and the word is for what we gave beside it, too."""
    left = {(row["badge_id"], row["member_id"], row["occasion"]) for row in rows} - {tuple(row[2:5]) for row in new}
    unread = {(badge_id, member_id) for badge_id, member_id, _occasion in left} - said.keys()
    beside = {row.id: (row.badge_id, row.member_id) for row in new if (row.badge_id, row.member_id) in unread}
    if not beside:
        return new
    there = _standings({member_id for _b, member_id in beside.values()}, {badge_id for badge_id, _m in beside.values()})
    now_said = holdings.said(one for one in there if one.id not in beside)
    declined = {award_id for award_id, pair in beside.items() if pair in now_said and now_said[pair].answer == DECLINED}
    quiet = {"synchronize_session": False}
    if declined:
        db.session.execute(sa.delete(Award).where(among(Award.id, declined)), execution_options=quiet)
    for award_id, pair in beside.items():
        if pair in now_said and now_said[pair].answer == ACCEPTED:
            values = {"answer": ACCEPTED, "answered_at": Award.awarded_at, "shown": now_said[pair].shown}
            db.session.execute(sa.update(Award).where(Award.id == award_id).values(values), execution_options=quiet)
    kept = sa.select(*columns).where(among(columns[0], [row.id for row in new])).order_by(columns[0])
    return db.session.execute(kept).all()


def _answer(row: dict[str, Any], taker: Taker, said: Said | None) -> bool:
    """Put the holder's answer on a new award: what they said to this badge before, or else their wish. What comes with a
    code was taken by the holder. False: they declined this badge and get no more of it."""
    if said is not None and said.answer == DECLINED:
        return False
    if said is not None and said.answer == ACCEPTED:
        row["answer"], row["shown"] = ACCEPTED, said.shown
    elif taker.wears_at_once or row["how"] == CODE:
        row["answer"], row["shown"] = ACCEPTED, True
    if row["answer"] == ACCEPTED:
        row["answered_at"] = row["awarded_at"]
    return True


def _count_holders(
    new: Sequence[Any], terms: Mapping[int, Terms], takers: Mapping[int, Taker], said: Mapping[Pair, Said]
) -> None:
    """Whoever has a badge's lowest occasion now and showed none of it before is one more. Who is suspended is not counted;
    `recount` puts that right when it ends."""
    first = {badge_id: occasions_of(one.levels)[0] for badge_id, one in terms.items()}
    fresh: dict[Pair, bool] = {}
    for row in new:
        pair = (row.badge_id, row.member_id)
        if row.shown and takers[row.member_id].is_counted and not (pair in said and said[pair].shown):
            fresh[pair] = fresh.get(pair, False) or row.occasion == first[row.badge_id]
    holders.add(Counter(badge_id for (badge_id, _member), has_first in fresh.items() if has_first))
    # Somebody else was faster with the lowest one, or it was revoked.
    holders.recount({badge_id for (badge_id, _member), has_first in fresh.items() if not has_first})


def renew(ends: Mapping[int, datetime | None], terms: Terms, now: datetime) -> None:
    """The time of these awards begins anew, and their holders are told. `ends`: when each ends, as it was read; what
    somebody else renewed since begins no second time."""
    renewed = running_still(ends) if ends else set()
    if not renewed:
        return
    change = sa.update(Award).where(among(Award.id, renewed))
    values = {"renewed_at": now, "expires_at": terms.expiry(now), "warned_at": None, "expired_at": None, "sign_due": True}
    due.ring()
    rows = db.session.execute(
        change.values(values).returning(Award.id, Award.key, Award.member_id), execution_options={"synchronize_session": False}
    ).all()
    badge = db.session.get_one(Badge, terms.badge_id)
    tell([_message("award.renewed", badge, row, f":{ends[row.id]}") for row in rows], now)


def _standings(members: Iterable[int], badge_ids: Iterable[int]) -> list[Standing]:
    """Held until the commit: what the holder says to them meanwhile would not reach a further level."""
    members, badge_ids = list(members), list(badge_ids)
    hold_awards(among(Award.member_id, members), among(Award.badge_id, badge_ids))
    return holdings.standings(members, badge_ids)


def _tell_given(badge: Badge, rows: Sequence[Any], now: datetime) -> None:
    tell([_message("award.given", badge, row) for row in rows], now)


def _message(kind: str, badge: Badge, row: Any, once: str = "") -> Message:
    return Message(row.member_id, kind, f"{kind}:{row.id}{once}", f"/awards/{row.key}", {"badge": badge.name})

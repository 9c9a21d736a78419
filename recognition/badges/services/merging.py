"""When two rows of one person become one: what they hold, asked for and claimed. A badge that both hold for one occasion is
held once: the earlier award stays, the other is left with the empty row and says so."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from recognition.badges import holders
from recognition.badges.models import DECLINED, WAITING, Award, Claim, ClaimCode, IssuerBlock, Nomination
from recognition.badges.portable import due
from recognition.badges.portable.models import Endorsement
from recognition.badges.services.facts import withdraw_facts
from recognition.badges.services.merging_words import merge_authors, move_words
from recognition.database import among
from recognition.extensions import db
from recognition.identity.services.differences import Difference, Which
from recognition.identity.services.merging import Merge

MERGED = "The same person held it twice."


def merge_members(one: Merge) -> dict[str, Any]:
    both = sa.select(Award).where(among(Award.member_id, [one.from_id, one.into_id])).order_by(Award.id)
    awards = db.session.scalars(both.with_for_update(of=Award), execution_options={"populate_existing": True}).all()
    badges = {award.badge_id for award in awards}
    kept = {(award.badge_id, award.occasion): award for award in awards if award.member_id == one.into_id}
    # Kept to themselves or declined by either of the two, with all its levels: whoever it is may show it again.
    quiet = {one.badge_id for one in awards if one.revoked_at is None and one.answer != WAITING and not one.shown}
    told: dict[str, Any] = {"moved": [], "left": [], "swapped": []}
    for award in [award for award in awards if award.member_id == one.from_id]:
        other = kept.get((award.badge_id, award.occasion))
        if other is None:
            told["moved"].append(award.id)
            award.member_id = one.into_id
        elif _rank(other) <= _rank(award):
            told["left"].append([award.id, other.id])
            move_words(award.id, other.id, one.into_id)
            _give_way(award, one)
        else:
            told["swapped"].append([award.id, other.id])
            move_words(other.id, award.id, one.into_id)
            _give_way(other, one)
            _swap(award.id, other.id, one)
    db.session.flush()
    live = sa.update(Award).where(Award.member_id == one.into_id, Award.revoked_at.is_(None))
    db.session.execute(
        live.where(among(Award.badge_id, quiet)).values(shown=False), execution_options={"synchronize_session": "fetch"}
    )
    told |= {"nominations": _move_nominations(one), "claims": _move_claims(one), "blocks": _move_blocks(one)}
    told |= _move_names(one) | {"words": merge_authors(one)}
    holders.recount(badges)
    # Who holds them is told anew, with the addresses of both.
    due.sign_anew_of(one.into_id)
    return told


def concerned(one: Merge) -> list[Which]:
    """What others said about awards of the two."""
    awards = sa.select(Award.id).where(among(Award.member_id, [one.from_id, one.into_id]))
    table: Any = Endorsement.__table__
    return [(table, table.c.award_id.in_(awards))]


def take_apart(one: Merge, moved: Mapping[str, Any], _differences: list[Difference]) -> Callable[[], None]:
    for award_id, other_id in moved.get("swapped", []):
        _swap(other_id, award_id, one)

    def count() -> None:
        of_both = sa.select(Award.badge_id).where(among(Award.member_id, [one.from_id, one.into_id]))
        holders.recount(db.session.scalars(of_both.distinct()))
        for member_id in (one.from_id, one.into_id):
            due.sign_anew_of(member_id)

    return count


def _rank(award: Award) -> tuple[bool, bool, Any, int]:
    """Less comes first: what counts, then what is the older."""
    return award.revoked_at is not None, award.answer == DECLINED, award.awarded_at, award.id


def _give_way(award: Award, one: Merge) -> None:
    was_live = award.revoked_at is None
    if was_live:
        award.revoked_at, award.revoked_by_id, award.revoked_reason = one.now, one.actor_id, MERGED
        due.taken_back(award)
        withdraw_facts([award], one.actor_id, "merged", one.now)


def _swap(winner_id: int, loser_id: int, one: Merge) -> None:
    """A member has one award of a badge for an occasion, so the loser steps aside while the winner comes over. Neither row
    is deleted: its credential and what was said about it stay with it."""
    db.session.flush()
    occasion = db.session.scalar(sa.select(Award.occasion).where(Award.id == loser_id))
    for award_id, values in (
        (loser_id, {"occasion": f"~{loser_id}"}),
        (winner_id, {"member_id": one.into_id}),
        (loser_id, {"member_id": one.from_id, "occasion": occasion}),
    ):
        db.session.execute(sa.update(Award).where(Award.id == award_id).values(values))
    db.session.expire_all()


def _move_nominations(one: Merge) -> list[dict[str, Any]]:
    """Those that nobody can keep: for oneself, or said twice."""
    concerned = sa.select(Nomination).where(
        sa.or_(
            among(Nomination.member_id, [one.from_id, one.into_id]), among(Nomination.nominator_id, [one.from_id, one.into_id])
        )
    )
    seen, dropped = set(), []
    rows = db.session.scalars(concerned.order_by(Nomination.id)).all()
    # What is the other's already comes first.
    for row in sorted(rows, key=lambda row: one.from_id in (row.member_id, row.nominator_id)):
        member_id, nominator_id = (one.into_id if who == one.from_id else who for who in (row.member_id, row.nominator_id))
        if member_id == nominator_id or (row.badge_id, member_id, nominator_id) in seen:
            dropped.append({"badge": row.badge_id, "member": row.member_id, "nominator": row.nominator_id, "state": row.state,
                            "reason": row.reason, "level": row.level, "created_at": row.created_at.isoformat()})  # fmt: skip
            db.session.delete(row)
            db.session.flush()
            continue
        seen.add((row.badge_id, member_id, nominator_id))
        row.member_id, row.nominator_id = member_id, nominator_id
    db.session.flush()
    return dropped


def _move_claims(one: Merge) -> list[int]:
    """Codes that both used."""
    used = sa.select(Claim.code_id).where(Claim.member_id == one.into_id)
    mine = Claim.member_id == one.from_id
    twice = db.session.scalars(sa.select(Claim.code_id).where(mine, Claim.code_id.in_(used)).order_by(Claim.code_id)).all()
    db.session.execute(sa.delete(Claim).where(mine, among(Claim.code_id, twice)))
    db.session.execute(sa.update(Claim).where(mine).values(member_id=one.into_id))
    return list(twice)


_NAMED: tuple[tuple[str, Any, Any], ...] = (
    ("given", Award.id, Award.given_by_id),
    ("revoked", Award.id, Award.revoked_by_id),
    ("kept", Award.id, Award.kept_by_id),
    ("decided", Nomination.id, Nomination.decided_by_id),
    ("codes", ClaimCode.id, ClaimCode.created_by_id),
)


def _move_names(one: Merge) -> dict[str, list[int]]:
    """What the one gave, decided and made is by the other: nobody gives a badge to themselves, and a page names who gave."""
    told = {}
    for name, key, column in _NAMED:
        mine = sa.update(key.class_).where(column == one.from_id).values({column.key: one.into_id}).returning(key)
        told[name] = sorted(db.session.scalars(mine, execution_options={"synchronize_session": False}))
    db.session.expire_all()
    return told


def _move_blocks(one: Merge) -> list[int]:
    """Groups from which one of the two takes no badges."""
    known = sa.select(IssuerBlock.group_id).where(IssuerBlock.member_id == one.into_id)
    mine = IssuerBlock.member_id == one.from_id
    told = db.session.scalars(sa.select(IssuerBlock.group_id).where(mine).order_by(IssuerBlock.group_id)).all()
    db.session.execute(sa.delete(IssuerBlock).where(mine, IssuerBlock.group_id.in_(known)))
    db.session.execute(sa.update(IssuerBlock).where(mine).values(member_id=one.into_id))
    return list(told)

"""When two rows of one person become one: what either said about awards of others, and what others said about theirs."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from recognition.badges.models import Award
from recognition.badges.portable.due import sign_anew
from recognition.badges.portable.models import SHOWN, WITHDRAWN, Endorsement
from recognition.badges.services.locks import hold_awards
from recognition.database import among
from recognition.extensions import db
from recognition.identity.services.merging import Merge

Speaker = tuple[int | None, int]
"""Who speaks: a group, or (None, a member)."""


def hold_spoken_for(member_ids: Collection[int]) -> None:
    """Before the people themselves are held, as whoever speaks for an award does: the awards that a merge has signed anew."""
    spoken_for = sa.select(Endorsement.award_id).where(among(Endorsement.member_id, member_ids))
    hold_awards(among(Award.id, db.session.scalars(spoken_for).all()))


def move_words(loser_id: int, winner_id: int, person_id: int) -> None:
    """Before an award gives way to the other of one person: what was said about it is about the one that stays, but for
    authors who spoke for both, and for the person, whose own it is."""
    rows = _words(among(Endorsement.award_id, [loser_id, winner_id]))
    taken = {_speaker(said) for said in rows if said.award_id == winner_id}
    moved = [said for said in rows if said.award_id == loser_id and _speaker(said) not in taken and said.member_id != person_id]
    for said in moved:
        said.award_id = winner_id
    db.session.flush()
    if any(said.state == SHOWN for said in moved):
        sign_anew([winner_id])


def merge_authors(one: Merge) -> dict[str, Any]:
    """Once the awards have moved. Of two words about one award the kept row's stay, unless they were taken back; nobody
    speaks for their own."""
    rows = _words(among(Endorsement.member_id, [one.from_id, one.into_id]))
    kept = {said.award_id: said for said in rows if said.member_id == one.into_id and said.group_id is None}
    told: dict[str, Any] = {"moved": [], "twice": [], "own": []}
    for said in [said for said in rows if said.member_id == one.from_id]:
        other = kept.get(said.award_id) if said.group_id is None else None
        if other is not None:
            loser = other if other.state == WITHDRAWN else said
            told["twice"].append(_told(loser))
            db.session.delete(loser)
            db.session.flush()
            if loser is said:
                continue
        told["moved"].append(said.id)
        said.member_id = one.into_id
        db.session.flush()
    told["own"] = _take_back_own(one.into_id)
    sign_anew(said.award_id for said in rows)
    return told


def _take_back_own(member_id: int) -> list[list[Any]]:
    """[words, what they were] that are about one's own awards now."""
    about_own = Endorsement.award_id.in_(sa.select(Award.id).where(Award.member_id == member_id))
    told: list[list[Any]] = []
    for said in _words(Endorsement.member_id == member_id, Endorsement.state != WITHDRAWN, about_own):
        told.append([said.id, said.state])
        said.state = WITHDRAWN
    db.session.flush()
    return told


def _words(*which: sa.ColumnElement[bool]) -> list[Endorsement]:
    wanted = sa.select(Endorsement).where(*which).order_by(Endorsement.id).with_for_update(of=Endorsement)
    return list(db.session.scalars(wanted, execution_options={"populate_existing": True}))


def _speaker(said: Endorsement) -> Speaker:
    return said.group_id, said.member_id if said.group_id is None else 0


def _told(said: Endorsement) -> dict[str, Any]:
    return {"award": said.award_id, "state": said.state, "comment": said.comment, "created_at": said.created_at.isoformat()}

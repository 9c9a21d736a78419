"""What others say about an award: which words are shown, to whom, and what may become of them."""

from dataclasses import dataclass

import sqlalchemy as sa

from recognition.badges.models import Award
from recognition.badges.portable.models import DECLINED, REMOVED, SHOWN, WAITING, WITHDRAWN, Endorsement
from recognition.extensions import db
from recognition.identity.models import Group, Member, Membership
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView

COMMENT_MAX = 500
AN_AWARD_MAX = 12
"""So many people and groups can speak for one award: more are not read, and each is signed along with it."""
MOVES = {
    WAITING: (SHOWN, DECLINED, WITHDRAWN, REMOVED),
    SHOWN: (DECLINED, WITHDRAWN, REMOVED),
    DECLINED: (SHOWN, WITHDRAWN, REMOVED),
    WITHDRAWN: (WAITING,),
    REMOVED: (),
}
"""From a state to those that may follow. What the council took down stays down, and its author says nothing in its place."""
STANDING = (WAITING, SHOWN, DECLINED)
"""Words that are there, whoever sees them."""


@dataclass(frozen=True)
class Line:
    """Words about an award as one reader sees them. `may_answer`: they are the holder; `is_own`: they said it."""

    endorsement: Endorsement
    who: ProfileView
    group: Group | None
    is_own: bool
    may_answer: bool

    @property
    def is_shown(self) -> bool:
        return self.endorsement.state == SHOWN


def lines_about(award: Award, viewer: Member | None) -> list[Line]:
    """The oldest first: what is shown; to the holder also what waits or stays hidden; to authors also their own."""
    is_holder = viewer is not None and viewer.id == award.member_id
    seen = Endorsement.state == SHOWN
    if is_holder:
        seen = Endorsement.state.in_(STANDING)
    elif viewer is not None:
        seen = sa.or_(seen, sa.and_(Endorsement.member_id == viewer.id, Endorsement.state.in_(STANDING)))
    wanted = (
        sa.select(Endorsement, Group)
        .join(Member, Member.id == Endorsement.member_id)
        .outerjoin(Group, Group.id == Endorsement.group_id)
        .where(Endorsement.award_id == award.id, seen, Member.state != "suspended")
        .order_by(Endorsement.id)
    )
    rows = db.session.execute(wanted.limit(2 * AN_AWARD_MAX)).all()
    people = profiles([said.member_id for said, _group in rows], viewer)
    own = viewer.id if viewer is not None else 0
    return [Line(said, people[said.member_id], group, said.member_id == own, is_holder) for said, group in rows]


def endorsement_by_key(key: str) -> Endorsement | None:
    """Whoever may see it; for those who decide about it."""
    return db.session.scalar(sa.select(Endorsement).where(Endorsement.key == key))


def groups_to_speak_for(member_id: int) -> list[Group]:
    """Those that this member looks after, by name, at most fifty."""
    mine = sa.and_(Membership.group_id == Group.id, Membership.member_id == member_id)
    wanted = sa.select(Group).join(Membership, mine).where(Membership.is_curator, Membership.state == "in")
    return list(db.session.scalars(wanted.order_by(Group.name, Group.id).limit(50)))

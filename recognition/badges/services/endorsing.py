"""Somebody says why an award is deserved; its holder decides whether it shows. What shows is signed with the award, so each
change of it has the award signed anew. The award is held first, then the words, or two would wait for each other."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.announcements.services import Message, settle, tell, untell
from recognition.audit import services as audit
from recognition.badges import policy
from recognition.badges.models import Award, IssuerBlock
from recognition.badges.portable import due
from recognition.badges.portable.endorsements import AN_AWARD_MAX, COMMENT_MAX, MOVES, STANDING
from recognition.badges.portable.models import DECLINED, REMOVED, SHOWN, WAITING, WITHDRAWN, Endorsement
from recognition.badges.services.locks import hold_awards
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.refs import Ref


class BadEndorsement(ValueError):
    """`field` names the input, the text is a sentence."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


class Gone(Exception):
    """Somebody was faster: these words are no longer what they were on the page. The text is a sentence."""


def endorse(award: Award, author: Member, group_id: int | None, comment: str, now: datetime) -> Endorsement:
    """`group_id`: the group in whose name they speak, which the caller has seen that they look after. Whoever took their
    words back may say it in others, unless the holder had said no. Raises BadEndorsement."""
    hold_awards(Award.id == award.id)
    db.session.refresh(award)
    if not policy.can_endorse(author, award):
        raise BadEndorsement("comment", _("Nothing can be said about this award now."))
    if not comment or len(comment) > COMMENT_MAX:
        raise BadEndorsement("comment", _("Say in up to %(most)s characters why it is deserved.", most=COMMENT_MAX))
    said = _room_for(award, author.id, group_id)
    if said is None:
        said = Endorsement(key=secrets.token_urlsafe(16), award_id=award.id, member_id=author.id, group_id=group_id)
        db.session.add(said)
    said.member_id, said.comment, said.state, said.created_at, said.answered_at = author.id, comment, WAITING, now, None
    db.session.flush()
    # Said and taken back again and again, it is heard once a day.
    tell([Message(award.member_id, "endorsement.said", _notice_key(said), f"/awards/{award.key}#words",
                  {"badge": award.badge.name, "person": author.id, "words": comment})], now)  # fmt: skip
    return said


def _room_for(award: Award, author_id: int, group_id: int | None) -> Endorsement | None:
    """Their earlier words, where they took them back; None: there are none. A group speaks once, whoever of it does."""
    if group_id is not None and db.session.get(IssuerBlock, (award.member_id, group_id)) is not None:
        raise BadEndorsement("speaker", _("This group cannot speak for this award. You can, for yourself."))
    about = sa.select(Endorsement).where(Endorsement.award_id == award.id).order_by(Endorsement.id)
    rows = db.session.scalars(about, execution_options={"populate_existing": True}).all()
    mine = [one for one in rows if one.group_id == group_id and (group_id is not None or one.member_id == author_id)]
    if any(one.state == WITHDRAWN and one.answered_at is not None for one in mine):
        raise BadEndorsement("speaker" if group_id else "comment", _("The holder does not want these words to show here."))
    if any(one.state != WITHDRAWN for one in mine):
        for_group = _("Somebody has spoken for this group already.")
        raise BadEndorsement("speaker" if group_id else "comment", for_group if group_id else _("You have said it already."))
    if sum(one.state in STANDING for one in rows) >= AN_AWARD_MAX:
        raise BadEndorsement("comment", _("Enough people have spoken for this award. Thank you for wanting to."))
    return mine[0] if mine else None


def answer(said: Endorsement, shown: bool, now: datetime) -> None:
    """The holder shows it, or does not; they may change their mind. Said twice it is said once. Raises Gone."""
    award, before = _hold(said), said.state
    wanted = SHOWN if shown else DECLINED
    if before == wanted:
        return
    said.answered_at = now
    _move(said, wanted)
    settle([_notice_key(said)], now)
    _sign_if_seen_otherwise(award, said, before)
    if shown:
        tell([Message(said.member_id, "endorsement.shown", f"endorsement.shown:{said.id}", f"/awards/{award.key}#words",
                      {"badge": award.badge.name, "person": award.member_id})], now)  # fmt: skip


def withdraw(said: Endorsement) -> None:
    """By its author. Raises Gone."""
    award, before = _hold(said), said.state
    if before == SHOWN:
        # A no stays on record, or it could be asked for anew by saying the same again.
        said.answered_at = None
    _move(said, WITHDRAWN)
    _sign_if_seen_otherwise(award, said, before)
    untell([_notice_key(said)], heard=False)


def remove(said: Endorsement, actor_id: int, reason: str, now: datetime) -> None:
    """The council takes it down, and its author is told why. Raises Gone."""
    award, before = _hold(said), said.state
    _move(said, REMOVED)
    _sign_if_seen_otherwise(award, said, before)
    audit.record("endorsement.removed", Ref("award", award.id), actor_id, None, {"badge": award.badge.slug, "reason": reason})
    untell([_notice_key(said)])
    tell([Message(said.member_id, "endorsement.removed", f"endorsement.removed:{said.id}", f"/awards/{award.key}",
                  {"badge": award.badge.name, "words": reason})], now)  # fmt: skip


def author_changed(member_id: int) -> None:
    """Suspended, their words show no more; back again, they do: what they speak for is signed anew."""
    spoken_for = sa.select(Endorsement.award_id).where(Endorsement.member_id == member_id, Endorsement.state == SHOWN)
    due.sign_anew(db.session.scalars(spoken_for).all())


def _hold(said: Endorsement) -> Award:
    hold_awards(Award.id == said.award_id)
    db.session.refresh(said)
    return db.session.get_one(Award, said.award_id, populate_existing=True)


def _move(said: Endorsement, state: str) -> None:
    if state not in MOVES[said.state]:
        raise Gone(_("These words changed a moment ago. Look at them again, please."))
    said.state = state
    db.session.flush()


def _sign_if_seen_otherwise(award: Award, said: Endorsement, before: str) -> None:
    if SHOWN in (before, said.state) and before != said.state:
        award.sign_due = True
        db.session.flush()
        due.ring()


def _notice_key(said: Endorsement) -> str:
    return f"endorsement:{said.id}:{said.created_at.date()}"

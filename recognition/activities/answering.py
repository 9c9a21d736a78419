"""What those say whom a deed names. A yes is a witness's word; of "we did it together" it is also a deed of their own. A no
is heard by nobody."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.activities import confirming
from recognition.activities.confirming import KNOWS_OF_IT, WAS_THERE, Said
from recognition.activities.models import Activity, NamedPerson
from recognition.activities.policy import can_confirm
from recognition.activities.queries import tags_of
from recognition.activities.rules import NotAWitness, Report
from recognition.activities.services import hold_members, record
from recognition.activities.witnesses import asked_keys
from recognition.announcements.services import settle as settle_notices
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member

SOURCE = "together"


def answer(activity_id: int, member_id: int, yes: bool, now: datetime) -> bool:
    """False where they had said the same before. Raises NotAWitness, with a sentence for them."""
    _hold_doers([activity_id], member_id)
    said = _say(activity_id, member_id, yes, now)
    if said is None:
        return False
    _follow([activity_id], said, member_id, now)
    return True


def answer_all(activity_ids: Collection[int], member_id: int, yes: bool, now: datetime) -> int:
    """How many of these questions were answered just now; what cannot be answered is left."""
    _hold_doers(activity_ids, member_id)
    done, words = [], []
    for activity_id in sorted(set(activity_ids)):
        try:
            said = _say(activity_id, member_id, yes, now)
        except NotAWitness:
            continue
        if said is not None:
            done.append(activity_id)
            words += said
    _follow(done, words, member_id, now)
    return len(done)


def _say(activity_id: int, member_id: int, yes: bool, now: datetime) -> list[Said] | None:
    """The words that follow from the answer, none of a no. None: they had said the same before."""
    named, deed, member = _asked(activity_id, member_id)
    if named.answer is not None:
        if (named.answer == "yes") == yes:
            return None
        raise NotAWitness(_("You have answered this before."))
    doer = db.session.get_one(Member, deed.member_id)
    if yes and (doer.state == "suspended" or not can_confirm(member, deed)):
        raise NotAWitness(_("This deed is not here any more. There is nothing left to do."))
    words = _words(named, deed, now) if yes else []
    named.answer, named.answered_at = ("yes" if yes else "no"), now
    db.session.flush()
    return words


def _words(named: NamedPerson, deed: Activity, now: datetime) -> list[Said]:
    heard_as = WAS_THERE if named.stands_in_for_id is None else KNOWS_OF_IT
    words = [Said(deed.id, deed.member_id, named.member_id, heard_as)]
    if named.role == "with":
        named.own_id = _own(deed, named.member_id, named, now)
        words.append(Said(named.own_id, named.member_id, deed.member_id))
    return words


def _follow(answered: Collection[int], words: Sequence[Said], member_id: int, now: datetime) -> None:
    if words:
        confirming.vouch(words, now)
    if answered:
        settle_notices(asked_keys(answered, member_id), now)


def _hold_doers(activity_ids: Collection[int], member_id: int) -> None:
    """Until the commit, whoever answers and whoever did these deeds: before the first of several answers, so that two who
    answer each other wait for each other and never both."""
    doers = db.session.scalars(sa.select(Activity.member_id).where(among(Activity.id, sorted(set(activity_ids)))))
    hold_members({member_id, *doers})


def _asked(activity_id: int, member_id: int) -> tuple[NamedPerson, Activity, Member]:
    named = db.session.get(NamedPerson, (activity_id, member_id), populate_existing=True, with_for_update=True)
    if named is None:
        raise NotAWitness(_("Nobody asked you about this deed."))
    deed = db.session.get_one(Activity, activity_id, populate_existing=True)
    return named, deed, db.session.get_one(Member, member_id, populate_existing=True)


def _own(deed: Activity, member_id: int, named: NamedPerson, now: datetime) -> int:
    """The row of who did it too. Of words that are for the first one alone it says nothing but what sort of deed it was."""
    if named.own_id is not None and _stands(named.own_id):
        return named.own_id
    hidden = deed.visibility == "me"
    shown: dict[str, Any] = (
        {} if hidden else {"text": deed.text, "url": deed.url, "place": deed.place, "tags": tuple(tags_of(deed.id))}
    )
    report = Report(
        member_id, SOURCE, f"{deed.id}:{member_id}", deed.occurred_at, kind=deed.kind, group_id=deed.group_id,
        campaign=deed.campaign, object=deed.object, visibility=deed.visibility, reporter_id=member_id, **shown,
    )  # fmt: skip
    return record([report], now)[0].id


def _stands(activity_id: int) -> bool:
    row = db.session.get(Activity, activity_id)
    return row is not None and row.withdrawn_at is None

"""When two rows of one person become one: their deeds, words and thanks. Whatever moves is unconsidered again, so that the
drain adds it where it belongs now."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from recognition.activities import witnesses
from recognition.activities.changes import (
    SOURCE,
    Change,
    fact_keys,
    hold,
    settle,
    tell,
    weigh_evidence,
    withdraw_facts,
)
from recognition.activities.drain import Fact
from recognition.activities.merging_names import move_names
from recognition.activities.models import PENDING, Activity, Confirmation
from recognition.activities.prints import print_anew
from recognition.activities.services import DRAIN_BELL, hold_members
from recognition.activities.thanking import SOURCE as THANKS
from recognition.announcements.models import Notice
from recognition.database import among
from recognition.extensions import db
from recognition.identity.services.differences import Difference, Which
from recognition.identity.services.merging import Merge
from recognition.jobs import ledger
from recognition.refs import Ref


def wait_for_drains(member_ids: Collection[int]) -> None:
    """Before anything is read: what a drain has in hand for one of the two may bring awards that nobody sees yet, and facts
    that the next drain takes in hand. What waits after that waits for us."""
    waiting = sa.select(Activity.id).where(sa.text(PENDING), among(Activity.member_id, member_ids))
    held: set[int] = set()
    while new := set(db.session.scalars(waiting.order_by(Activity.id).with_for_update())) - held:
        held |= new


def concerned(one: Merge) -> list[Which]:
    """What the two said of others' deeds and others of theirs, with the facts of it in the log, and thanks that name them."""
    both = [one.from_id, one.into_id]
    words = sa.select(Confirmation.activity_id, Confirmation.witness_id).join(Activity, Activity.id == Confirmation.activity_id)
    pairs = db.session.execute(words.where(sa.or_(among(Confirmation.witness_id, both), among(Activity.member_id, both)))).all()
    people = {one.from_id: [one.from_id, one.into_id]}
    keys = [fact_keys(row.activity_id, who) for row in pairs for who in people.get(row.witness_id, [row.witness_id])]
    own = sa.select(Activity.id).where(among(Activity.member_id, both))
    names = [str(Ref("member", member_id)) for member_id in both]
    deeds: Any = Activity.__table__
    said: Any = Confirmation.__table__
    told: Any = Notice.__table__
    return [
        (deeds, among(deeds.c.id, {row.activity_id for row in pairs})),
        (deeds, sa.and_(deeds.c.source == SOURCE, among(deeds.c.source_key, {key for both in keys for key in both}))),
        (deeds, sa.and_(deeds.c.source == THANKS, deeds.c.kind == "thanks.given", among(deeds.c.object, names))),
        (said, said.c.activity_id.in_(own)),
        (told, among(told.c.key, {confirmed for confirmed, _given in keys})),
    ]


def take_apart(one: Merge, _moved: Mapping[str, Any], differences: list[Difference]) -> Callable[[], None]:
    """Sums and flags follow once the rows are whose they were."""
    ids = sorted(difference["key"][0] for difference in differences if difference["table"] == "activity")
    before = _facts(ids)

    def tell_all() -> None:
        after = _facts(ids)
        tell([Change(before.get(row_id), after.get(row_id)) for row_id in sorted(before | after)], one.now)
        ledger.ring(DRAIN_BELL)

    return tell_all


def _facts(ids: Sequence[int]) -> dict[int, Fact]:
    return {row.id: _fact(row) for row in hold(Activity.id, ids) if row.withdrawn_at is None}


def merge_members(one: Merge) -> dict[str, Any]:
    partners = _partners(one)
    hold_members(partners)
    changes = _forget_thanks_to_oneself(one)
    touched, words, more = _move_words(one)
    changes += more
    moved, more = _move_rows(one)
    changes += more
    changes += settle([witnesses.pair(one.into_id, other) for other in partners - {one.into_id, one.from_id}], one.now)
    changes += weigh_evidence(touched)
    repeats, more = _match_repeats(moved["deeds"])
    tell(changes + more, one.now)
    ledger.ring(DRAIN_BELL)
    return {**moved, **words, **move_names(one), "repeats": repeats}


def _partners(one: Merge) -> set[int]:
    """Both, and everybody who confirmed a deed of theirs or whose deed they confirmed."""
    both = [one.from_id, one.into_id]
    words = sa.select(Activity.member_id, Confirmation.witness_id).join(Activity, Activity.id == Confirmation.activity_id)
    concerned = sa.or_(among(Confirmation.witness_id, both), among(Activity.member_id, both))
    return {member_id for row in db.session.execute(words.where(concerned).distinct()) for member_id in row} | set(both)


def _forget_thanks_to_oneself(one: Merge) -> list[Change]:
    both = [one.from_id, one.into_id]
    names = [str(Ref("member", member_id)) for member_id in both]
    mutual = sa.select(Activity.source_key).where(
        Activity.source == THANKS, among(Activity.member_id, both), among(Activity.object, names)
    )
    return withdraw_facts(THANKS, db.session.scalars(mutual).all(), one.now)


def _move_words(one: Merge) -> tuple[set[int], dict[str, Any], list[Change]]:
    """Confirmations by the one are the other's. Nobody confirms themselves, and nobody says the same thing twice."""
    columns = (Confirmation.activity_id, Confirmation.witness_id, Confirmation.confirmed_at, Activity.member_id)
    both = [one.from_id, one.into_id]
    wanted = sa.select(*columns).join(Activity, Activity.id == Confirmation.activity_id)
    rows = db.session.execute(wanted.where(among(Confirmation.witness_id, both)).order_by(*columns[:2])).all()
    said = {row.activity_id for row in rows if row.witness_id == one.into_id}
    to_oneself = [row for row in rows if row.member_id in both]
    own = [row for row in rows if row.witness_id == one.from_id and row.member_id not in both]
    dropped = to_oneself + [row for row in own if row.activity_id in said]
    moved = [row.activity_id for row in own if row.activity_id not in said]
    keys = [key for row in dropped + own for key in fact_keys(row.activity_id, row.witness_id)]
    changes = withdraw_facts(SOURCE, sorted(set(keys)), one.now)
    for row in dropped:
        _delete_word(row.activity_id, row.witness_id)
    mine = sa.update(Confirmation).where(Confirmation.witness_id == one.from_id)
    # What counts is settled once the deeds have moved too.
    db.session.execute(mine.values(witness_id=one.into_id, counts=False), execution_options={"synchronize_session": False})
    told = {"words": moved, "words_dropped": [[row.activity_id, row.witness_id, row.confirmed_at.isoformat()] for row in dropped]}
    return {row.activity_id for row in dropped + own}, told, changes


def _delete_word(activity_id: int, witness_id: int) -> None:
    word = (Confirmation.activity_id == activity_id, Confirmation.witness_id == witness_id)
    db.session.execute(sa.delete(Confirmation).where(*word))


def _move_rows(one: Merge) -> tuple[dict[str, list[int]], list[Change]]:
    name, new_name = str(Ref("member", one.from_id)), str(Ref("member", one.into_id))
    about = (Activity.source == THANKS, Activity.object == name)
    told = {
        "deeds": _ids(Activity.member_id == one.from_id),
        "reported": _ids(Activity.reporter_id == one.from_id),
        "thanks": _ids(*about, sa.or_(Activity.reporter_id == one.from_id, _answers(one.from_id))),
    }
    rows = hold(Activity.id, set().union(*told.values()))
    for ids, values in (
        (told["deeds"], {"member_id": one.into_id}),
        (told["reported"], {"reporter_id": one.into_id}),
        (told["thanks"], {"object": new_name}),
    ):
        _set(ids, values)
    # Who told it is in no sum: what was only told by the one is not added a second time.
    other = {*told["deeds"], *told["thanks"]}
    again = [row.id for row in rows if row.id in other and row.withdrawn_at is None and row.considered_at is not None]
    _set(again, {"considered_at": None})
    # Whose deed it is belongs to what makes two deeds look alike.
    print_anew(told["deeds"])
    thanked = set(told["thanks"])
    changes = []
    for row in rows:
        if row.id in other and row.withdrawn_at is None:
            before = _fact(row)
            member_id = one.into_id if before.member_id == one.from_id else before.member_id
            after = before._replace(member_id=member_id, object=new_name if row.id in thanked else before.object)
            changes.append(Change(before, after, row.considered_at is not None))
    return told, changes


def _fact(row: Any) -> Fact:
    fact = Fact(*row[: len(Fact._fields)])
    return fact if row.considered_at is not None else fact._replace(points=0)


def _answers(member_id: int) -> sa.ColumnElement[bool]:
    """The giver's row of thanks that this member received."""
    received = sa.select(sa.func.replace(Activity.source_key, "received:", "given:")).where(
        Activity.member_id == member_id, Activity.kind == "thanks.received"
    )
    return Activity.source_key.in_(received)


def _ids(*conditions: sa.ColumnElement[bool]) -> list[int]:
    return list(db.session.scalars(sa.select(Activity.id).where(*conditions).order_by(Activity.id)))


def _set(ids: Sequence[int], values: dict[str, Any]) -> None:
    if ids:
        change = sa.update(Activity).where(among(Activity.id, ids)).values(values)
        db.session.execute(change, execution_options={"synchronize_session": False})


def _match_repeats(ids: Iterable[int]) -> tuple[dict[str, Any], list[Change]]:
    """Both rows may have told the same deed: the first telling is the deed, the others repeat it and bring no points."""
    prints = sa.select(Activity.fingerprint).where(among(Activity.id, ids), Activity.fingerprint.is_not(None))
    alike = [row for row in hold(Activity.fingerprint, set(db.session.scalars(prints))) if row.withdrawn_at is None]
    first: dict[str, int] = {}
    told, changes = {}, []
    for row in alike:
        root = first.setdefault(row.fingerprint, row.id)
        if row.id != root and row.repeat_of_id != root:
            told[str(row.id)] = [row.repeat_of_id, row.points]
            _set([row.id], {"repeat_of_id": root, "points": 0})
            before = _fact(row)
            after = before._replace(points=0, repeat_of_id=root)
            changes.append(Change(before, after, row.considered_at is not None))
    return told, changes

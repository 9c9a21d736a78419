"""Asking for something, deciding about it with a reason, and telling what came of it."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from recognition.activities.models import Activity
from recognition.activities.rules import Report, with_tags_of
from recognition.activities.services import record
from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.extensions import db
from recognition.identity.fields import fold
from recognition.identity.models import Member
from recognition.refs import Ref
from recognition.resources.models import ResourceAsk, ResourceKind
from recognition.resources.queries import BETWEEN, looks_after, members_by_country, words_stand
from recognition.resources.rules import (
    GIVEN,
    KINDS_MAX,
    WAITING,
    WAITING_MAX,
    WITHDRAWN,
    Decision,
    NotSaved,
    TooLate,
    Wanted,
)

SOURCE = "web"
"""As of what is told in the box, in all: a deed must not say that its member asked for something."""


def ask(wanted: Wanted, member: Member, now: datetime) -> ResourceAsk:
    """The same ask, sent twice while it waits, is asked once. Raises TooLate where many of theirs wait already."""
    db.session.execute(sa.select(Member.id).where(Member.id == member.id).with_for_update())
    mine = sa.select(ResourceAsk).where(ResourceAsk.member_id == member.id, ResourceAsk.state == WAITING)
    waiting = db.session.scalars(mine.order_by(ResourceAsk.id).limit(WAITING_MAX)).all()
    values = {**vars(wanted), "region": _as_others_write_it(wanted.region), "unit": wanted.unit.replace(BETWEEN, "/")}
    for one in waiting:
        if all(getattr(one, name) == value for name, value in values.items()):
            return one
    if len(waiting) >= WAITING_MAX:
        raise TooLate(_("Several of your asks wait already. Once one is decided there is room for the next; "
                        "what you wrote is still here."))  # fmt: skip
    made = ResourceAsk(member_id=member.id, asked_at=now, state=WAITING, answer="", **values)
    db.session.add(made)
    db.session.flush()
    return made


def withdraw(ask_id: int, member_id: int) -> bool:
    """False where it is not theirs, or does not wait any more."""
    mine = sa.update(ResourceAsk).where(
        ResourceAsk.id == ask_id, ResourceAsk.member_id == member_id, ResourceAsk.state == WAITING
    )
    return bool(db.session.execute(mine.values(state=WITHDRAWN).returning(ResourceAsk.id)).all())


def show(ask_id: int, member_id: int, shows_name: bool, shows_words: bool) -> bool:
    """What everybody may know beside the decision. False where it is not theirs."""
    mine = sa.update(ResourceAsk).where(ResourceAsk.id == ask_id, ResourceAsk.member_id == member_id)
    changed = mine.values(shows_name=shows_name, shows_words=shows_words).returning(ResourceAsk.id)
    return bool(db.session.execute(changed).all())


def decide(ask_id: int, actor: Member, made: Decision, now: datetime) -> bool:
    """False where it was decided or taken back meanwhile. Nobody decides about what is theirs, or for a group that they look
    after: raises TooLate."""
    one = _held(ask_id)
    if one.member_id == actor.id or looks_after(actor.id, one.group_id):
        raise TooLate(_("This one is yours, so somebody else decides."))
    if one.state != WAITING:
        return False
    one.state, one.given, one.answer = made.outcome, made.given, made.answer
    one.decided_at, one.decided_by_id = now, actor.id
    said = {"member": one.member_id, "reason": made.answer}
    audit.record(f"resource.{made.outcome}", Ref("resource", one.id), actor.id, after=said)
    data = {"title": one.what, "words": made.answer}
    key, path = f"resource.decided:{one.id}", f"/resources/{one.id}"
    tell([Message(one.member_id, f"resource.{made.outcome}", key, path, data)], now)
    return True


def take_words_down(ask_id: int, actor: Member, reason: str, now: datetime) -> bool:
    """Its asker's words stand on the list no more, whatever they choose; they hear why. False where these do not stand there.
    Raises TooLate for one's own."""
    one = _held(ask_id)
    if one.member_id == actor.id:
        raise TooLate(_("This one is yours, so somebody else decides."))
    if one.decided_at is None or not words_stand(one):
        return False
    one.words_down_at = now
    said = {"member": one.member_id, "reason": reason}
    audit.record("resource.words_down", Ref("resource", one.id), actor.id, after=said)
    data = {"title": one.what, "words": reason}
    tell([Message(one.member_id, "resource.words_down", f"resource.words_down:{one.id}", f"/resources/{one.id}", data)], now)
    return True


def tell_what_came(ask_id: int, member: Member, text: str, visibility: str, now: datetime) -> bool:
    """It becomes a deed of theirs, and whoever decided hears of it. Told twice it is told once. False where it is not theirs
    or nothing was given; raises TooLate for other words than those that they told before."""
    one = _held(ask_id)
    if one.member_id != member.id or one.state not in GIVEN:
        return False
    if one.told_at is not None:
        if db.session.scalar(sa.select(Activity.text).where(Activity.id == one.deed_id)) != text:
            raise TooLate(_("You told it already, and these words were not kept. The deed can be put right on its own page."))
        return True
    campaign = one.about.removeprefix("campaign:") if one.about.startswith("campaign:") else None
    key = f"{member.id}:{secrets.token_urlsafe(16)}:{secrets.token_hex(8)}"
    report = Report(member.id, SOURCE, key, now, text=text, tags=with_tags_of(text, ()), group_id=one.group_id,
                    campaign=campaign, visibility=visibility, reporter_id=member.id)  # fmt: skip
    one.deed_id, one.told_at = record([report], now)[0].id, now
    if one.decided_by_id is not None:
        data = {"title": one.what, "person": member.id}
        tell([Message(one.decided_by_id, "resource.told", f"resource.told:{one.id}", f"/resources/{one.id}", data)], now)
    return True


def save_kind(kind_id: int | None, name: str, unit: str, is_open: bool, actor_id: int, now: datetime) -> ResourceKind:
    """A new one where the id is None. What was asked keeps the unit that it had. Raises NotSaved."""
    one = db.session.get(ResourceKind, kind_id, with_for_update=True) if kind_id is not None else None
    before = {"name": one.name, "unit": one.unit, "open": one.is_open} if one else None
    unit = unit.replace(BETWEEN, "/")
    after = {"name": name, "unit": unit, "open": is_open}
    if one is None and (db.session.scalar(sa.select(sa.func.count()).select_from(ResourceKind)) or 0) >= KINDS_MAX:
        raise NotSaved({"name": _("There are %(max)s kinds already; that is enough for one list.", max=KINDS_MAX)})
    try:
        with db.session.begin_nested():
            if one is None:
                one = ResourceKind(created_at=now)
                db.session.add(one)
            one.name, one.unit, one.is_open = name, unit, is_open
            db.session.flush()
    except IntegrityError:
        raise NotSaved({"name": _("There is a kind of this name already.")}) from None
    if before != after:
        audit.record("resource_kind.saved", Ref("resource_kind", one.id), actor_id, before=before, after=after)
    return one


def _as_others_write_it(region: str) -> str:
    """One country is "kenya" and "Kenya": it is written as most members write it."""
    if not region:
        return ""
    known = sorted(members_by_country().items(), key=lambda pair: (-pair[1], pair[0]))
    return next((slot for slot, _number in known if slot and fold(slot) == fold(region)), region)


def _held(ask_id: int) -> ResourceAsk:
    one: ResourceAsk = db.session.get_one(ResourceAsk, ask_id, with_for_update=True, populate_existing=True)
    return one

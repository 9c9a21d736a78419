"""What the demo's people asked for, and what its council said."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import Activity
from recognition.demo.community import read
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.resources import services
from recognition.resources.models import ResourceAsk
from recognition.resources.queries import kinds
from recognition.resources.rules import Decision, Wanted

Data = Mapping[str, Any]
Ids = Mapping[str, int]
DECIDER = "lior"


def leave(ids: Ids, now: datetime) -> None:
    """Safe to repeat: what somebody asked for stays as it is."""
    if DECIDER not in ids:
        return  # that handle is a real member's here
    told = read("resources")
    known = {one.name for one in kinds()}
    for name, unit in told["kinds"]:
        if name not in known:
            services.save_kind(None, name, unit, True, ids[DECIDER], now)
    by_name = {one.name: (one.id, one.unit) for one in kinds()}
    for one in told["asks"]:
        if one["by"] in ids and not _is_there(ids[one["by"]], one["what"]):
            _ask(one, by_name, ids, now)


def _is_there(member_id: int, what: str) -> bool:
    same = sa.exists().where(ResourceAsk.member_id == member_id, ResourceAsk.what == what)
    return bool(db.session.scalar(sa.select(same)))


def _ask(one: Data, by_name: Mapping[str, tuple[int, str]], ids: Ids, now: datetime) -> None:
    kind_id, unit = by_name.get(one.get("kind", ""), (None, ""))
    about = f"campaign:{one['campaign']}" if "campaign" in one else ""
    amount: int | None = one.get("amount")
    wanted = Wanted(kind_id, None, one["what"], one["why"], amount, unit if amount else "", one["region"], about,
                    one.get("shows_name", False), one.get("shows_words", False))  # fmt: skip
    member = db.session.get_one(Member, ids[one["by"]])
    then = now + timedelta(days=one["day"])
    with clock.as_of(then):
        asked = services.ask(wanted, member, then)
    if "outcome" not in one:
        return
    then = now + timedelta(days=one["decided"])
    with clock.as_of(then):
        given = one.get("given", amount if one["outcome"] == "granted" else None)
        made = Decision(one["outcome"], given, one["answer"])
        services.decide(asked.id, db.session.get_one(Member, ids[DECIDER]), made, then)
    if one.get("came"):
        _come(asked, then)


def _come(asked: ResourceAsk, then: datetime) -> None:
    """They told of it in the ordinary way: the first deed after the yes that everybody may read."""
    later = sa.select(Activity.id, Activity.occurred_at).where(
        Activity.member_id == asked.member_id, Activity.occurred_at > then, Activity.visibility == "public",
        Activity.source == "demo", Activity.withdrawn_at.is_(None),
    )  # fmt: skip
    found = db.session.execute(later.order_by(Activity.occurred_at, Activity.id).limit(1)).first()
    if found is not None:
        asked.deed_id, asked.told_at = found.id, found.occurred_at

"""A campaign goes out, rests, goes on, ends: by a person with a reason, or by itself at the time it was given."""

from collections.abc import Callable, Sequence
from datetime import datetime

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.campaigns import services
from recognition.campaigns.models import Campaign, CampaignState
from recognition.campaigns.rules import NEED_A_REASON, REASON_MAX, BadCampaign, WrongState, check_move
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Grant
from recognition.jobs import ledger
from recognition.refs import Ref

Out = Callable[[str, datetime, int | None], None]
"""Called with the slug of a campaign in the transaction that publishes it: `app.extensions["campaign_out"]`."""
COUNCIL = ("council", "admin")
"""Whom the studio lets in."""
Check = Callable[[Campaign, datetime], None]
"""Raises BadCampaign where it could not go out at that moment: `app.extensions["campaign_checks"]`."""


def move(campaign: Campaign, to: str, now: datetime, actor_id: int | None, reason: str = "") -> None:
    """Publish, pause, go on or end. Asked twice, it is done once. Raises WrongState, and BadCampaign where a reason is
    needed and none is given."""
    if campaign.state == to:
        return
    check_move(campaign.state, to)
    reason = _checked(reason, to)
    was = campaign.state
    if not _changed(campaign, was, to, now):
        return
    db.session.add(CampaignState(campaign_id=campaign.id, state=to, reason=reason, at=now, by_id=actor_id))
    told = {"state": to, "reason": reason} if reason else {"state": to}
    audit.record(f"campaign.{to}", Ref("campaign", campaign.slug), actor_id, {"state": was}, told)
    if was == "draft":
        services.dates_changed(campaign.slug)
        for hook in _hooks():
            hook(campaign.slug, now, actor_id)
    if to == "published":
        ledger.defer("campaigns.count_base", dedupe_key="campaigns.count_base:published")
        services.count_later(campaign.id)


def _checked(reason: str, to: str) -> str:
    reason = " ".join(reason.split())
    if len(reason) > REASON_MAX or (to in NEED_A_REASON and not reason):
        why = _("Please say why, in at most %(number)s characters. Everybody can read it.", number=REASON_MAX)
        raise BadCampaign({"reason": why})
    return reason


def _changed(campaign: Campaign, was: str, to: str, now: datetime) -> bool:
    """Of several who move it at once one does. False: somebody else did the same. Raises WrongState where they did not."""
    values = {"state": to, "publish_at": None, "published_at": sa.func.coalesce(Campaign.published_at, now)}
    db.session.flush()
    mine = sa.update(Campaign).where(Campaign.id == campaign.id, Campaign.state == was).values(values)
    moved = db.session.execute(mine.returning(Campaign.id), execution_options={"synchronize_session": False}).first()
    db.session.refresh(campaign)
    if moved is None and campaign.state != to:
        raise WrongState(f"a campaign that is {campaign.state} cannot become {to}")
    return moved is not None


def _check_going_out(campaign: Campaign, at: datetime) -> None:
    """Raises BadCampaign where a person has to look first."""
    checks: list[Check] = current_app.extensions["campaign_checks"]
    for check in checks:
        check(campaign, at)


def _hooks() -> list[Out]:
    hooks: list[Out] = current_app.extensions["campaign_out"]
    return hooks


def plan(campaign: Campaign, at: datetime | None, actor_id: int | None) -> None:
    """A draft goes out by itself at this moment; None: not by itself. Raises WrongState for what is out, and
    BadCampaign where it could not go out then."""
    if campaign.state != "draft":
        raise WrongState("it is out already")
    if at is not None:
        _check_going_out(campaign, at)
    if campaign.publish_at == at:
        return
    before = campaign.publish_at.isoformat() if campaign.publish_at else None
    campaign.publish_at = at
    audit.record("campaign.planned", Ref("campaign", campaign.slug), actor_id, {"publish_at": before},
                 {"publish_at": at.isoformat() if at else None})  # fmt: skip
    if at is not None:
        _later(campaign.id, at)


def _later(campaign_id: int, at: datetime) -> None:
    """At that moment, not half a minute later."""
    key = f"campaigns.publish:{campaign_id}:{at.isoformat()}"
    ledger.defer("campaigns.publish", dedupe_key=key, run_after=at, campaign_id=campaign_id)


def due(now: datetime) -> Sequence[int]:
    wanted = sa.select(Campaign.id).where(Campaign.state == "draft", Campaign.publish_at <= now)
    return db.session.scalars(wanted.order_by(Campaign.publish_at, Campaign.id)).all()


def move_later(now: datetime) -> None:
    """A job for each whose time has come, so that one that fails keeps none of the others waiting."""
    for campaign_id in due(now):
        ledger.defer("campaigns.publish", dedupe_key=f"campaigns.publish:{campaign_id}", campaign_id=campaign_id)


def publish_due(campaign_id: int, now: datetime) -> bool:
    """False: it is not time, it is out, or a person has to look at it first, who is told so once: it is a draft then that
    waits for them."""
    due_one = sa.select(Campaign).where(Campaign.id == campaign_id, Campaign.state == "draft", Campaign.publish_at <= now)
    campaign = db.session.scalar(due_one.with_for_update(), execution_options={"populate_existing": True})
    if campaign is None:
        return False
    try:
        _check_going_out(campaign, now)
    except BadCampaign as fault:
        _hold_back(campaign, next(iter(fault.errors.values())), now)
        return False
    move(campaign, "published", now, None)
    return True


def _hold_back(campaign: Campaign, why: str, now: datetime) -> None:
    """Who looks after it hears of it, and who planned it. The former need not be of the council: the campaign's own page is
    open to them, the council's is not."""
    planned = audit.newest("campaign.planned", Ref("campaign", campaign.slug))
    people = {one for one in (campaign.owner_id, planned.actor_id if planned else None) if one is not None}
    at = campaign.publish_at
    plan(campaign, None, None)
    data = {"title": campaign.title, "words": why}
    council = f"/council/campaigns/{campaign.slug}/publish"
    seated = set(db.session.scalars(sa.select(Grant.member_id).where(Grant.role.in_(COUNCIL), among(Grant.member_id, people))))
    paths = {one: council if one in seated else f"/campaigns/{campaign.slug}" for one in people}
    key = f"campaign.held:{campaign.id}:{at.isoformat() if at else ''}"
    tell([Message(one, "campaign.held", f"{key}:{one}", path, data) for one, path in paths.items()], now)


def history(campaign: Campaign, most: int = 20) -> Sequence[CampaignState]:
    """The newest first."""
    wanted = sa.select(CampaignState).where(CampaignState.campaign_id == campaign.id).order_by(CampaignState.id.desc())
    return db.session.scalars(wanted.limit(most)).all()

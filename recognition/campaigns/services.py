"""Making and joining campaigns, and counting their goals."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from recognition.activities import measure
from recognition.activities.changes import Change
from recognition.activities.criteria.decide import decide
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import Criteria, campaigns_named, is_momentary, listens_to
from recognition.activities.drain import Batch, only_if
from recognition.activities.rules import Report
from recognition.activities.services import record
from recognition.audit import services as audit
from recognition.campaigns.models import Campaign, CampaignItem, CampaignMember, CampaignReached
from recognition.campaigns.queries import WITH_GOALS, campaign_by_slug, campaigns_titled, free_slug, reached_among, with_goals
from recognition.campaigns.rules import BadCampaign, CampaignSpec, WrongState
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.queries import next_member_ids
from recognition.jobs import ledger
from recognition.refs import Ref

SLICE_MEMBERS = 1000


def save(spec: CampaignSpec, now: datetime, actor_id: int | None) -> Campaign:
    """A new campaign, as a draft, or the changed one of the same slug."""
    campaign = campaign_by_slug(spec.slug, drafts=True)
    is_new = campaign is None
    words = {name: getattr(spec, name) for name in _PLAIN}
    if campaign is None:
        campaign = _new(Campaign(slug=spec.slug, state="draft", created_at=now, owner_id=actor_id, **words))
    before = told(campaign)
    goal_changed = campaign.goal_criteria != spec.goal_criteria
    moved = (campaign.starts_at, campaign.ends_at) != (spec.starts_at, spec.ends_at)
    for name, value in words.items():
        setattr(campaign, name, value)
    campaign.mentions = spec.mentioned
    campaign.language = spec.language or campaign.language
    _set_items(campaign, spec)
    if is_new:
        audit.record("campaign.created", Ref("campaign", spec.slug), actor_id, after={"title": spec.title})
    else:
        audit.record_change("campaign.changed", Ref("campaign", spec.slug), actor_id, before, told(campaign))
    if campaign.state in ("published", "paused") and goal_changed:
        _count_anew(campaign)
    if moved and campaign.state != "draft":
        dates_changed(campaign.slug)
    return campaign


_PLAIN = ("title", "tagline", "why_now", "body", "family", "starts_at", "ends_at", "goal_sentence", "goal_criteria",
          "target_share", "target_count", "came_of_it", "lead_days", "contact")  # fmt: skip


def told(campaign: Campaign) -> dict[str, Any]:
    """What the audit keeps of a change, as it is now."""
    items = {f"{kind}s": [item.slug for item in campaign.items if item.kind == kind] for kind in ("quest", "badge", "group")}
    mentions = [f"{one['title']}: {one['url']}" for one in campaign.mentions or ()]
    return {**{name: getattr(campaign, name) for name in (*_PLAIN, "language")}, **items, "mentions": mentions}


def create(spec: CampaignSpec, now: datetime, actor_id: int | None, may_rename: bool = False) -> Campaign:
    """Raises BadCampaign where the slug is taken. With `may_rename` it gets a number instead, unless the other campaign
    says just the same: then the form was sent twice, and one campaign comes of it."""
    if campaign_by_slug(spec.slug, drafts=True) is not None:
        if not may_rename:
            raise _taken()
        known = next((one for one in campaigns_titled(spec.title) if _says(one) == _says(spec)), None)
        if known is not None:
            return known
        spec = replace(spec, slug=free_slug(spec.slug))
    return save(spec, now, actor_id)


def _says(campaign: Campaign | CampaignSpec) -> list[Any]:
    return [getattr(campaign, name) for name in _PLAIN]


def give_to(campaign: Campaign, owner_id: int, actor_id: int) -> None:
    """Who looks after it."""
    if campaign.owner_id != owner_id:
        audit.record(
            "campaign.owner", Ref("campaign", campaign.slug), actor_id, {"owner": campaign.owner_id}, {"owner": owner_id}
        )
        campaign.owner_id = owner_id


def delete_draft(campaign: Campaign, actor_id: int) -> None:
    """Only of what nobody has seen. Raises WrongState."""
    mine = (Campaign.id == campaign.id, Campaign.state == "draft", Campaign.published_at.is_(None))
    slug, title = campaign.slug, campaign.title
    db.session.flush()
    if not db.session.execute(sa.delete(Campaign).where(*mine).returning(Campaign.id)).first():
        raise WrongState("only a draft that nobody has seen can be deleted")
    audit.record("campaign.deleted", Ref("campaign", slug), actor_id, {"title": title}, None)


def _new(campaign: Campaign) -> Campaign:
    try:
        with db.session.begin_nested():
            db.session.add(campaign)
    except IntegrityError as taken:
        raise _taken() from taken
    return campaign


def _taken() -> BadCampaign:
    return BadCampaign({"title": _("There is a campaign of this name already; please give this one another.")})


def dates_changed(slug: str) -> None:
    """Rules may ask for deeds in a campaign's time. Calls `app.extensions["dates_changed"]`."""
    hooks: list[Any] = current_app.extensions["dates_changed"]
    for hook in hooks:
        hook(slug)


def count_goals_of(slug: str) -> None:
    """Count the goals anew that ask for deeds in this campaign's time."""
    goals = sa.select(Campaign).where(Campaign.state == "published", Campaign.goal_criteria.is_not(None))
    for campaign in db.session.scalars(goals.order_by(Campaign.id)).all():
        if slug in campaigns_named(parse(campaign.goal_criteria)):
            _count_anew(campaign)


def _count_anew(campaign: Campaign) -> None:
    db.session.execute(sa.delete(CampaignReached).where(CampaignReached.campaign_id == campaign.id))
    campaign.reached_count = 0
    count_later(campaign.id)


def join(campaign: Campaign, member_id: int, now: datetime) -> bool:
    """False when the member had joined before."""
    row = {"campaign_id": campaign.id, "member_id": member_id, "joined_at": now}
    table: Any = CampaignMember.__table__
    if not insert_new(table, [row], table.c.member_id):
        return False
    db.session.execute(sa.update(Campaign).where(Campaign.id == campaign.id).values(joined_count=Campaign.joined_count + 1))
    record([Report(member_id=member_id, kind="campaign.joined", kind_label="Joined a campaign", occurred_at=now,
                   source="campaigns", source_key=f"joined:{campaign.id}:{member_id}", campaign=campaign.slug,
                   object=str(Ref("campaign", campaign.slug)), evidence=1, fingerprinted=False)], now)  # fmt: skip
    return True


def leave(campaign: Campaign, member_id: int) -> bool:
    """False when the member was not in it. That they once joined stays in the log."""
    mine = sa.delete(CampaignMember).where(CampaignMember.campaign_id == campaign.id, CampaignMember.member_id == member_id)
    if not db.session.execute(mine.returning(CampaignMember.member_id)).first():
        return False
    db.session.execute(sa.update(Campaign).where(Campaign.id == campaign.id).values(joined_count=Campaign.joined_count - 1))
    return True


@only_if(f"EXISTS ({WITH_GOALS})")
def advance(batch: Batch) -> int:
    """The drain's reaction: whose new deeds bring them to a running campaign's goal?"""
    by_kind = batch.members_by_kind()
    for campaign in with_goals(batch.now):
        heard = [by_kind[kind] for kind in listens_to(parse(campaign.goal_criteria)) if kind in by_kind]
        candidates = set().union(*heard)
        if candidates:
            reach(campaign, candidates - reached_among(campaign.id, candidates), batch.now)
    return 0


def reach(campaign: Campaign, members: Iterable[int], now: datetime) -> int:
    """Count those of the members who meet the goal and were not counted yet."""
    goal = parse(campaign.goal_criteria)
    met = _met(goal, members, now)
    # The campaign's row first, then its people: the same order for every drain and for a recount.
    if not met or _held_goal(campaign) != campaign.goal_criteria:
        return 0  # It was changed while we measured, and who changed it has asked for a recount.
    # Measured again now that nobody can take a deed back unseen: who did so before us has been heard.
    rows = [{"campaign_id": campaign.id, "member_id": member_id, "reached_at": now} for member_id in _met(goal, met, now)]
    table: Any = CampaignReached.__table__
    new = len(insert_new(table, rows, table.c.member_id))
    if new:
        more = {"reached_count": Campaign.reached_count + new}
        db.session.execute(sa.update(Campaign).where(Campaign.id == campaign.id).values(more))
    return new


def follow(changes: Sequence[Change], now: datetime) -> None:
    """Deeds were withdrawn or are proven less well: who met a running goal by them meets it no longer. A goal that asks how
    things stand at the moment, once met, stays met."""
    touched = {fact.member_id for change in changes for fact in (change.before, change.after) if fact}
    for campaign in with_goals(now) if touched else ():
        _forget_unmet(campaign, touched, now)


def _forget_unmet(campaign: Campaign, members: Iterable[int], now: datetime) -> None:
    if not is_momentary(parse(campaign.goal_criteria)) and _held_goal(campaign) == campaign.goal_criteria:
        forget(campaign, unmet(campaign, reached_among(campaign.id, members), now))


def unmet(campaign: Campaign, members: Iterable[int], now: datetime) -> list[int]:
    """Those of the members who do not meet the goal."""
    known = set(members)
    return sorted(known.difference(_met(parse(campaign.goal_criteria), known, now))) if known else []


def forget(campaign: Campaign, members: Sequence[int]) -> int:
    """Count them no longer."""
    mine = sa.delete(CampaignReached).where(CampaignReached.campaign_id == campaign.id, among(CampaignReached.member_id, members))
    gone = len(db.session.execute(mine.returning(CampaignReached.member_id)).all()) if members else 0
    if gone:
        less = {"reached_count": Campaign.reached_count - gone}
        db.session.execute(sa.update(Campaign).where(Campaign.id == campaign.id).values(less))
    return gone


def _met(goal: Criteria, members: Iterable[int], now: datetime) -> list[int]:
    return sorted(m for m, values in measure.values(goal, members, now=now).items() if decide(goal, values).met)


def _held_goal(campaign: Campaign) -> dict[str, Any] | None:
    """What the goal is now; the campaign's row is locked until the commit."""
    held = sa.select(Campaign.goal_criteria).where(Campaign.id == campaign.id).with_for_update()
    goal: dict[str, Any] | None = db.session.scalar(held)
    return goal


def count_slice(campaign_id: int, after: int, now: datetime) -> tuple[int, int | None]:
    """Count those among the next members after this id who meet the goal: how many are new, and where to go on, None at
    the end. Whose deeds were taken back meanwhile, as while the campaign rested, is counted no longer."""
    campaign = db.session.get_one(Campaign, campaign_id)
    ids = next_member_ids(after, SLICE_MEMBERS)
    if campaign.goal_criteria is None or not ids:
        return 0, None
    new = reach(campaign, ids, now)
    _forget_unmet(campaign, ids, now)
    return new, ids[-1]


def count_base(now: datetime) -> None:
    """How many active members a share is of: counted in the background, kept with its time."""
    base = db.session.scalar(sa.select(sa.func.count()).select_from(Member).where(Member.state == "active")) or 0
    running = sa.update(Campaign).where(Campaign.state == "published", Campaign.ends_at > now)
    db.session.execute(running.values(base_count=base, base_counted_at=now))


def count_later(campaign_id: int, after: int = 0) -> None:
    key = f"campaigns.recount:{campaign_id}:{after}"
    ledger.defer("campaigns.recount", dedupe_key=key, campaign_id=campaign_id, after=after)


def _set_items(campaign: Campaign, spec: CampaignSpec) -> None:
    named = {"quest": spec.quests, "badge": spec.badges, "group": spec.groups}
    wanted = [(kind, slug) for kind, slugs in named.items() for slug in dict.fromkeys(slugs)]
    campaign.items = [
        CampaignItem(campaign_id=campaign.id, kind=kind, slug=slug, position=i) for i, (kind, slug) in enumerate(wanted)
    ]

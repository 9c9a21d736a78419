"""Campaigns in any state, and what the council or a file says of one."""

from datetime import UTC, datetime
from typing import Any

from recognition.campaigns.models import Campaign
from recognition.campaigns.rules import CampaignSpec
from recognition.extensions import db

STARTS, ENDS = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
GOAL = {"count": {"tags_any": ["mdm"]}, "at_least": 2}


def make_spec(slug: str = "spring", **changes: Any) -> CampaignSpec:
    values: dict[str, Any] = {"title": slug.title(), "starts_at": STARTS, "ends_at": ENDS, "goal_criteria": GOAL,
                              "target_share": 0.5, **changes}  # fmt: skip
    return CampaignSpec(slug=slug, **values)


def make_campaign(slug: str = "spring", **changes: Any) -> Campaign:
    values: dict[str, Any] = {"title": slug.title(), "state": "published", "starts_at": STARTS, "ends_at": ENDS,
                              "goal_criteria": GOAL, "target_count": 3, "created_at": STARTS, **changes}  # fmt: skip
    campaign = Campaign(slug=slug, **values)
    db.session.add(campaign)
    db.session.flush()
    return campaign

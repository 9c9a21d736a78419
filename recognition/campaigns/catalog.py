"""Campaigns as files: `campaigns/<slug>.toml`. In a file the last day counts, as people write it."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from recognition import toml
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.values import BadCriteria
from recognition.campaigns import services
from recognition.campaigns.models import Campaign
from recognition.campaigns.rules import FAMILIES, SLUG, CampaignSpec
from recognition.extensions import db

_TEXTS = ("title", "tagline", "why_now", "body", "family", "came_of_it")
_KNOWN = {"slug", *_TEXTS, "starts_on", "ends_on", "goal", "quests", "badges"}


class BadFile(ValueError):
    """Names the file and the place in it."""


def load(folder: Path, now: datetime) -> list[str]:
    """Every campaign file of the folder, published. Raises BadFile; the caller's transaction keeps all or nothing."""
    slugs = []
    for path in sorted(folder.glob("*.toml")):
        campaign = services.save(read(path), now, None)
        if campaign.state == "draft":
            services.move(campaign, "published", now, None)
        slugs.append(campaign.slug)
    return slugs


def read(path: Path) -> CampaignSpec:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadFile(f"{path.name}: {fault}") from fault
    unknown = sorted(set(data) - _KNOWN)
    if unknown:
        raise BadFile(f"{path.name}: {unknown[0]} is not known")
    try:
        return _spec(data)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        place = f"{fault.args[0]} is missing" if isinstance(fault, KeyError) else fault
        raise BadFile(f"{path.name}: {place}") from fault


def _spec(data: dict[str, Any]) -> CampaignSpec:
    goal = data.get("goal", {})
    criteria = goal.get("criteria")
    if criteria is not None:
        try:
            parse(criteria)
        except BadCriteria as fault:
            raise ValueError(f"goal.criteria.{fault}") from fault
    if not SLUG.fullmatch(data["slug"]):
        raise ValueError("slug needs small letters, digits and hyphens")
    if data.get("family", "gathering") not in FAMILIES:
        raise ValueError(f"family needs one of {', '.join(FAMILIES)}")
    starts, ends = _midnight(data["starts_on"]), _midnight(data["ends_on"])
    if ends < starts:
        raise ValueError("ends_on comes before starts_on")
    texts = {"title": data["title"]} | {name: data[name] for name in _TEXTS if name in data}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise ValueError(f"{name} needs a text")
    return CampaignSpec(
        slug=data["slug"], starts_at=starts, ends_at=ends + timedelta(days=1), goal_sentence=goal.get("sentence", ""),
        goal_criteria=criteria, target_share=_within(goal, "target_share", 1), target_count=_within(goal, "target_count", 10**7),
        quests=tuple(data.get("quests", ())), badges=tuple(data.get("badges", ())),
        **{name: text.strip() for name, text in texts.items()},
    )  # fmt: skip


def _within(goal: dict[str, Any], name: str, most: int) -> Any:
    """A number above zero, or None where the goal names none."""
    number = goal.get(name)
    if number is not None and (isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number <= most):
        raise ValueError(f"goal.{name} needs a number above 0 and up to {most}")
    return number


def _midnight(day: Any) -> datetime:
    if not isinstance(day, date) or isinstance(day, datetime):
        raise ValueError("starts_on and ends_on need a day such as 2026-12-01")
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def export(folder: Path) -> list[str]:
    """Write every campaign that is not a draft, so that loading the files gives the same campaigns."""
    folder.mkdir(parents=True, exist_ok=True)
    slugs = []
    for campaign in db.session.scalars(sa.select(Campaign).where(Campaign.state != "draft").order_by(Campaign.slug)):
        (folder / f"{campaign.slug}.toml").write_text(toml.dumps(as_data(campaign)), encoding="utf-8")
        slugs.append(campaign.slug)
    return slugs


def as_data(campaign: Campaign) -> dict[str, Any]:
    data: dict[str, Any] = {"slug": campaign.slug}
    data |= {name: getattr(campaign, name) for name in _TEXTS if getattr(campaign, name)}
    data["starts_on"] = campaign.starts_at.date()
    data["ends_on"] = (campaign.ends_at - timedelta(days=1)).date()
    for kind in ("quest", "badge"):
        slugs = [item.slug for item in campaign.items if item.kind == kind]
        if slugs:
            data[f"{kind}s"] = slugs
    goal = {"sentence": campaign.goal_sentence, "target_share": campaign.target_share,
            "target_count": campaign.target_count, "criteria": campaign.goal_criteria}  # fmt: skip
    data["goal"] = {name: value for name, value in goal.items() if value not in (None, "")}
    return data if data["goal"] else {k: v for k, v in data.items() if k != "goal"}

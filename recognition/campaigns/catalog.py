"""Campaigns as files: `campaigns/<slug>.toml`. In a file the last day counts, as people write it."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from recognition import toml
from recognition.activities.criteria.parse import parse_seen
from recognition.activities.criteria.values import BadCriteria
from recognition.campaigns import moving, services
from recognition.campaigns.models import Campaign
from recognition.campaigns.rules import (
    CONTACT_MAX,
    EARLIEST,
    FAMILIES,
    LATEST,
    LEAD_DAYS,
    LEAD_DAYS_MAX,
    SLUG,
    CampaignSpec,
    is_web_address,
)
from recognition.extensions import db
from recognition.tongues import CODE

_TEXTS = ("title", "tagline", "why_now", "body", "family", "came_of_it", "contact")
_LENGTHS = {"title": 120, "tagline": 300, "why_now": 600, "contact": CONTACT_MAX, "family": 10}
_ITEMS = {"quests": "quest", "badges": "badge", "groups": "group"}
_KNOWN = {"slug", *_TEXTS, "starts_on", "ends_on", "goal", *_ITEMS, "lead_days", "mentions", "language"}


class BadFile(ValueError):
    """Names the file and the place in it."""


def load(folder: Path, now: datetime) -> list[str]:
    """Every campaign file of the folder, published. Raises BadFile; the caller's transaction keeps all or nothing."""
    slugs = []
    for path in sorted(folder.glob("*.toml")):
        campaign = services.save(read(path), now, None)
        if campaign.state == "draft":
            moving.move(campaign, "published", now, None)
        slugs.append(campaign.slug)
    return slugs


def read(path: Path) -> CampaignSpec:
    try:
        return spec_of(tomllib.loads(path.read_text(encoding="utf-8")), path.name)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadFile(f"{path.name}: {fault}") from fault


def spec_of(data: dict[str, Any], name: str) -> CampaignSpec:
    """What a file of this name holds, checked. Raises BadFile."""
    unknown = sorted(set(data) - _KNOWN)
    if unknown:
        raise BadFile(f"{name}: {unknown[0]} is not known")
    try:
        return _spec(data)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        place = f"{fault.args[0]} is missing" if isinstance(fault, KeyError) else fault
        raise BadFile(f"{name}: {place}") from fault


def _spec(data: dict[str, Any]) -> CampaignSpec:
    goal = data.get("goal", {})
    criteria = goal.get("criteria")
    if criteria is not None:
        try:
            parse_seen(criteria)
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
        if not isinstance(text, str) or "\x00" in text:
            raise ValueError(f"{name} needs a text")
        if len(text) > _LENGTHS.get(name, 20_000):
            raise ValueError(f"{name} has more than {_LENGTHS.get(name, 20_000)} characters")
    if not isinstance(goal.get("sentence", ""), str) or len(goal.get("sentence", "")) > _LENGTHS["tagline"]:
        raise ValueError("goal.sentence needs a text of one line")
    more: dict[str, Any] = {name: text.strip() for name, text in texts.items()}
    more |= {name: _slugs(data, name) for name in _ITEMS}
    return CampaignSpec(
        slug=data["slug"], starts_at=starts, ends_at=ends + timedelta(days=1), goal_sentence=goal.get("sentence", ""),
        goal_criteria=criteria, target_share=_within(goal, "target_share", 1), target_count=_within(goal, "target_count", 10**7),
        lead_days=_lead_days(data.get("lead_days", LEAD_DAYS)), mentions=tuple(map(_mention, data.get("mentions", ()))),
        language=_language(data.get("language", "en")), **more,
    )  # fmt: skip


def _slugs(data: dict[str, Any], name: str) -> tuple[str, ...]:
    slugs = data.get(name, [])
    if not isinstance(slugs, list) or not all(isinstance(one, str) and SLUG.fullmatch(one) and len(one) <= 64 for one in slugs):
        raise ValueError(f"{name} needs a list of slugs")
    return tuple(dict.fromkeys(slugs))


def _lead_days(number: Any) -> int:
    if type(number) is not int or not 0 <= number <= LEAD_DAYS_MAX:
        raise ValueError(f"lead_days needs a whole number from 0 to {LEAD_DAYS_MAX}")
    return number


def _language(code: Any) -> str:
    if not isinstance(code, str) or not CODE.fullmatch(code):
        raise ValueError("language needs the short name of a language, such as en or pt-BR")
    return code


def _mention(one: Any) -> tuple[str, str]:
    title, url = one["title"], one["url"]
    if not isinstance(title, str) or not isinstance(url, str) or not is_web_address(url) or not 0 < len(title) <= 120:
        raise ValueError("mentions needs tables with a title and the address of a web page")
    return title, url


def _within(goal: dict[str, Any], name: str, most: int) -> Any:
    """A number above zero, or None where the goal names none."""
    number = goal.get(name)
    if number is not None and (isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number <= most):
        raise ValueError(f"goal.{name} needs a number above 0 and up to {most}")
    return number


def _midnight(day: Any) -> datetime:
    if not isinstance(day, date) or isinstance(day, datetime) or not EARLIEST <= day <= LATEST:
        raise ValueError(f"starts_on and ends_on need a day such as 2026-12-01, from {EARLIEST} to {LATEST}")
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
    if campaign.language != "en":
        data["language"] = campaign.language
    data["starts_on"] = campaign.starts_at.date()
    data["ends_on"] = (campaign.ends_at - timedelta(days=1)).date()
    for name, kind in _ITEMS.items():
        slugs = [item.slug for item in campaign.items if item.kind == kind]
        if slugs:
            data[name] = slugs
    if campaign.lead_days != LEAD_DAYS:
        data["lead_days"] = campaign.lead_days
    if campaign.mentions:
        data["mentions"] = [toml.Inline(title=one["title"], url=one["url"]) for one in campaign.mentions]
    goal = {"sentence": campaign.goal_sentence, "target_share": campaign.target_share,
            "target_count": campaign.target_count, "criteria": _sorted(campaign.goal_criteria)}  # fmt: skip
    data["goal"] = {name: value for name, value in goal.items() if value not in (None, "")}
    return data if data["goal"] else {k: v for k, v in data.items() if k != "goal"}


def _sorted(value: Any) -> Any:
    """PostgreSQL keeps no order of keys: the same on both databases."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value, key=lambda name: (name in _LAST, name))}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


_LAST = ("where", "at_least", "gaps", "level")
"""What a rule says after its first word."""

"""The council's form, in; a checked campaign or a sentence for each wrong field, out."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.values import BadCriteria
from recognition.activities.rules import BadReport, clean_tags, clean_text, slug_of
from recognition.campaigns.rules import FAMILIES, SLUG, BadCampaign, CampaignSpec

LIMITS = {"title": 120, "tagline": 300, "why_now": 600, "body": 20_000, "goal_sentence": 300, "came_of_it": 20_000}
MAX_DAYS = 731
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)
FIELDS = (
    *LIMITS,
    "slug",
    "family",
    "starts_on",
    "ends_on",
    "goal_kind",
    "goal_quest",
    "goal_tag",
    "goal_times",
    "target_kind",
    "target",
)


def campaign_spec(
    form: Mapping[str, str],
    quests: Collection[str],
    badges: Collection[str],
    chosen: tuple[list[str], list[str]],
    kept_goal: dict[str, Any] | None = None,
) -> CampaignSpec:
    """`quests` and `badges`: what may be attached; `chosen`: what was. `kept_goal`: a goal from a file that says more
    than the form can; it stays when the form says so. Raises BadCampaign."""
    errors: dict[str, str] = {}
    texts = {name: _text(form, name, limit, errors) for name, limit in LIMITS.items()}
    if not texts["title"]:
        errors.setdefault("title", _("A campaign needs a title."))
    slug = (form.get("slug") or _address(texts["title"])).strip()
    if not SLUG.fullmatch(slug) or len(slug) > 64:
        errors.setdefault("slug", _("Use small letters, digits and single hyphens, such as draw-what-mdm-means."))
    starts, ends = _dates(form, errors)
    goal = kept_goal if form.get("goal_kind") == "kept" and kept_goal else _goal(form, quests, errors)
    share, count = _target(form, errors) if goal else (None, None)
    if any(q not in quests for q in chosen[0]) or any(b not in badges for b in chosen[1]):
        errors["attached"] = _("One of the chosen quests or badges does not exist any more.")
    family = form.get("family", "gathering")
    if family not in FAMILIES:
        errors["family"] = _("Please choose one of the five families.")
    if errors:
        raise BadCampaign(errors)
    return CampaignSpec(slug=slug, starts_at=_morning(starts), ends_at=_morning(ends) + timedelta(days=1), family=family,
                        goal_criteria=goal, target_share=share, target_count=count, quests=tuple(chosen[0]),
                        badges=tuple(chosen[1]), **texts)  # fmt: skip


def _address(title: str) -> str:
    """Short enough for a number after it; a title without a Latin letter has one too."""
    return re.sub("[^a-z0-9]+", "-", slug_of(title or "?")[:60]).strip("-")


def _text(form: Mapping[str, str], name: str, limit: int, errors: dict[str, str]) -> str:
    try:
        return clean_text(form.get(name, "").replace("\r\n", "\n").replace("\r", "\n"), name, limit)
    except BadReport as fault:
        errors[name] = _("This %(reason)s.", reason=fault.reason)
        return ""


def _dates(form: Mapping[str, str], errors: dict[str, str]) -> tuple[date, date]:
    days = {}
    for name in ("starts_on", "ends_on"):
        try:
            days[name] = date.fromisoformat(form.get(name, ""))
            if not EARLIEST <= days[name] <= LATEST:
                raise ValueError(name)
        except ValueError:
            errors[name] = _("Please give a day, such as 2026-12-01.")
            days[name] = date(2000, 1, 1)
    if not {"starts_on", "ends_on"} & set(errors):
        length = (days["ends_on"] - days["starts_on"]).days
        if length < 0:
            errors["ends_on"] = _("The last day cannot come before the first.")
        elif length > MAX_DAYS:
            errors["ends_on"] = _("A campaign lasts two years at most; give it an end people can look forward to.")
    return days["starts_on"], days["ends_on"]


def _goal(form: Mapping[str, str], quests: Collection[str], errors: dict[str, str]) -> dict[str, Any] | None:
    kind = form.get("goal_kind", "none")
    if kind == "quest":
        if form.get("goal_quest") not in quests:
            errors["goal_quest"] = _("Please choose the quest that people finish.")
        return {"finished": form.get("goal_quest")}
    if kind == "deeds":
        times = form.get("goal_times", "1")
        try:
            # Written as the log writes it, or no deed would ever fit.
            tags = list(clean_tags([form.get("goal_tag", "")]))
            goal = {"count": {"tags_any": tags} if tags else {}, "at_least": int(times)}
            parse(goal)
        except BadReport:
            errors["goal_tag"] = _("A tag has at most 64 letters.")
            return None
        except (ValueError, BadCriteria):
            errors["goal_times"] = _("How many deeds? A whole number from 1, please.")
            return None
        return goal
    if kind != "none":
        errors["goal_kind"] = _("Please choose one of the goals.")
    return None


def _target(form: Mapping[str, str], errors: dict[str, str]) -> tuple[float | None, int | None]:
    share = form.get("target_kind", "share") == "share"
    try:
        number = int(form.get("target", ""))
    except ValueError:
        number = 0
    if share and 1 <= number <= 100:
        return number / 100, None
    if not share and 1 <= number <= 10_000_000:
        return None, number
    errors["target"] = _("A whole number, please: a percentage from 1 to 100, or how many people.")
    return None, None


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)

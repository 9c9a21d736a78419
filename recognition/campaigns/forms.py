"""The council's form, in; a checked campaign or a sentence for each wrong field, out."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from recognition.activities.builder import words
from recognition.activities.builder.cards import Card, Form, fresh, pairs, read
from recognition.activities.builder.making import make
from recognition.activities.builder.taking import take
from recognition.activities.criteria.parse import Known, check_known, parse, parse_seen
from recognition.activities.criteria.tree import Criteria
from recognition.activities.criteria.values import BadCriteria
from recognition.activities.rules import BadReport, clean_tags, clean_text, slug_of
from recognition.campaigns.models import Campaign
from recognition.campaigns.rules import (
    CONTACT_MAX,
    EARLIEST,
    FAMILIES,
    LATEST,
    LEAD_DAYS,
    LEAD_DAYS_MAX,
    MENTIONS_MAX,
    SLUG,
    CampaignSpec,
    is_web_address,
)

LIMITS = {"title": 120, "tagline": 300, "why_now": 600, "body": 20_000, "goal_sentence": 300, "came_of_it": 20_000,
          "contact": CONTACT_MAX}  # fmt: skip
MAX_DAYS = 731
RULE = "rule"
"""What the names of the goal's own cards begin with."""
LISTS = ("quests", "badges", "contests", "events", "groups")
FIELDS = (*LIMITS, "slug", "family", "starts_on", "ends_on", "lead_days", "mentions", "goal_kind", "goal_quest", "goal_tag",
          "goal_times", "target_kind", "target", "owner", "publish_at", "seen", "idea")  # fmt: skip
Named = Callable[[Criteria], Known]
"""Of all that a rule names, what there is."""


@dataclass(frozen=True)
class Written:
    """What was written, as text. `spec` is None while `errors` has anything."""

    values: Mapping[str, str]
    lists: Mapping[str, Sequence[str]]
    card: Card
    errors: Mapping[str, str] = field(default_factory=dict)
    spec: CampaignSpec | None = None

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Everything as a browser sends it."""
        yield from self.values.items()
        yield from ((name, text) for name in LISTS for text in self.lists[name])
        yield from pairs(self.card, RULE)


def written(form: Form) -> Written:
    """Raises cards.TooLarge."""
    values = {name: form.get(name, "") for name in FIELDS}
    return Written(values, {name: form.getlist(name) for name in LISTS}, read(form, RULE))


def blank(today: date) -> Written:
    values = dict.fromkeys(FIELDS, "") | {
        "starts_on": str(today + timedelta(days=LEAD_DAYS + 1)), "ends_on": str(today + timedelta(days=LEAD_DAYS + 28)),
        "goal_kind": "quest", "target_kind": "share", "target": "80", "family": "gathering", "lead_days": str(LEAD_DAYS),
        "goal_times": "1",
    }  # fmt: skip
    return Written(values, {name: [] for name in LISTS}, fresh())


def written_of(campaign: Campaign, contests: Sequence[str], events: Sequence[str], owner: str) -> Written:
    """A stored campaign as the form shows it."""
    goal: dict[str, Any] = campaign.goal_criteria or {}
    count = goal.get("count")
    share = campaign.target_share is not None or campaign.target_count is None
    values = {
        **{name: getattr(campaign, name) for name in (*LIMITS, "slug", "family")}, "seen": fingerprint(campaign),
        "starts_on": str(campaign.starts_at.date()), "ends_on": str((campaign.ends_at - timedelta(days=1)).date()),
        "goal_kind": _goal_kind(goal), "goal_quest": goal.get("finished", ""),
        "goal_tag": " ".join((count or {}).get("tags_any", [])) if _goal_kind(goal) == "deeds" else "",
        "goal_times": str(goal.get("at_least", 1)), "target_kind": "share" if share else "count",
        "target": str(round((campaign.target_share or 0.8) * 100)) if share else str(campaign.target_count),
        "lead_days": str(campaign.lead_days), "mentions": "\n".join(f"{one['url']} {one['title']}" for one in campaign.mentions),
        "owner": owner, "publish_at": campaign.publish_at.strftime("%Y-%m-%dT%H:%M") if campaign.publish_at else "",
    }  # fmt: skip
    lists = {f"{kind}s": [item.slug for item in campaign.items if item.kind == kind] for kind in ("quest", "badge", "group")}
    card = take(goal) if _goal_kind(goal) == "rule" else fresh()
    return Written({"idea": ""} | values, {**lists, "contests": list(contests), "events": list(events)}, card)


def _goal_kind(goal: Mapping[str, Any]) -> str:
    """What the easy choices can say is said by them; any other rule by the builder."""
    if not goal:
        return "none"
    if set(goal) == {"finished"}:
        return "quest"
    count = goal.get("count")
    tagged = count is not None and set(count) <= {"tags_any"} and len(count.get("tags_any", ())) <= 1
    return "deeds" if tagged and set(goal) == {"count", "at_least"} else "rule"


def fingerprint(campaign: Campaign) -> str:
    """Changes with everything that the form can change."""
    names = (*LIMITS, "family", "starts_at", "ends_at", "lead_days", "mentions", "goal_criteria", "target_share", "target_count",
             "owner_id", "publish_at")  # fmt: skip
    told = [getattr(campaign, name) for name in names] + [[item.kind, item.slug] for item in campaign.items]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def refused(draft: Written, errors: Mapping[str, str]) -> Written:
    """What only the stored things can tell."""
    return replace(draft, errors={**draft.errors, **errors}, spec=None)


def with_values(draft: Written, **values: str) -> Written:
    return replace(draft, values={**draft.values, **values})


def with_card(draft: Written, card: Card) -> Written:
    return replace(draft, card=card, errors={}, spec=None)


def checked(draft: Written, offered: Mapping[str, Collection[str]], known: Named, stored: Campaign | None = None) -> Written:
    """All faults at once. `offered`: what may be attached, by list. `stored`: the one that is changed; what stays in it as it
    was may speak of things that are gone."""
    errors: dict[str, str] = {}
    values = draft.values
    texts: dict[str, Any] = {name: _text(values, name, limit, errors) for name, limit in LIMITS.items()}
    if not texts["title"]:
        errors.setdefault("title", _("A campaign needs a title."))
    slug = stored.slug if stored else (values["slug"] or address(texts["title"])).strip()
    if not SLUG.fullmatch(slug) or len(slug) > 64:
        errors.setdefault(
            "slug" if values["slug"] else "title", _("Use small letters, digits and single hyphens, such as draw-what-mdm-means.")
        )
    starts, ends = _dates(values, errors)
    goal = _goal(draft, offered["quests"], known, stored, errors)
    share, count = _target(values, errors) if goal else (None, None)
    for name in LISTS:
        if set(draft.lists[name]) - set(offered[name]):
            errors["attached"] = _("Something that was chosen does not exist any more.")
    if values["family"] not in FAMILIES:
        errors["family"] = _("Please choose one of the five families.")
    spec = CampaignSpec(
        slug=slug, starts_at=_morning(starts), ends_at=_morning(ends) + timedelta(days=1), family=values["family"],
        goal_criteria=goal, target_share=share, target_count=count, lead_days=_lead_days(values["lead_days"], errors),
        mentions=tuple(_mentions(values["mentions"], errors)), quests=_quests(draft, offered["quests"]),
        badges=tuple(draft.lists["badges"]), groups=tuple(draft.lists["groups"]), **texts,
    )  # fmt: skip
    return replace(draft, errors=errors, spec=None if errors else spec)


def _quests(draft: Written, offered: Collection[str]) -> tuple[str, ...]:
    """With the one that the goal asks for: it stands on the way, and goes out together with the campaign."""
    chosen, asked = draft.lists["quests"], draft.values["goal_quest"]
    if draft.values["goal_kind"] == "quest" and asked in offered and asked not in chosen:
        return (asked, *chosen)
    return tuple(chosen)


def address(title: str) -> str:
    """Short enough for a number after it; a title without a Latin letter has one too."""
    return re.sub("[^a-z0-9]+", "-", slug_of(title or "?")[:60]).strip("-")


def _text(values: Mapping[str, str], name: str, limit: int, errors: dict[str, str]) -> str:
    try:
        return clean_text(values[name].replace("\r\n", "\n").replace("\r", "\n"), name, limit)
    except BadReport as fault:
        errors[name] = _("This %(reason)s.", reason=fault.reason)
        return ""


def _dates(values: Mapping[str, str], errors: dict[str, str]) -> tuple[date, date]:
    days = {}
    for name in ("starts_on", "ends_on"):
        try:
            days[name] = date.fromisoformat(values[name])
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


def _lead_days(text: str, errors: dict[str, str]) -> int:
    text = text.strip() or str(LEAD_DAYS)
    if re.fullmatch("[0-9]{1,3}", text) and int(text) <= LEAD_DAYS_MAX:
        return int(text)
    errors["lead_days"] = _("A whole number of days from 0 to %(most)s, please.", most=LEAD_DAYS_MAX)
    return LEAD_DAYS


def _mentions(text: str, errors: dict[str, str]) -> Iterator[tuple[str, str]]:
    """A line each: the address, and what to call it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MENTIONS_MAX:
        errors["mentions"] = _("There is room for %(number)s of them.", number=MENTIONS_MAX)
        return
    for line in lines:
        url, _blank, title = line.partition(" ")
        title = " ".join(title.split()) or url.partition("//")[2].partition("/")[0][:120]
        try:
            title = clean_text(title, "title", 120)
        except BadReport:
            title = ""
        if not is_web_address(url) or not title:
            errors["mentions"] = _("Each line begins with the address of a web page, such as https://example.org/story.")
            return
        yield title, url


def _goal(
    draft: Written, quests: Collection[str], known: Named, stored: Campaign | None, errors: dict[str, str]
) -> dict[str, Any] | None:
    kind = draft.values["goal_kind"] or "none"
    if kind == "rule":
        return _rule(draft.card, known, stored, errors)
    if kind == "quest":
        if draft.values["goal_quest"] not in quests:
            errors["goal_quest"] = _("Please choose the quest that people finish.")
        return {"finished": draft.values["goal_quest"]}
    if kind == "deeds":
        return _deeds(draft.values, errors)
    if kind != "none":
        errors["goal_kind"] = _("Please choose one of the goals.")
    return None


def _rule(card: Card, known: Named, stored: Campaign | None, errors: dict[str, str]) -> dict[str, Any] | None:
    made = make(card, RULE)
    kept = stored.goal_criteria if stored else None
    try:
        criteria = parse_seen(made.data)
        if kept is not None and parse(kept) == criteria:
            return kept
        check_known(made.data, known(criteria))
    except BadCriteria as fault:
        errors[made.field_at(fault.place)] = words.fault(fault)
        return None
    return made.data


def _deeds(values: Mapping[str, str], errors: dict[str, str]) -> dict[str, Any] | None:
    try:
        # Written as the log writes it, or no deed would ever fit.
        tags = list(clean_tags([values["goal_tag"]]))
        goal = {"count": {"tags_any": tags} if tags else {}, "at_least": int(values["goal_times"] or "1")}
        parse(goal)
    except BadReport:
        errors["goal_tag"] = _("A tag has at most 64 letters.")
        return None
    except (ValueError, BadCriteria):
        errors["goal_times"] = _("How many deeds? A whole number from 1, please.")
        return None
    return goal


def _target(values: Mapping[str, str], errors: dict[str, str]) -> tuple[float | None, int | None]:
    share = (values["target_kind"] or "share") == "share"
    try:
        number = int(values["target"])
    except ValueError:
        number = 0
    if share and 1 <= number <= 100:
        return number / 100, None
    if not share and 1 <= number <= 10_000_000:
        return None, number
    errors["target"] = _("A whole number, please: a percentage from 1 to 100, or how many people.")
    return None, None


def publish_moment(text: str) -> datetime | None:
    """Minutes, in UTC, as a browser sends them; None where it is no moment."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None and EARLIEST <= moment.date() <= LATEST else None


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)

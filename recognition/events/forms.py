"""The form of an event, in; a checked one or a sentence for each wrong field, out. Times are read as they are told in its
zone."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import gettext as _

from recognition.activities.rules import BadReport, clean_tags, clean_text, clean_url
from recognition.events.rules import FORMS, KINDS, LONGEST, ONCE, ONLINE, REPEATS, SITE, TIMES_MAX, BadEvent, EventSpec

LIMITS = {"title": 120, "about": 10_000, "place": 200, "agenda": 10_000}
URL_MAX_CHARS = 500
FIELDS = (*LIMITS, "seen", "kind", "form", "starts", "ends", "zone", "url", "topic", "campaign", "group", "repeats", "times")
EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)


def event_spec(form: Mapping[str, str], campaigns: Collection[str], groups: Mapping[str, int]) -> EventSpec:
    """`campaigns`: those that may be named; `groups`: ids by slug. Raises BadEvent."""
    errors: dict[str, str] = {}
    texts = {name: _text(form, name, limit, errors) for name, limit in LIMITS.items()}
    if not texts["title"]:
        errors.setdefault("title", _("What is it called?"))
    zone = form.get("zone", "UTC").strip() or "UTC"
    if zone not in available_timezones():
        errors["zone"] = _("We do not know this time zone. Such as Europe/Berlin, please, or UTC.")
        zone = "UTC"
    starts, ends = _moment(form, "starts", zone, errors), _moment(form, "ends", zone, errors)
    if starts and ends and not starts < ends <= starts + LONGEST:
        errors["ends"] = _("It ends after it begins, and within a month.")
    url = _url(form, errors)
    if form.get("form", ONLINE) != SITE and not url and not texts["place"]:
        errors.setdefault("url", _("Where do people come in? Give a link here, or say above, as its place, how to get one."))
    if form.get("form") != ONLINE and not texts["place"]:
        errors.setdefault("place", _("Where is it? A town is enough."))
    campaign, group = form.get("campaign", "") or None, form.get("group", "")
    if campaign is not None and campaign not in campaigns:
        errors["campaign"] = _("This is not there any more.")
    if group and group not in groups:
        errors["group"] = _("This is not there any more.")
    choices = {name: _choice(form, name, known, errors) for name, known in
               (("kind", KINDS), ("form", FORMS), ("repeats", REPEATS))}  # fmt: skip
    times = form.get("times", "1") or "1"
    if not times.isdecimal() or len(times) > 2 or not 1 <= int(times) <= TIMES_MAX:
        errors["times"] = _("From 1 to %(max)s times, please.", max=TIMES_MAX)
    topic = _topic(form, errors)
    if errors or starts is None or ends is None:
        raise BadEvent(errors)
    repeated = int(times) if choices["repeats"] != ONCE else 1
    return EventSpec(starts_at=starts, ends_at=ends, zone=zone, url=url, topic=topic, campaign=campaign,
                     group_id=groups.get(group), times=repeated, **choices, **texts)  # fmt: skip


def words(form: Mapping[str, str], name: str, limit: int) -> str:
    """Of one field. Raises BadEvent."""
    errors: dict[str, str] = {}
    found = _text(form, name, limit, errors)
    if errors:
        raise BadEvent(errors)
    return found


def _text(form: Mapping[str, str], name: str, limit: int, errors: dict[str, str]) -> str:
    try:
        return clean_text(form.get(name, "").replace("\r\n", "\n").replace("\r", "\n"), name, limit)
    except BadReport as fault:
        errors[name] = _("This %(reason)s.", reason=fault.reason)
        return ""


def _moment(form: Mapping[str, str], name: str, zone: str, errors: dict[str, str]) -> datetime | None:
    """An hour that the clocks jump over is the one after it."""
    try:
        wall = datetime.fromisoformat(form.get(name, "").strip())
        found = (wall if wall.tzinfo else wall.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
        if EARLIEST <= found <= LATEST:
            return found
    except (ValueError, OverflowError):
        pass
    errors[name] = _("Please give a day and an hour, such as 2026-12-01 18:00.")
    return None


def _url(form: Mapping[str, str], errors: dict[str, str]) -> str:
    if not form.get("url", "").strip():
        return ""
    try:
        found = clean_url(form["url"].strip()) or ""
        if len(found) <= URL_MAX_CHARS:
            return found
    except BadReport:
        pass
    errors["url"] = _("Please give a whole address that begins with https:// or http://.")
    return ""


def _choice(form: Mapping[str, str], name: str, known: Collection[str], errors: dict[str, str]) -> str:
    found = form.get(name, "") or next(iter(known))
    if found not in known:
        errors[name] = _("Please choose one of these.")
    return found


def _topic(form: Mapping[str, str], errors: dict[str, str]) -> str:
    try:
        found = clean_tags([form.get("topic", "")])
    except BadReport:
        errors["topic"] = _("One word, please.")
        return ""
    return found[0] if found else ""

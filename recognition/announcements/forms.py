"""The form of mail wishes: raw input to what was said, or a sentence for each field that needs another look."""

import re
from collections.abc import Iterable, Mapping

from flask_babel import gettext as _

from recognition.announcements.rules import (
    CAMPAIGN,
    DAY,
    FOLLOWING,
    MONTH,
    NEVER,
    NOW,
    QUESTIONS,
    RHYTHMS,
    TOPICS,
    WEEK,
    WRITTEN_WHEN_DUE,
    is_zone,
)
from recognition.announcements.wishing import Said

FIELD = "rhythm-"
HOURS, DAYS = range(24), range(7)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?", re.ASCII)
TOPIC = re.compile(rf"{CAMPAIGN}[a-z0-9][a-z0-9-]{{0,79}}", re.ASCII)
FIELDS_MAX = 60
PRESETS = (NOW, WEEK, MONTH)


def is_topic(topic: str) -> bool:
    return topic in TOPICS or TOPIC.fullmatch(topic) is not None


def is_rhythm(topic: str, rhythm: str) -> bool:
    """What people did is told in digests only: nobody wants a mail a deed."""
    return rhythm in RHYTHMS and not (topic in WRITTEN_WHEN_DUE and rhythm == NOW)


def wish_form(given: Mapping[str, str]) -> tuple[Said, dict[str, str]]:
    errors: dict[str, str] = {}
    rhythms = _rhythms(given, errors)
    zone = given.get("zone", "").strip()
    if not is_zone(zone):
        errors["zone"] = _("We do not know this time zone. Choose one from the list, such as Europe/Berlin.")
    language = given.get("language", "").strip()
    if language and not LANGUAGE.fullmatch(language):
        errors["language"] = _("Choose a language from the list.")
    weekday, hour = _number(given, "weekday", DAYS, errors), _number(given, "hour", HOURS, errors)
    since, until = _number(given, "quiet_from", HOURS, errors), _number(given, "quiet_until", HOURS, errors)
    if not errors and _holds(since, until, hour):
        errors["hour"] = _("That hour is one of your quiet ones. Choose another, or change the quiet hours.")
    return Said(rhythms, language, zone, weekday, hour, since, until), errors


def all_at(rhythm: str, topics: Iterable[str]) -> dict[str, str]:
    """Each topic at this rhythm, save for questions, whose answers somebody waits for. What is told in digests only: what is
    followed each day, since somebody chose it, and what people did not at all."""
    instead = {FOLLOWING: DAY}
    return {one: rhythm if is_rhythm(one, rhythm) else instead.get(one, NEVER) for one in topics if one != QUESTIONS}


def _rhythms(given: Mapping[str, str], errors: dict[str, str]) -> dict[str, str]:
    said: dict[str, str] = {}
    for name in [name for name in given if name.startswith(FIELD)][:FIELDS_MAX]:
        topic, rhythm = name.removeprefix(FIELD), given[name]
        if not is_topic(topic) or not is_rhythm(topic, rhythm):
            errors[name] = _("Choose one of the ways from the list.")
        else:
            said[topic] = rhythm
    return said


def _number(given: Mapping[str, str], name: str, allowed: range, errors: dict[str, str]) -> int:
    value = given.get(name, "")
    if value.isascii() and value.isdigit() and len(value) < 3 and int(value) in allowed:
        return int(value)
    errors[name] = _("Choose one from the list.")
    return allowed.start


def _holds(since: int, until: int, hour: int) -> bool:
    return since <= hour < until if since <= until else hour >= since or hour < until

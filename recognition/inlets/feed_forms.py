"""What is typed where a feed or a calendar is added."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _

from recognition.activities.sources import feed, ical
from recognition.inlets import faults
from recognition.inlets.outside import REACHABLE
from recognition.openbadges import addresses
from recognition.openbadges.addresses import Forbidden

ADDRESS_MAX_CHARS = 1000
_CALENDARS = ("webcal://", "webcals://")


@dataclass(frozen=True)
class Wanted:
    source: str
    address: str


def wanted(form: Mapping[str, str]) -> tuple[Wanted | None, dict[str, str]]:
    """Or which fields are wrong, and why."""
    source, typed = form.get("source", ""), form.get("address", "").strip()
    errors = {}
    if source not in (feed.NAME, ical.NAME):
        errors["source"] = _("Please choose one.")
    address, fault = _address(typed)
    if fault:
        errors["address"] = fault
    return (None, errors) if errors else (Wanted(source, address), {})


def _address(typed: str) -> tuple[str, str]:
    """Programs for calendars write webcal:// and mean https://."""
    if not typed:
        return "", _("Please paste its address.")
    lower = typed.lower()
    for scheme in _CALENDARS:
        if lower.startswith(scheme):
            typed = "https://" + typed[len(scheme) :]
    if "://" not in typed:
        typed = f"https://{typed}"
    if len(typed) > ADDRESS_MAX_CHARS:
        return "", _("This address is longer than %(most)s characters.", most=ADDRESS_MAX_CHARS)
    try:
        found = addresses.target(typed)
    except Forbidden as fault:
        return "", faults.words(fault.reason)
    let_in = (found.host, found.port) in current_app.extensions.get(REACHABLE, ())
    if addresses.is_private_at_sight(found) and not let_in:
        return "", faults.words("private")
    return found.url, ""

"""Days that somebody names."""

from collections.abc import Mapping
from datetime import date, timedelta

from recognition.quiet.rules import PAUSE_DAYS


def until(form: Mapping[str, str]) -> date | None:
    """None where it is no day."""
    try:
        return date.fromisoformat(form.get("until", "").strip()[:10])
    except ValueError:
        return None


def usual_pause(today: date) -> date:
    return today + timedelta(days=PAUSE_DAYS)

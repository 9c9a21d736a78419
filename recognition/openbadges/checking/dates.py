"""From when and until when. A date without its zone is a different moment for every reader."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from recognition.openbadges.checking import members
from recognition.openbadges.checking.case import Case

CLOCKS_DIFFER = timedelta(seconds=60)
"""A badge may be looked at by a machine whose clock is a little behind."""
_FORM = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)", re.ASCII)


def moment(value: object) -> datetime | None:
    """None where it is no date-time with a zone."""
    if not isinstance(value, str) or not _FORM.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def check(case: Case, holder: dict[str, Any], begins: tuple[str, ...], ends: tuple[str, ...]) -> None:
    """`begins`, `ends`: names under which editions of the formats keep them; the first that is there counts."""
    begin, begins_well = _read(case, holder, begins)
    end, ends_well = _read(case, holder, ends)
    if begin and end and end < begin:
        case.say("dates_reversed", f"{begin.isoformat()} {end.isoformat()}")
        return
    if end and end <= case.now:
        case.say("expired", end.isoformat())
    elif begin and begin > case.now + CLOCKS_DIFFER:
        case.say("not_yet", begin.isoformat())
    elif begin and begins_well and ends_well:
        case.say("dates_ok", begin.isoformat())


def _read(case: Case, holder: dict[str, Any], names: tuple[str, ...]) -> tuple[datetime | None, bool]:
    name = next((one for one in names if one in holder), None)
    if name is None:
        return None, True
    found = moment(holder[name])
    if found is None:
        case.say("date_broken", f"{name}: {members.detail(holder[name])}")
    return found, found is not None

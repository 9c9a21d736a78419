"""What counts as active in the hall, and its figures, so that the dashboards have something to draw on the first evening."""

from datetime import datetime

from recognition import clock
from recognition.metrics import queries, services
from recognition.metrics.rules import AreaSpec

MONTHS = 3
_TALKS = {"count": {"kind": ["talk"]}, "at_least": 1}
_WRITING = {"count": {"kind": ["writing"]}, "at_least": 1}
AREAS = [
    ("everything", AreaSpec("Everything", "Any deed at all: being here counts, however it looks.", "live", 9,
                            {"count": {}, "at_least": 1})),
    ("going-public", AreaSpec("Going public", "Talks and articles: what people outside the hall can see.", "live", 1,
                              {"any": [_TALKS, _WRITING]})),
    ("helping", AreaSpec("Helping steadily", "Deeds in two different weeks: once is kind, twice is a habit.", "piloted", 2,
                         {"distinct": "week", "at_least": 2})),
]  # fmt: skip


def count(now: datetime) -> None:
    """Safe to repeat: an area that is there stays as it is, and the figures of a day are counted anew."""
    known = {area.slug for area in queries.areas()}
    for slug, spec in AREAS:
        if slug not in known:
            services.save_area(None, spec, now, None, slug=slug)
    today = clock.day_number(now)
    for day in (today - 1, *services.month_ends(today - 1, MONTHS)):
        for part in services.parts():
            services.count(part, day, now)

"""How some of the demo's people want to hear by mail and what they follow, and last month's digest, which waits for the council.
No mail goes to anybody of the demo."""

from collections.abc import Mapping
from datetime import datetime

from flask import current_app

from recognition import clock
from recognition.announcements import following, wishing
from recognition.announcements.following import Thing
from recognition.announcements.wishing import Said

EVENING = Said({"mine": "day", "news": "week", "community": "week", "events": "now"}, "en", "Europe/Amsterdam", 4, 18, 22, 7)
MORNING = Said({"news": "month", "campaign:dark-funnel-week": "never"}, "ar", "Africa/Cairo", 6, 9, 23, 8)
WISHES = {"amina": EVENING, "noor": MORNING}
FOLLOWS = {"amina": [Thing("tag", "dark-funnel"), Thing("group", "words-across")]}
PEOPLE_FOLLOWED = {"amina": ["teo"]}


def leave(ids: Mapping[str, int], now: datetime) -> None:
    """Safe to repeat: who has said something keeps it."""
    for handle, said in WISHES.items():
        if handle in ids and wishing.wish_row(ids[handle]) is None:
            wishing.save(ids[handle], said, now)
            people = [following.person(ids[one]) for one in PEOPLE_FOLLOWED.get(handle, ()) if one in ids]
            for thing in (*FOLLOWS.get(handle, ()), *people):
                following.follow(ids[handle], thing, now)
    with clock.as_of(now.replace(day=1, hour=6, minute=0)):
        current_app.extensions["jobs"]["pages.draft_month"]()

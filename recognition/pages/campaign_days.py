"""The days of a campaign as iCalendar (RFC 5545): one note from its first day to its last, which keeps nobody busy."""

from urllib.parse import urlsplit

import icalendar

from recognition.campaigns.models import Campaign
from recognition.text import shown_only


def campaign_days(campaign: Campaign, home: str) -> bytes:
    """`home`: the address of the house. The end of a whole-day event is the first day after it."""
    page = f"{home}/campaigns/{campaign.slug}"
    calendar, event = icalendar.Calendar(), icalendar.Event()
    for name, value in {"prodid": "-//Recognition//Campaigns//EN", "version": "2.0"}.items():
        calendar.add(name, value)
    event.add("uid", f"campaign-{campaign.slug}@{urlsplit(home).hostname or 'recognition'}")
    event.add("dtstamp", campaign.published_at or campaign.created_at)
    event.add("dtstart", campaign.starts_at.date())
    event.add("dtend", campaign.ends_at.date())
    event.add("summary", shown_only(campaign.title))
    event.add("description", shown_only("\n".join(filter(None, [campaign.tagline, campaign.why_now, page]))))
    event.add("url", page)
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if campaign.state == "ended" else "CONFIRMED")
    calendar.add_component(event)
    return bytes(calendar.to_ical())

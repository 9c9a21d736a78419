"""Feeds and calendars as a blog and a calendar program write them."""

from collections.abc import Iterable

DAY = "Sat, 21 Nov 2026 10:00:00 GMT"


def rss(titles: Iterable[str], about: str = "Notes on maps", home: str = "https://blog.example.org/") -> bytes:
    items = "".join(
        f"<item><title>{title}</title><link>/posts/{number}</link><guid isPermaLink='false'>post-{number}</guid>"
        f"<pubDate>{DAY}</pubDate><category>maps</category></item>"
        for number, title in enumerate(titles)
    )
    head = f"<title>Blog</title><link>{home}</link><description>{about}</description>"
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{head}{items}</channel></rss>".encode()


def calendar(*events: str, name: str = "Team") -> bytes:
    """Lines of each event, without what stands around them."""
    whole = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//EN\nX-WR-CALNAME:{name}\n{whole}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()

"""What every template may use: versioned assets, times in words, Markdown made safe."""

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import nh3
from flask import Flask, request, url_for
from flask_babel import format_date, format_timedelta
from jinja2 import StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from recognition import clock
from recognition.web import stylesheet

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "em", "strong", "a", "code", "pre", "br", "hr",
        "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip


def install(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.filters |= {"ago": ago, "day": day, "iso": iso, "markdown": markdown, "month_words": month_words,
                               "quarter": quarter, "wall": wall, "wall_day": wall_day}  # fmt: skip
    app.jinja_env.globals["asset"] = asset(Path(app.static_folder or ""), watch=app.debug)
    stylesheet.install(app)


def asset(static_dir: Path, watch: bool) -> Callable[[str], str]:
    """An address with the content's hash, so that a browser may keep it for ever and never shows an old one.
    Files are looked at again only while developing (watch): a page names dozens of assets."""

    @lru_cache(maxsize=256)
    def version(name: str, modified_ns: int) -> str:
        if name == stylesheet.NAME:
            return stylesheet.folded(static_dir / name, modified_ns)[1]
        path = static_dir / name
        return stylesheet.version_of(path.read_bytes()) if path.is_file() else "0"

    def modified_ns(path: Path) -> int:
        if not watch or not path.is_file():
            return 0
        return stylesheet.changed_ns(path) if path.suffix == ".css" else path.stat().st_mtime_ns

    def address(name: str) -> str:
        return url_for("static", filename=name, v=version(name, modified_ns(static_dir / name)))

    @lru_cache(maxsize=512)
    def settled(name: str, _root: str) -> str:
        return address(name)

    # Where the program is mounted is part of an address.
    return address if watch else lambda name: settled(name, request.script_root)


def ago(moment: datetime) -> str:
    return format_timedelta(moment - clock.utcnow(), add_direction=True, threshold=1.2)


def day(moment: date | str) -> str:
    """Also of a day that was kept as text, "2026-11-10" or longer."""
    return format_date(date.fromisoformat(moment[:10]) if isinstance(moment, str) else moment, "d MMM yyyy")


def month_words(first: date) -> str:
    """A calendar month by any of its days: "October 2026"."""
    return format_date(first, "MMMM yyyy")


def quarter(first: date) -> str:
    """A quarter of a year by any of its days: "Q4 2026"."""
    return format_date(first, "QQQ y")


def wall(moment: datetime, zone: str, after: datetime | None = None) -> str:
    """As clocks on the wall of that zone tell it; the day is left out where `after` is on the same one."""
    there = moment.astimezone(ZoneInfo(zone))
    same = after is not None and after.astimezone(ZoneInfo(zone)).date() == there.date()
    return f"{there:%H:%M}" if same else f"{format_date(there.date(), 'EEE d MMM yyyy')}, {there:%H:%M}"


def wall_day(moment: datetime, zone: str) -> str:
    return format_date(moment.astimezone(ZoneInfo(zone)).date(), "EEE d MMM")


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


@lru_cache(maxsize=2048)
def markdown(text: str) -> Markup:
    """CommonMark and tables; no raw HTML, no pictures from elsewhere, links that give no rank away."""
    html = _markdown.render(text)
    schemes = {"http", "https", "mailto"}
    safe = nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes=schemes, link_rel="nofollow noopener ugc")
    return Markup(safe)  # noqa: S704  only what the sanitiser lets through

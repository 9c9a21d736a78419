"""CommonMark with pictures of this house: `![what is on it](/media/key#800x600)`, its measures behind the address so that
nothing jumps while it comes. A picture from anywhere else is told by its words alone."""

import re
from functools import lru_cache

import nh3
from flask import Flask
from markdown_it import MarkdownIt
from markupsafe import Markup

from recognition.web.templating import TAGS

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
_PICTURE = re.compile(r'<img src="(/media/[\w-]{1,64})(?:#(\d{1,5})x(\d{1,5}))?" alt="([^"]*)"[^>]*>')
_SCHEMES = {"http", "https", "mailto"}
_ADDRESS = re.compile(r"/media/[\w-]{1,64}(#\d{1,5}x\d{1,5})?")


def install(app: Flask) -> None:
    app.jinja_env.filters["illustrated"] = illustrated


@lru_cache(maxsize=1024)
def illustrated(text: str) -> Markup:
    html = _PICTURE.sub(_measured, _markdown.render(text))
    safe = nh3.clean(
        html, tags=TAGS | {"img"}, url_schemes=_SCHEMES, link_rel="nofollow noopener ugc",
        attributes={"a": {"href"}, "img": {"src", "alt", "width", "height", "loading"}}, attribute_filter=_only_ours,
    )  # fmt: skip
    return Markup(safe)  # noqa: S704  only what the sanitiser lets through


def line(address: str, alt: str, width: int, height: int) -> str:
    """What stands for a picture among the words."""
    words = re.sub(r"[\[\]\\\n\r]", " ", alt).strip()
    return f"![{words}]({address}#{width}x{height})"


def _measured(found: re.Match[str]) -> str:
    address, width, height, alt = found.groups()
    measures = f' width="{width}" height="{height}"' if width else ""
    return f'<img src="{address}" alt="{alt}"{measures} loading="lazy">'


def _only_ours(tag: str, name: str, value: str) -> str | None:
    return None if tag == "img" and name == "src" and not _ADDRESS.fullmatch(value) else value

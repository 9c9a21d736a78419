"""What the council told everybody: the archive, each announcement, and feeds of them."""

import json
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from flask_babel import gettext as _

from recognition.identity.access import current_member
from recognition.news import queries, words
from recognition.news.models import Announcement
from recognition.news.reach import reach
from recognition.news.rules import SORTS
from recognition.news.texts import shows_short_notice, text_in, titled, told
from recognition.text import shown_only
from recognition.web.access import public
from recognition.web.templating import iso, markdown

blueprint = Blueprint("news", __name__)
ITEMS = 30
BEGINNING = "2000-01-01T00:00:00Z"
"""When a feed was changed that has nothing in it."""
MIMETYPES = {"atom": "application/atom+xml", "json": "application/feed+json"}


@blueprint.get("/news/")
@public
def index() -> Any:
    sort = request.args.get("sort", "")
    if sort and sort not in SORTS:
        abort(404)
    found = queries.archive(sort, request.args.get("after"))
    older = url_for(".index", sort=sort or None, after=found.next_cursor) if found.next_cursor else ""
    return render_template(
        "news/index.html", lines=[_line(one) for one in found.items], older=older, sort=sort, sorts=words.sorts(),
    )  # fmt: skip


@blueprint.get("/news/<slug>")
@public
def show(slug: str) -> Any:
    viewer = current_member()
    one = queries.shown(slug, viewer) or abort(404)
    wanted = request.args.get("lang", "")
    text = text_in(one, wanted)
    languages = [(each.language, words.language_name(each.language)) for each in one.texts]
    page = render_template(
        "news/show.html", one=one, text=text, languages=languages, direction=words.direction(text.language),
        is_late=shows_short_notice(one), sorts=words.sorts(), decision_states=words.decision_states(),
        is_original=text.language == one.texts[0].language,
        reach=reach(one.channels, one.told_count, one.mailed_count) if viewer and "council" in viewer.roles else "",
    )  # fmt: skip
    return page if one.is_public else (page, 200, {"Cache-Control": "private, no-store"})


def _line(one: Announcement) -> dict[str, Any]:
    text = one.texts[0]
    return {"one": one, "text": text, "is_late": shows_short_notice(one), "languages": [each.language for each in one.texts]}


@blueprint.get("/feeds/news.<any(atom,json):ending>")
@public
def feed(ending: str) -> Any:
    """`lang`: each in the language that comes nearest; `sort`: only news, articles, minutes or digests."""
    sort, language = request.args.get("sort", ""), request.args.get("lang", "")
    if (sort and sort not in SORTS) or len(language) > 16:
        abort(404)
    found = queries.archive(sort, None, ITEMS).items
    home: str = current_app.extensions["settings"].base_url
    own = home + url_for(".feed", ending=ending, sort=sort or None, lang=language or None)
    items = [_item(one, language, home) for one in found]
    body = _atom(own, home, items) if ending == "atom" else _json(own, home, items)
    response = Response(body, content_type=f"{MIMETYPES[ending]}; charset=utf-8")
    # Kept by whoever likes, and asked about each time: what is corrected or withdrawn is so at once.
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    return response.make_conditional(request)


def _item(one: Announcement, language: str, home: str) -> dict[str, Any]:
    text, said = text_in(one, language), told(one, language)
    return {
        "id": f"{home}/news/{one.slug}", "url": f"{home}/news/{one.slug}", "title": shown_only(titled(one, text.title)),
        "html": str(markdown(shown_only(said.markdown))), "language": text.language, "sort": one.sort,
        "out": iso(one.out_at or one.created_at), "changed": iso(max(one.out_at or one.created_at, one.changed_at)),
    }  # fmt: skip


def _atom(own: str, home: str, items: list[dict[str, Any]]) -> str:
    updated = max((item["changed"] for item in items), default=BEGINNING)
    return render_template("feeds/news.xml", own=own, page=f"{home}/news/", title=_("News"), updated=updated, items=items)


def _json(own: str, home: str, items: list[dict[str, Any]]) -> str:
    told_items = [
        {
            "id": item["id"], "url": item["url"], "title": item["title"], "content_html": item["html"],
            "date_published": item["out"], "date_modified": item["changed"], "language": item["language"], "tags": [item["sort"]],
        }
        for item in items
    ]  # fmt: skip
    feed_of = {"version": "https://jsonfeed.org/version/1.1", "title": str(_("News")), "home_page_url": f"{home}/news/",
               "feed_url": own, "items": told_items}  # fmt: skip
    return json.dumps(feed_of, ensure_ascii=False)

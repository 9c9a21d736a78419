"""All announcements on the desk, and of each one what went where, when, and what did not."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for

from recognition.news import queries, words
from recognition.news.adapters import ADAPTERS
from recognition.news.models import DRAFT, OUT, PLANNED, Announcement
from recognition.news.reach import few
from recognition.news.rules import GROUP, MEMBERS
from recognition.news.texts import shows_short_notice
from recognition.pages.news_desk.blueprint import PRIVATE, announcement_or_404, blueprint, council_only
from recognition.pages.news_desk.sketch import reach_of


@dataclass(frozen=True)
class Way:
    """One channel of one announcement. `may_go_again`: a person may say that it is to be sent once more."""

    slug: str
    name: str
    state: str
    state_words: str
    url: str
    when: datetime | None
    error: str
    attempts: int
    may_go_again: bool
    keeps_first: bool


@blueprint.get("/")
@council_only
def index() -> Any:
    found = queries.desk(request.args.get("after"))
    older = url_for(".index", after=found.next_cursor) if found.next_cursor else ""
    page = render_template(
        "council/news.html", items=found.items, older=older, states=words.states(), sorts=words.sorts(),
        late={one.id for one in found.items if shows_short_notice(one)},
    )  # fmt: skip
    return page, 200, PRIVATE


@blueprint.get("/<slug>/")
@council_only
def record(slug: str) -> Any:
    one = announcement_or_404(slug)
    page = render_template(
        "council/news_record.html", one=one, text=one.texts[0], ways=ways(one), states=words.states(), sorts=words.sorts(),
        is_late=shows_short_notice(one), told=few(one.told_count), mailed=few(one.mailed_count, one.told_count),
        read=few(one.read_count, one.told_count), reach=reach_of(one) if one.state in (DRAFT, PLANNED) else None,
        tells_members=MEMBERS in one.channels, names=channel_names(one), is_draft=one.state == DRAFT,
        is_planned=one.state == PLANNED, is_out=one.state == OUT,
        languages=[words.language_name(text.language) for text in one.texts],
        can_stop=one.state == PLANNED or (one.state == OUT and (one.cursor is not None or _has_waiting(one))),
    )  # fmt: skip
    return page, 200, PRIVATE


def channel_names(one: Announcement) -> list[str]:
    known = queries.names_of_channels([slug for slug in one.channels if slug != MEMBERS])
    groups = queries.names_of_groups([slug.removeprefix(GROUP) for slug in one.channels if slug.startswith(GROUP)])
    known |= {GROUP + slug: words.group_channels(name) for slug, name in groups.items()}
    return [words.members_channel()[1] if slug == MEMBERS else known.get(slug, slug) for slug in one.channels]


def _has_waiting(one: Announcement) -> bool:
    return any(row.state == "waiting" and row.sent_at is None for row in queries.dispatches(one.id))


def ways(one: Announcement) -> list[Way]:
    rows = queries.dispatches(one.id)
    adapters = queries.adapters_of([row.channel for row in rows])
    names = queries.names_of_channels([row.channel for row in rows])
    called = words.dispatch_states()
    found = []
    for row in rows:
        adapter = ADAPTERS.get(adapters.get(row.channel, ""))
        found.append(Way(
            row.channel, names.get(row.channel, row.channel), row.state, called[row.state], row.url, row.sent_at,
            row.error, row.attempts, one.state == OUT and row.state in ("failed", "unsure"),
            bool(one.corrections) and row.state == "sent" and (adapter is None or adapter.change is None),
        ))  # fmt: skip
    return found

"""Events: the list, one of them, answering, and its calendar file."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.campaigns.queries import campaign_by_slug
from recognition.events import policy, queries, services
from recognition.events.calendars import calendar
from recognition.events.models import Event
from recognition.events.queries import Asked
from recognition.events.rules import ANSWERS, FORMS, KINDS, TooLate, is_hidden, stand
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.identity.queries import profiles
from recognition.pages.carrying import is_over as is_carried
from recognition.pages.event_agenda import since_last_time
from recognition.pages.event_words import FORM_WORDS, KIND_WORDS
from recognition.web.access import public
from recognition.web.htmx import goto
from recognition.web.limits import limited

blueprint = Blueprint("events", __name__)
FEED_ITEMS = 100


@blueprint.get("/events/")
@public
def index() -> Any:
    asked, over = _asked(), request.args.get("when") == "over"
    viewer = current_member()
    found = queries.listed(asked, over, viewer, clock.utcnow(), request.args.get("after"))
    chosen: dict[str, Any] = {name: value for name, value in vars(asked).items() if value}
    chosen |= {"when": "over"} if over else {}
    further = url_for(".index", **chosen, after=found.next_cursor) if found.next_cursor else ""
    curated = len(queries.curated(viewer)) if viewer and "council" not in viewer.roles else 0
    may_make = viewer is not None and policy.can_make(viewer, curated)
    return render_template(
        "events/index.html", lines=found.items, further=further, asked=asked, over=over, chosen=chosen, may_make=may_make,
        there=queries.attended([line.event.slug for line in found.items]) if over else {},
        drafts=queries.drafts(viewer) if viewer and may_make else [], kinds=KIND_WORDS, forms=FORM_WORDS,
    )  # fmt: skip


def _asked() -> Asked:
    form, kind = request.args.get("form", ""), request.args.get("kind", "")
    return Asked(
        topic=request.args.get("topic", "")[:64].strip().lstrip("#").casefold(), form=form if form in FORMS else "",
        kind=kind if kind in KINDS else "", campaign=request.args.get("campaign", "")[:80],
        series=request.args.get("series", "")[:64],
    )  # fmt: skip


@blueprint.get("/events/<slug>")
@public
def show(slug: str) -> Any:
    return page(found_event(slug))


def page(event: Event, errors: dict[str, str] | None = None, typed: str | None = None, reason: str = "") -> str:
    viewer, now = current_member(), clock.utcnow()
    host = profiles([event.host_id], viewer).get(event.host_id) if event.host_id else None
    own = queries.own_answer(event, viewer) if viewer else None
    since, points = since_last_time(event, now)
    series = queries.series_of(event, now)
    there = queries.attended([event.slug, *(line.event.slug for line in series)])
    return render_template(
        "events/show.html", event=event, stand=stand(event.state, event.starts_at, event.ends_at, now), kinds=KIND_WORDS,
        forms=FORM_WORDS, host=host if host and host.state != "suspended" else None, own=own,
        people=queries.people(event, viewer),
        group=queries.group_of(event), may_change=policy.can_change(viewer, event, queries.membership(event, viewer)),
        since=since, points=points, series=series, missed=queries.missed(series, there), there=there.get(event.slug, 0),
        campaign=_campaign(event.campaign), errors={name: (errors or {}).get(name, "") for name in ("reason", "results")},
        typed=event.results if typed is None else typed, reason=reason, is_carried=viewer is not None and is_carried(event, now),
    )  # fmt: skip


@blueprint.post("/events/<slug>/answer")
@member_required
@limited("event-answer", times=120)
def answer(slug: str) -> Any:
    event, said = found_event(slug), request.form.get("answer", "")
    if said not in ANSWERS:
        abort(400)
    try:
        services.answer(event.id, signed_in().id, said, request.form.get("shows") != "no", clock.utcnow())
    except TooLate as refused:
        abort(409, str(refused))
    db.session.commit()
    flash({"yes": _("Good to have you there."), "maybe": _("Good to know. Change it whenever you like."),
           "no": _("Thank you for saying so.")}[said], "good")  # fmt: skip
    return goto(url_for(".show", slug=slug))


@blueprint.get("/events/<slug>.ics")
@public
def own_calendar(slug: str) -> Any:
    event = found_event(slug)
    if is_hidden(event.state, event.published_at):
        abort(404)
    return _file([event], event.title, f"{event.slug}.ics")


@blueprint.get("/feeds/events.ics")
@public
def feed() -> Any:
    """What is to come, and what was lately, with the filters of /events/; for a calendar that follows it."""
    asked, now = _asked(), clock.utcnow()
    ahead = queries.listed(asked, False, None, now, size=FEED_ITEMS).items
    behind = queries.listed(asked, True, None, now, size=FEED_ITEMS // 4).items
    return _file([line.event for line in (*behind, *ahead)], _("Events"), "")


def _file(events: list[Event], title: str, name: str) -> Any:
    home: str = current_app.extensions["settings"].base_url
    response = Response(calendar(events, title, home), content_type="text/calendar; charset=utf-8")
    if name:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    return response.make_conditional(request)


def found_event(slug: str) -> Event:
    """Drafts and missing ones look the same to those who may not change them."""
    event = queries.event_by_slug(slug) or abort(404)
    if is_hidden(event.state, event.published_at):
        viewer = current_member()
        if not policy.can_change(viewer, event, queries.membership(event, viewer)):
            abort(404)
    return event


def _campaign(slug: str | None) -> str:
    """Its title, or nothing while it is a draft."""
    found = campaign_by_slug(slug) if slug else None
    return found.title if found else ""

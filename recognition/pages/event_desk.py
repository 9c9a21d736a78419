"""Making events: the form, publishing, calling off, who was there, and what came of it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from recognition import clock
from recognition.activities import attendance, listing
from recognition.activities.rules import BadReport, Report
from recognition.campaigns.models import Campaign
from recognition.events import forms, policy, queries, services
from recognition.events.models import Event
from recognition.events.rules import COMING, PLANNED, BadEvent, TooLate, stand
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.pages.event_words import FORM_WORDS, KIND_WORDS, REPEAT_WORDS
from recognition.pages.events import found_event, page
from recognition.refs import Ref
from recognition.web.htmx import goto
from recognition.web.limits import limited

blueprint = Blueprint("event_desk", __name__)
CHOICES_MAX = 100
RESULTS_MAX_CHARS = 10_000


@blueprint.get("/events/new")
@member_required
def new() -> Any:
    _may_make()
    evening = (clock.utcnow() + timedelta(days=14)).replace(hour=18, minute=0)
    values = {
        "starts": f"{evening:%Y-%m-%dT%H:%M}",
        "ends": f"{evening + timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "zone": "UTC",
        "times": "1",
    }
    begun = {name: request.args.get(name, "")[:120] for name in ("title", "campaign", "group", "topic")}
    return _form(values | begun)


@blueprint.post("/events/new")
@member_required
@limited("event", times=30)
def create() -> Any:
    _may_make()
    try:
        spec = forms.event_spec(request.form, _campaigns(), _groups())
        _check_group(spec.group_id, None)
        publishes = request.form.get("then") == "publish"
        event = services.create(spec, signed_in().id, publishes, clock.utcnow())
    except BadEvent as fault:
        db.session.rollback()
        return _form(request.form, fault.errors), 422
    db.session.commit()
    flash(_("It stands in the calendar now.") if event.state == PLANNED else _("Kept as a draft."), "good")
    return goto(url_for("events.show", slug=event.slug))


@blueprint.get("/events/<slug>/edit")
@member_required
def edit(slug: str) -> Any:
    return _form(_stored(_theirs(slug)), event=_theirs(slug))


@blueprint.post("/events/<slug>/edit")
@member_required
@limited("event", times=30)
def change(slug: str) -> Any:
    event = _theirs(slug)
    groups = _groups() | ({_group_slug(event): event.group_id} if event.group_id else {})
    try:
        spec = forms.event_spec(request.form, {*_campaigns(), event.campaign or ""}, groups)
        _check_group(spec.group_id, event)
        services.change(event.id, spec, signed_in().id, clock.utcnow(), request.form.get("seen", ""))
    except BadEvent as fault:
        db.session.rollback()
        event, typed = _theirs(slug), request.form.to_dict()
        if "seen" in fault.errors:
            typed["seen"] = services.fingerprint(event)
        return _form(typed, fault.errors, event), 409 if "seen" in fault.errors else 422
    except TooLate as refused:
        abort(409, str(refused))
    db.session.commit()
    flash(_("Saved. Where time or place changed, whoever comes hears of it."), "good")
    return goto(url_for("events.show", slug=slug))


@blueprint.post("/events/<slug>/publish")
@member_required
def publish(slug: str) -> Any:
    event = _theirs(slug)
    try:
        services.publish(event.id, signed_in().id, clock.utcnow())
    except TooLate as refused:
        abort(409, str(refused))
    db.session.commit()
    flash(_("It stands in the calendar now."), "good")
    return goto(url_for("events.show", slug=slug))


@blueprint.post("/events/<slug>/off")
@member_required
def call_off(slug: str) -> Any:
    event = _theirs(slug)
    try:
        services.call_off(event.id, request.form.get("reason", ""), signed_in().id, clock.utcnow())
    except BadEvent as fault:
        db.session.rollback()
        return page(_theirs(slug), fault.errors, reason=request.form.get("reason", "")), 422
    except TooLate as refused:
        abort(409, str(refused))
    db.session.commit()
    flash(_("Called off. Whoever meant to come hears why."), "good")
    return goto(url_for("events.show", slug=slug))


@blueprint.post("/events/<slug>/results")
@member_required
def tell_results(slug: str) -> Any:
    event, typed = _theirs(slug), request.form.get("results", "")
    try:
        words = forms.words(request.form, "results", RESULTS_MAX_CHARS)
        services.tell_results(event.id, words, signed_in().id, clock.utcnow())
    except BadEvent as fault:
        db.session.rollback()
        return page(_theirs(slug), fault.errors, typed), 422
    except TooLate as refused:
        abort(409, str(refused))
    db.session.commit()
    flash(_("Told. Thank you for writing it down."), "good")
    return goto(url_for("events.show", slug=slug))


@blueprint.get("/events/<slug>/there")
@member_required
def there(slug: str) -> Any:
    return _there(_begun(slug))


@blueprint.post("/events/<slug>/there")
@member_required
@limited("list", times=30)
def write_down(slug: str) -> Any:
    """Those who were ticked, and whoever else was named; a deed for each, once, which they take off with a click."""
    event, pasted = _begun(slug), request.form.get("people", "")
    expected = {person.handle: person.id for person in queries.expected(event, signed_in())}
    try:
        meant = listing.match(attendance.entries(pasted), signed_in()) if pasted.strip() else listing.Meant([], [])
    except BadReport:
        return _there(event, _("These are more people than fit on one list. Five hundred at a time go well."), pasted), 422
    if meant.unknown:
        fault = _(
            "We do not know: %(names)s. A handle each, please; nothing was written yet.", names=", ".join(meant.unknown[:20])
        )
        return _there(event, fault, pasted), 422
    ids = {expected[handle] for handle in request.form.getlist("who") if handle in expected} | {one.id for one in meant.people}
    if not ids:
        return _there(event, _("Who was there? Tick or write at least one."), pasted), 422
    report = Report(
        member_id=signed_in().id, kind="event.attended", kind_label="Attended an event", occurred_at=event.starts_at,
        source=listing.SOURCE, source_key=f"event:{event.id}", text=event.title, campaign=event.campaign, group_id=event.group_id,
        object=str(Ref("event", event.slug)),
    )  # fmt: skip
    listed = listing.tell_for(report, sorted(ids), signed_in().id, clock.utcnow())
    db.session.commit()
    flash(_written(listed.new), "good")
    return goto(url_for("events.show", slug=slug))


def _written(new: int) -> str:
    if not new:
        return _("They all had it on their record already.")
    return ngettext(
        "Written down for %(num)d person, who hears of it.",
        "Written down for %(num)d people. Each of them hears of it.",
        new,
    )


def _there(event: Event, error: str = "", pasted: str = "") -> str:
    chosen = set(request.form.getlist("who")) if request.method == "POST" else None
    people = queries.expected(event, signed_in())
    return render_template("events/there.html", event=event, people=people, unnamed=queries.unnamed(event, signed_in()),
                           error=error, pasted=pasted, chosen=chosen)  # fmt: skip


def _begun(slug: str) -> Event:
    event = _theirs(slug)
    at = stand(event.state, event.starts_at, event.ends_at, clock.utcnow())
    if at not in ("now", "over"):
        abort(409, _("It has not begun yet.") if at == COMING else _("It is no event that took place."))
    return event


def _may_make() -> None:
    curated = len(queries.curated(signed_in())) if "council" not in signed_in().roles else 0
    if not policy.can_make(signed_in(), curated):
        abort(403, _("Events are made by the council, and by those who look after a group."))


def _check_group(group_id: int | None, event: Event | None) -> None:
    """Events of the whole house are made by the council, and no event of a group becomes one otherwise. Raises BadEvent."""
    of_house = event is not None and event.group_id is None
    if group_id is None and not of_house and "council" not in signed_in().roles:
        raise BadEvent({"group": _("For which of your groups is it?")})


def _theirs(slug: str) -> Event:
    event = found_event(slug)
    if not policy.can_change(signed_in(), event, queries.membership(event, signed_in())):
        abort(403)
    return event


def _form(values: Mapping[str, str], errors: Mapping[str, str] | None = None, event: Event | None = None) -> str:
    groups, campaigns = queries.curated(signed_in()), _campaigns()
    own = queries.group_of(event) if event else None
    if own:
        groups.setdefault(own.slug, own.name)
    if event and event.campaign:
        campaigns.setdefault(event.campaign, event.campaign)
    return render_template(
        "events/form.html", values={name: values.get(name, "") for name in forms.FIELDS}, errors=defaultdict(str, errors or {}),
        event=event, kinds=[*KIND_WORDS.items()], forms=[*FORM_WORDS.items()], repeats=[*REPEAT_WORDS.items()],
        limits=forms.LIMITS,
        groups=[("", _("none")), *groups.items()], campaigns=[("", _("none")), *campaigns.items()],
    )  # fmt: skip


def _stored(event: Event) -> dict[str, str]:
    zone = ZoneInfo(event.zone)
    kept = {name: str(getattr(event, name) or "") for name in (*forms.LIMITS, "kind", "form", "zone", "url", "topic", "campaign")}
    kept |= {name: f"{at.astimezone(zone):%Y-%m-%dT%H:%M}" for name, at in (("starts", event.starts_at), ("ends", event.ends_at))}
    return kept | {"group": _group_slug(event), "repeats": "once", "times": "1", "seen": services.fingerprint(event)}


def _group_slug(event: Event) -> str:
    group = queries.group_of(event)
    return group.slug if group else ""


def _groups() -> dict[str, int]:
    return queries.group_ids(list(queries.curated(signed_in())))


def _campaigns() -> dict[str, str]:
    """Those that still run or are to come, the newest first; drafts for the council alone."""
    alive = sa.select(Campaign.slug, Campaign.title).where(Campaign.ends_at > clock.utcnow().astimezone(UTC))
    if "council" not in signed_in().roles:
        alive = alive.where(Campaign.state != "draft")
    return {row.slug: row.title for row in db.session.execute(alive.order_by(Campaign.id.desc()).limit(CHOICES_MAX))}

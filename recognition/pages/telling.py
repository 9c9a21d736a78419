"""Telling a deed in a few seconds: the box, on a page of its own or above any other, and what helps while typing."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, jsonify, render_template, request, url_for
from werkzeug.exceptions import NotFound

from recognition import clock
from recognition.activities import alike, forms, naming, suggesting
from recognition.activities.again import tell_again, weekly
from recognition.activities.changes import key_behind
from recognition.activities.models import Activity
from recognition.activities.queries import deed, told
from recognition.activities.rules import Report
from recognition.activities.services import Outcome, record
from recognition.badges.queries import latest_award_id
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.identity.models import Member
from recognition.identity.rules import ProfileView
from recognition.media.rules import BadPicture
from recognition.media.services import Prepared, forget_picture
from recognition.pages import deed_box
from recognition.web.htmx import goto, respond, wants_fragment
from recognition.web.limits import limited

blueprint = Blueprint("telling", __name__, url_prefix="/activities")
BEGUN = ("text", "tags", "kind", "group", naming.WITH, naming.SEEN)
BEGUN_MAX_CHARS = 160
QUERY_MAX_CHARS = 65


@blueprint.get("/new")
@member_required
def new() -> Any:
    """BEGUN of the address fill the box, so that other pages can begin a sentence. To a swap it is the box alone, which
    opens above the page that one reads."""
    begun = {name: request.args.get(name, "")[:BEGUN_MAX_CHARS] for name in BEGUN}
    values = begun | {"visibility": "members", "nonce": forms.new_nonce()}
    member, in_box = signed_in(), wants_fragment()
    shown = deed_box.box(deed_box.choices(member.id), values, {})
    shown |= {"again": weekly(member.id, clock.utcnow()), "in_box": in_box}
    return respond(render_template("activities/_form.html" if in_box else "activities/new.html", **shown))


@blueprint.post("/new")
@member_required
@limited("report", times=600)
def tell() -> Any:
    """A deed that the log seems to have is shown before it is stored a second time (409); `another` says that it is none."""
    prepared, bad = deed_box.sent_picture()
    member, now = signed_in(), clock.utcnow()
    since = latest_award_id(member.id)
    choices = deed_box.choices(member.id)
    try:
        report, people = _read(choices, member, now, bad)
        had_id = alike.had_already(report)
        if had_id is not None and not request.form.get("another"):
            return _form(choices, {}, 409, had=deed(had_id, member))
        # Somebody looked at the other one and says that this is a deed of its own.
        outcome = _store(report if had_id is None else replace(report, fingerprinted=False), prepared, people, now)
    except forms.Faults as faults:
        db.session.rollback()
        return _form(choices, faults.by_field, bad.status if bad and len(faults.by_field) == 1 else 422)
    db.session.commit()
    return _said(outcome.id, since)


@blueprint.get("/suggest")
@member_required
@limited("suggest", times=600)
def suggest() -> Any:
    """`q` begins with # or @, as it is typed."""
    query, member = request.args.get("q", "")[:QUERY_MAX_CHARS], signed_in()
    if query[:1] == "#":
        return jsonify(items=[{"insert": f"#{tag}", "label": tag} for tag in suggesting.tags(member, query[1:])])
    if query[:1] == "@":
        return jsonify(items=[_person(one) for one in suggesting.people(member, query[1:], clock.utcnow())])
    return jsonify(items=[])


@blueprint.get("/again")
@member_required
def every_week() -> Any:
    """What they could tell again with one click, for a page that asks for it after it came; empty where that is nothing."""
    found = weekly(signed_in().id, clock.utcnow())
    return render_template("activities/_again.html", again=found) if found else ""


@blueprint.post("/again")
@member_required
@limited("report", times=600)
def again() -> Any:
    member = signed_in()
    since = latest_award_id(member.id)
    activity_id = request.form.get("activity", 0, type=int)
    outcome = tell_again(activity_id, member.id, clock.utcnow()) if 0 < activity_id <= 2**53 else None
    if outcome is None:
        raise NotFound
    db.session.commit()
    return _said(outcome.id, since)


def _person(one: ProfileView) -> dict[str, str]:
    return {"insert": f"@{one.handle}", "label": one.called, "note": one.note, "picture": one.picture_url}


def _read(choices: deed_box.Choices, member: Member, now: datetime, bad: BadPicture | None) -> tuple[Report, deed_box.Named]:
    """Raises forms.Faults with all that is wrong."""
    faults: dict[str, str] = {} if bad is None else {"picture": str(bad)}
    report, people = None, None
    try:
        report = choices.read(request.form, now)
    except forms.Faults as found:
        faults |= found.by_field
    try:
        people = deed_box.named(request.form, member)
    except forms.Faults as found:
        faults |= found.by_field
    if faults or report is None or people is None:
        raise forms.Faults(faults)
    return report, people


def _store(report: Report, prepared: Prepared | None, people: deed_box.Named, now: datetime) -> Outcome:
    report = deed_box.with_picture(report, prepared)
    outcome = record([report], now)[0]
    # Sent anew from a box that is still open: what was withdrawn since is told again, what was corrected stands.
    while not outcome.new and db.session.get_one(Activity, outcome.id).withdrawn_at is not None:
        report = replace(report, source_key=key_behind(report.source_key, outcome.id))
        outcome = record([report], now)[0]
    if outcome.new:
        naming.name(outcome.id, report.member_id, people.with_, people.seen, now)
    elif report.picture_id is not None:
        forget_picture(report.picture_id)
    return outcome


def _form(choices: deed_box.Choices, errors: dict[str, str], status: int, **more: Any) -> Any:
    shown = deed_box.box(choices, deed_box.sent(), errors) | {"in_box": bool(request.form.get("box"))} | more
    return respond(render_template("activities/_form.html" if wants_fragment() else "activities/new.html", **shown), status)


def _said(activity_id: int, since: int) -> Any:
    """Thanks: in the box where one told it, else above the list."""
    if not (wants_fragment() and request.form.get("box")):
        return goto(url_for("activities.index", new=activity_id, since=since))
    found = told(activity_id, signed_in()) or abort(404)
    arrivals_url = url_for("badges.arrivals", since=since)
    return respond(render_template("activities/_said.html", told=found, arrivals_url=arrivals_url))

"""Did you talk about it with those you stand by? A page of an event for mentors, once it is over."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.events.models import Event
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.identity.queries import member_by_handle
from recognition.mentoring.queries import mentees_of
from recognition.mentoring.views.blueprint import personal
from recognition.pages import carrying
from recognition.pages.events import found_event
from recognition.web.htmx import goto
from recognition.web.limits import limited

blueprint = Blueprint("carried", __name__, url_prefix="/mentoring/after")


@blueprint.get("/<slug>")
@member_required
def show(slug: str) -> Any:
    event, member = _event(slug), signed_in()
    people = mentees_of(member, request.args.get("people"))
    is_council = "council" in member.roles
    page = render_template(
        "mentoring/after.html", event=event, people=people.items, is_council=is_council,
        said=carrying.said(event, member.id, [one.id for one in people.items]),
        reach=carrying.reach(event) if is_council else None,
        more=url_for(".show", slug=slug, people=people.next_cursor) if people.next_cursor else "",
    )  # fmt: skip
    return personal(page)


@blueprint.post("/<slug>")
@member_required
@limited("mentor-answer", times=60)
def say(slug: str) -> Any:
    event, member = _event(slug), signed_in()
    mentee = member_by_handle(request.form.get("mentee", "")[:40])
    if mentee is None or mentee.mentor_id != member.id:
        abort(404)
    carrying.say(event, member, mentee, clock.utcnow())
    db.session.commit()
    if carrying.said(event, member.id, [mentee.id]):
        flash(_("Thank you. They are asked whether it is so, and with their yes it counts."), "good")
    else:
        flash(_("It was taken back before, and that stays. A deed of your own can tell it anew."), "care")
    return goto(url_for(".show", slug=slug, people=request.args.get("people")))


def _event(slug: str) -> Event:
    event = found_event(slug)
    if not carrying.is_over(event, clock.utcnow()):
        abort(404)
    return event

"""The moment when a badge arrives."""

from typing import Any

from flask import render_template, request, url_for

from recognition.badges import queries
from recognition.badges.arriving import Look, next_look
from recognition.badges.views.blueprint import blueprint
from recognition.identity.access import member_required, signed_in
from recognition.web.health import queue_answers
from recognition.web.htmx import respond, wants_fragment


@blueprint.get("/badges/arrivals", endpoint="arrivals")
@member_required
def look_for_arrivals() -> Any:
    member = signed_in()
    since, tries = _number("since"), _number("tries")
    new = queries.new_awards(member.id, since)
    look = next_look(len(new), queries.has_unconsidered(member.id), tries, queue_answers())
    came = 1 if new or _number("came") else None
    again = url_for(".arrivals", since=new[-1].id if new else since, tries=0 if new else tries + 1, came=came)
    template = "badges/_arrivals.html" if wants_fragment() else "badges/arrivals.html"
    # Several levels of one badge at once are one moment of joy, the highest.
    arrived = list({found.badge_id: found for found in new}.values())
    return respond(render_template(template, arrivals_url=again, arrived=arrived, came=came, look=look, Look=Look))


def _number(name: str) -> int:
    return min(max(request.args.get(name, 0, type=int), 0), 2**53)

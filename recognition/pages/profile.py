"""A member's page: the jacket with their pins, and their deeds in plain words."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from recognition.activities.queries import deeds_of
from recognition.activities.thanking import received
from recognition.backpack.queries import shown
from recognition.badges.queries import jacket
from recognition.badges.trays import waiting_count
from recognition.identity.access import current_member, member_required, signed_in
from recognition.identity.queries import groups_of, profile
from recognition.web.access import public

blueprint = Blueprint("profile", __name__)
THANKS = 3


@blueprint.get("/me")
@member_required
def me() -> Any:
    return redirect(url_for("profile.show", handle=signed_in().handle))


@blueprint.get("/members/<handle>", endpoint="show")
@public
def member(handle: str) -> Any:
    viewer = current_member()
    person = profile(handle, viewer) or abort(404)
    deeds = deeds_of(person.id, viewer, request.args.get("after"))
    older = url_for("profile.show", handle=handle, after=deeds.next_cursor) if deeds.next_cursor else ""
    thanks = received(person.id, viewer, size=THANKS)
    waiting = waiting_count(person.id) if person.is_self else 0
    return render_template("pages/profile.html", person=person, pins=jacket(person.id, viewer), deeds=deeds.items, older=older,
                           groups=groups_of(person, viewer), thanks=thanks.items, more_thanks=thanks.next_cursor,
                           waiting=waiting, elsewhere=shown(person.id))  # fmt: skip

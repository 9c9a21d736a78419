"""A member's page: the jacket with their pins, and their deeds in plain words."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from recognition import clock
from recognition.activities import ties, years
from recognition.activities.queries import Wanted, deeds
from recognition.activities.thanking import received
from recognition.backpack.queries import shown
from recognition.badges.queries import jacket
from recognition.badges.trays import waiting_count
from recognition.campaigns.queries import titles
from recognition.identity.access import current_member, member_required, signed_in
from recognition.identity.queries import groups_of, profile
from recognition.pages.kinds import family_words
from recognition.web.access import public
from recognition.web.htmx import respond, wants_fragment

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
    told = deeds(viewer, Wanted(member=person.handle), request.args.get("after"))
    older = url_for("profile.show", handle=handle, after=told.next_cursor) if told.next_cursor else ""
    thanks = received(person.id, viewer, size=THANKS)
    waiting = waiting_count(person.id) if person.is_self else 0
    return render_template("pages/profile.html", person=person, pins=jacket(person.id, viewer), deeds=told.items, older=older,
                           groups=groups_of(person, viewer), thanks=thanks.items, more_thanks=thanks.next_cursor,
                           waiting=waiting, elsewhere=shown(person.id))  # fmt: skip


@blueprint.get("/members/<handle>/years", endpoint="years")
@public
def through_the_years(handle: str) -> Any:
    """A page, and a part of the profile that comes after it: the profile has no statement left for it."""
    viewer = current_member()
    person = profile(handle, viewer) or abort(404)
    if person.since is None:
        abort(404)
    found = years.of(person.id, person.since, viewer, clock.utcnow())
    template = "pages/_years.html" if wants_fragment() else "pages/years.html"
    return respond(
        render_template(template, person=person, years=found, initiatives=_initiatives(found), areas=dict(family_words()))
    )


@blueprint.get("/members/<handle>/worked-with", endpoint="ties")
@public
def worked_with(handle: str) -> Any:
    """As with the years. Who does not like to be shown so has no such page."""
    viewer = current_member()
    person = profile(handle, viewer)
    if person is None or not person.shows_ties:
        abort(404)
    found = ties.worked_with(person.id, viewer, request.args.get("after"))
    more = url_for(".ties", handle=handle, after=found.next_cursor) if found.next_cursor else ""
    template = "pages/_ties.html" if wants_fragment() else "pages/ties.html"
    return respond(render_template(template, person=person, ties=found.items, more=more))


def _initiatives(found: years.Years) -> dict[str, str]:
    """What the campaigns of these years are called; one that is not ours goes by its own word."""
    slugs = {slug for row in found.rows for slug, _deeds in row.campaigns}
    return {**{slug: slug for slug in slugs}, **(titles(slugs) if slugs else {})}

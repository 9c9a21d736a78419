"""The channels' page: which places outside hear of announcements, what is covered where, and whether they answer. The house's
for the council, a group's for those who look after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from flask import Blueprint, abort, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.announcements.channels.faults import Fault, Unsure
from recognition.announcements.channels.piece import SECONDS, Piece, Place
from recognition.database import moment
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.identity.models import Group
from recognition.identity.policy import can_curate
from recognition.identity.queries import group_by_slug, membership
from recognition.news import queries, words
from recognition.news.adapters import ADAPTERS, offered
from recognition.news.jobs import REACHABLE
from recognition.news.models import Channel
from recognition.news.sealing import unseal
from recognition.news.services import places
from recognition.news.services.places import TooMany
from recognition.openbadges.fetching import Client
from recognition.pages.news_desk import place_forms
from recognition.pages.news_desk.blueprint import PRIVATE, council_only
from recognition.pages.news_desk.editing import Errors
from recognition.web.htmx import goto
from recognition.web.limits import limited

blueprint = Blueprint("channels", __name__)
GROUP = "group_"
ROOTS = (("/council/channels", "", council_only), ("/groups/<group>/channels", GROUP, member_required))
"""One set of pages for two sorts of owners: where they are, how their endpoints begin, and who may call them at all. `_room`
says who may open which group's."""


@dataclass(frozen=True)
class Room:
    """Whose channels these are: a group's, or the house's."""

    group: Group | None = None

    @property
    def group_id(self) -> int | None:
        return self.group.id if self.group else None

    def url(self, endpoint: str, **told: Any) -> str:
        of: dict[str, Any] = {"group": self.group.slug, **told} if self.group else told
        return url_for(f"channels.{GROUP if self.group else ''}{endpoint}", **of)


def _room(group: str) -> Room:
    if not group:
        return Room()
    found, actor = group_by_slug(group) or abort(404), signed_in()
    if not can_curate(actor, membership(found.id, actor.id)):
        abort(403)
    return Room(found)


def index(group: str = "") -> Any:
    room, sort = _room(group), request.args.get("sort", "forum")
    known = offered(to_group=room.group is not None)
    return _page(room, {**place_forms.BLANK, "adapter": sort if sort in known else "forum"}, {}, None)


def add(group: str = "") -> Any:
    room, values = _room(group), place_forms.values_of(request.form)
    spec, errors = place_forms.checked(values, None, to_group=room.group is not None)
    if spec is None:
        return _page(room, values, errors, None)
    try:
        one = places.add(spec, moment(), signed_in().id, room.group)
    except TooMany:
        db.session.rollback()
        return _page(_room(group), values, {"name": str(_("There is no room for another one of this name."))}, None)
    slug = one.slug
    db.session.commit()
    flash(_("It is here, and off. Send a test, and switch it on when it arrived."), "good")
    return goto(room.url("index", _anchor=f"c-{slug}"))


def show(slug: str, group: str = "") -> Any:
    room = _room(group)
    one = _or_404(room, slug)
    return _page(room, place_forms.stored(one), {}, one)


def change(slug: str, group: str = "") -> Any:
    room = _room(group)
    one, values = _or_404(room, slug), place_forms.values_of(request.form)
    spec, errors = place_forms.checked(values, one)
    if spec is None:
        return _page(room, values, errors, one)
    places.change(one, spec, signed_in().id)
    db.session.commit()
    flash(_("Saved."), "good")
    return goto(room.url("index", _anchor=f"c-{slug}"))


def switch(slug: str, group: str = "") -> Any:
    room, on = _room(group), request.form.get("to") == "on"
    places.switch(_or_404(room, slug), on, signed_in().id)
    db.session.commit()
    flash(_("It is on: announcements may go there from now on.") if on else _("It is off, and gets nothing new."), "good")
    return goto(room.url("index", _anchor=f"c-{slug}"))


def remove(slug: str, group: str = "") -> Any:
    room = _room(group)
    places.remove(_or_404(room, slug), signed_in().id)
    db.session.commit()
    flash(_("It is gone. What went there stays on record."), "good")
    return goto(room.url("index"))


def try_out(slug: str, group: str = "") -> Any:
    """The other side is asked with no transaction open."""
    room = _room(group)
    one = _or_404(room, slug)
    adapter, place = ADAPTERS[one.adapter], Place(dict(one.config), unseal(one.sealed))
    places.tried(one, signed_in().id)
    back = room.url("index", _anchor=f"c-{slug}")
    db.session.commit()
    client = Client(allowed=current_app.extensions.get(REACHABLE, ()), seconds=SECONDS)
    try:
        url = adapter.send(place, _test_piece(), client)
    except Unsure as fault:
        flash(_("It may have arrived: %(fault)s. Have a look there.", fault=fault), "care")
    except Fault as fault:
        flash(_("It did not arrive: %(fault)s.", fault=fault), "wrong")
    else:
        flash(_("It arrived: %(url)s", url=url) if url else _("It arrived. Have a look there."), "good")
    return goto(back)


for _suffix, _endpoint, _method, _view in (
    ("", "index", "GET", index),
    ("", "add", "POST", limited("channels", times=30)(add)),
    ("/<slug>", "show", "GET", show),
    ("/<slug>", "change", "POST", limited("channels", times=30)(change)),
    ("/<slug>/switch", "switch", "POST", switch),
    ("/<slug>/remove", "remove", "POST", remove),
    ("/<slug>/test", "test", "POST", limited("channel-test", times=6, seconds=300)(try_out)),
):
    for _root, _begins, _mark in ROOTS:
        blueprint.add_url_rule(f"{_root}{_suffix}", f"{_begins}{_endpoint}", _mark(_view), methods=[_method])


def _test_piece() -> Piece:
    home: str = current_app.extensions["settings"].base_url
    line = str(_("This is a test. Announcements of the council will stand here."))
    return Piece(f"test-{token_hex(12)}", 0, str(_("Hello from the community hall")), line, f"<p>{line}</p>", f"{home}/news/")


def _or_404(room: Room, slug: str) -> Channel:
    return queries.channel(slug, room.group_id) or abort(404)


def _page(room: Room, values: Mapping[str, str], errors: Mapping[str, str], one: Channel | None) -> Any:
    sorts, names = offered(to_group=room.group is not None), words.adapters()
    adapters = [(key, name) for key, name in names.items() if key in sorts]
    page = render_template(
        "council/channels.html", room=room, channels=queries.channels(group_id=room.group_id), values=values,
        errors=Errors(errors), one=one, adapters=adapters, adapter_names=names,
        almost=bool(errors), language_name=words.language_name, of_groups=_of_groups(room),
        asked=_asked(values["adapter"]),
    )  # fmt: skip
    return page, 422 if errors else 200, PRIVATE


def _asked(sort: str) -> tuple[str, ...]:
    """The fields that this sort of place needs."""
    adapter = ADAPTERS.get(sort)
    return (*adapter.fields, *(("secret",) if adapter.asks_secret else ())) if adapter else ()


def _of_groups(room: Room) -> list[tuple[str, str, str]]:
    """Beside the house's own: the groups that look after some, each with where that is and which they are."""
    found = [] if room.group else queries.everybodys_channels()
    return [(group.name, Room(group).url("index"), words.listed(theirs)) for group, theirs in found if group]

"""Blogs and calendars of a member, a group and the house, and a member's address for reports by mail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from recognition import clock
from recognition.activities.sources import ical
from recognition.extensions import db
from recognition.identity import queries as people
from recognition.identity.access import member_required, role_required, signed_in
from recognition.identity.policy import can_curate
from recognition.inlets import faults
from recognition.inlets.feed_forms import wanted
from recognition.inlets.models import Inlet
from recognition.inlets.rules import INLETS_EACH, NotTaken
from recognition.inlets.services import feeds, looking, mailing
from recognition.inlets.services.feeds import Owner
from recognition.inlets.services.fetched import META
from recognition.inlets.services.looking import Look
from recognition.inlets.services.proving import token_of
from recognition.web.access import View
from recognition.web.htmx import goto
from recognition.web.limits import limited

blueprint = Blueprint("feeds", __name__)
ME, GROUP, HOUSE = "me", "group", "house"
PLACES: list[tuple[str, dict[str, str]]] = [
    ("/me/feeds", {"whose": ME, "slug": ""}), ("/groups/<slug>/feeds", {"whose": GROUP}),
    ("/council/feeds", {"whose": HOUSE, "slug": ""}),
]  # fmt: skip
"""One page for three sorts of owners; `_place` says who may open which."""


@dataclass(frozen=True)
class Place:
    whose: str
    slug: str
    owner: Owner
    name: str = ""

    def url(self, endpoint: str, key: str | None = None) -> str:
        return url_for(f"feeds.{self.whose}_{endpoint}", slug=self.slug if self.whose == GROUP else None, key=key)


@dataclass(frozen=True)
class Line:
    """One feed or calendar, as its owner sees it. `token`: what is still to be put there."""

    key: str
    name: str
    address: str
    is_calendar: bool
    token: str
    mode: str
    fault: str
    looked_at: Any
    heard_at: Any


def _routes(suffix: str, endpoint: str, method: str, limit: tuple[str, int, int] | None = None) -> Callable[[View], View]:
    """The same view at each of the three places; the council's asks for the role. `limit`: name, times, seconds."""

    def register(view: View) -> View:
        inner = view if limit is None else limited(*limit)(view)
        open_to: dict[str, View] = {
            ME: member_required(inner),
            GROUP: member_required(inner),
            HOUSE: role_required("council")(inner),
        }
        for rule, defaults in PLACES:
            name = f"{defaults['whose']}_{endpoint}"
            blueprint.add_url_rule(f"{rule}{suffix}", name, open_to[defaults["whose"]], methods=[method], defaults=defaults)
        return view

    return register


@_routes("", "mine", "GET")
def mine(whose: str, slug: str) -> Any:
    return _page(_place(whose, slug), {}, {})


@_routes("", "added", "POST", ("feeds", 20, 60))
def add(whose: str, slug: str) -> Any:
    place = _place(whose, slug)
    asked, errors = wanted(request.form)
    if asked is None:
        return _page(place, request.form, errors)
    try:
        inlet = feeds.add(asked.source, asked.address, place.owner, signed_in().id, clock.utcnow())
    except NotTaken as refused:
        db.session.rollback()
        return _page(_place(whose, slug), request.form, {"address": str(refused)})
    key = inlet.key
    db.session.commit()
    flash(_("It is here. One step more, and it tells for you.") if whose == ME else _("It is here. We look at it soon."), "good")
    return goto(f"{place.url('mine')}#f-{key}")


@_routes("/<key>/look", "look", "POST", ("look", 20, 600))
def look(whose: str, slug: str, key: str) -> Any:
    place = _place(whose, slug)
    inlet_id = _own(place, key).id
    found = looking.look(inlet_id, clock.utcnow())
    db.session.commit()
    if found is None:
        abort(404)
    flash(*_said(found, _own(place, key)))
    return goto(f"{place.url('mine')}#f-{key}")


def _said(found: Look, inlet: Inlet) -> tuple[str, str]:
    if found.fault:
        return faults.words(found.fault), "care"
    if not looking.is_to_take(inlet):
        return _("We read it, and did not find your token in it. It may take a while until a change shows."), "care"
    if found.news:
        new = ngettext("%(num)d deed came in.", "%(num)d deeds came in.", found.news)
        return _("It is yours: we found the token. %(new)s", new=new) if found.proven else new, "good"
    return _("It is yours: we found the token.") if found.proven else _("Nothing new there."), "good"


@_routes("/<key>/mode", "mode", "POST")
def set_mode(whose: str, slug: str, key: str) -> Any:
    place = _place(whose, slug)
    feeds.set_mode(_own(place, key), request.form.get("mode", ""))
    db.session.commit()
    flash(_("Noted. It holds for what comes from now on."), "good")
    return goto(f"{place.url('mine')}#f-{key}")


@_routes("/<key>/remove", "remove", "POST")
def remove(whose: str, slug: str, key: str) -> Any:
    place = _place(whose, slug)
    feeds.remove(_own(place, key), signed_in().id)
    db.session.commit()
    flash(_("We look there no longer. What you took from it stays yours."), "good")
    return goto(place.url("mine"))


@blueprint.post("/me/feeds/mail")
@member_required
@limited("feeds", times=20)
def mail() -> Any:
    member_id, answer = signed_in().id, request.form.get("answer")
    if answer == "on":
        mailing.switch_on(member_id, clock.utcnow())
    elif answer == "new":
        mailing.renew(member_id)
        flash(_("This is your new address. The old one takes nothing any more."), "good")
    elif answer == "off":
        mailing.switch_off(member_id)
    else:
        abort(400)
    db.session.commit()
    return goto(f"{url_for('.me_mine')}#mail")


def _place(whose: str, slug: str) -> Place:
    member = signed_in()
    if whose == ME:
        return Place(ME, "", Owner(member_id=member.id))
    if whose == HOUSE:
        return Place(HOUSE, "", Owner())
    group = people.group_by_slug(slug) or abort(404)
    if not can_curate(member, people.membership(group.id, member.id)):
        abort(403)
    return Place(GROUP, group.slug, Owner(group_id=group.id), group.name)


def _own(place: Place, key: str) -> Inlet:
    return feeds.one(place.owner, key) or abort(404)


def _page(place: Place, values: Mapping[str, str], errors: Mapping[str, str]) -> Any:
    there = feeds.of(place.owner)
    address = mailing.of(place.owner.member_id) if place.owner.member_id else None
    page = render_template(
        "inlets/feeds.html",
        place=place,
        lines=[_line(inlet) for inlet in there],
        most=INLETS_EACH,
        meta=META,
        mail=mailing.address_of(address) if address is not None and address.state == "on" else "",
        values={"source": values.get("source", "feed" if place.whose == ME else "ical"), "address": values.get("address", "")},
        errors={name: errors.get(name, "") for name in ("source", "address")},
    )
    return page, 422 if errors else 200, {"Cache-Control": "private, no-store"}


def _line(inlet: Inlet) -> Line:
    token = token_of(inlet) if inlet.member_id is not None and not inlet.config.get("proven") else ""
    return Line(
        inlet.key, inlet.name, inlet.config["address"], inlet.source == ical.NAME, token, inlet.config.get("mode", "ask"),
        faults.words(inlet.error) if inlet.error else "", inlet.looked_at, inlet.heard_at,
    )  # fmt: skip

"""Following a tag, a group, a campaign or a person, and what each of these is called and where it stands. Nobody but its
member ever sees it."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Blueprint, Flask, abort, current_app, flash, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities.queries import Wanted
from recognition.activities.rules import BadReport, clean_tags
from recognition.announcements import following, wishing
from recognition.announcements.following import CAMPAIGN, GROUP, PERSON, TAG, Thing, TooMany
from recognition.announcements.models import Follow
from recognition.announcements.rules import FOLLOWING, NEVER, rhythm_of, wish_of
from recognition.campaigns.queries import campaign_by_slug
from recognition.database import among
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.identity.models import Group, Member
from recognition.identity.queries import group_by_slug, profile, profiles
from recognition.web.htmx import goto
from recognition.web.limits import limited

blueprint = Blueprint("follows", __name__)
ID_MAX = 2**63 - 1


class Line(NamedTuple):
    """`words`: as its reader may read it; `path`: its own page, `deeds`: what people did there; empty where it is gone."""

    id: int
    sort: str
    name: str
    words: str
    path: str
    deeds: str


def install(app: Flask) -> None:
    app.jinja_env.globals["is_followed"] = is_followed


def is_followed(sort: str, name: str) -> bool:
    """For the button on a page; people are called by their id there."""
    member = current_member()
    return member is not None and following.is_followed(member.id, Thing(sort, name))


@blueprint.post("/me/follows")
@member_required
@limited("follows", times=60)
def press() -> Any:
    """`sort`, `name` (of a person: the handle) and `do`: follow or stop. Goes back to where the button stood."""
    member, sort, name = signed_in(), request.form.get("sort", ""), request.form.get("name", "").strip()
    thing, back = _thing(sort, name, member) or abort(404)
    if request.form.get("do") == "stop":
        following.stop(member.id, thing, clock.utcnow())
        said = (_("You do not follow it any more."), "good")
    else:
        said = _follow(member.id, thing)
    db.session.commit()
    flash(*said)
    return goto(back)


@blueprint.post(f"/me/follows/<int(max={ID_MAX}):follow_id>/stop")
@member_required
@limited("follows", times=60)
def stop(follow_id: int) -> Any:
    following.stop_row(signed_in().id, follow_id, clock.utcnow())
    db.session.commit()
    flash(_("You do not follow it any more."), "good")
    return goto(url_for("mail_settings.mine", _anchor="follows"))


def _follow(member_id: int, thing: Thing) -> tuple[str, str]:
    try:
        following.follow(member_id, thing, clock.utcnow())
    except TooMany:
        return _("You follow a hundred things already. Stop with one of them first; all are on your page of mails."), "care"
    if rhythm_of(wish_of(wishing.wish_row(member_id)), FOLLOWING) == NEVER:
        return _("You follow it. No mail comes of it: on your page of mails you chose none of what you follow."), "care"
    return _("You follow it. What is new comes by mail, at the rhythm on your page of mails."), "good"


def _thing(sort: str, name: str, member: Member) -> tuple[Thing, str] | None:
    """As far as this member may see it, and where it stands."""
    if sort == TAG:
        tag = _tag(name)
        return (Thing(TAG, tag), url_for("activities.index", tag=tag)) if tag else None
    if sort == GROUP and name.isprintable() and group_by_slug(name) is not None:
        return Thing(GROUP, name), url_for("identity.group", slug=name)
    if sort == CAMPAIGN and name.isprintable() and campaign_by_slug(name) is not None:
        return Thing(CAMPAIGN, name), url_for("campaigns.show", slug=name)
    person = profile(name, member) if sort == PERSON and name.isprintable() else None
    if person is None or person.is_self:
        return None
    return following.person(person.id), url_for("profile.show", handle=person.handle)


def followable(wanted: Wanted) -> str:
    """The tag, where a list of deeds is that of one tag and nothing else."""
    return _tag(wanted.tag) if wanted == Wanted(tag=wanted.tag) else ""


def _tag(name: str) -> str:
    try:
        return next(iter(clean_tags([name])), "") if name.isprintable() else ""
    except BadReport:
        return ""


def sorts() -> dict[str, str]:
    return {PERSON: _("person"), GROUP: _("group"), CAMPAIGN: _("campaign"), TAG: _("tag")}


def mine(member: Member) -> list[Line]:
    """All of it, people first."""
    found = lines(following.follows(member.id), member)
    return sorted(found, key=lambda one: (following.SORTS.index(one.sort), one.words.casefold(), one.name))


def lines(follows: Iterable[Follow], reader: Member) -> list[Line]:
    rows = list(follows)
    known = _known({sort: [one.name for one in rows if one.sort == sort] for sort in following.SORTS}, reader)
    nothing = {sort: (_gone(sort), "", "") for sort in following.SORTS}
    return [Line(row.id, row.sort, row.name, *known.get((row.sort, row.name), nothing[row.sort])) for row in rows]


def _known(names: Mapping[str, list[str]], reader: Member) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Words, page and deeds of what is there."""
    titles = current_app.extensions["names"]["campaign"](names[CAMPAIGN]) if names[CAMPAIGN] else {}
    people = profiles([int(name) for name in names[PERSON]], reader).values()
    tags = {name: f"/activities/?{urlencode({'tag': name})}" for name in names[TAG]}
    return {
        **{(TAG, name): (f"#{name}", path, path) for name, path in tags.items()},
        **{(GROUP, slug): (name, f"/groups/{slug}", f"/activities/?group={slug}") for slug, name in _groups(names[GROUP])},
        **{(CAMPAIGN, slug): (title, f"/campaigns/{slug}", f"/activities/?campaign={slug}") for slug, title in titles.items()},
        **{(PERSON, str(one.id)): (one.called, one.url, f"/activities/?member={one.handle}")
           for one in people if one.state != "suspended"},
    }  # fmt: skip


def _groups(slugs: list[str]) -> list[tuple[str, str]]:
    rows = db.session.execute(sa.select(Group.slug, Group.name).where(among(Group.slug, slugs))) if slugs else ()
    return [(row.slug, row.name) for row in rows]


def _gone(sort: str) -> str:
    return _("Somebody who is not here now") if sort == PERSON else _("Something that is not here any more")

"""Pages of badges and awards, their pictures, and the moment when one arrives."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.badges import forms, pictures, queries, words
from recognition.badges.artwork.design import PinDesign
from recognition.badges.models import DRAFT, Award, Badge
from recognition.badges.nearest import nearest
from recognition.badges.rules import Look, compiled_version, next_look
from recognition.badges.services import answering
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.web.access import public
from recognition.web.health import queue_answers
from recognition.web.htmx import goto, respond, wants_fragment

blueprint = Blueprint("badges", __name__)
NEAREST = 6
IMMUTABLE = "public, max-age=31536000, immutable"


def install(app: Flask) -> None:
    app.jinja_env.globals |= {"picture_url": queries.picture_url, "level_words": words.level_words}


@dataclass(frozen=True)
class Shelf:
    """A badge on the index as its reader sees it: with the awards they hold."""

    badge: Badge
    awards: list[Award]
    signed_in: bool

    @property
    def level(self) -> int | None:
        return self.awards[-1].level if self.awards else None

    @property
    def shows_pin(self) -> bool:
        """A stranger sees what there is; a member sees theirs in colour and the places kept for the others."""
        return bool(self.awards) or not self.signed_in


@blueprint.get("/badges/")
@public
def index() -> Any:
    viewer = current_member()
    page = queries.index_page(request.args.get("after"))
    mine = queries.awards_of(viewer.id, [badge.id for badge in page.items]) if viewer else {}
    shelves = [Shelf(badge, mine.get(badge.id, []), viewer is not None) for badge in page.items]
    families = [
        (family, name, [shelf for shelf in shelves if shelf.badge.family == family]) for family, name in words.families().items()
    ]
    return render_template(
        "badges/index.html",
        families=[found for found in families if found[2]],
        nearest=nearest(page.items, mine, viewer.id, NEAREST) if viewer else [],
        older=url_for(".index", after=page.next_cursor) if page.next_cursor else "",
    )


@blueprint.get("/badges/<slug>")
@public
def show(slug: str) -> Any:
    viewer, badge = current_member(), _badge(slug)
    rule = queries.rule_of(badge)
    names = words.names_for([rule.criteria])
    mine = queries.awards_of(viewer.id, [badge.id]).get(badge.id, []) if viewer else []
    part = None
    if viewer and len(mine) < len(rule.occasions()):
        part = words.progress(rule, words.measured([rule], viewer.id), names, [award.occasion for award in mine])
    holders = queries.holders(badge, viewer, request.args.get("after"))
    return render_template(
        "badges/show.html",
        badge=badge,
        best=mine[-1].level if mine else None,
        mine={award.level: award for award in mine},
        part=part,
        how=words.sentence(rule, names),
        asks=part or words.progress(rule, {}, names),
        family_name=words.families()[badge.family],
        rims={level: words.rim_words(badge, level) for level in badge.levels},
        holders=holders.items,
        older=url_for(".show", slug=slug, after=holders.next_cursor) if holders.next_cursor else "",
    )


def _badge(slug: str) -> Badge:
    """Drafts are the council's business until they are published."""
    badge = queries.badge_by_slug(slug)
    if badge is None or (badge.state == DRAFT and not _is_council()):
        abort(404)
    return badge


def _is_council() -> bool:
    member = current_member()
    return member is not None and "council" in member.roles


@blueprint.get("/badges/<slug>/picture-<int:size>.png")
@public
def picture(slug: str, size: int) -> Any:
    """The address names the picture's version, so a browser that has it under this address has the right one: it is
    answered without a look at the database."""
    if size not in pictures.SIZES_PX:
        abort(404)
    asked = request.args.get("v", "")
    if asked and request.if_none_match.contains(f"{asked}-{size}"):
        return _kept(Response(status=304), f"{asked}-{size}", IMMUTABLE)
    badge, design, earned = _asked_for(slug)
    version = pictures.version(design, earned)
    response = Response(pictures.png(design, size, earned), mimetype="image/png")
    fresh = "private, no-store" if badge.state == DRAFT else IMMUTABLE if asked == version else "public, max-age=300"
    return _kept(response, f"{version}-{size}", fresh).make_conditional(request)


@blueprint.get("/badges/<slug>/picture.svg")
@public
def drawing(slug: str) -> Any:
    """Holds the badge's name as its title, so its tag is of the whole text."""
    badge, design, earned = _asked_for(slug)
    response = Response(pictures.svg(design, earned, badge.name), mimetype="image/svg+xml")
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-store" if badge.state == DRAFT else "public, max-age=300"
    return response.make_conditional(request)


def _asked_for(slug: str) -> tuple[Badge, PinDesign, bool]:
    badge, level = _badge(slug), request.args.get("level", type=int)
    if level is not None and level not in badge.levels:
        abort(404)
    return badge, pictures.design_of(badge, level), "outline" not in request.args


def _kept(response: Response, etag: str, cache: str) -> Response:
    response.set_etag(etag)
    response.headers["Cache-Control"] = cache
    return response


@blueprint.get("/awards/<key>")
@public
def award(key: str) -> Any:
    viewer = current_member()
    found = queries.award_page(key, viewer) or abort(404)
    given, holder = found
    version = queries.version_given(given)
    rule = compiled_version(given.badge, version) if version else queries.rule_of(given.badge)
    what = words.sentence(rule, words.names_for([rule.criteria]), given.level)
    base = current_app.extensions["settings"].base_url
    return render_template("badges/award.html", award=given, badge=given.badge, holder=holder, what=what, base=base,
                           changed=given.version != given.badge.version)  # fmt: skip


@blueprint.get("/badges/arrivals", endpoint="arrivals")
@member_required
def look_for_arrivals() -> Any:
    member = signed_in()
    since, tries = _number("since"), _number("tries")
    new = queries.new_awards(member.id, since)
    look = next_look(len(new), queries.has_unconsidered(member.id), tries, queue_answers())
    again = url_for(".arrivals", since=new[-1].id if new else since, tries=0 if new else tries + 1)
    template = "badges/_arrivals.html" if wants_fragment() else "badges/arrivals.html"
    # Several levels of one badge at once are one moment of joy, the highest.
    arrived = {found.badge_id: found for found in new}.values()
    return respond(render_template(template, arrivals_url=again, arrived=arrived, look=look, Look=Look))


def _number(name: str) -> int:
    return min(max(request.args.get(name, 0, type=int), 0), 2**53)


@blueprint.get("/me/badges")
@member_required
def arrange() -> Any:
    return render_template("badges/arrange.html", pins=queries.jacket(signed_in().id, signed_in()), errors={})


@blueprint.post("/me/badges", endpoint="arranged")
@member_required
def rearrange() -> Any:
    member = signed_in()
    pins = queries.jacket(member.id, member)
    wish = forms.arrangement(request.form, [pin.award.key for pin in pins.pins])
    if wish.errors:
        return respond(_arranging(pins, wish.errors), 422)
    answering.arrange(member.id, wish.worn, wish.hidden)
    db.session.commit()
    if wants_fragment():
        return respond(_arranging(queries.jacket(member.id, member), {}))
    flash(_("Your jacket is as you like it."), "good")
    return goto(url_for(".arrange"))


def _arranging(pins: queries.Jacket, errors: dict[str, str]) -> str:
    template = "badges/_arrange.html" if wants_fragment() else "badges/arrange.html"
    return render_template(template, pins=pins, errors=errors)

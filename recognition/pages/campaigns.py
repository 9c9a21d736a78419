"""Campaigns: the wall of posters, one campaign with its quests and pins, joining and leaving it."""

import hashlib
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.badges.queries import awards_of, published_badges
from recognition.campaigns import services
from recognition.campaigns.models import Campaign
from recognition.campaigns.queries import campaign_by_slug, campaigns_page, has_joined, joined_members
from recognition.campaigns.rules import COMING, RUNNING
from recognition.campaigns.texts import campaign_in
from recognition.contests.at_hand import of_campaign
from recognition.contests.queries import stand_of
from recognition.contests.words import phase_words
from recognition.database import moment
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.identity.models import Member
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView, visible_fields
from recognition.pages.campaign_around import around
from recognition.pages.campaign_days import campaign_days
from recognition.pages.campaign_outcome import outcome
from recognition.pages.posters import Poster, poster, posters
from recognition.questions.queries import idea_of
from recognition.quests.queries import quests_for, suggest
from recognition.tongues import Telling, language_name, untold, wanted_languages
from recognition.web.access import public
from recognition.web.htmx import goto, respond, wants_fragment
from recognition.web.limits import limited

blueprint = Blueprint("campaigns", __name__)
FACES = 8
EVENTS = 6


def is_council(member: Member | None) -> bool:
    return member is not None and bool(member.roles & {"council", "admin"})


@blueprint.get("/campaigns/")
@public
def index() -> Any:
    found = campaigns_page(request.args.get("after"), drafts=is_council(current_member()))
    older = url_for("campaigns.index", after=found.next_cursor) if found.next_cursor else ""
    return render_template("campaigns/index.html", posters=posters(found.items, clock.utcnow()), older=older)


@blueprint.get("/campaigns/<slug>")
@public
def show(slug: str) -> Any:
    member = current_member()
    campaign, by = campaign_in(slug, wanted_languages(), drafts=member is not None) or abort(404)
    if campaign.state == "draft" and not (is_council(member) or (member and campaign.owner_id == member.id)):
        abort(404)
    return render_template(
        "pages/campaign.html", preview="", **page_of(campaign, poster(campaign, clock.utcnow(), by=by), member, by)
    )


@blueprint.get("/campaigns/<slug>/way")
@public
def way(slug: str) -> Any:
    """How far it has come, for a swap in place; nothing but 304 for who has shown just that."""
    campaign, by = campaign_in(slug, wanted_languages()) or abort(404)
    if not wants_fragment() or campaign.goal_criteria is None:
        return goto(url_for(".show", slug=slug))
    shown = poster(campaign, clock.utcnow(), by=by)
    part = respond(render_template("pages/_campaign_way.html", **vars(shown), **_live(shown, by.language)))
    part.set_etag(_mark(shown))
    part.headers["Cache-Control"] = "no-cache"
    return part.make_conditional(request)


def _live(shown: Poster, language: str) -> dict[str, str]:
    """Where the figure is asked for again while it can change, and what tells one from the next."""
    moves = shown.goal is not None and shown.phase in (COMING, RUNNING)
    return {
        "way_url": url_for("campaigns.way", slug=shown.campaign.slug, lang=language) if moves else "",
        "way_mark": _mark(shown),
    }


def _mark(shown: Poster) -> str:
    told = repr((shown.phase, shown.goal, shown.goal_words, shown.target_words))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@blueprint.get("/campaigns/<slug>.ics")
@public
@limited("campaign-calendar", times=120)
def calendar(slug: str) -> Any:
    """Its days, for whoever wants to come along without an account."""
    campaign = campaign_by_slug(slug) or abort(404)
    home: str = current_app.extensions["settings"].base_url
    answer = Response(campaign_days(campaign, home), content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


def page_of(campaign: Campaign, shown: Poster, member: Member | None, by: Telling | None = None) -> dict[str, Any]:
    """All that the campaign's page needs, also for the council's preview, which shows its own words and holds still."""
    settings = current_app.extensions["settings"]
    live = {"way_url": "", "way_mark": ""} if by is None else _live(shown, by.language)
    by = by or untold(campaign.language)
    slugs = {kind: [item.slug for item in campaign.items if item.kind == kind] for kind in ("quest", "badge")}
    lines = {line.slug: line for line in quests_for(member.id if member else None)} if slugs["quest"] else {}
    stations = [lines[slug] for slug in slugs["quest"] if slug in lines]
    following = suggest(stations, 1)
    known = {badge.slug: badge for badge in published_badges(slugs["badge"])} if slugs["badge"] else {}
    badges = [known[slug] for slug in slugs["badge"] if slug in known]
    held = set(awards_of(member.id, [badge.id for badge in badges])) if member and badges else set()
    beside = around(campaign, clock.utcnow())
    return {
        **vars(shown), **live, "told_in": by, "languages": [(code, language_name(code)) for code in by.languages],
        "base": settings.base_url, "house": settings.site_name,
        "stations": stations, "next_slug": following[0].url["slug"] if following else None, "badges": badges,
        "contests": _contests(campaign), "owner": _owner(campaign, member), "groups": beside.groups, "events": beside.events,
        "surveys": beside.surveys, "news": beside.news, "rests": beside.rests,
        "idea": idea_of(campaign.slug, member) if beside.has_idea else None,
        "outcome": outcome(campaign, _names(lines.values(), badges)),
        "held": held, "people": faces_of(campaign.id, member), "joined": bool(member and has_joined(campaign.id, member.id)),
    }  # fmt: skip


def _contests(campaign: Campaign) -> list[dict[str, Any]]:
    """The squares on the way."""
    now, found = moment(), of_campaign(campaign.slug)
    return [{"contest": one, "phase": phase_words(stand_of(one, now), now)} for one in found]


def _names(quests: Iterable[Any], badges: Iterable[Any]) -> dict[str, str]:
    return {f"quest:{one.slug}": one.title for one in quests} | {f"badge:{one.slug}": one.name for one in badges}


def _owner(campaign: Campaign, viewer: Member | None) -> ProfileView | None:
    """Who looks after it, as this viewer may see them."""
    person = profiles([campaign.owner_id], viewer).get(campaign.owner_id) if campaign.owner_id else None
    return person if person is not None and person.state != "suspended" else None


def faces_of(campaign_id: int, viewer: Member | None) -> list[dict[str, str]]:
    """The newest who joined, as this viewer may see them."""
    views = [visible_fields(person, viewer) for person in joined_members(campaign_id, FACES)]
    return [{"name": view.called, "handle": view.handle, "picture": view.picture_url} for view in views]


@blueprint.post("/campaigns/<slug>/join")
@member_required
def join(slug: str) -> Any:
    campaign = campaign_by_slug(slug) or abort(404)
    now = clock.utcnow()
    if poster(campaign, now).phase not in ("coming", "running"):
        abort(409, _("This campaign takes nobody in any more. What you do still counts for you."))
    if services.join(campaign, signed_in().id, now):
        flash(_("You are in. Good to have you on the way."), "good")
    db.session.commit()
    return goto(url_for("campaigns.show", slug=slug))


@blueprint.post("/campaigns/<slug>/leave")
@member_required
def leave(slug: str) -> Any:
    """Also after its end, and while it rests: nobody has to stay on a list."""
    campaign = campaign_by_slug(slug) or abort(404)
    if services.leave(campaign, signed_in().id):
        flash(_("You are out again, and nobody was told. What you did stays yours."), "good")
    db.session.commit()
    return goto(url_for("campaigns.show", slug=slug))

"""Campaigns: the wall of posters, one campaign with its quests and pins, joining and leaving it."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.badges.queries import awards_of, published_badges
from recognition.campaigns import services
from recognition.campaigns.models import Campaign
from recognition.campaigns.queries import campaign_by_slug, campaigns_page, has_joined, joined_members
from recognition.contests.at_hand import of_campaign
from recognition.contests.queries import stand_of
from recognition.contests.words import phase_words
from recognition.database import moment
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.identity.models import Member
from recognition.identity.rules import visible_fields
from recognition.pages.posters import Poster, poster
from recognition.quests.queries import quests_for, suggest
from recognition.web.access import public
from recognition.web.htmx import goto

blueprint = Blueprint("campaigns", __name__)
FACES = 8


def is_council(member: Member | None) -> bool:
    return member is not None and bool(member.roles & {"council", "admin"})


@blueprint.get("/campaigns/")
@public
def index() -> Any:
    found = campaigns_page(request.args.get("after"), drafts=is_council(current_member()))
    older = url_for("campaigns.index", after=found.next_cursor) if found.next_cursor else ""
    posters = [poster(campaign, clock.utcnow()) for campaign in found.items]
    return render_template("campaigns/index.html", posters=posters, older=older)


@blueprint.get("/campaigns/<slug>")
@public
def show(slug: str) -> Any:
    member = current_member()
    campaign = campaign_by_slug(slug, drafts=is_council(member)) or abort(404)
    return render_template("pages/campaign.html", **page_of(campaign, poster(campaign, clock.utcnow()), member))


def page_of(campaign: Campaign, shown: Poster, member: Member | None) -> dict[str, Any]:
    """All that the campaign's page needs, also for the council's preview."""
    slugs = {kind: [item.slug for item in campaign.items if item.kind == kind] for kind in ("quest", "badge")}
    lines = {line.slug: line for line in quests_for(member.id if member else None)} if slugs["quest"] else {}
    stations = [lines[slug] for slug in slugs["quest"] if slug in lines]
    following = suggest(stations, 1)
    known = {badge.slug: badge for badge in published_badges(slugs["badge"])} if slugs["badge"] else {}
    badges = [known[slug] for slug in slugs["badge"] if slug in known]
    held = set(awards_of(member.id, [badge.id for badge in badges])) if member and badges else set()
    return {
        **vars(shown), "stations": stations, "next_slug": following[0].url["slug"] if following else None, "badges": badges,
        "contests": _contests(campaign),
        "held": held, "people": faces_of(campaign.id, member), "joined": bool(member and has_joined(campaign.id, member.id)),
    }  # fmt: skip


def _contests(campaign: Campaign) -> list[dict[str, Any]]:
    """The squares on the way."""
    now, found = moment(), of_campaign(campaign.slug)
    return [{"contest": one, "phase": phase_words(stand_of(one, now), now)} for one in found]


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

"""The whole page of a campaign as members will see it, before it is published, with the drafts that go out with it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import render_template, request, url_for

from recognition.badges.models import Badge
from recognition.campaigns.models import Campaign
from recognition.contests.models.contest import Contest
from recognition.database import among, moment
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.pages.campaign_studio.blueprint import blueprint, campaign_or_404, council_only
from recognition.pages.campaigns import page_of
from recognition.pages.posters import heard_at, poster
from recognition.quests.models import Quest


@dataclass(frozen=True)
class Station:
    """A quest that nobody can begin yet."""

    slug: str
    title: str
    minutes: int
    state: str = "open"


@blueprint.get("/<slug>/preview")
@council_only
def whole(slug: str) -> Any:
    """`as=joined`: for somebody who has."""
    campaign, now = campaign_or_404(slug), moment()
    is_draft = campaign.state == "draft"
    shown = poster(campaign, heard_at(campaign, now) if is_draft else now, "published" if is_draft else None)
    filled = page_of(campaign, shown, signed_in()) | {"joined": request.args.get("as") == "joined"}
    filled |= {"stations": _stations(campaign, filled["stations"]), "badges": _badges(campaign), "held": set()}
    filled["contests"] = [*filled["contests"], *_drafts(campaign)]
    return render_template("pages/campaign.html", preview=url_for(".whole", slug=slug), **filled)


def _stations(campaign: Campaign, known: list[Any]) -> list[Any]:
    slugs = [item.slug for item in campaign.items if item.kind == "quest"]
    drafts = sa.select(Quest.slug, Quest.title, Quest.minutes).where(among(Quest.slug, slugs), Quest.state == "draft")
    lines = {line.slug: line for line in known} | {row.slug: Station(*row) for row in db.session.execute(drafts)}
    return [lines[slug] for slug in slugs if slug in lines]


def _badges(campaign: Campaign) -> list[Badge]:
    slugs = [item.slug for item in campaign.items if item.kind == "badge"]
    wanted = sa.select(Badge).where(among(Badge.slug, slugs), Badge.state.in_(("draft", "published")))
    found = {badge.slug: badge for badge in db.session.scalars(wanted)}
    return [found[slug] for slug in slugs if slug in found]


def _drafts(campaign: Campaign) -> list[dict[str, Any]]:
    wanted = sa.select(Contest).where(Contest.campaign == campaign.slug, Contest.state == "draft").order_by(Contest.entries_from)
    return [{"contest": one, "phase": ""} for one in db.session.scalars(wanted)]

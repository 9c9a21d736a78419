"""`/api/v1/campaigns`: what runs, what ran, and how far it came, for programs. Drafts are not there."""

from typing import Any

from flask import Blueprint, abort, current_app, jsonify, url_for

from recognition import clock
from recognition.campaigns.models import Campaign
from recognition.campaigns.queries import campaign_by_slug, campaigns_page
from recognition.campaigns.rules import FAMILIES, is_short_notice, phase
from recognition.web.access import public
from recognition.web.limits import limited
from recognition.web.openapi import CURSOR, Answer, Operation, asked, described
from recognition.web.schemas import address, many, maybe, moment, one_of, page_of, record, text, truth, whole
from recognition.web.templating import iso

blueprint = Blueprint("campaigns_api", __name__, url_prefix="/api/v1")

_SHORT = {
    "slug": text(), "title": text(), "tagline": text(), "family": one_of(*FAMILIES), "starts_at": moment(), "ends_at": moment(),
    "phase": text(words="coming, running, paused or over."), "short_notice": truth("Told later than was agreed."),
    "joined": whole(words="People who joined."), "url": address(),
}  # fmt: skip
CAMPAIGN = record(_SHORT, name="Campaign")
_WHOLE = record(
    _SHORT | {
        "why_now": text(), "body": text(words="Markdown."), "goal": text(words="In a sentence; empty where there is none."),
        "reached": whole(words="People who met the goal."), "target_count": maybe(whole()),
        "target_share": maybe({"type": "number", "minimum": 0, "maximum": 1}), "came_of_it": text(words="Markdown."),
        "quests": many(text(words="A slug.")), "badges": many(text(words="A slug.")), "groups": many(text(words="A slug.")),
    },
    name="CampaignInFull",
)  # fmt: skip
LIST = Operation(
    "listCampaigns", "Campaigns, the newest first", {200: Answer("One page.", page_of(CAMPAIGN))}, parameters=(CURSOR,)
)
SHOW = Operation("getCampaign", "One campaign with its goal", {200: Answer("The campaign.", _WHOLE)})


@blueprint.get("/campaigns")
@public
@limited("api-public", times=600)
@described(LIST)
def listing() -> Any:
    found = campaigns_page(asked("cursor"))
    following = url_for(".listing", cursor=found.next_cursor) if found.next_cursor else None
    return jsonify(items=[_short(one) for one in found.items], next_cursor=found.next_cursor, next=following)


@blueprint.get("/campaigns/<slug>")
@public
@limited("api-public", times=600)
@described(SHOW)
def campaign(slug: str) -> Any:
    one = campaign_by_slug(slug) or abort(404)
    names = ("why_now", "body", "target_count", "target_share", "came_of_it")
    more = {name: getattr(one, name) for name in names} | {"goal": one.goal_sentence, "reached": one.reached_count}
    parts = {kind: [item.slug for item in one.items if item.kind == kind] for kind in ("quest", "badge", "group")}
    return jsonify(_short(one) | more | {f"{kind}s": slugs for kind, slugs in parts.items()})


def _short(one: Campaign) -> dict[str, Any]:
    base: str = current_app.extensions["settings"].base_url
    return {
        "slug": one.slug, "title": one.title, "tagline": one.tagline, "family": one.family,
        "starts_at": iso(one.starts_at), "ends_at": iso(one.ends_at),
        "phase": phase(one.state, one.starts_at, one.ends_at, clock.utcnow()),
        "short_notice": one.published_at is not None and is_short_notice(one.starts_at, one.published_at, one.lead_days),
        "joined": one.joined_count,
        "url": base + url_for("campaigns.show", slug=one.slug),
    }  # fmt: skip

"""The workshop of the council: put up a campaign in minutes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.parse import parse
from recognition.badges.models import PUBLISHED, Badge
from recognition.campaigns import forms, services
from recognition.campaigns.models import Campaign
from recognition.campaigns.queries import campaign_by_slug, campaigns_page
from recognition.campaigns.rules import BadCampaign, CampaignSpec, WrongState
from recognition.extensions import db
from recognition.identity.access import role_required, signed_in
from recognition.pages.posters import poster
from recognition.quests.models import Quest
from recognition.web.htmx import goto, respond, wants_fragment

blueprint = Blueprint("council", __name__, url_prefix="/council")
council_only = role_required("council", "admin")
CHOICES_MAX = 200


@blueprint.get("/")
@council_only
def index() -> Any:
    found = campaigns_page(request.args.get("after"), drafts=True)
    older = url_for("council.index", after=found.next_cursor) if found.next_cursor else ""
    posters = [poster(campaign, clock.utcnow()) for campaign in found.items]
    return render_template("council/index.html", posters=posters, older=older)


@blueprint.get("/campaigns/new")
@council_only
def new_campaign() -> Any:
    today = clock.utcnow().date()
    values = {"starts_on": str(today + timedelta(days=14)), "ends_on": str(today + timedelta(days=42)), "goal_kind": "quest",
              "target_kind": "share", "target": "80", "family": "gathering"}  # fmt: skip
    return _form(values, {}, [], [])


@blueprint.post("/campaigns/new")
@council_only
def create_campaign() -> Any:
    return _save(None)


@blueprint.get("/campaigns/<slug>/edit")
@council_only
def edit_campaign(slug: str) -> Any:
    campaign = campaign_by_slug(slug, drafts=True) or abort(404)
    chosen = {kind: [item.slug for item in campaign.items if item.kind == kind] for kind in ("quest", "badge")}
    return _form(_values(campaign), {}, chosen["quest"], chosen["badge"], campaign)


@blueprint.post("/campaigns/<slug>/edit")
@council_only
def change_campaign(slug: str) -> Any:
    return _save(campaign_by_slug(slug, drafts=True) or abort(404))


@blueprint.post("/campaigns/<slug>/state")
@council_only
def move_campaign(slug: str) -> Any:
    campaign = campaign_by_slug(slug, drafts=True) or abort(404)
    to = request.form.get("to", "")
    if to not in ("published", "paused", "ended"):
        abort(400)
    try:
        services.move(campaign, to, clock.utcnow(), signed_in().id)
    except WrongState:
        abort(409, _("The campaign has ended; that cannot be undone. Make a new one from it instead."))
    db.session.commit()
    flash(_moved(to), "good")
    return goto(url_for("campaigns.show", slug=slug))


def _moved(to: str) -> str:
    return {
        "published": _("It hangs on the wall now; everybody sees it on the home page from its first day."),
        "paused": _("It rests. Nobody loses anything."),
        "ended": _("It has ended. Time to tell what came of it."),
    }[to]


@blueprint.post("/campaigns/preview")
@council_only
def preview() -> Any:
    """The poster as it would hang, from whatever the form holds so far."""
    values, quests, badges = _sent()
    known = campaign_by_slug(values["slug"], drafts=True) if values["slug"] else None
    spec, errors = _so_far(values, quests, badges, known)
    return respond(render_template("council/_preview.html", spec=spec, errors=errors, sentence=_sentence(spec), values=values))


def _so_far(
    values: Mapping[str, str], quests: list[str], badges: list[str], campaign: Campaign | None
) -> tuple[CampaignSpec | None, dict[str, str]]:
    """What the form makes, or what it lacks."""
    kept = campaign.goal_criteria if campaign else None
    try:
        return forms.campaign_spec(values, _quests(), _badges(), (quests, badges), kept), {}
    except BadCampaign as fault:
        return None, fault.errors


def _save(campaign: Campaign | None) -> Any:
    values, quests, badges = _sent()
    if campaign is not None:
        values["slug"] = campaign.slug
    now = clock.utcnow()
    try:
        kept = campaign.goal_criteria if campaign else None
        spec = forms.campaign_spec(values, _quests(), _badges(), (quests, badges), kept)
        actor_id = signed_in().id
        if campaign is None:
            saved = services.create(spec, now, actor_id, may_rename=not values["slug"])
        else:
            saved = services.save(spec, now, actor_id)
    except BadCampaign as fault:
        db.session.rollback()
        return _form(values, fault.errors, quests, badges, campaign), 422
    publishes = values.get("then") == "publish" and saved.state == "draft"
    if publishes:
        services.move(saved, "published", now, actor_id)
    db.session.commit()
    flash(_moved("published") if publishes else _("Saved."), "good")
    return goto(url_for("campaigns.show", slug=saved.slug))


def _sent() -> tuple[dict[str, str], list[str], list[str]]:
    values = {name: request.form.get(name, "") for name in (*forms.FIELDS, "then")}
    return values, request.form.getlist("quests"), request.form.getlist("badges")


def _form(
    values: Mapping[str, str],
    errors: Mapping[str, str],
    quests: list[str],
    badges: list[str],
    campaign: Campaign | None = None,
) -> Any:
    filled = {name: values.get(name, "") for name in forms.FIELDS}
    said = {name: errors.get(name, "") for name in (*forms.FIELDS, "attached")}
    spec, _lacks = _so_far(filled, quests, badges, campaign)
    page = render_template(
        "council/campaign_form.html",
        values=filled,
        errors=said,
        almost=bool(errors),
        chosen_quests=quests,
        chosen_badges=badges,
        quests=_quests(),
        badges=_badges(),
        campaign=campaign,
        spec=spec,
        sentence=_sentence(spec),
        draft=campaign is None or campaign.state == "draft",
    )
    return respond(page) if wants_fragment() else page


def _quests() -> dict[str, str]:
    wanted = sa.select(Quest.slug, Quest.title).where(Quest.state == "published").order_by(Quest.position, Quest.id)
    return {row.slug: row.title for row in db.session.execute(wanted.limit(CHOICES_MAX))}


def _badges() -> dict[str, str]:
    wanted = sa.select(Badge.slug, Badge.name).where(Badge.state == PUBLISHED).order_by(Badge.name)
    return {row.slug: row.name for row in db.session.execute(wanted.limit(CHOICES_MAX))}


def _sentence(spec: CampaignSpec | None) -> str:
    if spec is None or spec.goal_criteria is None:
        return ""
    names = {f"quest:{slug}": title for slug, title in _quests().items()}
    return describe(parse(spec.goal_criteria), names)


def _values(campaign: Campaign) -> dict[str, str]:
    """The stored campaign as the form shows it."""
    goal: dict[str, Any] = campaign.goal_criteria or {}
    count = goal.get("count")
    share = campaign.target_share is not None or campaign.target_count is None
    return {
        **{name: getattr(campaign, name) for name in (*forms.LIMITS, "slug", "family")},
        "starts_on": str(campaign.starts_at.date()), "ends_on": str((campaign.ends_at - timedelta(days=1)).date()),
        "goal_kind": _goal_kind(goal),
        "goal_quest": goal.get("finished", ""), "goal_tag": " ".join((count or {}).get("tags_any", [])),
        "goal_times": str(goal.get("at_least", 1)), "target_kind": "share" if share else "count",
        "target": str(round((campaign.target_share or 0) * 100)) if share else str(campaign.target_count),
    }  # fmt: skip


def _goal_kind(goal: Mapping[str, Any]) -> str:
    """What the form can say in its own words, it says; any other rule is kept as it is."""
    if not goal:
        return "none"
    if set(goal) == {"finished"}:
        return "quest"
    count = goal.get("count")
    tagged = count is not None and set(count) <= {"tags_any"} and len(count.get("tags_any", ())) <= 1
    return "deeds" if tagged and set(goal) == {"count", "at_least"} else "kept"

"""A campaign goes out, rests, goes on, ends, or is thrown away; each is asked about once, with what follows from it."""

from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.campaigns import moving, services
from recognition.campaigns.models import Campaign
from recognition.campaigns.rules import MOVES, REASON_MAX, BadCampaign, CampaignSpec, WrongState
from recognition.contests.services import belonging as contests
from recognition.database import moment
from recognition.events import belonging as events
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.pages.campaign_studio import along
from recognition.pages.campaign_studio.blueprint import blueprint, campaign_or_404, council_only
from recognition.pages.campaign_studio.sketch import lateness
from recognition.web.errors import conflict
from recognition.web.htmx import goto

TO = {"publish": "published", "rest": "paused", "go-on": "published", "end": "ended"}


@blueprint.get("/<slug>/<any(publish, rest, 'go-on', end):step>")
@council_only
def ask(slug: str, step: str) -> Any:
    campaign = campaign_or_404(slug)
    return _asked(campaign, step) if _fits(campaign, step) else goto(url_for("campaigns.show", slug=slug))


@blueprint.post("/<slug>/<any(publish, rest, 'go-on', end):step>")
@council_only
def do(slug: str, step: str) -> Any:
    campaign, reason = campaign_or_404(slug), request.form.get("reason", "")
    now = moment()
    try:
        if campaign.state != TO[step] and not _fits(campaign, step):
            raise WrongState(campaign.state)
        if step == "publish" and campaign.state == "draft":
            along.check_going_out(campaign, now)
        moving.move(campaign, TO[step], now, signed_in().id, reason)
    except BadCampaign as fault:
        db.session.rollback()
        return _asked(campaign_or_404(slug), step, reason, next(iter(fault.errors.values()))), 422
    except WrongState:
        db.session.rollback()
        way_on = [(url_for("campaigns.show", slug=slug), _("To the campaign"))]
        return conflict(_("The campaign is somewhere else by now; somebody was quicker, or it has ended."), way_on)
    db.session.commit()
    flash(_done(step), "good")
    return goto(url_for("campaigns.show", slug=slug))


def _fits(campaign: Campaign, step: str) -> bool:
    begins = {"publish": "draft", "go-on": "paused"}.get(step)
    return campaign.state == begins if begins else TO[step] in MOVES[campaign.state]


def _done(step: str) -> str:
    return {
        "publish": _("It hangs on the wall now; everybody sees it on the home page from its first day."),
        "rest": _("It rests. Nobody loses anything."),
        "go-on": _("It goes on. Good to see it back."),
        "end": _("It has ended. Time to tell what came of it."),
    }[step]


def _asked(campaign: Campaign, step: str, reason: str = "", error: str = "") -> str:
    spec = CampaignSpec(campaign.slug, campaign.title, campaign.starts_at, campaign.ends_at, lead_days=campaign.lead_days)
    late, _day = lateness(spec, moment()) if step == "publish" else ("", None)
    together = along.drafts_of(campaign) if step == "publish" else []
    return render_template("council/campaign_state.html", campaign=campaign, step=step, reason=reason, error=error, late=late,
                           together=together, reason_max=REASON_MAX)  # fmt: skip


@blueprint.get("/<slug>/delete")
@council_only
def ask_delete(slug: str) -> Any:
    campaign = campaign_or_404(slug)
    if campaign.published_at is not None or campaign.state != "draft":
        return goto(url_for("campaigns.show", slug=slug))
    return _delete_page(campaign)


@blueprint.post("/<slug>/delete")
@council_only
def delete(slug: str) -> Any:
    """Two confirmations: a tick, and its address written by hand."""
    campaign = campaign_or_404(slug)
    if request.form.get("sure") != "1" or request.form.get("address", "").strip() != slug:
        return _delete_page(campaign, request.form.get("address", ""), is_wrong=True), 422
    try:
        contests.belong((), slug, signed_in().id)
        events.belong((), slug, signed_in().id)
        services.delete_draft(campaign, signed_in().id)
    except WrongState:
        db.session.rollback()
        abort(409, _("Only a draft that nobody has seen can be deleted. This one can be ended, with a reason."))
    db.session.commit()
    flash(_("The draft is gone. What was made along with it stays as drafts of their own."), "good")
    return goto(url_for("council.index"))


def _delete_page(campaign: Campaign, written: str = "", is_wrong: bool = False) -> str:
    return render_template("council/campaign_delete.html", campaign=campaign, written=written, is_wrong=is_wrong,
                           together=along.drafts_of(campaign))  # fmt: skip

"""Where a campaign begins: with an empty form, a template that is half made, a copy of one, or a file."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import abort, render_template, request

from recognition.campaigns import forms
from recognition.campaigns.forms import Written
from recognition.campaigns.models import Campaign
from recognition.campaigns.rules import LEAD_DAYS
from recognition.catalog.bundles.templates import templates
from recognition.database import moment
from recognition.pages.campaign_studio.blueprint import blueprint, campaign_or_404, council_only
from recognition.pages.campaign_studio.editing import checked, idea, page, stored, titles


@blueprint.get("/new")
@council_only
def new() -> Any:
    origin = request.args.get("from", "")
    today = moment().date()
    if origin == "nothing":
        return page(checked(forms.blank(today), None), None, is_asked=False)
    if origin == "copy" and request.args.get("of"):
        return page(checked(copied(campaign_or_404(request.args["of"]), today), None), None, is_asked=False)
    if "idea" in request.args:
        return page(checked(of_idea(request.args["idea"], today), None), None, is_asked=False)
    return start_page()


def start_page(error: str = "", clashes: Sequence[str] = (), same: str = "") -> str:
    """`clashes`: what is here under the same name and differs, so that somebody has to choose."""
    return render_template("council/campaign_start.html", campaigns=titles(), templates=templates(), error=error, clashes=clashes,
                           same=same)  # fmt: skip


def of_idea(text: str, today: date) -> Written:
    """An empty form that begins with somebody's idea; its author is named once the campaign is out."""
    found = idea(text) or abort(404)
    return forms.with_values(forms.blank(today), title=found.title[:120], why_now="", body=found.body, idea=str(found.id))


def copied(campaign: Campaign, today: date) -> Written:
    """As long as it was, beginning as soon as is kind. Contests, events and what came of it are its own and stay behind."""
    draft = stored(campaign)
    starts = today + timedelta(days=max(campaign.lead_days, LEAD_DAYS) + 1)
    ends = starts + (campaign.ends_at - campaign.starts_at) - timedelta(days=1)
    values = {"starts_on": str(starts), "ends_on": str(ends), "came_of_it": "", "publish_at": "", "seen": "", "slug": "",
              "owner": ""}  # fmt: skip
    own = forms.with_values(draft, **values)
    return Written(own.values, {**own.lists, "contests": [], "events": []}, own.card)

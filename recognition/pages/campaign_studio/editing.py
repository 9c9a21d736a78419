"""A campaign on the workbench: from nothing, a template or a copy, or as it is stored, with its poster beside it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, g, render_template, request, url_for
from flask_babel import format_datetime
from flask_babel import gettext as _

from recognition.activities.builder import words as rule_words
from recognition.activities.builder.cards import TooLarge
from recognition.activities.builder.moves import moved as rule_moved
from recognition.campaigns import forms, moving, services
from recognition.campaigns.forms import RULE, Written
from recognition.campaigns.models import Campaign
from recognition.campaigns.rules import BadCampaign, WrongState
from recognition.contests.services import belonging as contests
from recognition.database import moment
from recognition.events import belonging as events
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.identity.models import Member
from recognition.identity.queries import member_by_handle
from recognition.pages.badge_studio.choices import choices, known
from recognition.pages.campaign_studio import along
from recognition.pages.campaign_studio.blueprint import blueprint, campaign_or_404, council_only
from recognition.pages.campaign_studio.choices import Offered, offered, slugs
from recognition.pages.campaign_studio.sketch import sketch
from recognition.questions.queries import Line, question
from recognition.web.htmx import goto, respond
from recognition.web.limits import limited

MOVE = f"{RULE}-move"
ALONG = ("along_contest", "along_badge", "along_band")


@blueprint.post("/new")
@council_only
def create() -> Any:
    return _save(None)


@blueprint.get("/<slug>/edit")
@council_only
def edit(slug: str) -> Any:
    campaign = campaign_or_404(slug)
    return page(checked(stored(campaign), campaign), campaign, is_asked=False)


@blueprint.post("/<slug>/edit")
@council_only
def change(slug: str) -> Any:
    return _save(campaign_or_404(slug))


@blueprint.post("/preview")
@council_only
@limited("campaign-preview", times=240)
def look() -> Any:
    """The poster and the count, from whatever the form holds so far."""
    campaign = _of()
    return respond(preview(checked(sent(), campaign), campaign))


@blueprint.post("/rule")
@council_only
@limited("campaign-preview", times=240)
def move() -> Any:
    """One button of the goal's rule, and the preview that follows from it."""
    campaign, draft = _of(), sent()
    builder = _builder(draft, {})
    if request.form.get(MOVE):
        draft, builder = _moved(draft)
    rule = render_template("council/_campaign_rule.html", builder=builder, choices=choices(), rule_words=rule_words,
                           move_url=url_for(".move", of=request.args.get("of")))  # fmt: skip
    return respond(rule + preview(checked(draft, campaign), campaign, aside=True))


def _of() -> Campaign | None:
    return campaign_or_404(request.args["of"]) if "of" in request.args else None


def stored(campaign: Campaign) -> Written:
    owner = db.session.get(Member, campaign.owner_id) if campaign.owner_id else None
    own = (contests.slugs_of(campaign.slug), events.slugs_of(campaign.slug))
    return forms.written_of(campaign, *own, owner.handle if owner else "")


def checked(draft: Written, campaign: Campaign | None) -> Written:
    return forms.checked(_as_it_stood(draft, campaign), slugs(_lists(draft, campaign)), known, campaign)


def _as_it_stood(draft: Written, campaign: Campaign | None) -> Written:
    """Ticked boxes arrive by name: what the campaign had keeps its place, what is new comes behind it."""
    stood = {(f"{item.kind}s", item.slug): item.position for item in campaign.items} if campaign else {}
    lists = {name: sorted(chosen, key=lambda slug: stood.get((name, slug), len(stood))) for name, chosen in draft.lists.items()}
    return replace(draft, lists=lists)


def _lists(draft: Written, campaign: Campaign | None) -> Offered:
    """Read once a request."""
    if "campaign_choices" not in g:
        g.campaign_choices = offered(campaign.slug if campaign else None, draft.lists)
    found: Offered = g.campaign_choices
    return found


def sent() -> Written:
    try:
        return forms.written(request.form)
    except TooLarge:
        abort(413)


def _moved(draft: Written) -> tuple[Written, dict[str, Any]]:
    done = rule_moved(draft.card, request.form[MOVE], RULE)
    after = forms.with_card(draft, done.card)
    return after, _builder(after, {}, done.focus, done.fault)


def _builder(draft: Written, errors: Mapping[str, str], focus: str = "", fault: str = "") -> dict[str, Any]:
    return {"card": draft.card, "name": RULE, "errors": errors, "focus": focus, "fault": fault}


def _save(campaign: Campaign | None) -> Any:
    draft, then = sent(), request.form.get("then", "keep")
    if request.form.get(MOVE):
        after, builder = _moved(draft)
        return page(checked(after, campaign), campaign, is_asked=False, builder=builder)
    draft = checked(draft, campaign)
    if then == "look":
        return page(draft, campaign, is_asked=False)
    seen = draft.values["seen"]
    if campaign is not None and seen and seen != forms.fingerprint(campaign):
        mine = forms.with_values(draft, seen=forms.fingerprint(campaign))
        return page(mine, campaign, status=409, is_late=True, is_asked=False)
    if draft.spec is None:
        return page(draft, campaign, status=422)
    try:
        saved = _store(draft, campaign, then)
    except (BadCampaign, WrongState) as fault:
        db.session.rollback()
        again = campaign_or_404(campaign.slug) if campaign is not None else None
        errors = fault.errors if isinstance(fault, BadCampaign) else {"title": _("It is out by now: reload the page, please.")}
        return page(forms.refused(draft, errors), again, status=422)
    words = _said(saved, then)
    db.session.commit()
    flash(words, "good")
    return goto(url_for("campaigns.show", slug=saved.slug))


def _store(draft: Written, campaign: Campaign | None, then: str) -> Campaign:
    """All in one transaction: the campaign, what belongs to it, what is made along with it, and when it goes out."""
    assert draft.spec is not None  # noqa: S101 - the caller has looked
    now, actor_id = moment(), signed_in().id
    if campaign is None:
        saved = services.create(draft.spec, now, actor_id, may_rename=not draft.values["slug"])
    else:
        saved = services.save(draft.spec, now, actor_id)
    # The same form sent twice finds what the first one made: its parts are there, and stay as they are.
    if campaign is not None or saved.created_at == now:
        _furnish(saved, draft, is_new=campaign is None, now=now)
    db.session.flush()
    if saved.state != "draft":
        return saved
    if then == "publish":
        along.check_going_out(saved, now)
        moving.move(saved, "published", now, actor_id)
    else:
        _plan(saved, draft.values["publish_at"].strip(), actor_id)
    return saved


def _furnish(campaign: Campaign, draft: Written, *, is_new: bool, now: datetime) -> None:
    """Who looks after it, what belongs to it, and what is made along with it."""
    actor_id, owner_id = signed_in().id, _owner(draft.values["owner"])
    if is_new and draft.values["idea"]:
        found = idea(draft.values["idea"])
        campaign.idea_id = found.id if found else None
    if owner_id is not None:
        services.give_to(campaign, owner_id, actor_id)
    contests.belong(draft.lists["contests"], campaign.slug, actor_id)
    events.belong(draft.lists["events"], campaign.slug, actor_id)
    if campaign.state == "draft":
        along.make(campaign, {name: request.form.get(name, "") for name in ALONG}, now, actor_id)


def _owner(handle: str) -> int | None:
    handle = handle.strip().removeprefix("@").lower()
    if not handle:
        return None
    owner = member_by_handle(handle)
    if owner is None or owner.state == "suspended":
        raise BadCampaign({"owner": _("We know nobody of this handle.")})
    return owner.id


def idea(text: str) -> Line | None:
    """What a campaign grows from, by its number, where that is an idea that the reader may see."""
    found = question(int(text), signed_in()) if text.isascii() and text.isdigit() and len(text) < 16 else None
    return found if found is not None and found.sort == "idea" else None


def _plan(campaign: Campaign, text: str, actor_id: int) -> None:
    at = forms.publish_moment(text) if text else None
    if text and at is None:
        raise BadCampaign({"publish_at": _("Please give a day and a time, such as 2026-12-01 18:00.")})
    if at is not None and at != campaign.publish_at:
        if at <= moment():
            raise BadCampaign({"publish_at": _("This moment is past. Publish it now instead, or choose a later one.")})
        if at >= campaign.ends_at:
            raise BadCampaign({"publish_at": _("It would be over by then.")})
    moving.plan(campaign, at, actor_id)


def _said(campaign: Campaign, then: str) -> str:
    if then == "publish" and campaign.state == "published":
        return str(_("It hangs on the wall now; everybody sees it on the home page from its first day."))
    if campaign.publish_at is not None:
        return str(
            _("Saved. It goes out by itself on %(moment)s (UTC).", moment=format_datetime(campaign.publish_at, "d MMM y, HH:mm"))
        )
    return str(_("Saved."))


def preview(draft: Written, campaign: Campaign | None, aside: bool = False) -> str:
    return render_template("council/_preview.html", sketch=sketch(draft, campaign, moment()), aside=aside)


def page(
    draft: Written,
    campaign: Campaign | None,
    *,
    status: int = 200,
    is_asked: bool = True,
    is_late: bool = False,
    builder: dict[str, Any] | None = None,
) -> Any:
    """`is_asked` False: nobody wants to save it yet, so that what is missing stays out of the fields."""
    errors = draft.errors if is_asked else {}
    slug = campaign.slug if campaign else None
    lists = _lists(draft, campaign)
    asked = {name: request.form.get(name, "") for name in ALONG}
    body = render_template(
        "council/campaign_form.html",
        values=draft.values, lists=draft.lists, errors=_Errors(errors), almost=bool(errors), is_late=is_late, campaign=campaign,
        options={name: [(one.slug, one.label) for one in found] for name, found in lists.items()}, along=asked,
        contests=along.contest_choices(), builder=builder or _builder(draft, errors), choices=choices(), rule_words=rule_words,
        draft=campaign is None or campaign.state == "draft", sketch=sketch(draft, campaign, moment()), aside=False,
        move_url=url_for(".move", of=slug), preview_url=url_for(".look", of=slug),
        reached=along.badge_slug(campaign) if campaign else "",
    )  # fmt: skip
    return respond(body, status)


class _Errors(dict[str, str]):
    """A field without a fault has no sentence."""

    def __missing__(self, _name: str) -> str:
        return ""


def titles(limit: int = 100) -> list[tuple[str, str]]:
    """Campaigns to copy from, the newest first."""
    rows = sa.select(Campaign.slug, Campaign.title).order_by(Campaign.id.desc()).limit(limit)
    return [(row.slug, row.title) for row in db.session.execute(rows)]

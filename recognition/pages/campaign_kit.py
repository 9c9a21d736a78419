"""What goes along when somebody tells others of a campaign: its link, its picture, and words to copy in each language that is
ready."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for

from recognition import clock
from recognition.badges import pictures
from recognition.badges.artwork.bill import Bill
from recognition.campaigns.queries import campaign_by_slug
from recognition.campaigns.rules import DRAFT
from recognition.campaigns.texts import campaign_in, campaign_told, posters_in_all
from recognition.identity.access import current_member
from recognition.pages.campaigns import is_council
from recognition.pages.posters import Poster, poster
from recognition.tongues import chosen, language_name, wanted_languages
from recognition.web.access import public
from recognition.web.limits import limited
from recognition.web.templating import day

blueprint = Blueprint("campaign_kit", __name__)


@dataclass(frozen=True)
class Share:
    """One language of the kit. Addresses are whole ones: they are for other places."""

    code: str
    name: str
    title: str
    url: str
    picture: str
    words: str


@blueprint.get("/campaigns/<slug>/kit")
@public
def kit(slug: str) -> Any:
    campaign, now = campaign_by_slug(slug, drafts=is_council(current_member())) or abort(404), clock.utcnow()
    by = posters_in_all([campaign])[campaign.id]
    here = by[chosen(list(by), wanted_languages())]
    shares = [_share(poster(campaign, now, by=one), one.language) for one in by.values()]
    return render_template("campaigns/kit.html", campaign=campaign, told=campaign_told(campaign, here), shares=shares,
                           is_draft=campaign.state == DRAFT)  # fmt: skip


@blueprint.get("/campaigns/<slug>/share.png")
@public
@limited("campaign-picture", times=120)
def picture(slug: str) -> Any:
    """Drawn once for what stands on it."""
    campaign, by = campaign_in(slug, wanted_languages(), drafts=is_council(current_member())) or abort(404)
    shown = _bill(poster(campaign, clock.utcnow(), by=by))
    response = Response(pictures.card(shown), mimetype="image/png")
    response.set_etag(pictures.card_version(shown))
    response.headers["Cache-Control"] = "private, no-store" if campaign.state == DRAFT else "public, max-age=300"
    # In whose language it is where the address names none.
    response.vary.update(("Cookie", "Accept-Language"))
    return response.make_conditional(request)


def _bill(shown: Poster) -> Bill:
    """Without figures: what others have kept of it should still be true tomorrow."""
    settings = current_app.extensions["settings"]
    return Bill(
        family=shown.campaign.family,
        dates=_dates(shown),
        title=shown.told.title,
        line=shown.told.tagline,
        note=shown.told.goal_sentence or shown.target_words,
        house=f"{settings.site_name} · {settings.base_url.partition('://')[2]}",
    )


def _dates(shown: Poster) -> str:
    return f"{day(shown.campaign.starts_at)} – {day(shown.last_day)}"


def _share(shown: Poster, code: str) -> Share:
    """`lang` in each address, so that whoever opens it reads what was promised."""
    base: str = current_app.extensions["settings"].base_url
    told, slug = shown.told, shown.campaign.slug
    url = base + url_for("campaigns.show", slug=slug, lang=code)
    words = "\n\n".join(line for line in (told.title, told.tagline, told.why_now, _dates(shown), url) if line)
    return Share(code, language_name(code), told.title, url, base + url_for(".picture", slug=slug, lang=code), words)

"""What an award's page hands out: the picture for other sites, and whether its signed files are there yet."""

from typing import Any
from urllib.parse import urlencode

import segno
from flask import Response, abort, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from recognition import clock
from recognition.badges import certificates, pictures, queries, words
from recognition.badges.artwork.share import Card
from recognition.badges.models import Award
from recognition.badges.portable import identifiers
from recognition.badges.views.blueprint import blueprint
from recognition.identity.access import current_member
from recognition.identity.rules import ProfileView
from recognition.web.access import public
from recognition.web.health import queue_answers
from recognition.web.htmx import respond, wants_fragment
from recognition.web.limits import limited

HOUSE = "Recognition"
LOOKS_MAX = 30
"""After so many looks, each longer than the one before, a page stops asking by itself."""
EMBED_PX = 180


@blueprint.get("/awards/<key>/share.png", endpoint="share_picture")
@public
@limited("share-picture", times=120)
def picture(key: str) -> Any:
    """With the holder's name only where everybody may read it, whoever asks for the picture."""
    award, _holder = queries.award_page(key, current_member()) or abort(404)
    stranger = queries.award_page(key, None)
    card = _card(award, stranger[1].name if stranger is not None else "")
    response = Response(pictures.card(card), mimetype="image/png")
    response.set_etag(pictures.card_version(card))
    response.headers["Cache-Control"] = "private, no-store" if stranger is None else "public, max-age=300"
    return response.make_conditional(request)


def _card(award: Award, who: str) -> Card:
    standing = certificates.standing(award, clock.utcnow())
    over = {certificates.REVOKED: _("Taken back"), certificates.EXPIRED: _("Its time is over")}.get(standing)
    level = words.level_words(award.level)
    return Card(
        design=pictures.design_of(award.badge, award.level),
        badge=award.badge.name,
        who=who,
        note=" · ".join(part for part in (level, over) if part),
        summary=award.badge.summary,
        house=f"{HOUSE} · {base_url().partition('://')[2]}",
        counts=standing != certificates.REVOKED,
    )


@blueprint.get("/awards/<key>/files", endpoint="award_files")
@public
def files(key: str) -> Any:
    """The part of the page that waits for the signature, for a swap in place."""
    award, holder = queries.award_page(key, current_member()) or abort(404)
    if not wants_fragment():
        return redirect(url_for(".award", key=key, _anchor="files"))
    looks = min(max(request.args.get("looks", 0, type=int), 0), LOOKS_MAX)
    return respond(render_template("badges/_files.html", award=award, badge=award.badge, **portable(award, holder, looks)))


def portable(award: Award, holder: ProfileView, looks: int = 0) -> dict[str, Any]:
    """What the part of the page about files shows. Addresses are whole ones: they are for other sites."""
    base, key = base_url(), award.key
    state = certificates.signing_state(award) if award.revoked_at is None else certificates.NONE
    return {
        "state": state,
        "again": url_for(".award_files", key=key, looks=looks + 1) if looks < LOOKS_MAX else "",
        "pause_s": 2 if looks < 5 else 10,
        "helper_away": state == certificates.SIGNING and not queue_answers(),
        "address": identifiers.award_page(base, key),
        "credential": identifiers.credential(base, key),
        "files": _files(base, award),
        "embed": _embed(base, award) if award.shown else "",
        "linkedin": _linkedin(base, award) if award.shown and holder.is_self else "",
        "is_own": holder.is_self,
    }


def _files(base: str, award: Award) -> list[tuple[str, str, str, str]]:
    """(address, name of the file, what it is, for what it is good)."""
    name = award.badge.slug if award.level is None else f"{award.badge.slug}-{award.level}"
    return [
        (identifiers.baked_png(base, award.key), f"{name}.png", _("The pin, with the badge inside (PNG)"),
         _("A picture like any other. The signed badge is written into the file, so whoever gets the picture can check it.")),
        (identifiers.baked_svg(base, award.key), f"{name}.svg", _("The same to print large (SVG)"),
         _("A drawing that stays sharp at any size, with the badge inside too.")),
        (identifiers.credential(base, award.key), f"{name}.json", _("The signed badge itself (JSON)"),
         _("A small file in the open standard for badges, Open Badges 3.0. Wallets and other badge sites take it, and it can be"
           " checked even when this site is gone.")),
        (identifiers.credential_jwt(base, award.key), f"{name}.jwt", _("The signed badge as one line (JWT)"),
         _("The same badge in the form that some programs ask for.")),
        (identifiers.assertion(base, award.key), f"{name}-2.0.json", _("For older sites (Open Badges 2.0)"),
         _("Some sites know only the older standard. It is good as long as this site is there to be asked.")),
    ]  # fmt: skip


def _embed(base: str, award: Award) -> str:
    """For somebody's own page: picture and link, every part escaped for HTML."""
    alt = _("%(badge)s, a badge of %(house)s", badge=award.badge.name, house=HOUSE)
    markup = Markup('<a href="{page}"><img src="{picture}" width="{px}" height="{px}" alt="{alt}"></a>')
    picture = identifiers.baked_png(base, award.key)
    return str(markup.format(page=identifiers.award_page(base, award.key), picture=picture, px=EMBED_PX, alt=alt))


def _linkedin(base: str, award: Award) -> str:
    """Their documented address for adding a certificate to one's profile; nothing of theirs is loaded here."""
    given, ends = award.awarded_at, award.expires_at
    told = {
        "startTask": "CERTIFICATION_NAME",
        "name": award.badge.name if award.level is None else f"{award.badge.name}, {words.level_words(award.level)}",
        "organizationName": HOUSE,
        "issueYear": given.year,
        "issueMonth": given.month,
        **({"expirationYear": ends.year, "expirationMonth": ends.month} if ends is not None else {}),
        "certUrl": identifiers.award_page(base, award.key),
        "certId": award.key,
    }
    return "https://www.linkedin.com/profile/add?" + urlencode(told)


def qr(address: str, css_class: str) -> Markup:
    """Our own drawing, so it needs no further look."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(border=2, omitsize=True, svgclass=css_class, lineclass=None,
                                                                   title=address)  # fmt: skip
    return Markup(drawn)  # noqa: S704


def base_url() -> str:
    base: str = current_app.extensions["settings"].base_url
    return base

"""What an award's page hands out: the picture for other sites, and whether its signed files are there yet."""

from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for

from recognition.badges import certificates, pictures, queries
from recognition.badges.models import Award
from recognition.badges.portable import identifiers
from recognition.badges.sharing import base_url, card_of, embed, linkedin
from recognition.badges.sharing import files as files_of
from recognition.badges.views.blueprint import blueprint
from recognition.identity.access import current_member
from recognition.identity.rules import ProfileView
from recognition.web.access import public
from recognition.web.health import queue_answers
from recognition.web.htmx import respond, wants_fragment
from recognition.web.limits import limited

LOOKS_MAX = 30
"""After so many looks, each longer than the one before, a page stops asking by itself."""


@blueprint.get("/awards/<key>/share.png", endpoint="share_picture")
@public
@limited("share-picture", times=120)
def picture(key: str) -> Any:
    """With the holder's name only where everybody may read it, whoever asks for the picture."""
    award, _holder = queries.award_page(key, current_member()) or abort(404)
    stranger = queries.award_page(key, None)
    card = card_of(award, stranger[1].name if stranger is not None else "")
    response = Response(pictures.card(card), mimetype="image/png")
    response.set_etag(pictures.card_version(card))
    response.headers["Cache-Control"] = "private, no-store" if stranger is None else "public, max-age=300"
    return response.make_conditional(request)


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
        "files": files_of(award),
        "embed": embed(award) if award.shown else "",
        "linkedin": linkedin(award) if award.shown and holder.is_self else "",
        "is_own": holder.is_self,
    }

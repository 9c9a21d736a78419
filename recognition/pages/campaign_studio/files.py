"""A campaign as one file, out and in, and from a template: what is taken in is a draft with all that belongs to it."""

from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from recognition.audit import services as audit
from recognition.campaigns.rules import DRAFT
from recognition.catalog.bundles import templates
from recognition.catalog.bundles.coming import CHANGE, RENAME, Came, Clash, take_in
from recognition.catalog.bundles.leaving import parcel_of
from recognition.catalog.bundles.parcel import FILE_BYTES_MAX, pack, unpack
from recognition.catalog.bundles.pictures import opened, unknown
from recognition.database import moment
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.pages.campaign_studio.blueprint import blueprint, campaign_or_404, council_only
from recognition.pages.campaign_studio.starting import start_page
from recognition.parcels import BadParcel
from recognition.refs import Ref
from recognition.web.htmx import goto
from recognition.web.limits import limited


@blueprint.get("/<slug>.zip")
@council_only
@limited("campaign-file", times=30)
def download(slug: str) -> Any:
    try:
        content = pack(parcel_of(campaign_or_404(slug)))
    except BadParcel as fault:
        flash(_("No file was made: %(fault)s.", fault=str(fault).rstrip(".")), "care")
        return goto(url_for(".edit", slug=slug))
    answer = Response(content, mimetype="application/zip")
    # A slug holds letters, digits and hyphens only.
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}.zip"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/file")
@council_only
@limited("campaign-file", times=30)
def upload() -> Any:
    sent = request.files.get("file")
    same = request.form.get("same", "")
    if sent is None or not sent.filename:
        return start_page(error=_("Please choose a file."), same=same), 422
    content = sent.stream.read(FILE_BYTES_MAX + 1)
    try:
        parcel = unpack(content)
        wanted = unknown(parcel)
        db.session.rollback()  # opening pictures may take seconds: no transaction waits for it
        prepared = opened(parcel, wanted)
        came = take_in(parcel, same if same in (CHANGE, RENAME) else "", moment(), signed_in().id, prepared)
    except Clash as clash:
        db.session.rollback()
        return start_page(clashes=clash.titles, same=same), 409
    except BadParcel as fault:
        db.session.rollback()
        return start_page(error=_("Nothing was stored: %(fault)s.", fault=str(fault).rstrip(".")), same=same), 422
    replaced = same == CHANGE and not came.is_new
    return _came(came, "campaign.taken_in" if came.is_new or replaced else "", replaced)


@blueprint.post("/templates/<key>")
@council_only
@limited("campaign-file", times=30)
def use(key: str) -> Any:
    if key not in templates.KEYS:
        abort(404)
    try:
        came = templates.begin(key, moment(), signed_in().id)
    except BadParcel as fault:
        db.session.rollback()
        return start_page(error=_("Nothing was stored: %(fault)s.", fault=str(fault).rstrip(".")), same=""), 422
    return _came(came, "campaign.from_template" if came.is_new else "")


def _came(came: Came, action: str, replaced: bool = False) -> Any:
    """`action`: what is written down; empty where nothing was done. `replaced`: what was here gave way to what came."""
    slug = came.campaign.slug
    if action:
        audit.record(action, Ref("campaign", slug), signed_in().id, after={"title": came.campaign.title})
    is_draft = came.campaign.state == DRAFT
    db.session.commit()
    flash(_where_it_stands(came.is_new, is_draft, replaced), "good" if is_draft else "plain")
    if came.left_out:
        names = ", ".join(name for _sort, name in came.left_out)
        flash(_("Only the other house knows these, so they stayed behind: %(names)s.", names=names), "plain")
    return goto(url_for(".edit", slug=slug))


def _where_it_stands(is_new: bool, is_draft: bool, replaced: bool) -> str:
    if is_new:
        return _("Here it is, as a draft with all that belongs to it. Look through it, change what you like, and publish it.")
    if replaced:
        return (
            _("What was here is as the file says now. It is a draft still.")
            if is_draft
            else _("What was here is as the file says now. It is out already, so everybody sees it.")
        )
    if is_draft:
        return _("It was begun before, and is still a draft: here it is. For a second one beside it, copy it.")
    return _("It was here before, and is out already: what you change here, everybody sees at once. For a second one, copy it.")

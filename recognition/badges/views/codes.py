"""Claim codes as their makers see them: making, counting, closing, and the sheet for the door."""

from collections.abc import Mapping
from typing import Any

import segno
from flask import abort, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from recognition import clock
from recognition.badges import codes, policy
from recognition.badges.forms.codes import FIELDS, code_form
from recognition.badges.models import Badge, ClaimCode
from recognition.badges.nominations import curated_groups
from recognition.badges.services.codes import BadCode, close_code, make_code
from recognition.badges.views.blueprint import badge_or_404, blueprint
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.web.htmx import goto


@blueprint.get("/council/badges/<slug>/codes", endpoint="codes")
@member_required
def codes_of_badge(slug: str) -> Any:
    today = str(clock.utcnow().date())
    return _page(given_badge(slug), {"limit": "50", "from": today, "until": today}, {})


@blueprint.post("/council/badges/<slug>/codes")
@member_required
def code_make(slug: str) -> Any:
    badge, now = given_badge(slug), clock.utcnow()
    form, errors = code_form(request.form, badge, now)
    if not errors:
        try:
            made = make_code(badge, form.label, form.limit, form.opens_at, form.expires_at, form.level, signed_in(), now)
        except BadCode as fault:
            db.session.rollback()
            errors = {fault.field: str(fault)}
    if errors:
        return _page(badge, request.form, errors), 422
    db.session.commit()
    flash(_("The code is made. Print the sheet, or read the letters out."), "good")
    return goto(url_for(".code_sheet", code_id=made.id))


@blueprint.post("/council/codes/<int:code_id>/close")
@member_required
def code_close(code_id: int) -> Any:
    code = _given_code(code_id)
    if close_code(code.id, signed_in(), clock.utcnow()):
        flash(_("The code is closed. Whoever used it keeps the badge."), "good")
    slug = code.badge.slug
    db.session.commit()
    return goto(url_for(".codes", slug=slug))


@blueprint.get("/council/codes/<int:code_id>/sheet")
@member_required
def code_sheet(code_id: int) -> Any:
    """One page for the wall: black on white, whatever the reader's colours are."""
    code = _given_code(code_id)
    address = current_app.extensions["settings"].base_url + url_for(".claim_code", code=code.code)
    drawn = segno.make(address, error="m", micro=False).svg_inline(border=2, omitsize=True, svgclass="p-sheet__qr-drawing",
                                                                   lineclass=None, title=address)  # fmt: skip
    return render_template(
        "badges/code_sheet.html",
        code=code,
        badge=code.badge,
        level=codes.level_of(code),
        address=address,
        spoken=codes.spoken(code.code),
        last_day=codes.last_day(code),
        qr=Markup(drawn),  # noqa: S704  our own drawing
        short=address.partition("//")[2].rpartition("/")[0],
    )


def given_badge(slug: str) -> Badge:
    """A badge that this member may give."""
    badge, member = badge_or_404(slug), signed_in()
    if not policy.can_give(member, badge, curated_groups(member.id)):
        abort(403)
    return badge


def _given_code(code_id: int) -> ClaimCode:
    code, member = codes.code_by_id(code_id) or abort(404), signed_in()
    if not policy.can_give(member, code.badge, curated_groups(member.id)):
        abort(403)
    return code


def _page(badge: Badge, values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    found, now = codes.codes_of(badge.id, request.args.get("after")), clock.utcnow()
    return render_template(
        "badges/codes.html",
        badge=badge,
        values={name: values.get(name, "") for name in FIELDS},
        errors=dict.fromkeys(FIELDS, "") | dict(errors),
        rows=[(code, codes.spoken(code.code), codes.state_words(code, now), codes.last_day(code)) for code in found.items],
        older=url_for(".codes", slug=badge.slug, after=found.next_cursor) if found.next_cursor else "",
        most=codes.LIMIT_MAX,
    )

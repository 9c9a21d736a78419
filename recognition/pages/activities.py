"""Reading what people did."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from recognition.activities import forms
from recognition.activities.queries import deeds, offered_kinds, told
from recognition.identity.access import current_member
from recognition.pages import deed_box, deed_filters
from recognition.pages.follows import followable
from recognition.web.access import public

blueprint = Blueprint("activities", __name__, url_prefix="/activities")


@blueprint.get("/")
@public
def index() -> Any:
    """With `new`, the deed that was just told stands on top, with thanks, and what it brings arrives by itself."""
    member, wanted, kinds = current_member(), deed_filters.asked(request.args), offered_kinds()
    found = deeds(member, wanted, request.args.get("after"))
    new_id, since = (min(request.args.get(name, 0, type=int), 2**53) for name in ("new", "since"))
    arrivals_url = url_for("badges.arrivals", since=max(since, 0))
    just_told = told(new_id, member) if member and new_id > 0 else None
    return render_template(
        "activities/index.html", deeds=found.items, older=deed_filters.older(wanted, found.next_cursor), wanted=wanted,
        chosen=deed_filters.chosen(wanted), chips=deed_filters.chips(wanted, kinds, member), feeds=deed_filters.feeds(wanted),
        told=just_told, kinds=deed_box.labelled(_("any kind"), kinds), strengths=list(deed_filters.strengths().items()),
        nonce=forms.new_nonce(), arrivals_url=arrivals_url, followable=followable(wanted),
    )  # fmt: skip

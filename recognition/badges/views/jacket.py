"""What a member wears."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.badges import queries
from recognition.badges.forms.jacket import arrangement
from recognition.badges.services import answering
from recognition.badges.trays import blocked_groups, tray
from recognition.badges.views.blueprint import blueprint
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.web.htmx import goto, respond, wants_fragment


@blueprint.get("/me/badges")
@member_required
def arrange() -> Any:
    member = signed_in()
    return _page(queries.jacket(member.id, member), {})


@blueprint.post("/me/badges", endpoint="arranged")
@member_required
def rearrange() -> Any:
    member = signed_in()
    pins = queries.jacket(member.id, member)
    asked = [pin.award.key for pin in pins.pins if f"place-{pin.award.key}" in request.form]
    wish = arrangement(request.form, asked)
    if wish.errors:
        return respond(_arranging(pins, wish.errors), 422)
    answering.arrange(member.id, wish.worn, wish.hidden, asked)
    db.session.commit()
    if wants_fragment():
        return respond(_arranging(queries.jacket(member.id, member), {}))
    flash(_("Your jacket is as you like it."), "good")
    return goto(url_for(".arrange"))


def _arranging(pins: queries.Jacket, errors: dict[str, str]) -> str:
    if wants_fragment():
        return render_template("badges/_arrange.html", pins=pins, errors=errors)
    return _page(pins, errors)


def _page(pins: queries.Jacket, errors: dict[str, str]) -> str:
    member_id = signed_in().id
    return render_template("badges/arrange.html", pins=pins, errors=errors, tray=tray(member_id),
                           blocked=blocked_groups(member_id))  # fmt: skip

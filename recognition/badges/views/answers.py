"""What a holder says to an award, and to a group that gives badges."""

from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.badges import queries
from recognition.badges.services import answering
from recognition.badges.views.blueprint import blueprint
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.identity.queries import group_by_slug
from recognition.web.htmx import goto, respond, wants_fragment

ALL_MAX = 50
WEAR, KEEP, DECLINE = "wear", "keep", "decline"


@blueprint.post("/me/awards/<key>/answer")
@member_required
def answer(key: str) -> Any:
    """`back` names the page that the buttons stood on."""
    member, word, now = signed_in(), request.form.get("answer"), clock.utcnow()
    if word not in (WEAR, KEEP, DECLINE):
        abort(400)
    award = queries.award_by_key(key)
    if award is None or award.member_id != member.id:
        abort(404)
    if word == DECLINE:
        answering.decline(member.id, key, now)
    else:
        at_once = word == WEAR and request.form.get("at_once") == "1"
        # From an older page it may be a second word, and the last one holds.
        answering.accept(member.id, [key], now, at_once=at_once, shown=word == WEAR)
        answering.show(member.id, key, word == WEAR)
    db.session.commit()
    is_gone = award.revoked_at is not None
    said = _("This pin was taken back a moment ago. Its page says why.") if is_gone else _said(word)
    if wants_fragment():
        return respond(render_template("badges/_answered.html", said=said, key=key))
    flash(said, "care" if is_gone else "good")
    return goto({"award": url_for(".award", key=key), "home": "/"}.get(request.form.get("back", ""), url_for(".arrange")))


@blueprint.post("/me/awards/wear")
@member_required
def wear_all() -> Any:
    """`key`: each of the awards that came together."""
    at_once = request.form.get("at_once") == "1"
    answering.accept(signed_in().id, request.form.getlist("key")[:ALL_MAX], clock.utcnow(), at_once=at_once)
    db.session.commit()
    said = _("They are on your jacket.")
    if wants_fragment():
        return respond(render_template("badges/_answered.html", said=said, key="all"))
    flash(said, "good")
    return goto(url_for(".arrange"))


def _said(word: str) -> str:
    return {
        WEAR: _("It is on your jacket."),
        KEEP: _("It is yours, and only you see it."),
        DECLINE: _("Declined. It is shown nowhere, and you find it at the end of your jacket's page if you change your mind."),
    }[word]


@blueprint.post("/me/issuers/<slug>")
@member_required
def block(slug: str) -> Any:
    """`on`: take no badges from this group; otherwise take them again."""
    group, on = group_by_slug(slug) or abort(404), request.form.get("on") == "1"
    answering.block_issuer(signed_in().id, group.id, on, clock.utcnow())
    name = group.name
    db.session.commit()
    if on:
        flash(_("You get no badges from %(group)s any more. What you have stays.", group=name), "good")
    else:
        flash(_("You take badges from %(group)s again.", group=name), "good")
    return goto(url_for(".arrange", _anchor="issuers"))

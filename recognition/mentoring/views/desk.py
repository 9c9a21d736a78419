"""The desk of those who stand by others: whom, what they are asked, the pool, and how much of it they want."""

from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.identity.queries import member_by_handle
from recognition.mentoring import forms, queries
from recognition.mentoring.models import MentorOffer
from recognition.mentoring.rules import ANSWER_MAX_CHARS, MOST_AT_FIRST, OFFER_MAX_CHARS, NotDone, NotOffered
from recognition.mentoring.services import asks, links, offers
from recognition.mentoring.views.blueprint import MAX_ID, blueprint, personal
from recognition.web.htmx import goto
from recognition.web.limits import limited


@blueprint.get("/mentoring/")
@member_required
def desk() -> Any:
    return _desk()


@blueprint.post("/mentoring/offer")
@member_required
@limited("mentor-offer", times=30)
def offer() -> Any:
    now = clock.utcnow()
    try:
        form = forms.offer_form(request.form, now.date())
    except NotOffered as refused:
        typed = {name: request.form.get(name, "") for name in forms.FIELDS}
        return _desk(typed=typed, errors=refused.errors, status=422)
    offers.save(signed_in().id, form, now)
    db.session.commit()
    flash(_("Kept. Thank you for being there.") if form.is_open else _("Kept. Nobody new is sent to you."), "good")
    return goto(url_for(".desk"))


@blueprint.post(f"/mentoring/asks/<int(max={MAX_ID}):ask_id>/answer")
@member_required
@limited("mentor-answer", times=60)
def answer(ask_id: int) -> Any:
    words = request.form.get("words", "")
    try:
        asks.answer(ask_id, signed_in(), words, clock.utcnow())
    except NotDone as refused:
        db.session.rollback()
        return _desk(failed=ask_id, words=words, error=str(refused), status=422)
    db.session.commit()
    flash(_("Answered. Thank you, that helps more than you see."), "good")
    return goto(url_for(".desk"))


@blueprint.post(f"/mentoring/asks/<int(max={MAX_ID}):ask_id>/take")
@member_required
@limited("mentor-answer", times=60)
def take(ask_id: int) -> Any:
    try:
        asks.take(ask_id, signed_in(), clock.utcnow())
    except NotDone as refused:
        db.session.rollback()
        return _desk(failed=ask_id, error=str(refused), status=409)
    db.session.commit()
    flash(_("You stand by them from now on. They know."), "good")
    return goto(url_for(".desk"))


@blueprint.post("/mentoring/mentees/<handle>/end")
@member_required
@limited("mentor-choose", times=30)
def end(handle: str) -> Any:
    mentee = member_by_handle(handle) or abort(404)
    gone = links.end(mentee.id, signed_in().id, clock.utcnow())
    db.session.commit()
    flash(_("Done. They heard how to find somebody else.") if gone else _("You do not stand by them any more."), "plain")
    return goto(url_for(".desk"))


def _desk(
    typed: dict[str, str] | None = None, errors: dict[str, str] | None = None, failed: int = 0, words: str = "", error: str = "",
    status: int = 200,
) -> Any:  # fmt: skip
    member, now = signed_in(), clock.utcnow()
    own = queries.offer_of(member.id)
    in_pool = own is not None and own.is_open
    is_council = "council" in member.roles
    found = queries.pool(member, in_pool, now, request.args.get("after")) if in_pool or is_council else None
    people = queries.mentees_of(member, request.args.get("people"))
    page = render_template(
        "mentoring/desk.html", offer=typed or _stored(own), has_offer=own is not None, in_pool=in_pool, is_council=is_council,
        errors=dict.fromkeys(forms.FIELDS, "") | (errors or {}), mentees=people.items, asks=queries.asks_to(member),
        more_people=url_for(".desk", people=people.next_cursor) if people.next_cursor else "",
        pool=found.items if found else [], older=url_for(".desk", after=found.next_cursor) if found and found.next_cursor else "",
        failed=failed, words=words, error=error, answer_max=ANSWER_MAX_CHARS, offer_max=OFFER_MAX_CHARS,
    )  # fmt: skip
    return personal(page, status)


def _stored(own: MentorOffer | None) -> dict[str, str]:
    if own is None:
        return {"is_open": "", "most": str(MOST_AT_FIRST), "words": "", "rests_until": ""}
    return {
        "is_open": "1" if own.is_open else "",
        "most": str(own.most),
        "words": own.words,
        "rests_until": str(own.rests_until or ""),
    }

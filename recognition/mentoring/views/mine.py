"""My mentor: who it is, a question, somebody else in two clicks, and a private word about how it goes."""

from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.identity.queries import member_by_handle
from recognition.mentoring import queries
from recognition.mentoring.cards import marks
from recognition.mentoring.rules import ASK_MAX_CHARS, MENTOR, WORD_MAX_CHARS, NotDone
from recognition.mentoring.services import asks, links, offers, wishes
from recognition.mentoring.views.blueprint import blueprint, personal
from recognition.web.htmx import goto
from recognition.web.limits import limited


@blueprint.get("/me/mentor")
@member_required
def mine() -> Any:
    return _page()


@blueprint.post("/me/mentor/ask")
@member_required
@limited("mentor-ask", times=20)
def ask() -> Any:
    words = request.form.get("words", "")
    try:
        row = asks.ask(signed_in(), words, clock.utcnow())
    except NotDone as refused:
        db.session.rollback()
        return _page(ask_words=words, ask_error=str(refused), status=422)
    to_pool = row.mentor_id is None
    db.session.commit()
    flash(_("Asked. Everybody who offers to help can read it, and one of them will answer.") if to_pool else
          _("Asked. If a week goes by without an answer, somebody of the pool steps in by itself."), "good")  # fmt: skip
    return goto(url_for(".mine"))


@blueprint.get("/me/mentor/choose")
@member_required
def choose_from() -> Any:
    found = queries.offers(signed_in(), clock.utcnow().date(), request.args.get("after"))
    older = url_for(".choose_from", after=found.next_cursor) if found.next_cursor else ""
    page = render_template(
        "mentoring/choose.html", offers=found.items, older=older, marks=marks([one.person.id for one in found.items])
    )
    return personal(page)


@blueprint.post("/me/mentor/choose")
@member_required
@limited("mentor-choose", times=30)
def choose() -> Any:
    chosen = member_by_handle(request.form.get("mentor", "")[:40]) or abort(404)
    try:
        links.choose(signed_in(), chosen.id, clock.utcnow())
    except NotDone as refused:
        db.session.rollback()
        flash(str(refused), "care")
        return goto(url_for(".choose_from"))
    db.session.commit()
    flash(_("Done. They know, and look forward to hearing from you."), "good")
    return goto(url_for(".mine"))


@blueprint.post("/me/mentor/find")
@member_required
@limited("mentor-ask", times=20)
def find() -> Any:
    """Nobody in particular: whoever of the pool has room."""
    try:
        asks.ask(signed_in(), request.form.get("words", ""), clock.utcnow(), MENTOR)
    except NotDone as refused:
        db.session.rollback()
        flash(str(refused), "care")
        return goto(url_for(".choose_from"))
    db.session.commit()
    flash(_("Everybody who offers to be a mentor sees that you would like one."), "good")
    return goto(url_for(".mine"))


@blueprint.post("/me/mentor/leave")
@member_required
@limited("mentor-choose", times=30)
def leave() -> Any:
    gone = links.leave(signed_in().id, clock.utcnow())
    db.session.commit()
    if gone:
        flash(_("You go on by yourself. Everything here works without a mentor, and the pool is always there."), "good")
    return goto(url_for(".mine"))


@blueprint.post("/me/mentor/no-thanks")
@member_required
@limited("mentor-choose", times=30)
def no_thanks() -> Any:
    done = wishes.no_thanks(signed_in().id, clock.utcnow())
    db.session.commit()
    if done:
        flash(_("Good. The pool is not asked, and it is there whenever you like."), "good")
    return goto(url_for(".mine"))


@blueprint.post("/me/mentor/word")
@member_required
@limited("mentor-word", times=10)
def say() -> Any:
    mood, words = request.form.get("mood", ""), request.form.get("words", "")
    try:
        offers.say(signed_in(), signed_in().mentor_id, mood, words, clock.utcnow())
    except NotDone as refused:
        db.session.rollback()
        return _page(word={"mood": mood, "words": words}, word_error=str(refused), status=422)
    db.session.commit()
    flash(_("Thank you. The council reads it; your mentor never does."), "good")
    return goto(url_for(".mine"))


def _page(
    ask_words: str = "", ask_error: str = "", word: dict[str, str] | None = None, word_error: str = "", status: int = 200
) -> Any:
    member = signed_in()
    found = queries.own_asks(member, request.args.get("after"))
    older = url_for(".mine", after=found.next_cursor) if found.next_cursor else ""
    known = queries.mentors_of(member)
    now_link = next((one for one in known if one.ended_at is None), None)
    worn = marks([now_link.person.id] if now_link and now_link.person else [])
    ended = [one for one in known if one.ended_at is not None]
    page = render_template(
        "mentoring/mine.html", link=now_link, marks=worn, history=ended, asks=found.items,
        older=older, ask_words=ask_words, ask_error=ask_error, word=word or {"mood": "", "words": ""}, word_error=word_error,
        ask_max=ASK_MAX_CHARS, word_max=WORD_MAX_CHARS, usual_days=queries.usual_days(), has_mentor=member.mentor_id is not None,
    )  # fmt: skip
    return personal(page, status)

"""What a deed's people are asked: by the link of a mail, without signing in, and on a page of their own."""

from typing import Any

from flask import Blueprint, Flask, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from recognition import clock
from recognition.activities import answering, asks, question
from recognition.activities.rules import NotAWitness
from recognition.extensions import csrf, db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.web.access import public
from recognition.web.htmx import goto
from recognition.web.limits import limited
from recognition.web.pagination import PAGE_SIZE

blueprint = Blueprint("asks", __name__)
ANSWERS = {"yes": True, "no": False}
COUNTED_MAX = 9


def install(app: Flask) -> None:
    app.jinja_env.globals["waiting_asks"] = waiting_asks


def waiting_asks() -> str:
    """For templates: how many questions are open, "9+", or nothing."""
    number = asks.count_open(signed_in().id, clock.utcnow(), COUNTED_MAX + 1)
    return f"{COUNTED_MAX}+" if number > COUNTED_MAX else str(number or "")


@blueprint.get("/w/<token>")
@public
@limited("witness", times=120)
def ask(token: str) -> Any:
    """Mail programs open links by themselves, so a look alone changes nothing."""
    found, reader = _read(token), current_member()
    if found is None:
        return _quiet(render_template("activities/ask_over.html"), 404)
    one, member = found
    is_other = reader is not None and reader.id != member.id
    page = render_template("activities/ask.html", ask=one, token=token, is_other=is_other, name=member.name)
    return _quiet(page, 403 if is_other else 200)


@blueprint.post("/w/<token>")
@public
@limited("witness", times=120)
def answer(token: str) -> Any:
    """Whoever holds the mail may answer it: the signed address says whom it was sent to."""
    found, reader = _read(token), current_member()
    if found is None:
        return _quiet(render_template("activities/ask_over.html"), 404)
    one, member = found
    if reader is not None and reader.id != member.id:
        abort(403, _("This question was asked of somebody else."))
    said = _said()
    try:
        answering.answer(one.activity_id, member.id, said, clock.utcnow())
    except NotAWitness as refused:
        db.session.rollback()
        abort(409, str(refused))
    db.session.commit()
    return _quiet(render_template("activities/ask_thanks.html", ask=one, said=said, reader=reader))


csrf.exempt(answer)


@blueprint.get("/me/asks")
@member_required
def mine() -> Any:
    found = asks.open_asks(signed_in(), clock.utcnow(), request.args.get("after"))
    older = url_for(".mine", after=found.next_cursor) if found.next_cursor else ""
    return render_template("activities/asks.html", asks=found.items, older=older)


@blueprint.post("/me/asks")
@member_required
@limited("answer-asks", times=120)
def answer_mine() -> Any:
    """One of them, by its own button ("yes-12", "no-12"), or a yes to all that are chosen."""
    chosen, said = _chosen()
    now, member_id = clock.utcnow(), signed_in().id
    open_still = [activity_id for activity_id in chosen if asks.one_ask(activity_id, member_id, now) is not None]
    done = answering.answer_all(open_still, member_id, said, now)
    db.session.commit()
    flash(_words(done, said), "good" if done else "plain")
    return goto(url_for(".mine"))


def _chosen() -> tuple[list[int], bool]:
    verb, _dash, number = request.form.get("one", "").partition("-")
    if verb in ANSWERS:
        return _numbers([number]), ANSWERS[verb]
    return _numbers(request.form.getlist("chosen")), True


def _numbers(given: list[str]) -> list[int]:
    """Sorted, so that two who answer at the same time go through them in one order."""
    return sorted({int(one) for one in given[:PAGE_SIZE] if one.isascii() and one.isdecimal() and len(one) < 17})


def _words(done: int, said: bool) -> str:
    if not done:
        return _("Nothing was chosen that is still open.")
    if not said:
        return _("All right. Nobody is told that you said no.")
    return ngettext("Thank you, your word is with it now.", "Thank you, your word is with %(num)d deeds now.", done)


def _said() -> bool:
    said = request.form.get("answer", "")
    if said not in ANSWERS:
        abort(400, _("Please say yes or no."))
    return ANSWERS[said]


def _read(token: str) -> Any:
    named = question.read(token)
    return asks.one_ask(*named, clock.utcnow()) if named else None


def _quiet(page: str, status: int = 200) -> Any:
    """The address is a key: no other site and no search engine hears of it, and no copy stays. Not `no-referrer`: a browser
    would then send the form from Origin: null."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response

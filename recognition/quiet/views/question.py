"""The question how somebody would like to stay in touch, by the link of a mail, without signing in."""

from typing import Any

from flask import abort, render_template, request

from recognition import clock
from recognition.extensions import csrf, db
from recognition.identity.access import current_member
from recognition.quiet import forms, question
from recognition.quiet.rules import NotAnswered
from recognition.quiet.services import answering
from recognition.quiet.views.blueprint import blueprint, personal
from recognition.web.access import public
from recognition.web.limits import limited


@blueprint.get("/q/<token>")
@public
@limited("quiet-question", times=120)
def ask(token: str) -> Any:
    """Mail programs open links by themselves, so a look alone changes nothing."""
    return _page(token)


@blueprint.post("/q/<token>")
@public
@limited("quiet-question", times=120)
def answer(token: str) -> Any:
    """Whoever holds the mail may answer it: the signed address says whom it was sent to."""
    note_id, now = question.read(token), clock.utcnow()
    found = answering.one(note_id) if note_id is not None else None
    if found is None or _is_other(found[1].id):
        return _page(token)
    said, until = request.form.get("answer", ""), forms.until(request.form)
    try:
        answering.answer(found[0].id, said, until, now)
    except NotAnswered as refused:
        db.session.rollback()
        return _page(token, str(refused), 422)
    db.session.commit()
    return personal(render_template("quiet/thanks.html", said=said, until=until, reader=current_member()))


csrf.exempt(answer)


def _page(token: str, error: str = "", status: int = 200) -> Any:
    note_id = question.read(token)
    found = answering.one(note_id) if note_id is not None else None
    if found is None:
        return personal(render_template("quiet/over.html"), 404)
    note, member = found
    if _is_other(member.id):
        abort(403)
    if note.answer is not None:
        return personal(render_template("quiet/thanks.html", said=note.answer, until=member.away_until, reader=current_member()))
    today = clock.utcnow().date()
    typed = request.form.get("until", "") or str(forms.usual_pause(today))
    return personal(render_template("quiet/question.html", token=token, name=member.name, until=typed, error=error), status)


def _is_other(member_id: int) -> bool:
    reader = current_member()
    return reader is not None and reader.id != member_id

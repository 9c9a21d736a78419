"""Who would like to take on a role: read by the council and admins, answered with a reason."""

from typing import Any

from flask import abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.identity.rules import NotAllowed, Refused
from recognition.pages.role_desk.blueprint import blueprint, deciders
from recognition.pages.roles import words_in
from recognition.roles import applying, holding, queries
from recognition.roles.models import RoleApplication
from recognition.roles.rules import ACCEPTED, DECLINED, WORD_MAX_CHARS, NotSaved, TooLate
from recognition.web.htmx import goto
from recognition.web.limits import limited

ONE = f"<int(max={2**53}):application_id>"


@blueprint.get("/applications")
@deciders
def applications() -> Any:
    return _page()


@blueprint.post(f"/applications/{ONE}")
@deciders
@limited("judge", times=120)
def decide(application_id: int) -> Any:
    outcome = request.form.get("outcome", "")
    if outcome not in (ACCEPTED, DECLINED) or db.session.get(RoleApplication, application_id) is None:
        abort(404)
    try:
        done = applying.decide(application_id, signed_in(), outcome, words_in("answer", WORD_MAX_CHARS), clock.utcnow())
    except NotSaved as fault:
        db.session.rollback()
        return _page(application_id, fault.errors["answer"]), 422
    except (TooLate, Refused, NotAllowed) as refused:
        db.session.rollback()
        return _page(application_id, str(refused)), 409
    db.session.commit()
    flash(_("Answered. Whoever asked hears it with your reason.") if done else _("It was answered or taken back meanwhile."),
          "good" if done else "plain")  # fmt: skip
    return goto(url_for(".applications"))


def _page(failed: int = 0, error: str = "") -> Any:
    is_waiting = request.args.get("state") != "decided"
    found = queries.applications(signed_in(), is_waiting, request.args.get("after"))
    state = None if is_waiting else "decided"
    older = url_for(".applications", state=state, after=found.next_cursor) if found.next_cursor else ""
    typed = request.form.get("answer", "")
    page = render_template("council/role_applications.html", asking=found.items, older=older, is_waiting=is_waiting,
                           gives=dict(holding.choices()), failed=failed, error=error, typed=typed,
                           answer_max=WORD_MAX_CHARS)  # fmt: skip
    answer = make_response(page)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

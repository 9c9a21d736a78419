"""The council's desk for resources: what was asked for, the decision with its reason, and what can be asked for."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import role_required, signed_in
from recognition.pages.resources import ONE, about_words, typed_in, whole_page
from recognition.resources import forms, queries, rules, services
from recognition.resources.models import ResourceKind
from recognition.resources.rules import NotSaved, TooLate
from recognition.web.htmx import goto
from recognition.web.limits import limited

blueprint = Blueprint("resource_desk", __name__, url_prefix="/council/resources")
council_only = role_required("council")
deciders = role_required("council", "admin")
"""The pool behind a council that is silent, or all asking for themselves."""
KIND = f"<int(max={2**53}):kind_id>"
ERRORS = ("outcome", "given", "answer")


@blueprint.get("/")
@deciders
def index() -> Any:
    """?state=decided: those that were. A decision is sent with the ?after= of its page, so that one that cannot be taken comes
    back on it."""
    return _page()


@blueprint.post(f"/{ONE}")
@deciders
@limited("judge", times=120)
def decide(ask_id: int) -> Any:
    one = queries.ask_by_id(ask_id) or abort(404)
    try:
        made = forms.decision(request.form, one.amount, one.unit)
        done = services.decide(ask_id, signed_in(), made, clock.utcnow())
    except NotSaved as fault:
        db.session.rollback()
        return _page(ask_id, fault.errors), 422
    except TooLate as refused:
        db.session.rollback()
        return _page(ask_id, {"answer": str(refused)}), 409
    db.session.commit()
    flash(_("Decided. Whoever asked hears it with your reason.") if done else _("It was decided or taken back meanwhile."),
          "good" if done else "plain")  # fmt: skip
    return goto(url_for(".index"))


@blueprint.post(f"/{ONE}/words")
@deciders
@limited("judge", times=120)
def take_words_down(ask_id: int) -> Any:
    one = queries.ask_by_id(ask_id) or abort(404)
    try:
        reason = forms.words(request.form, "reason", rules.ANSWER_MAX_CHARS)
        services.take_words_down(ask_id, signed_in(), reason, clock.utcnow())
    except NotSaved as fault:
        db.session.rollback()
        return whole_page(one, words_error=fault.errors["reason"]), 422
    except TooLate as refused:
        db.session.rollback()
        return whole_page(one, words_error=str(refused)), 409
    db.session.commit()
    flash(_("Taken off the list. Whoever wrote it hears your reason."), "good")
    return goto(url_for("resources.show", ask_id=ask_id))


@blueprint.get("/kinds")
@council_only
def kinds() -> Any:
    return _kinds()


@blueprint.post("/kinds/new")
@council_only
def add_kind() -> Any:
    return _save(None)


@blueprint.post(f"/kinds/{KIND}")
@council_only
def save_kind(kind_id: int) -> Any:
    if db.session.get(ResourceKind, kind_id) is None:
        abort(404)
    return _save(kind_id)


def _save(kind_id: int | None) -> Any:
    try:
        services.save_kind(kind_id, *forms.kind(request.form), signed_in().id, clock.utcnow())
    except NotSaved as fault:
        db.session.rollback()
        return _kinds(kind_id or 0, fault.errors), 422
    db.session.commit()
    flash(_("Kept. It can be asked for in this way from now on."), "good")
    return goto(url_for(".kinds"))


def _kinds(failed: int = -1, errors: Mapping[str, str] | None = None) -> Any:
    """`failed`: the id of the one that could not be kept; 0 is the new one."""
    return render_template(
        "council/resource_kinds.html", kinds=queries.kinds(), failed=failed, typed=typed_in("name", "unit", "is_open"),
        errors={"name": "", "unit": "", **(errors or {})}, name_max=rules.NAME_MAX_CHARS, unit_max=rules.UNIT_MAX_CHARS,
    )  # fmt: skip


def _page(failed: int = 0, errors: Mapping[str, str] | None = None) -> Any:
    is_waiting = request.args.get("state") != "decided"
    viewer = signed_in()
    found = queries.desk(viewer, is_waiting, request.args.get("after"))
    older = url_for(".index", state=None if is_waiting else "decided", after=found.next_cursor) if found.next_cursor else ""
    page = render_template(
        "council/resources.html", asks=found.items, older=older, after=request.args.get("after"), is_waiting=is_waiting,
        failed=failed, typed=typed_in(*ERRORS), errors={**dict.fromkeys(ERRORS, ""), **(errors or {})},
        answer_max=rules.ANSWER_MAX_CHARS, abouts=about_words([one.row for one in found.items]),
        own_groups={one.id for one in queries.groups_looked_after(viewer)},
    )  # fmt: skip
    answer = make_response(page)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

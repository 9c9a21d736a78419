"""Telling the council that something should not stand here; the council's queue, decisions and their history."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities import flagged, flagging
from recognition.activities.flagged import Asked, Subject
from recognition.activities.policy import can_report
from recognition.activities.rules import FLAG_MAX_CHARS, NotFlagged
from recognition.extensions import db
from recognition.identity.access import member_required, role_required, signed_in
from recognition.refs import Ref
from recognition.web.htmx import goto
from recognition.web.limits import limited

blueprint = Blueprint("content_reports", __name__)
council_only = role_required("council")
THING = '<any(activity,comment,member,"plan-comment","role-word"):kind>'
TEXT_MAX_CHARS = 100


@blueprint.get(f"/report/{THING}/<name>")
@member_required
def form(kind: str, name: str) -> Any:
    return _form(_subject(kind, name), name)


@blueprint.post(f"/report/{THING}/<name>")
@member_required
@limited("content-report", times=30)
def report(kind: str, name: str) -> Any:
    subject, reason = _subject(kind, name), request.form.get("reason", "")
    try:
        new = flagging.report(subject, signed_in(), reason, clock.utcnow())
    except NotFlagged as refused:
        db.session.rollback()
        return _form(_subject(kind, name), name, reason, str(refused)), 422
    db.session.commit()
    flash(_("Thank you. Somebody on the council will look at it, and you will hear.") if new else
          _("You have told us already. Thank you for watching over this place."), "good")  # fmt: skip
    return goto(subject.path)


def _subject(kind: str, name: str) -> Subject:
    """Hidden and missing look the same; one's own needs no council."""
    subject = flagged.subject_of(kind, name, signed_in()) or abort(404)
    if not can_report(signed_in(), subject.owner.id):
        abort(403)
    return subject


def _form(subject: Subject, name: str, reason: str = "", error: str = "") -> str:
    return render_template(
        "activities/report_content.html", subject=subject, name=name, reason=reason, error=error, reason_max=FLAG_MAX_CHARS
    )


@blueprint.get("/council/reports")
@council_only
def queue() -> Any:
    return _queue()


@blueprint.post(f"/council/reports/{THING}/<int(max={2**53}):number>")
@council_only
@limited("judge", times=120)
def decide(kind: str, number: int) -> Any:
    outcome, words = request.form.get("outcome", ""), request.form.get("words", "")
    try:
        new = flagging.decide(Ref(kind, number), signed_in(), outcome, words, clock.utcnow())
    except NotFlagged as refused:
        db.session.rollback()
        return _queue(failed=str(Ref(kind, number)), words=words, error=str(refused)), 422
    db.session.commit()
    flash(_("Decided. Whoever asked and whose it is hear your reason.") if new else
          _("Somebody on the council has decided this already."), "good" if new else "plain")  # fmt: skip
    return goto(url_for(".queue"))


def _queue(failed: str = "", words: str = "", error: str = "") -> str:
    """`failed`: whose decision could not be taken; what was typed stays there."""
    viewer = signed_in()
    found = flagged.waiting(viewer, request.args.get("after"))
    older = url_for(".queue", after=found.next_cursor) if found.next_cursor else ""
    return render_template(
        "council/content_reports.html", questions=found.items, older=older, failed=failed, words=words, error=error,
        reason_max=FLAG_MAX_CHARS, sorts=_sorts(),
        concerned={one.ref for one in found.items if viewer.id in one.reporter_ids or one.is_own},
    )  # fmt: skip


@blueprint.get("/council/reports/history")
@council_only
def history() -> Any:
    asked = Asked(
        request.args.get("text", "").strip()[:TEXT_MAX_CHARS], *(request.args.get(n, "")[:20] for n in ("outcome", "kind"))
    )
    found = flagged.decided(asked, signed_in(), request.args.get("after"))
    chosen: dict[str, Any] = {name: value for name, value in vars(asked).items() if value}
    older = url_for(".history", **chosen, after=found.next_cursor) if found.next_cursor else ""
    return render_template("council/content_history.html", lines=found.items, older=older, asked=asked, chosen=chosen,
                           sorts=_sorts(), outcomes=_outcomes())  # fmt: skip


def _sorts() -> dict[str, str]:
    return {"activity": _("A deed"), "comment": _("A comment"), "member": _("A profile"),
            "plan-comment": _("A comment on a plan"), "role-word": _("Words about a role")}  # fmt: skip


def _outcomes() -> dict[str, str]:
    return {"kept": _("It stays"), "taken_down": _("Taken down")}

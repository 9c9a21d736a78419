"""Behind the curtain: what got stuck, and another chance for it; whether the parts that nobody sees are at work."""

import json
from typing import Any

from flask import Blueprint, abort, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities import set_aside
from recognition.announcements import mailing
from recognition.audit import services as audit
from recognition.extensions import db
from recognition.identity.access import role_required, signed_in
from recognition.jobs import failed, ledger, scheduler
from recognition.jobs.models import FAILED
from recognition.refs import Ref
from recognition.web.htmx import goto
from recognition.web.pagination import decode, page

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
admin_only = role_required("admin")
SHOWN = 24
MAX_ID = 2**63 - 1


@blueprint.get("/")
@admin_only
def index() -> Any:
    jobs, more_jobs = _page("jobs", failed.newest(SHOWN + 1, below=_below("jobs")))
    deeds, more_deeds = _page("deeds", set_aside.newest(SHOWN + 1, below=_below("deeds")))
    timetable = current_app.extensions["timetable"]
    last = scheduler.last_put_out(timetable)
    return render_template(
        "admin/index.html", jobs=[(job, failed.last_words(job)) for job in jobs], deeds=deeds, more_jobs=more_jobs,
        more_deeds=more_deeds, is_first=not request.args, last=last, waiting=ledger.waiting_count(),
        late=scheduler.is_late(last, timetable, clock.utcnow()), mail=_mail_words(),
    )  # fmt: skip


def _below(name: str) -> int | None:
    after = decode(request.args.get(name), (int,))
    return after[0] if after else None


def _page(name: str, rows: Any) -> tuple[Any, str]:
    """And the address of the next one; the other list stays where it is."""
    found = page(rows, SHOWN, lambda row: (row.id,))
    places: dict[str, Any] = {**request.args.to_dict(), name: found.next_cursor}
    return found.items, url_for("admin.index", **places) if found.next_cursor else ""


def _mail_words() -> str:
    if current_app.extensions["settings"].mail is None:
        return _("Goes nowhere: MAIL_URL is not set.")
    counts = mailing.counts(clock.utcnow())
    return _("%(waiting)d wait to go out; %(lost)d did not arrive this week.", **counts)


@blueprint.get(f"/jobs/<int(max={MAX_ID}):job_id>")
@admin_only
def job(job_id: int) -> Any:
    found = failed.by_id(job_id) or abort(404)
    args = json.dumps(found.args, ensure_ascii=False, indent=1)
    return render_template("admin/job.html", job=found, args=args, is_failed=found.state == FAILED)


@blueprint.post(f"/jobs/<int(max={MAX_ID}):job_id>/retry")
@admin_only
def retry_job(job_id: int) -> Any:
    try:
        if not failed.retry(job_id):
            abort(404)
    except failed.WaitsAlready:
        abort(409, _("Somebody asked for the same work meanwhile; it waits for its turn."))
    return _tried("job.retried", Ref("job", job_id))


@blueprint.post(f"/deeds/<int(max={MAX_ID}):activity_id>/retry")
@admin_only
def retry_deed(activity_id: int) -> Any:
    if not set_aside.retry(activity_id):
        abort(404)
    return _tried("activity.retried", Ref("activity", activity_id))


def _tried(action: str, target: Ref) -> Any:
    audit.record(action, target, signed_in().id)
    db.session.commit()
    flash(_("It is tried again now. If it stumbles once more, it comes back here."), "good")
    return goto(url_for("admin.index"))

"""Behind the curtain: what got stuck, and another chance for it."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _

from recognition.activities import set_aside
from recognition.audit import services as audit
from recognition.extensions import db
from recognition.identity.access import role_required, signed_in
from recognition.jobs import failed
from recognition.refs import Ref
from recognition.web.htmx import goto

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
admin_only = role_required("admin")
SHOWN = 50
MAX_ID = 2**63 - 1


@blueprint.get("/")
@admin_only
def index() -> Any:
    jobs = [(job, failed.last_words(job)) for job in failed.newest(SHOWN)]
    return render_template("admin/index.html", jobs=jobs, deeds=set_aside.newest(SHOWN))


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

"""The page of one deed: who did it and who was there; its owner puts it right here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities import changes, commenting, confirming, forms, naming, policy, provenance, queries, witnesses
from recognition.activities.models import SELF, Activity
from recognition.activities.rules import (
    COMMENT_MAX_CHARS,
    DEFAULT_KIND,
    AlreadyWithdrawn,
    NotAWitness,
    Report,
    clean_tags,
    tags_in,
)
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.identity.models import Group, Member
from recognition.media.rules import BadPicture
from recognition.media.services import forget_picture
from recognition.pages import deed_box
from recognition.web.access import public
from recognition.web.htmx import goto, respond, wants_fragment
from recognition.web.limits import limited

blueprint = Blueprint("deeds", __name__, url_prefix="/activities")
REASON_MAX_CHARS = 300
ONE = f"<int(max={2**53}):activity_id>"


@blueprint.get(f"/{ONE}")
@public
def show(activity_id: int) -> Any:
    """What was corrected leads to how it stands now; what was withdrawn is there for its owner alone."""
    viewer = current_member()
    found = queries.deed(activity_id, viewer)
    versions = queries.history(activity_id) if found is None or found.person.is_self else []
    if found is None:
        now_at = next((one for one in versions if one.withdrawn_at is None), None)
        if now_at is None or not queries.is_visible(now_at.id, viewer):
            abort(404)
        return redirect(url_for(".show", activity_id=now_at.id))
    return page(found, versions)


def page(found: queries.Deed, versions: Sequence[Activity], typed: str = "", fault: str = "") -> str:
    """`typed`, `fault`: a comment that could not be kept, and why."""
    viewer, row = current_member(), db.session.get_one(Activity, found.id)
    talk = commenting.of_deed(found.id, viewer, request.args.get("talk"))
    return render_template(
        "activities/show.html", deed=found, row=row, seen=witnesses.of_deed(found.id, viewer), versions=versions,
        proof=provenance.heading(found.evidence),
        asked=naming.named_in(found.id, viewer) if viewer and found.person.is_self else [],
        can_put_right=policy.can_put_right(viewer, row),
        can_confirm=policy.can_confirm(viewer, row), can_thank=_can_thank(viewer, row), nonce=forms.new_nonce(),
        latest=versions[0] if versions else row, reason_max=REASON_MAX_CHARS,
        comments=talk.items, can_comment=policy.can_comment(viewer, row), comment_typed=typed, comment_fault=fault,
        comment_max=COMMENT_MAX_CHARS,
        older_comments=url_for("deeds.show", activity_id=found.id, talk=talk.next_cursor) if talk.next_cursor else "",
    )  # fmt: skip


@blueprint.post(f"/{ONE}/confirm")
@member_required
@limited("confirm", times=300)
def confirm(activity_id: int) -> Any:
    try:
        new = confirming.confirm(activity_id, signed_in().id, clock.utcnow())
    except NotAWitness as refused:
        db.session.rollback()
        abort(404 if not queries.is_visible(activity_id, signed_in()) else 403, str(refused))
    db.session.commit()
    flash(_("Thank you for saying so. Your word is with the deed now.") if new else _("You have said so already."), "good")
    return goto(url_for(".show", activity_id=activity_id))


@blueprint.post(f"/{ONE}/unconfirm")
@member_required
def unconfirm(activity_id: int) -> Any:
    if not confirming.unconfirm(activity_id, signed_in().id, clock.utcnow()):
        abort(404)
    db.session.commit()
    flash(_("You are not among the witnesses any more."), "good")
    return goto(url_for(".show", activity_id=activity_id))


@blueprint.post(f"/{ONE}/withdraw")
@member_required
def withdraw(activity_id: int) -> Any:
    row = _own(activity_id)
    reason = request.form.get("reason", "").replace("\r\n", "\n").strip()[:REASON_MAX_CHARS]
    changes.withdraw([row.id], signed_in().id, reason, clock.utcnow())
    db.session.commit()
    flash(_("Withdrawn. It counts nowhere any more; only you can still see that it was here."), "good")
    return goto(url_for(".show", activity_id=activity_id))


@blueprint.get(f"/{ONE}/correct")
@member_required
def correct_form(activity_id: int) -> Any:
    row = _own(activity_id)
    if row.withdrawn_at is not None:
        abort(409, _("This deed was withdrawn, so there is nothing left to correct."))
    return render_template("activities/correct.html", **_box(row, _values(row), {}))


@blueprint.post(f"/{ONE}/correct")
@member_required
@limited("report", times=600)
def correct(activity_id: int) -> Any:
    _own(activity_id)
    prepared, bad = deed_box.sent_picture()
    row, now = _own(activity_id), clock.utcnow()
    try:
        report = deed_box.with_picture(_report(row, now, bad), prepared)
    except forms.Faults as faults:
        db.session.rollback()
        template = "activities/_form.html" if wants_fragment() else "activities/correct.html"
        return respond(render_template(template, **_box(row, deed_box.sent(), faults.by_field)), 422)
    if row.withdrawn_at is None and _is_same(row, report):
        flash(_("Nothing was changed."))
        return goto(url_for(".show", activity_id=activity_id))
    try:
        outcome = changes.correct(activity_id, report, signed_in().id, now)
    except AlreadyWithdrawn as refused:
        db.session.rollback()
        abort(409, str(refused))
    if not outcome.new and prepared is not None and report.picture_id is not None:
        forget_picture(report.picture_id)
    db.session.commit()
    flash(_("Put right. What it counts for follows in a moment."), "good")
    return goto(url_for(".show", activity_id=outcome.id))


def _own(activity_id: int) -> Activity:
    """The reader's own, withdrawn or not: asking twice must not hurt."""
    found = queries.deed(activity_id, signed_in())
    if found is None:
        abort(404)
    if not found.person.is_self:
        abort(403, _("Only whoever did it can put it right."))
    return db.session.get_one(Activity, found.id)


def _can_thank(viewer: Member | None, row: Activity) -> bool:
    return row.withdrawn_at is None and policy.can_thank(viewer, db.session.get_one(Member, row.member_id))


def _values(row: Activity) -> dict[str, str]:
    """The stored deed as the box shows it."""
    in_text = set(clean_tags(tags_in(row.text)))
    group = db.session.get(Group, row.group_id) if row.group_id else None
    return {
        "text": row.text, "tags": " ".join(tag for tag in queries.tags_of(row.id) if tag not in in_text),
        "kind": "" if row.kind == DEFAULT_KIND else row.kind, "day": row.occurred_at.date().isoformat(), "url": row.url or "",
        "place": row.place or "",
        "group": group.slug if group else "", "visibility": row.visibility, "nonce": forms.new_nonce(),
    }  # fmt: skip


def _choices(row: Activity) -> deed_box.Choices:
    return deed_box.choices(signed_in().id, row.kind, row.group_id)


def _box(row: Activity, values: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, Any]:
    address = url_for(".correct", activity_id=row.id)
    return {
        **deed_box.box(_choices(row), values, errors), "action": address, "send": _("Put it right"), "extras": True, "row": row,
    }  # fmt: skip


def _report(row: Activity, now: datetime, bad: BadPicture | None) -> Report:
    """What was sent, beside what the box cannot say. A deed that is told as another one has to be seen anew: proof stays
    only with what a rule can ask for. What was said to be no repeat stays none."""
    report = _choices(row).read(request.form, now)
    if bad is not None:
        raise forms.Faults({"picture": str(bad)})
    same_day = report.occurred_at.date() == row.occurred_at.date()
    asked = (report.kind, report.group_id, report.url, set(report.tags))
    is_same = same_day and asked == (row.kind, row.group_id, row.url, set(queries.tags_of(row.id)))
    proven = row.told_evidence if is_same else SELF
    return replace(report, member_id=row.member_id, occurred_at=row.occurred_at if same_day else report.occurred_at,
                   campaign=row.campaign, object=row.object, data=row.data, evidence=proven,
                   fingerprinted=row.fingerprint is not None,
                   picture_id=None if request.form.get("no_picture") else row.picture_id)  # fmt: skip


def _is_same(row: Activity, report: Report) -> bool:
    names = ("text", "kind", "occurred_at", "url", "place", "picture_id", "group_id", "visibility")
    return all(getattr(row, name) == getattr(report, name) for name in names) and set(report.tags) == set(queries.tags_of(row.id))

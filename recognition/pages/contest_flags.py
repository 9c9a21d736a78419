"""What members flag in a contest, and the council's decision about it. What is decided stands in the audit."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.contests import flagged
from recognition.contests.models.contest import Contest
from recognition.contests.models.entry import DRAFT, WITHDRAWN, Entry, Remark
from recognition.contests.policy import may_judge
from recognition.contests.queries import contest_by_slug, entry_by_key, pictures
from recognition.contests.remarks import remark_of
from recognition.contests.rules import REASON_MAX, BadEntry, NotAllowed, WrongPhase
from recognition.contests.services import flags
from recognition.database import moment
from recognition.extensions import db
from recognition.identity.access import role_required, signed_in
from recognition.identity.models import Member
from recognition.web.htmx import goto, respond
from recognition.web.limits import limited

blueprint = Blueprint("contest_flags", __name__, url_prefix="/council/contests")
council_only = role_required("council")


@blueprint.get("/<slug>/flags")
@council_only
def index(slug: str) -> Any:
    return _page(contest_by_slug(slug, drafts=True) or abort(404))


@blueprint.post("/<slug>/flags/<key>")
@council_only
@limited("judge", times=120)
def decide(slug: str, key: str) -> Any:
    """`remark` is the number of a remark, or empty where it is about the entry itself."""
    contest = contest_by_slug(slug, drafts=True) or abort(404)
    entry = _entry(contest, key)
    given = request.form.get("remark", "")
    remark = _remark(entry, given) if given else None
    try:
        said = _decide(entry, remark, request.form.get("verdict", ""))
    except BadEntry as fault:
        db.session.rollback()
        return respond(_page(_again(slug), key, given, fault.errors["reason"]), 422)
    except (NotAllowed, WrongPhase) as refused:
        db.session.rollback()
        return respond(_page(_again(slug), key, given, str(refused)), 403 if isinstance(refused, NotAllowed) else 409)
    db.session.commit()
    flash(said, "good")
    return goto(url_for(".index", slug=slug))


def _decide(entry: Entry, remark: Remark | None, verdict: str) -> str:
    """What was done, in a sentence."""
    actor, reason, now = signed_in(), request.form.get("reason", ""), moment()
    if verdict == "keep":
        flags.keep(entry, remark, actor, now)
        return _("It stands. Whoever flagged it hears that you looked.")
    return _of_remark(entry, remark, verdict) if remark else _of_entry(entry, verdict, actor, reason, now)


def _of_remark(entry: Entry, remark: Remark, verdict: str) -> str:
    if verdict == "hide":
        flags.hide_remark(entry, remark, signed_in(), request.form.get("reason", ""), moment())
        return _("The remark is hidden, and your reason stands in its place.")
    if verdict != "show":
        abort(400)
    flags.show_remark(entry, remark, signed_in())
    return _("The remark is shown again.")


def _of_entry(entry: Entry, verdict: str, actor: Member, reason: str, now: datetime) -> str:
    if verdict == "hide":
        flags.hide(entry, actor, reason, now)
        return _("Hidden. It stays in the vote until you decide further; those who made it have your reason.")
    if verdict == "show":
        flags.show(entry, actor, now)
        return _("Shown again.")
    if verdict == "out":
        flags.disqualify(entry, actor, reason, now)
        return _("It takes no further part. Those who made it have your reason.")
    if verdict != "back":
        abort(400)
    flags.requalify(entry, actor, reason, now)
    return _("It takes part again. A round that began without it goes on without it.")


def _entry(contest: Contest, key: str) -> Entry:
    """Drafts and what was withdrawn are nobody's business."""
    entry = entry_by_key(contest, key) or abort(404)
    return entry if entry.state not in (DRAFT, WITHDRAWN) else abort(404)


def _remark(entry: Entry, given: str) -> Remark:
    number = int(given) if given.isdecimal() and len(given) < 16 else abort(404)
    return remark_of(entry, number) or abort(404)


def _again(slug: str) -> Contest:
    return contest_by_slug(slug, drafts=True) or abort(404)


def _page(contest: Contest, failed: str = "", failed_remark: str = "", error: str = "") -> str:
    """`failed`: the key of the entry whose decision could not be taken; what was typed stays there."""
    viewer, asked = signed_in(), request.args.get("entry", "")[:16]
    found = flagged.docket(contest, viewer, request.args.get("after"), _entry(contest, asked) if asked else None)
    every = [*found.waiting.items, *found.aside, *([found.single] if found.single else [])]
    cursor = found.waiting.next_cursor
    return render_template(
        "council/contest_flags.html", contest=contest, questions=found.waiting.items, aside=found.aside, single=found.single,
        older=url_for(".index", slug=contest.slug, after=cursor) if cursor else "",
        pictures=pictures([one.entry for one in every]), failed=failed, failed_remark=failed_remark, error=error,
        reason=request.form.get("reason", ""), reason_max=REASON_MAX,
        decides={one.entry.key: may_judge(viewer, one.concerned) for one in every if one.remark is None}
        | {one.remark.id: may_judge(viewer, one.concerned) for one in every if one.remark is not None},
    )  # fmt: skip

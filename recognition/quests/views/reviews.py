"""Reading what others wrote: the queue, the desk, decisions one by one or many at once, and what was decided before."""

from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import member_required, role_required, signed_in
from recognition.quests import forms, reviews
from recognition.quests.policy import READERS, is_reader
from recognition.quests.quizzes import PASSED, RETURNED
from recognition.quests.reviews import Asked
from recognition.quests.rules import BadAnswer
from recognition.quests.services import reviewing
from recognition.quests.services.reviewing import BULK_MAX, NeedsWords, NotYours
from recognition.quests.views.blueprint import blueprint
from recognition.quests.views.reading import walk_of
from recognition.web import csv_lines
from recognition.web.htmx import goto, respond
from recognition.web.limits import limited
from recognition.web.pagination import PAGE_SIZE

NUMBER = f"<int(max={2**53}):number>"
CSV_LINES_MAX = 5000
TEXT_MAX_CHARS = 100


@blueprint.get("/reviews/")
@member_required
def review_queue() -> Any:
    return _queue()


@blueprint.post(f"/reviews/{NUMBER}/take")
@member_required
@limited("review", times=120)
def take_review(number: int) -> Any:
    viewer, now = signed_in(), clock.utcnow()
    try:
        taken = reviewing.take(number, viewer, now)
    except NotYours:
        abort(404)
    db.session.commit()
    if not taken:
        flash(_("%(person)s was faster with this one.", person=_who(number)), "plain")
    return goto(_back(f"review-{number}" if taken else ""))


@blueprint.post(f"/reviews/{NUMBER}/back")
@member_required
@limited("review", times=120)
def put_review_back(number: int) -> Any:
    reviewing.put_back(number, signed_in())
    db.session.commit()
    return goto(_back())


@blueprint.post("/reviews/")
@member_required
@limited("review", times=120)
def decide_reviews() -> Any:
    """One, from its own form, or as many as were ticked."""
    ids = [int(one) for one in request.form.getlist("review") if one.isascii() and one.isdecimal() and len(one) < 16]
    passes = request.form.get("outcome") == PASSED
    try:
        words = forms.words_of_reader(request.form)
        if not ids:
            raise BadAnswer("review", _("Tick at least one answer first."))
        outcome = reviewing.decide(ids[:BULK_MAX], signed_in(), passes, words, clock.utcnow())
    except NotYours:
        db.session.rollback()
        abort(404)
    except NeedsWords:
        db.session.rollback()
        return _queue(ids, _("Say in a sentence what is missing, so that they know what to change."))
    except BadAnswer as fault:
        db.session.rollback()
        return _queue(ids, fault.reason)
    db.session.commit()
    if outcome.decided:
        said = ngettext("Decided. They hear it now.", "%(num)d decided. They hear it now.", len(outcome.decided))
        flash(said, "good")
    for number in outcome.lost[:3]:
        flash(_("%(person)s was faster with this one.", person=_who(number)), "plain")
    return goto(_back())


def _who(number: int) -> str:
    return reviews.readers_of([number], signed_in(), clock.utcnow()).get(number) or _("Somebody")


def _back(anchor: str = "") -> str:
    quest = request.form.get("quest", "")[:64]
    return url_for(".review_queue", quest=quest or None, _anchor=anchor or None)


def _queue(failed: list[int] | None = None, error: str = "") -> Any:
    """`failed`: those that a decision which could not be taken was about; what was typed stays there."""
    viewer, quest = signed_in(), (request.args.get("quest") or request.form.get("quest", ""))[:64]
    found = reviews.queue(viewer, quest, request.args.get("after"), clock.utcnow())
    page = render_template(
        "quests/reviews.html", waiting=found.items, quest=quest, quests=reviews.quests_waiting(viewer),
        older=url_for(".review_queue", quest=quest or None, after=found.next_cursor) if found.next_cursor else "",
        is_reader=is_reader(viewer), failed=failed or [], error=error, words=request.form.get("words", "") if error else "",
    )  # fmt: skip
    return respond(page, 422 if error else 200)


@blueprint.get("/reviews/history")
@role_required(*READERS)
def review_history() -> Any:
    asked = _asked()
    found = reviews.decided(signed_in(), asked, request.args.get("after"))
    chosen: dict[str, Any] = {name: value for name, value in vars(asked).items() if value}
    older = url_for(".review_history", **chosen, after=found.next_cursor) if found.next_cursor else ""
    return render_template("quests/review_history.html", lines=found.items, older=older, asked=asked, chosen=chosen,
                           outcomes={PASSED: _("Passed"), RETURNED: _("Returned")})  # fmt: skip


@blueprint.get("/reviews/history.csv")
@role_required(*READERS)
@limited("export", times=20)
def review_history_csv() -> Any:
    """The newest few thousand of what the page would show."""
    rows: list[list[str | int]] = [["quest", "question", "answer", "outcome", "words", "decided_at", "decided_by", "before"]]
    cursor: str | None = None
    while len(rows) <= CSV_LINES_MAX:
        found = reviews.decided(signed_in(), _asked(), cursor, PAGE_SIZE * 20)
        rows += [[one.quest_slug, one.ask, one.line.text, one.line.state, one.line.words, one.decided_at.isoformat(),
                  one.decided_by.called if one.decided_by else "", one.was] for one in found.items]  # fmt: skip
        cursor = found.next_cursor
        if cursor is None:
            break
    return csv_lines.answer(rows, "reviews.csv")


def _asked() -> Asked:
    text = request.args.get("text", "").strip()[:TEXT_MAX_CHARS]
    return Asked(text, *(request.args.get(name, "")[:64] for name in ("outcome", "quest")))


@blueprint.post("/quests/<slug>/help")
@member_required
@limited("review", times=120)
def offer_help(slug: str) -> Any:
    helps = request.form.get("helps") == "1"
    if not reviewing.offer_help(signed_in(), walk_of(slug).quest, helps):
        abort(403)
    db.session.commit()
    flash(_("Thank you. You hear from us when an answer waits and no reviewer has come to it.") if helps else
          _("All right. We ask others."), "good")  # fmt: skip
    return goto(url_for(".done", slug=slug))

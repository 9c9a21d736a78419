"""A decision about an answer, looked at again by somebody else and changed with a reason."""

from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import role_required, signed_in
from recognition.quests import forms, second_looks
from recognition.quests.policy import READERS
from recognition.quests.quizzes import PASSED, RETURNED
from recognition.quests.rules import BadAnswer
from recognition.quests.second_looks import Looked
from recognition.quests.services import overriding
from recognition.quests.services.overriding import Overtaken
from recognition.quests.services.reviewing import NeedsWords, NotYours
from recognition.quests.views.blueprint import blueprint
from recognition.quests.views.reviews import NUMBER
from recognition.web.htmx import goto, respond
from recognition.web.limits import limited


@blueprint.get(f"/reviews/{NUMBER}/again")
@role_required(*READERS)
def look_again(number: int) -> Any:
    return _page(_looked(number))


@blueprint.post(f"/reviews/{NUMBER}/again")
@role_required(*READERS)
@limited("review", times=120)
def decide_again(number: int) -> Any:
    try:
        reason = forms.words_of_reader(request.form)
        overriding.override(number, signed_in(), reason, clock.utcnow())
    except NotYours:
        db.session.rollback()
        return _page(_looked(number), 409)
    except NeedsWords:
        db.session.rollback()
        return _page(_looked(number), 422, error=_("Say why, in a sentence or two. They read it, and so does who decides next."))
    except BadAnswer as fault:
        db.session.rollback()
        return _page(_looked(number), 422, error=fault.reason)
    except Overtaken:
        db.session.rollback()
        looked = _looked(number)
        last = looked.decisions[-1].decided_by
        # A second click finds what the first one did.
        return goto(url_for(".review_history")) if last and last.id == signed_in().id else _page(looked, 409, is_late=True)
    db.session.commit()
    flash(_("Decided anew. They hear it now, with your reason."), "good")
    return goto(url_for(".review_history"))


def _looked(number: int) -> Looked:
    return second_looks.look(number, signed_in()) or abort(404)


def _page(looked: Looked, status: int = 200, error: str = "", is_late: bool = False) -> Any:
    """`is_late`: somebody was faster; what was typed is told beside what stands now, and sent by nobody."""
    page = render_template(
        "quests/review_again.html", looked=looked, error=error, is_late=is_late, words=request.form.get("words", ""),
        outcomes={PASSED: _("Passed"), RETURNED: _("Returned")},
        stands=looked.decisions[-1], passed=looked.line.state == PASSED,
    )  # fmt: skip
    return respond(page, status)

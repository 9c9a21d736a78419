"""Background work on questions."""

from recognition import clock
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.questions import services


def tell_voters(question_id: int, after: int = 0) -> None:
    following = services.tell_voters(question_id, after, clock.utcnow())
    if following is not None:
        key = f"questions.tell_voters:{question_id}:{following}"
        ledger.defer("questions.tell_voters", dedupe_key=key, question_id=question_id, after=following)
    db.session.flush()

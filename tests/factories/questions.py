"""Questions and ideas."""

from datetime import UTC, datetime
from typing import Any

from recognition.extensions import db
from recognition.questions.models import Question, QuestionVote

ASKED = datetime(2026, 11, 20, 9, tzinfo=UTC)


def make_question(
    author_id: int | None, title: str = "When is the next call?", votes: tuple[int, ...] = (), **changes: Any
) -> Question:
    values: dict[str, Any] = {"sort": "question", "body": "", "asked_at": ASKED, "votes": len(votes), **changes}
    one = Question(title=title, author_id=author_id, **values)
    db.session.add(one)
    db.session.flush()
    db.session.add_all(QuestionVote(question_id=one.id, member_id=member_id) for member_id in votes)
    db.session.flush()
    return one

"""What the end of a survey leaves behind of who was asked, who was silent and who said what: nothing."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from recognition import driver
from recognition.announcements.models import Notice
from recognition.announcements.services import hold
from recognition.database import is_postgresql
from recognition.extensions import db
from recognition.identity.models import MemberMerge
from recognition.surveys.models import Survey, SurveyAnswer, SurveyPerson
from recognition.surveys.rules import TEXT

REWRITE = """
WITH gone AS (DELETE FROM survey_answer WHERE survey_id = :survey RETURNING *)
INSERT INTO survey_answer SELECT * FROM gone ORDER BY id
"""
"""A row's place in the table and its transaction's number tell when it was written; written anew, all have the same."""
TOLD = ("survey.opened", "survey.reminder")


def forget(survey: Survey) -> None:
    """Part of the end, whose transaction holds the survey. The roll goes, also from what merges kept of it; so do the words to
    the silent, where on the roll an answer came from, and whose choice is whose."""
    path = f"/surveys/{survey.slug}"
    _forget_in_merges(survey.id, path)
    survey.salt, survey.roll_cursor = "", None
    db.session.flush()
    db.session.execute(sa.delete(SurveyPerson).where(SurveyPerson.survey_id == survey.id))
    place = sa.update(SurveyAnswer).where(SurveyAnswer.survey_id == survey.id).values(stratum="", region="")
    db.session.execute(place, execution_options={"synchronize_session": False})
    _part_from_people(survey)
    if is_postgresql():
        driver.run(REWRITE, {"survey": survey.id})
    said = (Notice.kind.in_(TOLD), Notice.path == path)
    hold(*said)
    db.session.execute(sa.delete(Notice).where(*said), execution_options={"synchronize_session": False})


def _part_from_people(survey: Survey) -> None:
    """So few answers that nothing of them is ever told are kept for nobody. In a survey with names, each stays beside the words
    that its bearer wrote, as was said before; what was chosen, and that somebody would rather not say, is dealt out anew by
    chance, so that all sums stay and no row says any more what somebody chose."""
    theirs = SurveyAnswer.survey_id == survey.id
    rows = db.session.execute(
        sa.select(SurveyAnswer.id, SurveyAnswer.member_id, SurveyAnswer.claim, SurveyAnswer.values.label("given")).where(theirs)
    ).all()
    if len(rows) < survey.method["least"]:
        db.session.execute(sa.delete(SurveyAnswer).where(theirs), execution_options={"synchronize_session": False})
    elif not survey.is_anonymous:
        _deal_anew(rows, {str(one.position) for one in survey.questions if one.kind == TEXT})


def _deal_anew(rows: Sequence[Any], written: set[str]) -> None:
    dealt = random.SystemRandom().sample(rows, len(rows))
    changed = []
    for row, other in zip(rows, dealt, strict=True):
        own = {name: value for name, value in row.given.items() if name in written}
        chosen = {name: value for name, value in other.given.items() if name not in written}
        bearer = row.member_id if own else None
        changed.append({"row": row.id, "to_claim": other.claim, "to_given": chosen | own, "to_member_id": bearer})
    table: Any = SurveyAnswer.__table__
    values: dict[str, Any] = {name: sa.bindparam(f"to_{name}") for name in ("claim", "given", "member_id")}
    db.session.connection().execute(sa.update(table).where(table.c.id == sa.bindparam("row")).values(values), changed)


def _forget_in_merges(survey_id: int, path: str) -> None:
    """Of those alone that touched this roll."""
    answers: set[int] | None = None
    for done in db.session.scalars(sa.select(MemberMerge).where(MemberMerge.differences.is_not(None)).order_by(MemberMerge.id)):
        rolls = done.moved.get("surveys", {}).get("rolls", [])
        if any(one == survey_id for one, _is_twice in rolls):
            if answers is None:
                answers = set(db.session.scalars(sa.select(SurveyAnswer.id).where(SurveyAnswer.survey_id == survey_id)))
            done.differences = [row for row in done.differences or [] if not _is_of(row, survey_id, path, answers)]


def _is_of(row: Mapping[str, Any], survey_id: int, path: str, answers: set[int]) -> bool:
    if row["table"] == "survey_person":
        return bool(row["key"][0] == survey_id)
    told = [side for side in (row["was"], row["is"]) if side]
    if row["table"] == "survey_answer":
        return row["key"][0] in answers or any(one.get("survey_id") == survey_id for one in told)
    return row["table"] == "notice" and any(one.get("path") == path for one in told)

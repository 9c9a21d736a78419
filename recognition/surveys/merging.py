"""When two rows of one person become one: nobody stands on a roll twice. While a survey is open the program can still tell whose
an answer is: the kept row's stands, and where only the other has answered, that one goes over. Once it is closed there is no
roll any more, and what was counted stays counted."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from recognition.database import among
from recognition.extensions import db
from recognition.identity.services.differences import Difference
from recognition.identity.services.merging import Merge
from recognition.surveys.models import Survey, SurveyAnswer, SurveyPerson
from recognition.surveys.queries import roll_lines
from recognition.surveys.secret import person_key, roll_hash
from recognition.surveys.services.locks import hold_survey


def merge_members(one: Merge) -> dict[str, Any]:
    """What is returned names the surveys, and nobody's answer: it is kept."""
    on_roll = sa.select(SurveyPerson.survey_id).where(SurveyPerson.member_id == one.from_id).order_by(SurveyPerson.survey_id)
    moved = []
    for survey_id in db.session.scalars(on_roll).all():
        survey = hold_survey(survey_id)
        line = _line(survey_id, one.from_id)
        if survey is None or line is None:
            continue
        kept = _line(survey_id, one.into_id)
        answered = line.answered
        moved.append([survey_id, kept is not None])
        if survey.salt and answered:
            _move_answer(survey, one.from_id, one.into_id, gives_way=kept is not None and kept.answered)
        if kept is None:
            db.session.add(SurveyPerson(survey_id=survey_id, member_id=one.into_id, stratum=line.stratum, region=line.region,
                                        answered=answered))  # fmt: skip
        else:
            _stand_where(survey, one.into_id, kept)
            kept.answered = kept.answered or answered
            survey.roll_size -= 1
        db.session.delete(line)
        db.session.flush()
        _mark_roll(survey)
    for column in (Survey.owner_id, SurveyAnswer.member_id):
        again: Any = sa.update(column.class_).where(column == one.from_id).values({column.key: one.into_id})
        db.session.execute(again, execution_options={"synchronize_session": False})
    db.session.expire_all()
    return {"rolls": moved}


def take_apart(one: Merge, moved: Mapping[str, Any], differences: list[Difference]) -> Callable[[], None]:
    """What the one row answered while it spoke for both stays with it where it has a line of its own; where it has none, the
    answer goes with the line."""
    rolls: dict[int, bool] = dict(moved.get("rolls", []))
    held = {survey_id: survey for survey_id in sorted(rolls) if (survey := hold_survey(survey_id)) is not None and survey.salt}
    gone = rolls.keys() - held.keys()
    differences[:] = [row for row in differences if not (row["table"] == "survey_person" and row["key"][0] in gone)]

    def settle() -> None:
        for survey_id, survey in held.items():
            db.session.refresh(survey)
            survey.roll_size += rolls[survey_id]
            if _line(survey_id, one.into_id) is None:
                _move_answer(survey, one.into_id, one.from_id, gives_way=False)
            for member_id in (one.from_id, one.into_id):
                line = _line(survey_id, member_id)
                if line is not None:
                    line.answered = db.session.scalar(_theirs(survey, member_id)) is not None
            db.session.flush()
            _mark_roll(survey)

    return settle


def _line(survey_id: int, member_id: int) -> SurveyPerson | None:
    return db.session.get(SurveyPerson, (survey_id, member_id), populate_existing=True)


def _theirs(survey: Survey, member_id: int) -> "sa.Select[Any]":
    return sa.select(SurveyAnswer.id).where(
        SurveyAnswer.survey_id == survey.id, SurveyAnswer.person_key == person_key(survey.salt, member_id)
    )


def _move_answer(survey: Survey, from_id: int, into_id: int, gives_way: bool) -> None:
    which = among(SurveyAnswer.id, db.session.scalars(_theirs(survey, from_id)).all())
    change: Any = sa.delete(SurveyAnswer).where(which)
    if not gives_way:
        change = sa.update(SurveyAnswer).where(which).values(person_key=person_key(survey.salt, into_id))
    db.session.execute(change, execution_options={"synchronize_session": False})


def _stand_where(survey: Survey, member_id: int, line: SurveyPerson) -> None:
    """An answer counts where its line stands."""
    if survey.salt:
        mine = among(SurveyAnswer.id, db.session.scalars(_theirs(survey, member_id)).all())
        place = sa.update(SurveyAnswer).where(mine).values(stratum=line.stratum, region=line.region)
        db.session.execute(place, execution_options={"synchronize_session": False})


def _mark_roll(survey: Survey) -> None:
    """The mark follows: a roll without doubles is still the roll that was drawn."""
    if survey.roll_hash:
        survey.roll_hash = roll_hash(roll_lines(survey.id))

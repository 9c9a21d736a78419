"""The made-up twin of tests/real/test_surveys.py: a roll that was imported, answered by 53 % and by 63 %."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from recognition.surveys import results, words
from tests.factories.activities import make_activity
from tests.factories.surveys import NOW, days, make_people
from tests.reading import text_of
from tests.surveys.rolls import asked


@pytest.mark.parametrize(("response", "said"), [(0.53, (48, 97)), (0.63, (57, 96))])
def test_the_page_says_plainly_what_is_and_is_not_proven(
    client: FlaskClient, db: Any, response: float, said: tuple[int, int]
) -> None:
    people = make_people(120, place="Ghana") + make_people(80, "q", place="Kenya")
    for one in people[:120]:
        make_activity(one.id, kind="talk", occurred_at=days(-3))
    db.session.commit()
    survey = asked(NOW, response, 0.9)
    found = results.found(survey)
    assert found is not None
    assert (found.told.people, found.verdict) == (200, "not proven")
    assert (int(found.lower), int(found.upper)) == said
    assert sum(one.people for one in found.strata) == sum(one.people for one in found.regions) == 200
    text = text_of(client.get("/surveys/know-mdm/results")).replace("\N{NO-BREAK SPACE}", " ")
    assert "Not proven" in text
    assert words.sentence(found).replace("\N{NO-BREAK SPACE}", " ") in text
    needed = words.needed(found)[0]
    assert (needed in text, "quiet members" in needed) == (True, True)
    assert needed.startswith(f"{161 - found.told.yes} more yes answers")
    answered = 200 * response
    naive = 100 * found.told.yes / (found.told.yes + found.told.not_yes)
    assert f"{naive:.1f} %" not in text
    assert found.told.yes < answered


def test_the_twin_is_the_same_each_time(client: FlaskClient, db: Any, sign_in: Callable[..., None]) -> None:
    make_people(40)
    first = asked(NOW, 0.5, 0.8, "first")
    second = asked(NOW + timedelta(days=30), 0.5, 0.8, "second")
    one, two = (dict(survey.result or {}) for survey in (first, second))
    assert [one[name] for name in ("people", "yes", "not_yes", "open")] == [
        two[name] for name in ("people", "yes", "not_yes", "open")
    ]

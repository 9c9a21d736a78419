"""The founding case on the roll of the archive: 219 reps of the later export, of whom 53 % and 63 % answer. The answers are made
up; who counts as quiet is told by the real log."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from recognition.surveys import results
from recognition.surveys.bounds.hiding import Told
from recognition.surveys.bounds.proving import NOT_PROVEN
from tests.reading import text_of
from tests.surveys.rolls import asked, only_reps

OPENS = datetime(2020, 4, 5, 12, tzinfo=UTC)


@pytest.fixture
def reps(app: Any, db: Any, real_data: Path) -> None:
    runner = app.test_cli_runner()
    files = [["member", "import", "members.csv"], ["activities", "import", "activities.ndjson.gz"]]
    for *command, name in files:
        options = ["--source", "reps-archive"] if name.endswith(".gz") else []
        assert runner.invoke(args=[*command, str(real_data / "reps" / name), *options]).exit_code in (0, 1)
        db.session.rollback()
    only_reps()


@pytest.mark.parametrize(("response", "told", "limits", "needed"), [
    (0.53, Told(219, 107, 5, 107), (48.8, 97.8), "69 more yes answers among quiet members would prove it."),
    (0.63, Told(219, 127, 7, 85), (57.9, 96.9), "49 more yes answers among quiet members would prove it."),
])  # fmt: skip
def test_what_some_of_the_reps_would_prove(
    reps: None, client: FlaskClient, response: float, told: Told, limits: tuple[float, float], needed: str
) -> None:
    survey = asked(OPENS, response, 0.92, "reps")
    found = results.found(survey)
    assert found is not None
    assert (found.told, (found.lower, found.upper), found.verdict) == (told, limits, NOT_PROVEN)
    assert [(one.keys, one.people) for one in found.strata] == [(("active",), 115), (("quiet",), 104)]
    assert [(one.keys, one.people) for one in found.regions] == [(("Bangladesh",), 12), (("India",), 74), ((), 133)]
    text = text_of(client.get("/surveys/reps/results")).replace("\N{NO-BREAK SPACE}", " ")
    assert "<span>Not proven</span>" in text
    assert needed in text
    assert f"somewhere between {limits[0]} % and {limits[1]} % say yes" in text
    assert f"{100 * told.yes / (told.yes + told.not_yes):.1f} %" not in text

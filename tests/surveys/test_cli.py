"""`recognition surveys bounds`: the counts of a file, without a database."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from recognition.surveys.cli import surveys

HEAD = "stratum,yes,no,other,declined,silent,shown\n"


def run(tmp_path: Path, text: str, *options: str) -> Any:
    path = tmp_path / "counts.csv"
    path.write_text(text, encoding="utf-8")
    return CliRunner().invoke(surveys, ["bounds", str(path), *options])


def test_the_founding_case(tmp_path: Path) -> None:
    answer = run(tmp_path, HEAD + "active,57,4,0,4,5,3\nquiet,3,1,0,1,25,9\n")
    assert answer.exit_code == 0
    told = json.loads(answer.output)
    assert told | {"estimate": None} == {
        "people": 100, "yes": 60, "not_yes": 5, "open": 35, "lower": 60.0, "upper": 95.0, "over": 80.0, "verdict": "not proven",
        "shown": 12, "with_shown": 72.0, "to_prove": {"people": 21, "places": {"quiet": 21}},
        "to_disprove": {"people": 15, "places": {"quiet": 15}}, "estimate": None,
        "strata": {"active": {"people": 70, "answered": 61, "open": 9}, "quiet": {"people": 30, "answered": 4, "open": 26}},
    }  # fmt: skip
    assert told["estimate"] == {"share": 87.9, "low": 72.9, "high": 95.0, "confidence": 0.95}


def test_columns_may_stand_in_any_order_and_some_may_be_missing(tmp_path: Path) -> None:
    told = json.loads(run(tmp_path, "\ufeffsilent,Yes,no,other,stratum\n0,9,1,0,all\n\n", "--over", "66.6").output)
    assert (told["verdict"], told["lower"], told["upper"]) == ("proven", 90.0, 90.0)


@pytest.mark.parametrize(("text", "says"), [
    ("", "first line"), ("a,b\n", "first line"), (HEAD, "Nobody was asked"), (HEAD + "all,1,2\n", "Line 2 has 3 cells"),
    (HEAD + "all,1,0,0,0,x,0\n", "Line 2: 'x' is no number of people."),
    (HEAD + "all,1,0,0,0,2,3\n", "Line 2: More have shown it"),
    (HEAD + "a,1,0,0,0,2,0\na,1,0,0,0,2,0\n", "Line 3: a was there before."), (HEAD + "all,-1,0,0,0,2,0\n", "no number"),
    (HEAD + f"all,{'9' * 40},0,0,0,2,0\n", "no number"), ("yes,yes,no,other,silent,stratum\n", "first line"),
])  # fmt: skip
def test_a_file_that_is_none_is_refused_in_words(tmp_path: Path, text: str, says: str) -> None:
    answer = run(tmp_path, text)
    assert answer.exit_code == 2
    assert says in answer.output


@pytest.mark.parametrize("option", [("--over", "0"), ("--over", "100"), ("--over", "x"), ("--confidence", "1/0")])
def test_a_goal_that_is_none_is_refused(tmp_path: Path, option: tuple[str, str]) -> None:
    assert run(tmp_path, HEAD + "all,1,0,0,0,2,0\n", *option).exit_code == 2

"""`recognition contests tally`: a file in, one JSON object out; whatever else is in the file is named with its line."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from recognition.contests.cli import contests

ROOT = Path(__file__).parents[2]


class Run:
    def __init__(self, folder: Path) -> None:
        self.file = folder / "ballots.csv"

    def __call__(self, text: str | bytes, method: str = "schulze", *options: str) -> Result:
        self.file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return CliRunner().invoke(contests, ["tally", str(self.file), "--method", method, *options])

    def counted(self, text: str | bytes, method: str = "schulze", *options: str) -> Any:
        result = self(text, method, *options)
        assert (result.exit_code, result.stderr) == (0, "")
        return json.loads(result.stdout)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def test_everything_that_is_told(run: Run) -> None:
    assert run.counted("A,B,C\n1,2,3\n1,2,2\n,,\n2,1,\n", "schulze", "--seats", "2") == {
        "method": "schulze",
        "blank": "abstain",
        "seats": 2,
        "candidates": ["A", "B", "C"],
        "ballots": 4,
        "blank_ballots": 1,
        "order": [["A"], ["B"], ["C"]],
        "winners": ["A", "B"],
        "ties": [],
        "drawn": [],
        "pairwise": {"A": {"B": 2, "C": 2}, "B": {"A": 1, "C": 1}, "C": {"A": 0, "B": 0}},
        "numbers": {"A": 2, "B": 1, "C": 0},
        "steps": [],
    }


def test_rounds_and_fractions(run: Run) -> None:
    told = run.counted("A,B,C\n1,1,1\n1,2,\n2,1,\n", "irv")
    assert told["steps"] == [
        {"counts": {"A": 1.333333, "B": 1.333333, "C": 0.333333}, "resting": 0, "fell": ["C"], "drawn": []},
        {"counts": {"A": 1.5, "B": 1.5}, "resting": 0, "fell": [], "drawn": []},
    ]
    assert (told["order"], told["winners"], told["ties"]) == ([["A", "B"], ["C"]], [], [["A", "B"]])


def test_lots(run: Run) -> None:
    told = run.counted("A,B\nx,x\n", "approval", "--seed", "BEEF")
    assert told["drawn"] == [["A", "B"]]
    assert run.counted("A,B\nx,x\n", "approval", "--seed", "beef")["order"] == told["order"]
    assert told["winners"] == told["order"][0]
    result = run("A,B\nx,x\n", "approval", "--seed", "lucky")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: The seed must be hexadecimal digits, as the contest's page shows it.\n"


def test_blanks_count_as_last_where_it_is_asked_for(run: Run) -> None:
    assert run.counted("A,B\n1,\n")["order"] == [["A", "B"]]
    assert run.counted("A,B\n1,\n", "schulze", "--blank", "last")["order"] == [["A"], ["B"]]


@pytest.mark.parametrize(
    ("text", "method", "numbers", "ballots", "blank"),
    [
        ("A,B\nx,\n X ,x\n1,0\n", "approval", {"A": 3, "B": 1}, 3, 0),
        ("\ufeffA,B\n5,0\n4, 3\n", "score", {"A": 4.5, "B": 1.5}, 2, 0),
        ('"Ünal, ""the cat"""," B "\r\n2,1\r\n"1","2"\r\n2,1', "schulze", {'Ünal, "the cat"': 0, "B": 1}, 3, 0),
        ("A\n1\n\n\n2\n", "irv", {"A": 2}, 2, 0),
        ('A\n""\n1\n', "irv", {"A": 1}, 2, 1),
        ("A,B\n,\n , \n", "borda", {"A": 0, "B": 0}, 2, 2),
        ("A,B\n", "schulze", {"A": 0, "B": 0}, 0, 0),
        ("A,B", "irv", {"A": 0, "B": 0}, 0, 0),
        ("A,B\r1,2\r1,2\r", "schulze", {"A": 1, "B": 0}, 2, 0),
        ("A,B\n999999999,256\n007,8\n", "schulze", {"A": 0, "B": 0}, 2, 0),
        ('"A",B\n1,"2"\n', "borda", {"A": 1, "B": 0}, 1, 0),
        ("👩\u200d🎓,A\u00a0B\n1,2\n", "irv", {"👩\u200d🎓": 1, "A\u00a0B": 0}, 1, 0),
    ],
    ids="approvals bom quotes empty-lines one-blank blanks header-only header-without-end old-mac huge quoted joined".split(),
)
def test_files_that_are_read(run: Run, text: str, method: str, numbers: dict[str, float], ballots: int, blank: int) -> None:
    told = run.counted(text, method)
    assert told["numbers"] == numbers
    assert (told["ballots"], told["blank_ballots"]) == (ballots, blank)


RANK, SCORE = "is no rank; ranks are whole numbers from 1.", "is no score; scores are whole numbers from 0 to 5."


@pytest.mark.parametrize(
    ("text", "method", "sentence"),
    [
        (b"", "irv", "The file is empty. Its first line must name the candidates."),
        (b"\n\n", "irv", "The file is empty. Its first line must name the candidates."),
        (b"A,B,C\n1,2,3\n1,2\n", "irv", "Line 3 has 2 cells; the first line names 3 candidates."),
        (b"A,B\n1,2,\n", "irv", "Line 2 has 3 cells; the first line names 2 candidates."),
        (b"A,B, A\n", "irv", "Line 1, column 3: 'A' is the name of column 1 too."),
        (b'A,"B\nC"\n', "irv", r"Line 2, column 2: 'B\nC' is no name in UTF-8."),
        (b"A,,B\n", "irv", "Line 1, column 2: the candidate has no name."),
        (b"A,B\n1,2\n2,-1\n", "irv", f"Line 3, column 2 (B): '-1' {RANK}"),
        (b"A,B\n1.5,2\n", "schulze", f"Line 2, column 1 (A): '1.5' {RANK}"),
        (b"A,B\n1,0\n", "borda", f"Line 2, column 2 (B): '0' {RANK}"),
        (b"A,B\n1,x\n", "borda", f"Line 2, column 2 (B): 'x' {RANK}"),
        ("A,B\n1,²\n".encode(), "borda", f"Line 2, column 2 (B): '²' {RANK}"),
        ("A,B\n1,٣\n".encode(), "borda", f"Line 2, column 2 (B): '٣' {RANK}"),
        (b"A,B\n1,1000000000\n", "irv", "Line 2, column 2 (B): '1000000000' is too high; 999999999 is the last rank."),
        (b"A,B\n1," + b"9" * 50, "irv", f"Line 2, column 2 (B): '{'9' * 40}…' is too high; 999999999 is the last rank."),
        (b"A,B\n5,6\n", "score", f"Line 2, column 2 (B): '6' {SCORE}"),
        (b"A,B\n4.5,1\n", "score", f"Line 2, column 1 (A): '4.5' {SCORE}"),
        (b"A,B\nx,yes\n", "approval", "Line 2, column 2 (B): 'yes' is no approval; a cell has an x or nothing."),
        (b"A,B\nx,2\n", "approval", "Line 2, column 2 (B): '2' is no approval; a cell has an x or nothing."),
        (b"A,\xff\n1,2\n", "irv", r"Line 1, column 2: '\udcff' is no name in UTF-8."),
        (b"A,B\n1,\xe9\n", "irv", rf"Line 2, column 2 (B): '\udce9' {RANK}"),
        ("A,B\n1,2\n".encode("utf-16"), "irv", r"Line 1, column 1: '\udcff\udcfeA\x00' is no name in UTF-8."),
        (b'A,B\n"1"2,1\n', "irv", "Line 2 is no CSV: ',' expected after '\"'."),
        (b'A,B\n1,"2\n', "irv", "Line 2 is no CSV: unexpected end of data."),
        (b"A,B\n1,2\n" * 5_000 + b"1,\n1,?\n", "irv", None),
    ],
)
def test_files_that_are_refused(run: Run, text: bytes, method: str, sentence: str | None) -> None:
    result = run(text, method)
    assert (result.exit_code, result.stdout) == (2, "")
    if sentence is None:
        sentence = f"Line 3, column 1 (A): 'A' {RANK}"
    assert result.stderr == f"Error: {sentence}\n"


def test_a_fault_far_down_is_named_by_its_line(run: Run) -> None:
    """A name with a line of its own, and a block of rows before."""
    text = "A,B\n" + "1,2\n" * 10_000 + "1,2nd\n"
    assert run(text, "irv").stderr == f"Error: Line 10002, column 2 (B): '2nd' {RANK}\n"


def test_more_candidates_than_can_be_compared_are_refused(run: Run) -> None:
    head = ",".join(f"c{number}" for number in range(1_001))
    assert run(head + "\n", "irv").stderr == "Error: Line 1 names 1001 candidates; 1000 are the most.\n"


@pytest.mark.parametrize(
    "options", [["--method", "dice"], ["--method", "irv", "--seats", "0"], ["--method", "irv", "--blank", "first"], []]
)
def test_options_that_are_refused(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "ballots.csv").write_text("A\n1\n")
    result = CliRunner().invoke(contests, ["tally", str(tmp_path / "ballots.csv"), *options])
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        assert CliRunner().invoke(contests, ["tally", str(path), "--method", "irv"]).exit_code == 2


def test_it_stands_alone(tmp_path: Path) -> None:
    """The installed command, with no database that could answer."""
    file = tmp_path / "ballots.csv"
    file.write_text("A,B\n1,2\n")
    env = os.environ | {
        "RECOGNITION_DATABASE_URL": "postgresql://nobody:none@127.0.0.1:1/nothing",
        "RECOGNITION_STATE_DIR": str(tmp_path / "state"),
    }
    command = [sys.executable, "-m", "recognition", "contests", "tally", str(file), "--method", "schulze"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["order"] == [["A"], ["B"]]

"""An election as a file of ballots beside a file of what was published about it, and what must be said of both."""

import csv
import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from recognition.contests.cli import contests
from tests.contests import polls
from tests.contests.polls import Poll, Row, count


def read(file: Path) -> tuple[Poll, Any]:
    with file.open(encoding="utf-8", newline="") as lines:
        head, *body = csv.reader(lines)
    rows: list[Row] = [tuple(int(cell) if cell else None for cell in row) for row in body]
    return Poll(tuple(head), rows), json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))


def assert_told_by_the_command(file: Path) -> None:
    """Order, winners, turnout and pairs, as published."""
    _poll, expected = read(file)
    options = ["--method", "schulze", "--seats", str(expected["seats"])]
    done = CliRunner().invoke(contests, ["tally", str(file), *options])
    assert (done.exit_code, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["candidates"] == expected["candidates"]
    assert told["order"] == [[name] for name in expected["order"]]
    assert (told["winners"], told["ties"]) == (expected["winners"], [])
    assert told["pairwise"] == expected["pairwise"]
    assert (told["ballots"], told["blank_ballots"]) == (expected["cast"], expected["ballots_all_blank"])
    assert round(100 * told["ballots"] / expected["eligible"], 2) == expected["turnout_percent"]


def assert_counted(file: Path) -> None:
    """The function says the same, and so does the definition."""
    poll, expected = read(file)
    outcome = count("schulze", poll, seats=expected["seats"])
    assert outcome.order == [[name] for name in expected["order"]]
    assert (outcome.winners, outcome.ties) == (expected["winners"], [])
    assert outcome.as_data()["pairwise"] == expected["pairwise"]
    assert outcome.pairwise == polls.pairs(poll, last=False)
    assert list(outcome.numbers.values()) == polls.schulze(outcome.pairwise)
    assert sum(None in row for row in poll.rows) == expected["ballots_with_a_blank"]
    assert sum(_has_equals(row) for row in poll.rows) == expected["ballots_with_equal_ranks"]


def _has_equals(row: Row) -> bool:
    ranks = [rank for rank in row if rank is not None]
    return len(ranks) != len(set(ranks))


def by_margins(file: Path) -> str:
    """The order if a link were as strong as its margin: what our rule is not."""
    poll, _expected = read(file)
    beaten = polls.schulze(polls.pairs(poll, last=False), margins=True)
    levels = sorted(set(beaten), reverse=True)
    return polls.told([[name for name, number in zip(poll.names, beaten, strict=True) if number == level] for level in levels])


def with_blanks_last(file: Path) -> str:
    return polls.told(count("schulze", read(file)[0], blank="last").order)


def cycles(file: Path) -> list[str]:
    """Three of whom each beats the next, in pairs alone."""
    poll, _expected = read(file)
    wins, names = polls.pairs(poll, last=False), range(len(poll.names))
    return [
        f"{poll.names[a]} {poll.names[b]} {poll.names[c]}"
        for a in names
        for b in names
        for c in names
        if a == min(a, b, c) and wins[a][b] > wins[b][a] and wins[b][c] > wins[c][b] and wins[c][a] > wins[a][c]
    ]

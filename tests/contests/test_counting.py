"""The database's sums and the pure tally come to the same; the published file counts to the same order everywhere."""

import json
import random

import pytest

from recognition import clock
from recognition.contests import counting
from recognition.contests.ballots import candidates, lines
from recognition.contests.cli import contests
from recognition.contests.models.entry import OUT
from recognition.contests.rules import METHODS, RANKED, SCORE
from recognition.contests.services.closing import close_round
from recognition.contests.tally.count import tally
from tests.factories.contests import NOW, days, make_contest, make_entry, open_round, put_ballot
from tests.factories.identity import make_member


@pytest.fixture(autouse=True)
def today(app):
    with clock.as_of(NOW):
        yield


def a_round(method: str, seed: int = 1, voters: int = 25, entries: int = 6, **changes):
    """Random ballots with ties, gaps, blanks, abstentions and changed votes."""
    chance = random.Random(seed)
    contest = make_contest(**changes)
    one = contest.rounds[0]
    one.method = method
    made = [make_entry(contest, make_member(f"maker{number}")) for number in range(entries)]
    roll = [make_member(f"voter{number}") for number in range(voters)]
    open_round(one, made, roll)
    for voter in roll:
        for number in range(1, chance.choice((1, 1, 2)) + 1):
            chosen = chance.sample(made, chance.randint(0, entries))
            low, high = (0, 5) if method == SCORE else (1, entries) if method in RANKED else (1, 1)
            put_ballot(one, voter, {entry.id: chance.randint(low, high) for entry in chosen}, number=number)
    return one, made


def keys(outcome, one):
    of = candidates(one.id, only=outcome["candidates"])
    key_of = dict(zip(of.ids, of.keys, strict=True))
    return [sorted(key_of[entry_id] for entry_id in group) for group in outcome["places"]]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_approvals_are_the_same_both_ways(db, seed):
    one, _made = a_round("approval", seed)
    of = candidates(one.id)
    pure = tally("approval", of.keys, counting.profile(one.id, "approval", of))
    outcome = counting.outcome(one)
    assert keys(outcome, one) == [sorted(group) for group in pure.order]
    assert {key: outcome["numbers"][str(entry_id)] for entry_id, key in zip(of.ids, of.keys, strict=True)} == pure.numbers
    assert (outcome["ballots"], outcome["abstained"]) == (pure.ballots, pure.blank_ballots)


@pytest.mark.parametrize("tie_rule", ["share", "draw"])
@pytest.mark.parametrize("method", METHODS)
def test_the_published_file_counts_to_the_same_order(db, app, tmp_path, method, tie_rule):
    one, made = a_round(method, tie_rule=tie_rule)
    made[2].state = OUT
    close_round(one.id, days(7))
    db.session.commit()
    outcome = one.outcome
    path = tmp_path / "ballots.csv"
    path.write_text("".join(lines(one.id, method, candidates(one.id))))
    words = ["tally", str(path), "--method", method, *(["--seed", one.contest.seed] if tie_rule == "draw" else [])]
    answer = app.test_cli_runner().invoke(contests, words)
    assert answer.exit_code == 0, answer.output
    again = json.loads(answer.output)
    assert [sorted(group) for group in again["order"]] == keys(outcome, one)
    assert (again["ballots"], again["blank_ballots"]) == (outcome["ballots"], outcome["abstained"])
    assert made[2].id not in outcome["candidates"]
    of = candidates(one.id)
    if outcome["pairwise"] is not None:
        assert [
            [number for other, number in zip(of.ids, row, strict=True) if other != entry_id]
            for entry_id, row in zip(of.ids, outcome["pairwise"], strict=True)
        ] == [list(again["pairwise"][key].values()) for key in of.keys]


def test_a_single_entry_has_a_line_for_every_ballot(db):
    one, _made = a_round("approval", entries=1, voters=9)
    found = list(lines(one.id, "approval", candidates(one.id)))
    assert len(found) == 10
    assert set(found[1:]) == {"x\n", '""\n'}


def test_replaced_ballots_count_nowhere(db):
    contest = make_contest()
    entries = [make_entry(contest, make_member(name)) for name in ("ana", "bo")]
    voter = make_member("voter")
    one = open_round(contest.rounds[0], entries, [voter])
    put_ballot(one, voter, {entries[0].id: 1})
    put_ballot(one, voter, {entries[1].id: 1}, number=2)
    assert counting.approvals(one.id) == {entries[1].id: 1}
    assert counting.standing(one.id) == 1
    assert [list(column) for column in counting.profile(one.id, "approval", candidates(one.id))] == [[0], [1]]


def test_a_score_of_nothing_is_an_opinion_and_a_blank_is_none(db):
    contest = make_contest()
    entries = [make_entry(contest, make_member(name)) for name in ("ana", "bo")]
    voters = [make_member(f"voter{number}") for number in range(2)]
    one = open_round(contest.rounds[0], entries, voters)
    one.method = "score"
    for voter in voters:
        put_ballot(one, voter, {entries[0].id: 0})
    outcome = counting.outcome(one)
    assert outcome["abstained"] == 0
    assert list(lines(one.id, "score", candidates(one.id)))[1:] == ["0,\n", "0,\n"]

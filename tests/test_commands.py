"""What holds for every command of `recognition`."""

from typing import Any

import pytest
from flask import Flask

WITH_A_KEY = {
    ("badges", "revoke"): "There is no award",
    ("keys", "withdraw"): "There is no key",
    ("programs", "remove"): "There is no program",
}


@pytest.mark.parametrize("words", WITH_A_KEY, ids=" ".join)
@pytest.mark.parametrize("key", ["-WN4Bq7hb-hj", "--x9_Q2aaa", "-", "---"])
def test_a_key_may_begin_with_a_dash(app: Flask, db: Any, words: tuple[str, str], key: str) -> None:
    """One in 64 does: they are drawn, or thumbprints."""
    for order in ([key, "--reason", "Lost."], ["--reason", "Lost.", key]):
        result = app.test_cli_runner().invoke(args=[*words, *order])
        assert (result.exit_code, result.output.strip()) == (1, f"Error: {WITH_A_KEY[words]} {key}.")


@pytest.mark.parametrize("words", WITH_A_KEY, ids=" ".join)
def test_a_slip_in_an_option_is_still_noticed(app: Flask, db: Any, words: tuple[str, str]) -> None:
    result = app.test_cli_runner().invoke(args=[*words, "abc", "--reason", "Lost.", "--quiet"])
    assert (result.exit_code, "unexpected extra argument (--quiet)" in result.output) == (2, True)


def test_no_other_command_takes_a_key(app: Flask) -> None:
    """Or it belongs into the list above."""
    found = {
        (group, name)
        for group, commands in app.cli.commands.items()
        for name, command in getattr(commands, "commands", {}).items()
        if {param.name for param in command.params} & {"key", "kid", "client_id", "token"}
    }
    assert found == set(WITH_A_KEY)

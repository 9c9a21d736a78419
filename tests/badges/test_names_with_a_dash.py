"""What we name by chance may begin with a dash, one in 64: no command takes it for an option."""

from typing import Any

import pytest
from flask import Flask


@pytest.mark.parametrize("name", ["-Fb0nVx2sQ", "--b0nVx2sQ", "-hReason"])
@pytest.mark.parametrize(("command", "sort"), [
    (["programs", "remove"], "program"), (["keys", "withdraw"], "key"), (["badges", "revoke"], "award"),
])  # fmt: skip
def test_it_is_a_name(app: Flask, db: Any, command: list[str], sort: str, name: str) -> None:
    outcome = app.test_cli_runner().invoke(args=[*command, name, "--reason", "It was given by mistake."])
    assert (outcome.exit_code, outcome.output) == (1, f"Error: There is no {sort} {name}.\n")

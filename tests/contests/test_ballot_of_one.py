"""A ranking of one entry compares nothing where pairs are counted, and the ballot says so before it is cast."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.contests.test_ballot_pages import SignIn, an_open_round, begin, post
from tests.factories.identity import make_member

HINT = "With one entry there is nothing to compare."


@pytest.mark.parametrize(("method", "hints"), [("schulze", [False, True, False]), ("irv", [False, False, False])])
def test_the_look_over_asks_for_a_second_one(
    app: Any, client: FlaskClient, sign_in: SignIn, method: str, hints: list[bool]
) -> None:
    ada = make_member("ada")
    _contest, one, _made = an_open_round(ada, method=method)
    sign_in(client, ada)
    shown = begin(client, one, ada)
    found = []
    for number in range(3):
        ranks = {f"mark-{entry.key}": str(place) for place, entry in enumerate(shown[:number], start=1)}
        post(client, "review", page="1", shown=[entry.key for entry in shown], **ranks)
        found.append(HINT in client.get("/contests/draw-mdm/vote/review").get_data(as_text=True))
    assert found == hints

"""What no browser would send to the workshop of contests."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition.contests.models.contest import Contest
from recognition.extensions import db as database
from recognition.identity.models import Member
from tests.pages.test_contest_workshop import NEW, council, fields, no_tokens, sent

__all__ = ["council", "no_tokens"]


@pytest.mark.parametrize(
    "changes",
    [
        {"campaign": "a\x00b"},
        {"campaign": "x" * 100_000},
        {"prizes": "'; --"},
        {"title": "\x00"},
        {"title": "\u202e" * 10},
        {"slug": "../../etc"},
        {"entries_from": "9" * 5000},
        {"entries_from": "2026-12-01T09:00+99:99"},
        {"entries_each": "9" * 5000},
        {"rounds-1-most_choices": "-1"},
        {"rounds-1-weight": "²"},
        {"rounds-1-judges": "jury", "rounds-1-jurors": "\x00, " + "x" * 10_000},
        {"rounds-1-judges": "jury", "rounds-1-jurors": ",".join(f"m{number}" for number in range(60))},
        {"rounds-move": "remove:99999999999999999999"},
        {"who_enters": "rule", "enter-sort": "all"},
        {"takes": "picture\x00"},
    ],
)
def test_odd_values_are_refused_kindly(client: FlaskClient, council: Member, changes: dict[str, str]) -> None:
    form = client.get(f"{NEW}?from=picture")
    answer = sent(client, NEW, form, then="keep", **changes)
    assert answer.status_code in (200, 400, 422)
    assert database.session.scalars(sa.select(Contest)).all() == []
    assert client.post("/council/contests/preview", data=dict(fields(form)) | changes).status_code in (200, 400)

"""What stays of somebody's time here: counted from the log, for their eyes, and printable."""

from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient

from recognition.activities import thanking
from recognition.quiet.honours import honours
from tests.factories.activities import REPORTED, make_activity, make_deeds
from tests.factories.identity import make_member
from tests.identity.pages import words

LONG_AGO = datetime(2019, 5, 3, 12, tzinfo=UTC)


def test_a_certificate_tells_what_the_log_knows(db: Any, client: FlaskClient, sign_in: Any) -> None:
    ada, ben = make_member("ada", name="Ada Alumna", state="alumni"), make_member("ben")
    make_deeds(ada.id, 3)
    make_activity(ada.id, kind="mentoring", kind_label="Mentoring", occurred_at=LONG_AGO, visibility="me", text="A secret")
    thanking.thank(ben.id, ada.id, "For the lamp", REPORTED, "1")
    db.session.commit()
    found = honours(ada, REPORTED)
    assert (found.first_at, found.deeds, found.thanks, found.confirmed_for_others) == (LONG_AGO, 4, 1, 0)
    assert [number for _label, number in found.kinds] == [3, 1]
    sign_in(client, ada)
    page = client.get("/me/certificate")
    assert page.headers["Cache-Control"] == "private, no-store"
    said = words(page.text)
    for part in ("Ada Alumna", "from May 2019 to November 2026", "4 deeds told", "thanked 1 time by others", "I am back"):
        assert part in said
    assert "A secret" not in said


def test_who_left_nothing_in_the_log_is_thanked_too(db: Any, client: FlaskClient, sign_in: Any) -> None:
    sign_in(client, make_member("ada"))
    said = words(client.get("/me/certificate").text)
    assert "Not everything that matters is in a log" in said
    assert "if you joined the alumni today" in said

"""What a juror is asked, and how they say that they cannot."""

import html
import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from recognition import clock
from recognition.contests.models.vote import Juror
from recognition.identity.models import Member
from tests.factories.contests import NOW, days, make_contest, make_entry, make_round

SignIn = Callable[[FlaskClient, Member], None]


def text(answer: Any) -> str:
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", answer.get_data(as_text=True))).split())


def test_a_juror_says_that_they_cannot(client: FlaskClient, db: Any, make_member: Callable[..., Member], sign_in: SignIn) -> None:
    ada, dee, eve = (make_member(handle) for handle in ("ada", "dee", "eve"))
    contest = make_contest("draw", rounds=0)
    one = make_round(contest, judges="jury", quorum=1)
    for part, person in (("juror", ada), ("deputy", dee)):
        db.session.add(Juror(round_id=one.id, member_id=person.id, part=part, position=0))
    eve.mentor_id = ada.id
    make_entry(contest, eve)
    db.session.commit()
    sign_in(client, ada)
    with clock.as_of(NOW):
        told = text(client.get("/contests/draw/jury"))
        assert "1 entry is by somebody whose mentor you are." in told
        assert "It counts with 1 ballot or more." in told
        assert client.post("/contests/draw/jury/1/excuse").headers["Location"] == "/contests/draw/jury"
        assert "You said that you cannot" in text(client.get("/contests/draw/jury"))
        other = client.application.test_client()
        sign_in(other, dee)
        assert 'href="/contests/draw/vote"' in other.get("/contests/draw/jury").get_data(as_text=True)
        third = client.application.test_client()
        sign_in(third, eve)
        assert [third.get("/contests/draw/jury").status_code, third.post("/contests/draw/jury/1/excuse").status_code] == [
            404,
            404,
        ]
        assert client.post("/contests/draw/jury/7/excuse").status_code == 404


def test_who_judges_is_not_invited_to_hand_in(
    client: FlaskClient, db: Any, make_member: Callable[..., Member], sign_in: SignIn
) -> None:
    ada, eve = make_member("ada"), make_member("eve")
    contest = make_contest("draw", rounds=0, entries_until=days(3))
    one = make_round(contest, judges="jury", starts_at=days(4), ends_at=days(9))
    db.session.add(Juror(round_id=one.id, member_id=ada.id, part="juror", position=0))
    db.session.commit()
    with clock.as_of(NOW):
        seen = []
        for person in (ada, eve):
            sign_in(client, person)
            page = client.get("/contests/draw")
            seen.append(
                ("You are on the jury of this contest" in text(page), "/contests/draw/enter" in page.get_data(as_text=True))
            )
    assert seen == [(True, False), (False, True)]

"""All badges of a member on one page: what everybody sees, and what only they do."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.backpack import transcripts
from recognition.backpack.models import ExternalBadge
from recognition.backpack.rules import BADGES_EACH
from recognition.badges.models import Award
from recognition.badges.services.giving import hand_out
from recognition.extensions import db as database
from recognition.identity.models import Member
from tests.factories.badges import make_badge
from tests.factories.identity import make_group, make_member
from tests.identity.pages import words

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SignIn = Callable[[FlaskClient, Any], None]


def given(app: Flask, member: Member, slug: str, giver: Member | None = None, **changes: Any) -> Award:
    badge = make_badge(slug, {}, name=slug.title(), **changes.pop("badge", {}))
    with app.test_request_context():
        hand_out(badge, [member.id], NOW, how="hand", giver_id=giver.id if giver else None, reason=f"For {slug}.")
    award = database.session.scalars(sa.select(Award).where(Award.badge_id == badge.id)).one()
    for name, value in changes.items():
        setattr(award, name, value)
    database.session.commit()
    return award


@pytest.fixture
def ada(app: Flask) -> Member:
    """With one of each sort."""
    member = make_member("ada", name="Ada Lovelace")
    given(app, member, "open", make_member("rosa", name="Rosa"))
    given(app, member, "quiet", shown=False)
    given(app, member, "waiting", answer="waiting", shown=False)
    given(app, member, "declined", answer="declined", shown=False)
    given(app, member, "revoked", revoked_at=NOW, revoked_reason="A mistake.")
    given(app, member, "over", expires_at=clock.utcnow() - timedelta(days=1), badge={"issuer_id": make_group("nairobi").id})
    return member


SORTS = ("Open", "Quiet", "Waiting", "Declined", "Revoked", "Over")


def seen(client: FlaskClient, query: str = "") -> set[str]:
    page = client.get(f"/members/ada/transcript{query}")
    assert page.status_code == 200
    return {sort for sort in SORTS if f"For {sort.lower()}." in page.text}


@pytest.mark.parametrize("query", ["", "?show=all"])
def test_others_see_what_is_shown_and_stands(app: Flask, client: FlaskClient, sign_in: SignIn, ada: Member, query: str) -> None:
    assert seen(client, query) == {"Open", "Over"}
    sign_in(client, make_member("ben", roles=("council", "admin")))
    assert seen(client, query) == {"Open", "Over"}


def test_the_member_chooses_between_what_all_see_and_everything(client: FlaskClient, sign_in: SignIn, ada: Member) -> None:
    sign_in(client, ada)
    assert seen(client) == {"Open", "Over"}
    assert seen(client, "?show=all") == {"Open", "Over", "Quiet", "Revoked"}
    said = words(client.get("/members/ada/transcript?show=all").text)
    assert [part in said for part in ("only you see it", "Taken back", "Its time is over", "Nairobi", "by Rosa")] == [True] * 5


def test_each_line_has_its_address_and_the_sheet_a_code(client: FlaskClient, ada: Member) -> None:
    page = client.get("/members/ada/transcript").text
    key = database.session.scalars(sa.select(Award.key).order_by(Award.id)).first()
    assert f"localhost/awards/{key}" in words(page)
    assert "<title>A square code for cameras: it leads to http://localhost/members/ada/transcript</title>" in page


def test_what_is_for_handing_on_names_nobody_whom_not_everybody_sees(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    ada = make_member("ada", name="Ada Lovelace", visibility={"name": "members"})
    given(app, ada, "open", make_member("shy", name="Shy Giver", visibility={"name": "members"}))
    given(app, ada, "other", make_member("gone", name="Gone Giver", state="suspended"))
    sign_in(client, ada)
    names = ("Ada Lovelace", "Shy Giver", "Gone Giver")
    assert [name in words(client.get("/members/ada/transcript").text) for name in names] == [False, False, False]
    assert [name in words(client.get("/members/ada/transcript?show=all").text) for name in names] == [True, True, False]
    assert [name in client.application.test_client().get("/members/ada/transcript").text for name in names] == [False] * 3


def from_elsewhere(member: Member, number: int, shown: bool) -> ExternalBadge:
    told = {"form": "json", "version": "3.0", "content": b"{}", "content_hash": "0" * 64, "size_bytes": 2, "issuer": "did:key:z",
            "credential_hash": f"{number:064}", "facts": {"name": f"Course {number}", "issuer_name": ""}, "standing": "good",
            "findings": [], "is_mine": True, "brought_at": NOW, "checked_at": NOW}  # fmt: skip
    credential = f"https://kitchen.example/{number}"
    return ExternalBadge(key=f"key-{number}", member_id=member.id, credential=credential, shown=shown, **told)


def test_all_that_one_may_bring_stands_on_it(client: FlaskClient, sign_in: SignIn) -> None:
    ada = make_member("ada")
    database.session.add_all([from_elsewhere(ada, number, shown=number != 7) for number in range(BADGES_EACH)])
    database.session.commit()
    sign_in(client, ada)
    for query, count in (("", BADGES_EACH - 1), ("?show=all", BADGES_EACH)):
        page = client.get(f"/members/ada/transcript{query}").text
        assert len(set(re.findall(r"Course \d+", page))) == count
        assert words(page).count("only you see it") == count - (BADGES_EACH - 1)


def test_nobody_and_a_suspended_member_have_none(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    gone = make_member("gone", state="suspended")
    given(app, gone, "open")
    assert [client.get(f"/members/{who}/transcript").status_code for who in ("nobody", "gone")] == [404, 404]


def test_a_long_list_has_pages(app: Flask, ada: Member) -> None:
    with app.test_request_context():
        first = transcripts.entries(ada.id, ada, True, "http://localhost", NOW, None, size=3)
        second = transcripts.entries(ada.id, ada, True, "http://localhost", NOW, first.next_cursor, size=3)
    found = [entry.badge.name for part in (first, second) for entry in part.items]
    assert (found, second.next_cursor) == (["Over", "Revoked", "Quiet", "Open"], None)


def test_the_day_each_was_given_makes_the_order(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    """Not when its row was made: a rule looks back, and a roll is brought in late. Of one moment, the later row is first."""
    ada, days = make_member("ada"), {"first": 1, "third": 19, "second": 15, "twin": 15}
    for slug, number in days.items():
        given(app, ada, slug, awarded_at=NOW.replace(day=number))
    with app.test_request_context():
        pages, cursor = [], None
        for _page in range(4):
            found = transcripts.entries(ada.id, ada, True, "http://localhost", NOW, cursor, size=1)
            pages += [entry.badge.name for entry in found.items]
            cursor = found.next_cursor
    assert (pages, cursor) == (["Third", "Twin", "Second", "First"], None)


def test_those_from_elsewhere_stand_in_that_order_too(client: FlaskClient, sign_in: SignIn) -> None:
    ada = make_member("ada")
    rows = [from_elsewhere(ada, number, shown=True) for number in range(4)]
    for row, day in zip(rows, (1, None, 19, 15), strict=True):
        row.issued_at = NOW.replace(day=day) if day else None
    database.session.add_all(rows)
    database.session.commit()
    assert re.findall(r"Course \d", client.get("/members/ada/transcript").text) == [f"Course {n}" for n in (2, 3, 0, 1)]


def test_a_broken_cursor_is_refused(client: FlaskClient, ada: Member) -> None:
    assert client.get("/members/ada/transcript?after=nonsense").status_code == 400


@pytest.mark.parametrize("query", ["", "?show=all"])
def test_it_costs_the_same_with_many_badges(
    app: Flask, client: FlaskClient, sign_in: SignIn, ada: Member, count_queries: Callable[[], Any], query: str
) -> None:
    sign_in(client, ada)
    numbers = []
    for more in (1, 3):
        for number in range(more):
            given(app, ada, f"more-{more}-{number}", make_member(f"giver-{more}-{number}"))
        with count_queries() as asked:
            assert client.get(f"/members/ada/transcript{query}").status_code == 200
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] <= 12

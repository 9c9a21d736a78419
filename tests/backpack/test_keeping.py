"""Showing, hiding, looking again, removing; and that nobody sees what is not shown."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.backpack import jobs, queries
from recognition.backpack.models import ExternalBadge
from recognition.backpack.services import looking_again
from recognition.badges.portable import looking
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.identity.services.merging import merge
from recognition.media.models import Media
from recognition.openbadges.fetching import Answer, Unreachable
from tests.backpack.conftest import PLACE, SignIn, bring, confirm
from tests.backpack.foreign import foreign, in_a_picture
from tests.backpack.test_bringing import kept, token
from tests.factories.identity import make_member
from tests.identity.pages import words

WEEK = timedelta(days=7, minutes=1)
ENDS = datetime(2126, 4, 1, tzinfo=UTC)


def show(client: FlaskClient, on: bool = True, number: int = 0) -> str:
    key = kept()[number].key
    answer = client.post(f"{PLACE}/{key}/show", data={"on": "1" if on else "0", "csrf_token": token(client)})
    assert answer.status_code == 303
    return key


def seen(client: FlaskClient, key: str, picture: str) -> list[int]:
    """By a stranger: the page, the picture; and how often the list of it and the profile name it."""
    stranger = client.application.test_client()
    named = [stranger.get(f"/members/ada{end}").text.count("Keeper of kitchen 1") for end in ("/badges-from-elsewhere", "")]
    return [stranger.get(f"/badges-from-elsewhere/{key}").status_code, stranger.get(f"/media/{picture}").status_code, *named]


def picture_of(number: int = 0) -> str:
    media = database.session.get(Media, kept()[number].media_id)
    assert media is not None
    return media.key


def test_only_what_is_shown_is_seen_and_only_while_it_is(client: FlaskClient, ada: Member) -> None:
    bring(client, in_a_picture(foreign()), "badge.png")
    picture, key = picture_of(), kept()[0].key
    assert seen(client, key, picture) == [404, 404, 0, 0]
    assert client.get(f"/media/{picture}").status_code == 200
    show(client)
    assert seen(client, key, picture) == [200, 200, 1, 1]
    show(client, on=False)
    assert seen(client, key, picture) == [404, 404, 0, 0]
    show(client)
    member = database.session.get(Member, ada.id)
    assert member is not None
    member.state = "suspended"
    database.session.commit()
    assert seen(client, key, picture)[:2] == [404, 404]


def test_strangers_read_how_it_stood_and_neither_the_list_of_findings_nor_the_file(client: FlaskClient, ada: Member) -> None:
    bring(client, foreign())
    key = show(client)
    stranger = client.application.test_client()
    said = words(stranger.get(f"/badges-from-elsewhere/{key}").text)
    assert "Earned elsewhere" in said
    assert "Nobody changed it, as looked at on" in said
    assert "Who made it, it does not prove." in said
    assert "Genuine" not in said
    assert "The Common Kitchen" in said
    assert "What we looked at" not in said
    assert "What we looked at" in words(client.get(f"/badges-from-elsewhere/{key}").text)
    assert [stranger.get(f"{PLACE}/{key}/{end}").status_code for end in ("file", "remove")] == [302, 302]


def test_a_name_that_is_hidden_is_hidden_here_as_well(client: FlaskClient, ada: Member) -> None:
    member = database.session.get_one(Member, ada.id)
    member.name, member.visibility = "Adelheid", {"name": "me"}
    database.session.commit()
    bring(client, foreign())
    key = show(client)
    stranger = client.application.test_client()
    for address in (f"/badges-from-elsewhere/{key}", "/members/ada/badges-from-elsewhere"):
        page = stranger.get(address).text
        assert "@ada" in page
        assert "Adelheid" not in page


def test_nobody_touches_what_is_anothers(client: FlaskClient, ada: Member, sign_in: SignIn) -> None:
    bring(client, foreign())
    key = show(client)
    other = client.application.test_client()
    sign_in(other, make_member("ben"))
    data = {"csrf_token": token(other), "on": "0"}
    assert [other.post(f"{PLACE}/{key}/{end}", data=data).status_code for end in ("show", "check", "remove")] == [404] * 3
    assert [other.get(f"{PLACE}/{key}/{end}").status_code for end in ("file", "remove")] == [404] * 2
    assert [badge.shown for badge in kept()] == [True]


def test_removing_asks_first_and_then_takes_all_of_it(client: FlaskClient, ada: Member) -> None:
    bring(client, in_a_picture(foreign()), "badge.png")
    key = kept()[0].key
    assert "It goes from here for good" in words(client.get(f"{PLACE}/{key}/remove").text)
    assert len(kept()) == 1
    assert client.post(f"{PLACE}/{key}/remove", data={"csrf_token": token(client)}).status_code == 303
    assert kept() == []
    assert database.session.scalar(sa.select(sa.func.count()).select_from(Media)) == 0


def test_one_that_is_over_says_so_once_it_is_looked_at_again(client: FlaskClient, ada: Member) -> None:
    bring(client, foreign(validUntil=ENDS.isoformat()))
    show(client)
    looking_again.look(kept()[0].id, ENDS + timedelta(days=1))
    database.session.commit()
    assert [(badge.standing, badge.shown, badge.checked_at) for badge in kept()] == [("expired", True, ENDS + timedelta(days=1))]
    looking_again.look(kept()[0].id, ENDS + timedelta(days=8))
    database.session.commit()
    told = "The time of Keeper of kitchen 1, which you earned elsewhere, is over. Its page says so now."
    assert words(client.get("/me/notices").text).count(told) == 1
    assert "It was genuine and valid until 1 Apr 2126" in words(client.get("/members/ada").text)


STATUS = {"credentialStatus": {
    "id": "https://kitchen.example/status/1#3", "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
    "statusListIndex": "3", "statusListCredential": "https://kitchen.example/status/1"}}  # fmt: skip


def nobody_answers(url: str, _accept: str) -> Answer:
    raise Unreachable("connection", url)


def test_one_that_cannot_be_checked_is_kept_and_not_shown(
    client: FlaskClient, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "fetcher", lambda: nobody_answers)
    answer = bring(client, foreign(**STATUS))
    assert answer.status_code == 303
    [badge] = kept()
    assert (badge.standing, badge.shown, badge.facts.get("sure")) == ("unsure", False, None)
    assert client.post(f"{PLACE}/{badge.key}/show", data={"on": "1", "csrf_token": token(client)}).status_code == 409


def test_an_issuer_that_falls_silent_takes_nothing_away(
    client: FlaskClient, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(client, foreign(validUntil=ENDS.isoformat()))
    key = show(client)
    badge = kept()[0]
    badge.content = foreign(**STATUS)
    before = badge.checked_at
    database.session.commit()
    monkeypatch.setattr(looking, "fetcher", lambda: nobody_answers)
    looking_again.look(badge.id, before + WEEK)
    database.session.commit()
    assert [(one.standing, one.shown) for one in kept()] == [("unsure", True)]
    said = words(client.application.test_client().get(f"/badges-from-elsewhere/{key}").text)
    assert "It could not be checked on" in said
    assert "it was genuine." in said


def test_one_that_turns_out_false_is_shown_no_longer(client: FlaskClient, ada: Member) -> None:
    bring(client, foreign())
    key = show(client)
    badge = kept()[0]
    badge.content = foreign().replace(b"kitchen 1", b"kitchen 2")
    database.session.commit()
    looking_again.look(badge.id, clock.utcnow())
    database.session.commit()
    assert [(one.standing, one.shown) for one in kept()] == [("false", False)]
    assert client.application.test_client().get(f"/badges-from-elsewhere/{key}").status_code == 404
    assert "does not hold any more. Only you see it now." in words(client.get("/me/notices").text)
    assert "It did not hold when it was looked at" in words(client.get(f"/badges-from-elsewhere/{key}").text)


def test_an_address_that_is_confirmed_later_makes_it_theirs(client: FlaskClient, ada: Member) -> None:
    bring(client, foreign(address="ada@work.example"))
    assert [badge.is_mine for badge in kept()] == [False]
    confirm(ada, "ada@work.example")
    client.post(f"{PLACE}/{kept()[0].key}/check", data={"csrf_token": token(client)})
    assert [badge.is_mine for badge in kept()] == [True]


def test_each_week_a_few_are_looked_at_and_of_one_issuer_only_some(
    client: FlaskClient, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.utcnow()
    bring(client, foreign())
    show(client)
    columns = [column.key for column in sa.inspect(ExternalBadge).mapper.column_attrs if column.key != "id"]
    pattern = {name: getattr(kept()[0], name) for name in columns}
    for number in range(2, 9):
        more = {"key": f"k{number}", "credential_hash": f"{number}", "media_id": None}
        changes = {"credential": f"https://kitchen.example/credentials/{number}", "shown": number != 8}
        database.session.execute(
            sa.insert(ExternalBadge).values({n: v for n, v in (pattern | more | changes).items() if n != "id"})
        )
    database.session.commit()
    monkeypatch.setattr(looking_again, "A_HOST", 5)
    assert looking_again.due(now) == []
    with clock.as_of(now + WEEK):
        assert jobs.look_again() == looking_again.A_HOST
        assert jobs.look_again() == 7 - looking_again.A_HOST
        assert jobs.look_again() == 0
    assert [badge.checked_at == now + WEEK for badge in kept()] == [True] * 7 + [False]


def test_the_lists_cost_the_same_for_one_and_for_three(client: FlaskClient, ada: Member, count_queries: Any) -> None:
    costs = []
    for number in (1, 2, 3):
        bring(client, in_a_picture(foreign(number)), "badge.png")
        show(client, number=number - 1)
        for address in (PLACE, "/members/ada/badges-from-elsewhere", "/members/ada"):
            with count_queries() as statements:
                assert client.get(address).text.count("Keeper of kitchen") >= number
            costs.append((number, address, len(statements)))
    by_page = [[cost for _n, address, cost in costs if address == one] for one in {address for _n, address, _c in costs}]
    assert all(page[0] == page[2] for page in by_page), costs
    assert max(cost for _n, address, cost in costs if address != "/members/ada") <= 12


def test_the_list_goes_on_by_key(client: FlaskClient, ada: Member) -> None:
    for number in (1, 2, 3):
        bring(client, foreign(number))
    first = queries.mine(ada.id, None, size=2)
    rest = queries.mine(ada.id, first.next_cursor, size=2)
    assert [badge.facts["name"] for badge in (*first.items, *rest.items)] == [f"Keeper of kitchen {n}" for n in (3, 2, 1)]
    assert rest.next_cursor is None


def test_two_rows_of_one_person_keep_each_badge_once_and_the_newer(client: FlaskClient, ada: Member, sign_in: SignIn) -> None:
    for content in (foreign(1), foreign(2, validFrom="2026-06-01T00:00:00Z"), foreign(3)):
        bring(client, content)
    ben = make_member("ben")
    other = client.application.test_client()
    sign_in(other, ben)
    for content in (in_a_picture(foreign(1, validFrom="2026-06-01T00:00:00Z")), in_a_picture(foreign(2))):
        bring(other, content, "badge.png")
    old, new = ada.id, ben.id
    done = merge(
        database.session.get_one(Member, old), database.session.get_one(Member, new), None, "One person.", clock.utcnow()
    )
    database.session.commit()
    badges = kept()
    assert {(badge.member_id, badge.facts["name"], badge.form) for badge in badges} == {
        (new, "Keeper of kitchen 1", "png"), (new, "Keeper of kitchen 2", "json"), (new, "Keeper of kitchen 3", "json"),
    }  # fmt: skip
    assert len(done.moved["backpack"]["dropped"]) == 2
    pictures = database.session.scalars(sa.select(Media.owner_id)).all()
    assert pictures == [new] * 3

"""Joining two rows on the council's page, and taking them apart."""

import pytest
import sqlalchemy as sa

from recognition.activities.models import Activity
from recognition.identity.models import Account, MemberMerge, MergeSuggestion
from recognition.identity.services import merge_suggestions
from tests.factories.activities import REPORTED, make_activity
from tests.factories.identity import JOINED, make_member
from tests.identity.pages import send

LIST = "/council/merges/"
WHY = "The same person, I met her twice"


@pytest.fixture
def council(db, client, sign_in):
    member = make_member("council", roles=("council",))
    db.session.commit()
    sign_in(client, member)
    return member


def _login(member, subject, email, verified=True):
    return Account(member_id=member.id, issuer="https://a.example", subject=subject, email=email, email_verified=verified,
                   created_at=JOINED)  # fmt: skip


def test_what_looks_alike_is_found_once(db):
    one, other = make_member("moon", name="Ana Luna"), make_member("mo0n", name="Somebody Else")
    hidden = make_member("hidden", name="Ana Luna", visibility={"name": "me"})
    named = make_member("luna", name="ana  lúna")
    gone = make_member("gone", name="Ana Luna", state="suspended")
    single, same = make_member("bo-1", name="Bo", place="Turku"), make_member("bo-2", name="Bo", place="turku")
    make_member("bo-3", name="Bo", place="Oslo")
    third = make_member("third", name="Third Person")
    db.session.add_all([_login(one, "1", "Luna@example.org"), _login(third, "2", "luna@example.org"),
                        _login(other, "3", "luna@example.org", verified=False)])  # fmt: skip
    db.session.commit()
    assert merge_suggestions.look(REPORTED) == 4
    db.session.commit()
    assert merge_suggestions.look(REPORTED) == 0
    rows = db.session.execute(sa.select(MergeSuggestion.one_id, MergeSuggestion.other_id, MergeSuggestion.reasons)).all()
    assert sorted(tuple(row) for row in rows) == sorted(
        [
            (one.id, other.id, ["handle"]), (one.id, named.id, ["name"]), (single.id, same.id, ["name"]),
            (one.id, third.id, ["mail"]),
        ]
    )  # fmt: skip
    assert {hidden.id, gone.id}.isdisjoint({one for row in rows for one in row[:2]})


def test_joined_and_taken_apart_on_the_page(db, client, council):
    one, other = make_member("moon", name="Ana Luna"), make_member("luna", name="Ana Luna")
    deed = make_activity(other.id, text="Hers").id
    db.session.commit()
    merge_suggestions.look(REPORTED)
    db.session.commit()
    page = client.get("/council/merges/").text
    assert "They show the same name." in page
    assert "Join them as @moon" in page
    assert send(client, LIST, "/council/merges/join", gone="luna", kept="moon", reason=" ").status_code == 422
    assert send(client, LIST, "/council/merges/join", gone="@luna", kept="moon", reason=WHY).status_code == 303
    assert db.session.scalar(sa.select(Activity.member_id).where(Activity.id == deed)) == one.id
    assert db.session.scalar(sa.select(MergeSuggestion.state)) == "joined"
    page = client.get("/council/merges/").text
    assert "@luna" in page
    assert WHY in page
    assert "Ana Luna" not in page.partition("@luna")[2].partition("→")[0]
    done = db.session.scalar(sa.select(MemberMerge.id))
    refused = send(client, LIST, f"/council/merges/{done}/part", reason="")
    assert refused.status_code == 422
    assert "Say in a sentence" in refused.text
    assert send(client, LIST, f"/council/merges/{done}/part", reason="Two sisters").status_code == 303
    db.session.expire_all()
    assert db.session.scalar(sa.select(Activity.member_id).where(Activity.id == deed)) == other.id
    again = send(client, LIST, f"/council/merges/{done}/part", reason="Two sisters")
    assert again.status_code == 422
    assert "two again already" in again.text


def test_two_people_are_not_asked_about_again(db, client, council):
    make_member("moon", name="Ana Luna"), make_member("luna", name="Ana Luna")
    db.session.commit()
    merge_suggestions.look(REPORTED)
    db.session.commit()
    assert send(client, LIST, "/council/merges/two/moon/luna").status_code == 303
    assert merge_suggestions.look(REPORTED) == 0
    db.session.commit()
    assert "Nobody looks like somebody else" in client.get("/council/merges/").text


def test_nobody_decides_about_their_own_row_and_others_see_nothing(db, client, council, sign_in):
    make_member("cou-ncil", name=council.name)
    plain = make_member("plain")
    db.session.commit()
    merge_suggestions.look(REPORTED)
    db.session.commit()
    assert "One of these rows is yours" in client.get("/council/merges/").text
    assert send(client, LIST, "/council/merges/two/council/cou-ncil").status_code == 403
    assert send(client, LIST, "/council/merges/join", gone="cou-ncil", kept="council", reason=WHY).status_code == 403
    sign_in(client, plain)
    assert client.get("/council/merges/").status_code == 403


def test_the_page_asks_the_same_number_of_questions_however_many_pairs_there_are(db, client, council, count_queries):
    def people(first, last):
        for n in range(first, last):
            make_member(f"a{n}x", name=f"Name {n}"), make_member(f"b{n}y", name=f"Name {n}")
        db.session.commit()
        merge_suggestions.look(REPORTED)
        db.session.commit()

    people(0, 1)
    with count_queries() as few:
        client.get("/council/merges/")
    people(1, 14)
    with count_queries() as many:
        assert 'rel="next"' in client.get("/council/merges/").text
    assert len(few) == len(many) <= 12

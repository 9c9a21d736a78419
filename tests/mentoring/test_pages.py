"""Pages of mentoring: two clicks to another mentor, a private word its subject never meets, and one number of queries."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.announcements.models import Notice
from recognition.identity.models import Grant, Member
from recognition.mentoring import jobs, queries
from recognition.mentoring.models import MentorAsk, MentorLink, MentorOffer, MentorWord
from recognition.mentoring.services import asks, links, offers
from tests.factories.activities import make_activity
from tests.factories.identity import make_member
from tests.factories.mentoring import make_mentor
from tests.identity.pages import send, words

Count = Callable[[], AbstractContextManager[list[str]]]
SECRET = "They never have time for me"


@pytest.fixture
def mia(client: FlaskClient, sign_in: Any, db: Any) -> Member:
    """Signed in, with Ada as her mentor; Ben has room too."""
    mia, ada = make_member("mia", name="Mia Mentee"), make_mentor("ada")
    make_mentor("ben", words="Maps, and what to do when they are wrong")
    links.choose(mia, ada.id, clock.utcnow())
    sign_in(client, mia)
    return mia


def test_two_clicks_to_another_mentor(client: FlaskClient, db: Any, mia: Member) -> None:
    assert 'href="/me/mentor/choose"' in client.get("/me/mentor").text
    page = client.get("/me/mentor/choose")
    assert "Maps, and what to do when they are wrong" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert send(client, "/me/mentor/choose", "/me/mentor/choose", mentor="ben").location == "/me/mentor"
    assert db.session.get(Member, mia.id).mentor_id == db.session.scalar(sa.select(Member.id).where(Member.handle == "ben"))
    assert "Ada" in words(client.get("/me/mentor").text).partition("Who stood by you before")[2]


def test_nobody_is_chosen_who_did_not_offer(client: FlaskClient, db: Any, mia: Member) -> None:
    stranger = make_member("stranger")
    db.session.commit()
    send(client, "/me/mentor/choose", "/me/mentor/choose", mentor="stranger")
    assert db.session.scalar(sa.select(MentorLink.id).where(MentorLink.mentor_id == stranger.id)) is None
    assert send(client, "/me/mentor/choose", "/me/mentor/choose", mentor="nobody-at-all").status_code == 404


def test_a_question_and_its_answer(client: FlaskClient, db: Any, sign_in: Any, mia: Member) -> None:
    assert send(client, "/me/mentor", "/me/mentor/ask", words="  ").status_code == 422
    long = send(client, "/me/mentor", "/me/mentor/ask", words="y" * 2001)
    assert long.status_code == 422
    assert "y" * 2001 in long.text
    assert send(client, "/me/mentor", "/me/mentor/ask", words="How do I begin?").status_code == 303
    ask_id = db.session.scalar(sa.select(MentorAsk.id))
    ada = db.session.scalar(sa.select(Member).where(Member.handle == "ada"))
    desk = client.application.test_client()
    sign_in(desk, ada)
    assert "How do I begin?" in desk.get("/mentoring/").text
    refused = send(desk, "/mentoring/", f"/mentoring/asks/{ask_id}/answer", words="")
    assert refused.status_code == 422
    assert send(desk, "/mentoring/", f"/mentoring/asks/{ask_id}/answer", words="With a map").status_code == 303
    assert "With a map" in client.get("/me/mentor").text


def test_a_question_to_a_mentor_is_read_by_nobody_else(client: FlaskClient, db: Any, sign_in: Any, mia: Member) -> None:
    asks.ask(mia, "A private question", clock.utcnow())
    db.session.commit()
    for handle, roles in (("ben", ()), ("cleo", ("council",)), ("root", ("admin",))):
        found = db.session.scalar(sa.select(Member).where(Member.handle == handle)) or make_member(handle, roles=roles)
        other = client.application.test_client()
        sign_in(other, found)
        assert "A private question" not in other.get("/mentoring/").text
        ask_id = db.session.scalar(sa.select(MentorAsk.id))
        assert send(other, "/mentoring/", f"/mentoring/asks/{ask_id}/answer", words="Mine").status_code == 422
    assert db.session.scalar(sa.select(MentorAsk.answered_at)) is None


@pytest.mark.parametrize("roles", [("council",), ("council", "admin")])
def test_a_mentor_never_meets_the_word_about_them(client: FlaskClient, db: Any, sign_in: Any, mia: Member, roles: Any) -> None:
    assert send(client, "/me/mentor", "/me/mentor/word", mood="poor", words=SECRET).status_code == 303
    assert send(client, "/me/mentor", "/me/mentor/word", mood="poor", words=SECRET).status_code == 303
    word = db.session.scalars(sa.select(MentorWord)).one()
    ada = db.session.scalar(sa.select(Member).where(Member.handle == "ada"))
    other = make_member("cleo", roles=("council",))
    assert offers.read(word.id, ada, clock.utcnow()) is False
    for who, sees in ((ada, False), (other, True)):
        if who is ada:
            db.session.add_all(Grant(member_id=ada.id, role=role, granted_at=clock.utcnow()) for role in roles)
            db.session.commit()
        reader = client.application.test_client()
        sign_in(reader, who)
        for page in (
            "/council/mentoring",
            "/council/mentoring?all=1",
            "/mentoring/",
            "/me/mentor",
            "/me/notices",
            "/council/audit",
        ):
            assert (SECRET in reader.get(page).text) is (sees and page.startswith("/council/mentoring")), page
    assert db.session.scalar(sa.select(sa.func.count()).where(Notice.data.cast(sa.Text).contains(SECRET))) == 0


def test_the_council_takes_note(client: FlaskClient, db: Any, sign_in: Any, mia: Member) -> None:
    offers.say(mia, mia.mentor_id, "mixed", SECRET, clock.utcnow())
    sign_in(client, make_member("cleo", roles=("council",)))
    word_id = db.session.scalar(sa.select(MentorWord.id))
    assert send(client, "/council/mentoring", f"/council/mentoring/words/{word_id}/read").status_code == 303
    assert SECRET not in client.get("/council/mentoring").text
    assert SECRET in client.get("/council/mentoring?all=1").text


@pytest.mark.parametrize(
    ("changes", "status"),
    [({}, 303), ({"most": "0"}, 422), ({"most": "many"}, 422), ({"words": "z" * 501}, 422), ({"rests_until": "1999-01-01"}, 422)],
)
def test_an_offer(client: FlaskClient, db: Any, mia: Member, changes: dict[str, str], status: int) -> None:
    values = {"is_open": "1", "most": "4", "words": "Ask me about tents", "rests_until": "", **changes}
    answer = send(client, "/mentoring/", "/mentoring/offer", **values)
    assert answer.status_code == status
    kept = db.session.get(MentorOffer, mia.id)
    assert (kept is not None) is (status == 303)
    if status == 422:
        assert values["words"] in answer.text


def test_coverage_is_counted_by_the_job_and_small_parts_stay_hidden(client: FlaskClient, db: Any, sign_in: Any) -> None:
    now = clock.utcnow()
    lively, silent = make_mentor("lively", most=50), make_mentor("silent", most=50)
    make_activity(lively.id, occurred_at=now - timedelta(days=20))
    for number in range(20):
        mentor = lively if number < 7 else silent if number < 12 else None
        make_member(f"m-{number}", mentor_id=mentor.id if mentor else None)
    db.session.commit()
    assert queries.coverage() is None
    jobs.look()
    db.session.commit()
    found = queries.coverage()
    assert (found.members, found.with_one, found.live, found.share) == (22, 12, 7, 32)
    assert dict(found.loads) == {"1": None, "2-3": None, "4-5": None, "6+": None}
    sign_in(client, make_member("cleo", roles=("council",)))
    assert "32 %" in client.get("/council/mentoring").text
    assert [queries.shown(*one) for one in ((22, 20, 7), (22, 12, 10), (4, 0, 0))] == [
        (22, None, 7), (22, 12, None), (None, None, None),
    ]  # fmt: skip


def test_pages_cost_the_same_with_more_people(client: FlaskClient, db: Any, sign_in: Any, count_queries: Count) -> None:
    cleo = make_member("cleo", roles=("council",))
    db.session.add(MentorOffer(member_id=cleo.id, is_open=True, most=50, since=clock.utcnow()))
    sign_in(client, cleo)
    pages = ("/me/mentor", "/me/mentor/choose", "/mentoring/", "/council/mentoring")
    counts = []
    for some in (2, 4):
        for number in range(some):
            mentor = make_mentor(f"mentor-{some}-{number}")
            mentee = make_member(f"mentee-{some}-{number}", mentor_id=cleo.id)
            links.choose(cleo, mentor.id, clock.utcnow())
            asks.ask(cleo, f"Question {number}", clock.utcnow() - timedelta(days=number))
            asks.ask(mentee, f"To you {number}", clock.utcnow())
            asks.ask(make_member(f"alone-{some}-{number}"), "To the pool", clock.utcnow())
            offers.say(mentee, mentor.id, "good", f"Fine {number}", clock.utcnow())
        db.session.execute(sa.update(MentorAsk).where(MentorAsk.mentee_id == cleo.id).values(answered_at=clock.utcnow()))
        db.session.commit()
        for page in pages:
            client.get(page)
            with count_queries() as seen:
                assert client.get(page).status_code == 200
            counts.append(len(seen))
    assert counts[:4] == counts[4:]
    assert max(counts) <= 12


def test_a_word_said_after_they_parted_does_not_reach_who_was_the_mentor(
    client: FlaskClient, db: Any, sign_in: Any, mia: Member
) -> None:
    """The time to say why is when one has chosen somebody else; and that such a word was read tells that there is one."""
    ada, ben = (db.session.scalar(sa.select(Member).where(Member.handle == name)) for name in ("ada", "ben"))
    cleo = make_member("cleo", roles=("council",))
    db.session.add(Grant(member_id=ada.id, role="council", granted_at=clock.utcnow()))
    links.choose(mia, ben.id, clock.utcnow())
    offers.say(mia, ben.id, "poor", SECRET, clock.utcnow())
    links.leave(mia.id, clock.utcnow())
    offers.say(mia, None, "mixed", SECRET, clock.utcnow())
    db.session.commit()
    assert [len(queries.words_page(who, False).items) for who in (ada, ben, cleo)] == [0, 0, 2]
    for word_id in queries.hidden_words(ada.id):
        assert [offers.read(word_id, who, clock.utcnow()) for who in (ada, ben, cleo)] == [False, False, True]
    db.session.commit()
    for reader, sees in ((ada, False), (cleo, True)):
        visit = client.application.test_client()
        sign_in(visit, reader)
        assert ("Took note of a word about mentoring" in visit.get("/council/audit/table.csv").text) is sees
        assert visit.get("/council/audit").text.count('class="p-audit__line"') == (2 if sees else 0)

"""The pages of a ballot in three styles: what they show and keep, and what they answer to wrong input."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.entry import Entry
from recognition.contests.models.vote import Ballot, Juror, Mark, Sheet, Voter
from recognition.contests.services.sheets import sheet_for
from recognition.extensions import db
from recognition.identity.models import Member
from tests.factories.contests import make_contest, make_entry, make_round, open_round
from tests.factories.identity import make_member

SignIn = Callable[[FlaskClient, Member], None]


@pytest.fixture
def ada(app: Any) -> Member:
    return make_member("ada")


def an_open_round(voter: Member, entries: int = 3, **changes: Any) -> tuple[Contest, Round, list[Entry]]:
    """By the real clock: a page asks it."""
    now = clock.utcnow()
    contest = make_contest(rounds=0, entries_from=now - timedelta(days=9), entries_until=now - timedelta(days=2))
    one = make_round(contest, **{"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=6), **changes})
    maker = make_member("maker", name="Mira Maker")
    made = [make_entry(contest, maker, title=f"Title {number:02}") for number in range(entries)]
    open_round(one, made, [voter])
    db.session.commit()
    return contest, one, made


def post(client: FlaskClient, do: str, **fields: Any) -> Any:
    return client.post("/contests/draw-mdm/vote", data={"do": do, **fields})


def begin(client: FlaskClient, one: Round, voter: Member) -> list[Entry]:
    """In the voter's order."""
    assert post(client, "begin").headers["Location"] == "/contests/draw-mdm/vote?page=1"
    db.session.rollback()
    return [db.session.get_one(Entry, entry_id) for entry_id in sheet_for(one, voter.id).order]


def marks() -> list[dict[str, int]]:
    """Of each ballot that stands, by title."""
    db.session.rollback()
    found: list[dict[str, int]] = []
    for ballot_id in db.session.scalars(sa.select(Ballot.id).where(Ballot.replaced.is_(False))):
        rows = db.session.execute(
            sa.select(Entry.title, Mark.value).join(Mark, Mark.entry_id == Entry.id).where(Mark.ballot_id == ballot_id)
        )
        found.append({row.title: row.value for row in rows})
    return found


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def test_a_stranger_is_asked_to_sign_in_and_a_draft_is_not_there(client: FlaskClient, sign_in: SignIn, ada: Member) -> None:
    an_open_round(ada)
    make_contest("raw", state="draft")
    assert client.get("/contests/draw-mdm/vote").status_code == 302
    sign_in(client, ada)
    assert client.get("/contests/raw/vote").status_code == 404
    assert client.get("/contests/nowhere/vote").status_code == 404


def test_the_door_says_whether_one_may_vote(client: FlaskClient, sign_in: SignIn, ada: Member) -> None:
    _contest, one, _made = an_open_round(ada)
    sign_in(client, ada)
    assert "You are on the roll" in text(client.get("/contests/draw-mdm/vote"))
    db.session.execute(sa.delete(Voter))
    db.session.commit()
    assert "You are not on the roll of this vote" in text(client.get("/contests/draw-mdm/vote"))
    one.state = "drawing"
    db.session.commit()
    assert "The vote is about to open" in text(client.get("/contests/draw-mdm/vote"))
    one.state, one.starts_at = "waiting", clock.utcnow() + timedelta(days=1)
    db.session.commit()
    assert "As things stand you will be on the roll." in text(client.get("/contests/draw-mdm/vote"))
    one.contest.may_vote = {"count": {"kind": ["review"]}, "at_least": 2}
    db.session.commit()
    assert "you will not be on the roll yet" in text(client.get("/contests/draw-mdm/vote"))
    one.state, one.contest.state = "open", "called_off"
    db.session.commit()
    assert "This contest was called off" in text(client.get("/contests/draw-mdm/vote"))


def test_after_the_end_nothing_is_stored_and_it_is_said_why(client: FlaskClient, sign_in: SignIn, ada: Member) -> None:
    _contest, one, _made = an_open_round(ada)
    sign_in(client, ada)
    (first, *_rest) = begin(client, one, ada)
    one.ends_at = clock.utcnow() - timedelta(seconds=1)
    db.session.commit()
    late = post(client, "cast", page="review", shown=first.key, **{f"mark-{first.key}": "1"})
    assert late.status_code == 409
    assert "The vote is over. This did not reach us in time, and nothing was stored." in text(late)
    assert marks() == []
    assert client.get("/contests/draw-mdm/vote?page=1").headers["Location"] == "/contests/draw-mdm/vote"


def test_a_ballot_page_shows_entries_without_names(client: FlaskClient, sign_in: SignIn, ada: Member) -> None:
    _contest, one, _made = an_open_round(ada, entries=14, most_choices=5)
    sign_in(client, ada)
    begin(client, one, ada)
    page = client.get("/contests/draw-mdm/vote?page=1")
    words = text(page)
    assert "12 of 14 seen" in words
    assert "0 chosen, at most 5" in words
    assert "Mira" not in page.get_data(as_text=True)
    assert "maker" not in page.get_data(as_text=True)
    assert len(re.findall(r'name="mark-entry\d+"', page.get_data(as_text=True))) == 12
    assert "Title" not in text(client.get("/contests/draw-mdm/vote"))


def test_approval_from_page_to_page_then_cast_changed_and_abstained(client: FlaskClient, sign_in: SignIn, ada: Member) -> None:
    _contest, one, _made = an_open_round(ada, entries=14, most_choices=2)
    sign_in(client, ada)
    first = begin(client, one, ada)
    shown = [entry.key for entry in first]
    turned = post(client, "next", page="1", shown=shown, **{f"mark-{shown[3]}": "1"})
    assert turned.headers["Location"] == "/contests/draw-mdm/vote?page=2"
    assert "14 of 14 seen" in text(client.get("/contests/draw-mdm/vote?page=2"))
    db.session.rollback()
    last = [db.session.get_one(Entry, entry_id) for entry_id in sheet_for(one, ada.id).order[12:]]
    more = {f"mark-{entry.key}": "1" for entry in last}
    looked = post(client, "review", page="2", shown=[entry.key for entry in last], **more)
    assert looked.headers["Location"] == "/contests/draw-mdm/vote/review"
    review = text(client.get("/contests/draw-mdm/vote/review"))
    assert "You chose 3, and this ballot takes at most 2. Take one off before you cast it." in review
    listed = [first[3].key, *(entry.key for entry in last)]
    refused = post(client, "cast", page="review", shown=listed, **{f"mark-{key}": "1" for key in listed})
    assert (refused.status_code, marks()) == (422, [])
    assert refused.get_data(as_text=True).count(" checked") == 3
    cast = post(client, "cast", page="review", shown=listed, **{f"mark-{key}": "1" for key in listed[:2]})
    assert cast.headers["Location"] == "/contests/draw-mdm/vote/thanks"
    assert marks() == [{first[3].title: 1, last[0].title: 1}]
    thanks = client.get("/contests/draw-mdm/vote/thanks").get_data(as_text=True)
    assert re.search(r"<code translate=\"no\">([A-Z2-7]{4}-){3}[A-Z2-7]{4}</code>", thanks)
    assert "Your ballot is in the box" in text(client.get("/contests/draw-mdm/vote"))
    again = post(client, "cast", page="review", shown=listed, **{f"mark-{key}": "1" for key in listed[:2]})
    assert again.status_code == 303
    assert "in the box already" in text(client.get("/contests/draw-mdm/vote/thanks"))
    post(client, "abstain")
    assert marks() == [{}]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Ballot)) == 2


def test_scores_in_words_and_a_wrong_one_comes_back_as_typed(client: FlaskClient, sign_in: SignIn, ada: Member) -> None:
    _contest, one, _made = an_open_round(ada, method="score")
    sign_in(client, ada)
    a, b, c = begin(client, one, ada)
    page = client.get("/contests/draw-mdm/vote?page=1").get_data(as_text=True)
    assert page.count('type="radio"') == 3 * 7
    assert page.count("Wonderful") == 3
    fields = {f"mark-{a.key}": "5", f"mark-{b.key}": "9", f"mark-{c.key}": ""}
    wrong = post(client, "next", page="1", shown=[a.key, b.key, c.key], **fields)
    assert wrong.status_code == 422
    assert "A score is a whole number from 0 to 5." in text(wrong)
    assert re.search(rf'name="mark-{a.key}" value="5" checked', wrong.get_data(as_text=True))
    for bad in ("five", "1.5", "--1", "²", "99999999"):
        assert post(client, "save", page="1", shown=[a.key], **{f"mark-{a.key}": bad}).status_code == 422
    post(client, "cast", page="1", shown=[a.key, b.key, c.key], **(fields | {f"mark-{b.key}": "0"}))
    assert marks() == [{a.title: 5, b.title: 0}]


def test_a_ranking_is_built_by_buttons_and_numbers(client: FlaskClient, sign_in: SignIn, ada: Member) -> None:
    _contest, one, _made = an_open_round(ada, entries=4, method="schulze")
    sign_in(client, ada)
    a, b, c, d = begin(client, one, ada)
    shown = [entry.key for entry in (a, b, c, d)]
    put = post(client, f"put:{b.key}", page="1", shown=shown)
    assert put.headers["Location"] == f"/contests/draw-mdm/vote?page=1#entry-{b.key}"
    post(client, f"put:{a.key}", page="1", shown=shown, **{f"mark-{b.key}": "1", f"mark-{d.key}": "7"})

    def paper() -> dict[str, int]:
        db.session.rollback()
        return {db.session.get_one(Entry, entry_id).title: mark for entry_id, mark in sheet_for(one, ada.id).marks.items()}

    assert paper() == {b.title: 1, d.title: 7, a.title: 8}
    typed = {f"mark-{b.key}": "1", f"mark-{d.key}": "7", f"mark-{a.key}": "8"}
    listed = [b.key, d.key, a.key]
    moved = post(client, f"up:{a.key}", page="review", shown=listed, **typed)
    assert moved.headers["Location"] == f"/contests/draw-mdm/vote/review#entry-{a.key}"
    assert paper() == {b.title: 1, a.title: 2, d.title: 3}
    typed = {f"mark-{b.key}": "1", f"mark-{a.key}": "2", f"mark-{d.key}": "3"}
    post(client, f"level:{d.key}", page="review", shown=listed, **typed)
    assert paper() == {b.title: 1, a.title: 2, d.title: 2}
    typed |= {f"mark-{d.key}": "2"}
    post(client, "cast", page="review", shown=listed, **typed)
    assert marks() == [{b.title: 1, a.title: 2, d.title: 2}]
    review = client.get("/contests/draw-mdm/vote/review").get_data(as_text=True)
    assert review.index(b.title) < review.index(a.title) < review.index(d.title)


def test_two_are_compared_and_the_better_one_is_put_above(client: FlaskClient, sign_in: SignIn, ada: Member) -> None:
    _contest, one, made = an_open_round(ada, entries=13, method="borda")
    sign_in(client, ada)
    a, b, *rest = begin(client, one, ada)
    unseen = next(entry for entry in made if entry not in (a, b, *rest))
    page = client.get(f"/contests/draw-mdm/vote/compare?a={a.key}&b={b.key}")
    assert page.status_code == 200
    assert [entry.title in text(page) for entry in (a, b, unseen)] == [True, True, False]
    better = post(client, f"better:{b.key}:{a.key}", page="compare", a=a.key, b=b.key, shown=[a.key, b.key])
    assert better.headers["Location"] == f"/contests/draw-mdm/vote/compare?a={a.key}&b={b.key}"
    db.session.rollback()
    assert sheet_for(one, ada.id).marks == {b.id: 1, a.id: 2}
    assert client.get(f"/contests/draw-mdm/vote/compare?a={a.key}").status_code == 200
    for query in ("", f"?a={unseen.key}", "?a=nothing", f"?a={a.key}&b={unseen.key}"):
        assert client.get(f"/contests/draw-mdm/vote/compare{query}").status_code == 404


def test_a_juror_stands_aside_and_says_nothing_of_that_entry(client: FlaskClient, sign_in: SignIn, ada: Member) -> None:
    _contest, one, _made = an_open_round(ada, judges="jury", method="score")
    db.session.add(Juror(round_id=one.id, member_id=ada.id))
    db.session.commit()
    sign_in(client, ada)
    a, b, c = begin(client, one, ada)
    shown = [a.key, b.key, c.key]
    post(client, f"aside:{a.key}", page="1", shown=shown, **{f"mark-{a.key}": "5", f"mark-{b.key}": "4"})
    page = client.get("/contests/draw-mdm/vote?page=1")
    assert "You stand aside on this one: nothing you say of it is counted." in text(page)
    assert "Five stars" in text(page)
    post(client, "cast", page="1", shown=shown, **{f"mark-{a.key}": "-1", f"mark-{b.key}": "4"})
    assert marks() == [{b.title: 4}]
    post(client, f"judge:{a.key}", page="1", shown=shown, **{f"mark-{a.key}": "-1", f"mark-{b.key}": "4"})
    db.session.rollback()
    assert sheet_for(one, ada.id).marks == {b.id: 4}


def test_strange_forms_are_refused_in_words(client: FlaskClient, sign_in: SignIn, ada: Member) -> None:
    contest, one, made = an_open_round(ada, entries=13)
    other = make_entry(make_contest("other"), make_member("ben"))
    db.session.commit()
    sign_in(client, ada)
    first = begin(client, one, ada)
    unseen = next(entry for entry in made if entry not in first)
    for key in (other.key, "nothing", "x" * 500, unseen.key):
        assert post(client, "save", page="1", shown=key, **{f"mark-{key}": "1"}).status_code == 422
    assert post(client, f"put:{other.key}", page="1").status_code == 422
    assert post(client, "cast", page="review").status_code == 422
    assert post(client, "cast", page="9" * 30, shown=["a"] * 2000).status_code == 422
    for do in ("", "dance", "up", "up:", "better:a", "next"):
        assert post(client, do, page="zero").status_code in (303, 422)
    for page in ("0", "-1", "999", "x", "9" * 40):
        assert client.get(f"/contests/{contest.slug}/vote?page={page}").status_code == 303
    assert marks() == []


def test_an_entry_hidden_meanwhile_keeps_what_was_said_of_it(client: FlaskClient, sign_in: SignIn, ada: Member) -> None:
    _contest, one, _made = an_open_round(ada)
    sign_in(client, ada)
    a, *_rest = begin(client, one, ada)
    post(client, "save", page="1", shown=a.key, **{f"mark-{a.key}": "1"})
    db.session.get_one(Entry, a.id).hidden_at = clock.utcnow()
    db.session.commit()
    page = client.get("/contests/draw-mdm/vote?page=1")
    assert "This entry is not shown at the moment." in text(page)
    assert a.title not in text(page)
    post(client, "cast", page="review", shown=a.key, **{f"mark-{a.key}": "1"})
    assert marks() == [{a.title: 1}]


@pytest.mark.parametrize("method", ["approval", "score", "schulze"])
def test_the_number_of_questions_does_not_grow(
    client: FlaskClient, sign_in: SignIn, count_queries: Any, ada: Member, method: str
) -> None:
    _contest, one, _made = an_open_round(ada, entries=1, method=method)
    many, two, _all = an_open_round_beside(ada, 30, method)
    sign_in(client, ada)
    begin(client, one, ada)
    for _turn in range(3):
        client.post(f"/contests/{many.slug}/vote", data={"do": "next" if _turn else "begin", "page": str(_turn)})
    db.session.rollback()
    order = sheet_for(two, ada.id).order
    sheet = db.session.scalars(sa.select(Sheet).where(Sheet.round_id == two.id)).one()
    sheet.marks = {str(entry_id): 1 for entry_id in order}
    db.session.commit()
    keys = [db.session.get_one(Entry, entry_id).key for entry_id in order]
    counts: dict[str, list[int]] = {}
    for slug, key in (("draw-mdm", _made[0].key), (many.slug, keys[0])):
        for page in ("/vote", "/vote?page=1", "/vote/review", f"/vote/compare?a={key}"):
            db.session.rollback()
            with count_queries() as seen:
                assert client.get(f"/contests/{slug}{page}").status_code == 200
            counts.setdefault(page.partition("=")[0], []).append(len(seen))
    assert all(few == lots <= 12 for few, lots in counts.values()), counts


def an_open_round_beside(voter: Member, entries: int, method: str) -> tuple[Contest, Round, list[Entry]]:
    now = clock.utcnow()
    contest = make_contest("big", rounds=0, entries_from=now - timedelta(days=9), entries_until=now - timedelta(days=2))
    one = make_round(contest, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=6), method=method)
    maker = make_member("other-maker")
    made = [make_entry(contest, maker) for _number in range(entries)]
    open_round(one, made, [voter])
    db.session.commit()
    return contest, one, made

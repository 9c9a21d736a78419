"""From a draft to an entry and back: phases, limits, who may, co-authors, facts."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import Activity
from recognition.announcements.models import Notice
from recognition.contests.entries import Draft
from recognition.contests.models.entry import DRAFT, IN, WITHDRAWN, Author, Entry
from recognition.contests.rules import ENTERED, BadEntry, NotAllowed, WrongPhase
from recognition.contests.services import authors, entering
from recognition.extensions import db
from recognition.media import services as media
from recognition.media.models import Media
from tests.factories.contests import NOW, days, make_contest, make_entry, make_round
from tests.factories.identity import make_member
from tests.media.pictures import encoded, quarters

pytestmark = pytest.mark.usefixtures("app")
TOKEN = "t" * 22
WHOLE = Draft(title="Seven doors", story="We painted all night.", alt="Seven doors in a row, one of them open.",
              licence="cc-by-4.0")  # fmt: skip


@pytest.fixture(autouse=True)
def now(app: Any) -> Any:
    with clock.as_of(NOW):
        yield


def taking(**changes: Any) -> Any:
    """A contest that takes entries today."""
    contest = make_contest(rounds=0, **{"entries_from": days(-5), "entries_until": days(5)} | changes)
    make_round(contest, starts_at=days(10), ends_at=days(17))
    return contest


def picture(colour: int = 0) -> Any:
    return media.prepare_picture(encoded(quarters(80 + colour, 60)), "whole")


def facts() -> list[tuple[int, str, bool]]:
    rows = db.session.scalars(sa.select(Activity).where(Activity.kind == ENTERED).order_by(Activity.source_key)).all()
    return [(row.member_id, str(row.object), row.withdrawn_at is None) for row in rows]


def told(kind: str) -> list[int]:
    return list(db.session.scalars(sa.select(Notice.member_id).where(Notice.kind == kind).order_by(Notice.member_id)))


def test_a_draft_is_handed_in_once() -> None:
    contest, ada = taking(), make_member()
    entry = entering.save_entry(contest, ada, TOKEN, WHOLE, picture())
    assert (entry.state, facts()) == (DRAFT, [])
    assert entering.save_entry(contest, ada, TOKEN, WHOLE).id == entry.id
    assert entry.media_id is not None
    for _time in range(2):
        entering.hand_in(entry, ada)
        assert (entry.state, entry.handed_in_at, facts()) == (IN, NOW, [(ada.id, "contest:draw-mdm", True)])
    assert [author.state for author in entry.authors] == [IN]


def test_what_is_missing_is_told_by_field() -> None:
    contest, ada = taking(), make_member()
    entry = entering.save_entry(contest, ada, TOKEN, Draft(alt="Short."))
    with pytest.raises(BadEntry) as caught:
        entering.hand_in(entry, ada)
    assert sorted(caught.value.errors) == ["alt", "licence", "picture", "title"]


@pytest.mark.parametrize(
    ("takes", "draft", "missing"),
    [
        ("text", Draft(title="T", text="Once."), ["licence"]),
        ("text", Draft(title="T", text="Once.", licence="cc-by-4.0"), []),
        ("link", Draft(title="T"), ["url"]),
        ("link", Draft(title="T", url="https://a.example"), []),
        ("person", Draft(), ["nominee", "story"]),
    ],
)
def test_each_sort_asks_for_its_own(takes: str, draft: Draft, missing: list[str]) -> None:
    contest, ada = taking(takes=takes), make_member()
    entry = entering.save_entry(contest, ada, TOKEN, draft)
    try:
        entering.hand_in(entry, ada)
        found = []
    except BadEntry as fault:
        found = sorted(fault.errors)
    assert found == missing


@pytest.mark.parametrize(("at", "taken"), [(-0.001, False), (0, True), (9.999, True), (10, False)])
def test_entries_are_taken_from_the_first_moment_to_just_before_the_last(at: float, taken: bool) -> None:
    contest, ada = taking(entries_from=days(0), entries_until=days(10)), make_member()
    with clock.as_of(days(at)):
        if taken:
            assert entering.save_entry(contest, ada, TOKEN, WHOLE).state == DRAFT
            return
        with pytest.raises(WrongPhase):
            entering.save_entry(contest, ada, TOKEN, WHOLE)


def test_after_the_deadline_all_stays() -> None:
    contest, ada = taking(), make_member()
    entry = entering.hand_in(entering.save_entry(contest, ada, TOKEN, WHOLE, picture()), ada)
    db.session.commit()
    with clock.as_of(days(5)):
        for act in (lambda: entering.change_entry(entry, ada, WHOLE), lambda: entering.withdraw_entry(entry, ada),
                    lambda: entering.hand_in(entry, ada)):  # fmt: skip
            with pytest.raises(WrongPhase):
                act()
    assert entry.state == IN


def test_each_has_so_many_entries_and_drafts_count() -> None:
    contest, ada = taking(entries_each=2), make_member()
    entering.save_entry(contest, ada, "a" * 22, WHOLE)
    second = entering.save_entry(contest, ada, "b" * 22, WHOLE)
    with pytest.raises(NotAllowed, match="2 entries"):
        entering.save_entry(contest, ada, "c" * 22, WHOLE)
    entering.withdraw_entry(second, ada)
    assert entering.save_entry(contest, ada, "c" * 22, WHOLE).state == DRAFT
    with pytest.raises(NotAllowed, match="took this entry back"):
        entering.save_entry(contest, ada, "b" * 22, WHOLE)


def test_a_contest_holds_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entering, "ENTRIES_MAX", 1)
    contest, ada = taking(), make_member()
    make_entry(contest, make_member("bob"))
    entry = entering.save_entry(contest, ada, TOKEN, WHOLE, picture())
    with pytest.raises(NotAllowed, match="all the entries"):
        entering.hand_in(entry, ada)


def test_nobody_touches_what_is_not_theirs() -> None:
    contest, ada, bob = taking(), make_member(), make_member("bob", roles=("council", "admin"))
    entry = entering.save_entry(contest, ada, TOKEN, WHOLE, picture())
    for act in (lambda: entering.hand_in(entry, bob), lambda: entering.withdraw_entry(entry, bob),
                lambda: entering.change_entry(entry, bob, WHOLE)):  # fmt: skip
        with pytest.raises(NotAllowed):
            act()
    assert entering.save_entry(contest, bob, TOKEN, WHOLE).id != entry.id


@pytest.mark.parametrize("state", ["away", "alumni", "suspended"])
def test_only_active_members_enter(state: str) -> None:
    with pytest.raises(NotAllowed):
        entering.save_entry(taking(), make_member(state=state), TOKEN, WHOLE)


def test_who_may_enter_is_a_rule_over_the_log() -> None:
    rule = {"count": {"kind": ["review"]}, "at_least": 1}
    contest, ada = taking(may_enter=rule), make_member()
    with pytest.raises(NotAllowed):
        entering.save_entry(contest, ada, TOKEN, WHOLE)
    db.session.add(Activity(member_id=ada.id, kind="review", source="t", source_key="1", occurred_at=days(-1),
                            occurred_day=clock.day_number(days(-1)), reported_at=days(-1), text="", points=0, evidence=0,
                            told_evidence=0, visibility="members"))  # fmt: skip
    db.session.flush()
    assert entering.save_entry(contest, ada, TOKEN, WHOLE).state == DRAFT


def test_what_is_handed_in_stays_whole_when_it_changes() -> None:
    contest, ada = taking(), make_member()
    entry = entering.hand_in(entering.save_entry(contest, ada, TOKEN, WHOLE, picture()), ada)
    first = entry.media.content_hash
    entering.change_entry(entry, ada, Draft(title="Eight doors", alt=WHOLE.alt, licence="cc-by-4.0"), picture(20))
    assert (entry.title, entry.state) == ("Eight doors", IN)
    assert [one.content_hash != first for one in db.session.scalars(sa.select(Media))] == [True]
    with pytest.raises(BadEntry) as caught:
        entering.change_entry(entry, ada, Draft(title="Eight doors", licence="cc-by-4.0"))
    assert list(caught.value.errors) == ["alt"]


def test_withdrawn_is_gone_with_its_picture_and_its_fact() -> None:
    contest, ada = taking(), make_member()
    entry = entering.hand_in(entering.save_entry(contest, ada, TOKEN, WHOLE, picture()), ada)
    for _time in range(2):
        entering.withdraw_entry(entry, ada)
        assert (entry.state, entry.media_id, facts()) == (WITHDRAWN, None, [(ada.id, "contest:draw-mdm", False)])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Media)) == 0
    again = entering.hand_in(entering.save_entry(contest, ada, "n" * 22, WHOLE, picture()), ada)
    assert (again.state, [counts for _who, _what, counts in facts()]) == (IN, [False, True])


def test_co_authors_are_asked_and_count_once_they_say_so() -> None:
    contest, ada, bob, cy = taking(), make_member(), make_member("bob"), make_member("cy")
    draft = Draft(**{**vars(WHOLE), "co_authors": ("bob", "cy", "ada")})
    entry = entering.save_entry(contest, ada, TOKEN, draft, picture())
    assert told("contest.co_author") == []
    entering.hand_in(entry, ada)
    assert (told("contest.co_author"), [who for who, *_rest in facts()]) == ([bob.id, cy.id], [ada.id])
    assert [authors.answer_co_author(entry.id, bob.id, True) for _time in range(2)] == [True, False]
    assert ([who for who, *_rest in facts()], told("contest.co_author_agreed")) == ([ada.id, bob.id], [ada.id])
    authors.answer_co_author(entry.id, cy.id, False)
    authors.answer_co_author(entry.id, bob.id, False)
    assert [counts for *_rest, counts in facts()] == [True, False]
    authors.answer_co_author(entry.id, bob.id, True)
    assert [counts for *_rest, counts in facts()] == [True, True]
    entering.change_entry(entry, ada, WHOLE)
    assert [counts for *_rest, counts in facts()] == [True, False]
    assert db.session.scalars(sa.select(Author.member_id)).all() == [ada.id]
    with pytest.raises(NotAllowed):
        authors.answer_co_author(entry.id, bob.id, True)


def test_unknown_co_authors_are_named() -> None:
    make_member("sam", state="suspended")
    with pytest.raises(BadEntry, match="@nobody, @sam"):
        entering.save_entry(taking(), make_member(), TOKEN, Draft(co_authors=("nobody", "sam")))


def test_the_names_stay_once_the_vote_has_begun() -> None:
    contest, ada, bob = taking(), make_member(), make_member("bob")
    entry = entering.save_entry(contest, ada, TOKEN, Draft(**{**vars(WHOLE), "co_authors": ("bob",)}), picture())
    entering.hand_in(entry, ada)
    with clock.as_of(contest.rounds[0].starts_at), pytest.raises(WrongPhase):
        authors.answer_co_author(entry.id, bob.id, True)


def named(who: str) -> Draft:
    return Draft(nominee=who, story="She answered every question for a year.")


def test_a_person_is_named_by_another_and_asked_once() -> None:
    contest, ada, eve = taking(takes="person"), make_member(), make_member("eve")
    entry = entering.hand_in(entering.save_entry(contest, ada, TOKEN, named("eve")), ada)
    assert (entry.nominee_id, entry.nominee_agreed, told("contest.nominated"), facts()) == (eve.id, None, [eve.id], [])
    entry.nominee_agreed = True
    entering.put_back_facts(entry, NOW)
    assert facts() == [(eve.id, "contest:draw-mdm", True)]
    entering.take_out_facts(entry, None, "a mistake", NOW)
    assert facts() == [(eve.id, "contest:draw-mdm", True)]
    entry.state = "out"
    entering.take_out_facts(entry, None, "a mistake", NOW)
    assert facts() == [(eve.id, "contest:draw-mdm", False)]


@pytest.mark.parametrize(("who", "words"), [("ada", "oneself"), ("nobody", "@nobody"), ("sam", "@sam")])
def test_who_cannot_be_named(who: str, words: str) -> None:
    make_member("sam", state="alumni")
    with pytest.raises(BadEntry, match=words):
        entering.save_entry(taking(takes="person"), make_member(), TOKEN, named(who))


def test_a_person_stands_once_and_a_no_is_a_no() -> None:
    contest, ada, bob, eve = taking(takes="person"), make_member(), make_member("bob"), make_member("eve")
    first = entering.hand_in(entering.save_entry(contest, ada, TOKEN, named("eve")), ada)
    with pytest.raises(BadEntry, match="already"):
        entering.save_entry(contest, bob, TOKEN, named("eve"))
    db.session.commit()
    first.nominee_agreed = False
    entering.withdraw_entry(first, ada)
    with pytest.raises(BadEntry, match="already"):
        entering.save_entry(contest, bob, TOKEN, named("eve"))
    assert eve.id == first.nominee_id


def test_keys_are_made_by_us(app: Any) -> None:
    contest, ada = taking(entries_each=20), make_member()
    keys = [entering.save_entry(contest, ada, f"{n:022}", WHOLE).key for n in range(3)]
    assert (len(set(keys)), {len(key) for key in keys}) == (3, {16})


def test_what_may_be_entered_when(monkeypatch: pytest.MonkeyPatch) -> None:
    """The moment is asked for after the contest is ours, not before."""
    asked: list[bool] = []
    contest, ada = taking(), make_member()
    hold, moment = entering.hold_contest, entering.moment

    def held(contest_id: int) -> Any:
        asked.append(True)
        return hold(contest_id)

    def late() -> datetime:
        assert asked
        return moment()

    monkeypatch.setattr(entering, "hold_contest", held)
    monkeypatch.setattr(entering, "moment", late)
    entering.save_entry(contest, ada, TOKEN, WHOLE)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Entry)) == 1

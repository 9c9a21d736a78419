"""Who may see which entry."""

from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.contests.models.entry import Author, Entry
from recognition.contests.queries import Reader, my_entries, public_entries, shown
from recognition.extensions import db
from tests.factories.contests import NOW, days, make_contest, make_entry
from tests.factories.identity import make_member


@pytest.fixture(autouse=True)
def now(app: Any) -> Any:
    with clock.as_of(NOW):
        yield


@pytest.mark.parametrize(("state", "seen"), [("draft", ["ada"]), ("in", ["ada", "ben", "cy"])])
def test_a_draft_is_seen_by_whoever_has_it_in_hand_and_not_by_whom_it_names(state: str, seen: list[str]) -> None:
    contest = make_contest(entries_until=days(5), shows_at_once=False)
    people = {handle: make_member(handle) for handle in ("ada", "ben", "cy", "dee")}
    entry = make_entry(contest, people["ada"], state=state, nominee_id=people["cy"].id)
    db.session.add(Author(entry_id=entry.id, member_id=people["ben"].id, position=1, state="asked"))
    db.session.flush()

    def sees(member_id: int) -> bool:
        wanted = sa.select(Entry.id).where(shown(contest, Reader(member_id), NOW))
        assert [one.id for one in my_entries(contest, member_id)] == list(db.session.scalars(wanted))
        return bool(db.session.scalars(wanted).all())

    assert [handle for handle, member in people.items() if sees(member.id)] == seen


@pytest.mark.parametrize("gone", ["ada", "ben"])
def test_a_nomination_is_shown_while_both_who_gave_it_and_whom_it_names_may_be(gone: str) -> None:
    contest = make_contest(takes="person")
    ada, ben = make_member("ada"), make_member("ben")
    make_entry(contest, ada, nominee_id=ben.id, nominee_agreed=True)
    wanted = sa.select(sa.func.count()).select_from(Entry).where(public_entries())
    assert db.session.scalar(wanted) == 1
    {"ada": ada, "ben": ben}[gone].state = "suspended"
    db.session.flush()
    assert db.session.scalar(wanted) == 0

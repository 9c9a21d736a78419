"""Contests, surface by surface, with people who would show there if it were broken; and what stays secret after the close."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities.drain import drain
from recognition.activities.models import Activity
from recognition.contests.models.contest import Result
from recognition.contests.models.entry import Remark
from recognition.contests.models.vote import Sheet
from recognition.contests.queries import entry_by_key
from recognition.contests.services import closing, flags, opening
from recognition.contests.services.telling import Place, tell_slice
from recognition.contests.services.voting import cast
from recognition.identity.models import Member
from recognition.identity.services.merging import merge
from tests.factories.contests import NOW, days, make_contest, make_entry
from tests.factories.identity import make_member
from tests.privacy.test_surfaces import CHANGES, LATER, NAMES, House

SHOWN = set(NAMES) - {"banned", "double"}
"""Whoever hands in is shown with it, under the name they show to that reader; who is suspended is not."""
AFTER = days(8)


class Hall(House):
    """Everybody handed in a text, voted for the next one's, and said something about the first; all is closed and told."""

    contest: Any
    entries: dict[str, Any]

    def who(self, address: str) -> set[str]:
        """Also those whose name is hidden and who stand there by their handle, without a link."""
        text = self.read(address)
        text = text[text.index("<main") :] if "<main" in text else text
        return super().who(address) | {handle for handle in NAMES if f"@{handle}" in text}

    def entry_of(self, handle: str, end: str = "") -> str:
        return f"/contests/draw-mdm/entries/{self.entries[handle]}{end}"


def vote(contest: Any, people: dict[str, Member], entries: dict[str, Any]) -> None:
    one, handles = contest.rounds[0], list(people)
    opening.open_round(one.id, NOW)
    for handle, after in zip(handles, [*handles[1:], handles[0]], strict=True):
        cast(one.id, people[handle].id, {entries[after].id: 1})


def finish(contest_id: int, round_id: int, db: Any) -> None:
    assert closing.close_round(round_id, AFTER)
    place: Place | None = Place()
    while place is not None:
        place = tell_slice(contest_id, place, AFTER)
    db.session.commit()
    drain()


@pytest.fixture(params=["guest", "member"])
def hall(request: Any, client: FlaskClient, sign_in: Any, db: Any) -> Iterator[Hall]:
    with clock.as_of(AFTER):
        visible = {"picture": "public"}
        people = {
            handle: make_member(handle, name=name, **{**CHANGES.get(handle, {}),
                                "visibility": visible | CHANGES.get(handle, {}).get("visibility", {})})
            for handle, name in NAMES.items()
        }  # fmt: skip
        contest = make_contest(takes="text")
        entries = {
            handle: make_entry(contest, one, title=f"Text {n}", text="Words.") for n, (handle, one) in enumerate(people.items())
        }
        db.session.commit()
        with clock.as_of(NOW):
            vote(contest, people, entries)
        for handle, one in people.items():
            db.session.add(Remark(entry_id=entries["openly"].id, member_id=one.id, key=handle, text="Good.", at=NOW))
        db.session.commit()
        finish(contest.id, contest.rounds[0].id, db)
        for handle, state in LATER.items():
            people[handle].state = state
        merge(people["double"], people["openly"], None, "The same person twice.", AFTER)
        db.session.commit()
        found = Hall(client, sign_in, people, request.param == "member")
        found.contest, found.entries = contest, {handle: entry.key for handle, entry in entries.items()}
        if found.signed_in:
            sign_in(client, people["reader"])
        yield found


def test_the_gallery(hall: Hall) -> None:
    assert hall.who("/contests/draw-mdm/entries/") == SHOWN


@pytest.mark.parametrize("handle", NAMES)
def test_the_page_of_an_entry(hall: Hall, handle: str) -> None:
    """An entry of a row that was joined to another is that one's now."""
    address = hall.entry_of(handle)
    if handle == "banned":
        assert hall.client.get(address).status_code == 404
        return
    assert hall.who(address) >= {"openly" if handle == "double" else handle}
    assert not hall.who(address) & {"banned", "double"}


def test_the_results_and_the_hall_of_fame(hall: Hall) -> None:
    for address in ("/contests/draw-mdm/results", "/contests/draw-mdm/results?numbers=1", "/contests/hall-of-fame"):
        assert not hall.who(address) & {"banned", "double"}
    assert hall.who("/contests/draw-mdm/results") | hall.who("/contests/draw-mdm/results?numbers=1") <= SHOWN


def test_the_wall_and_the_poster(hall: Hall) -> None:
    for address in ("/contests/", "/contests/draw-mdm", "/"):
        assert not hall.who(address) & {"banned", "double"}


def test_talk_is_for_members_and_shows_nobody_who_is_gone(hall: Hall) -> None:
    shown = hall.who(hall.entry_of("openly", "/talk"))
    assert shown == (SHOWN if hall.signed_in else set())


def test_talk_about_what_nobody_may_see(hall: Hall) -> None:
    assert hall.client.get(hall.entry_of("banned", "/talk")).status_code == 404


def test_the_published_ballots_hold_no_name_and_no_number(hall: Hall) -> None:
    for address in ("/contests/draw-mdm/ballots.csv", "/api/v1/contests/draw-mdm/ballots.csv"):
        answer = hall.client.get(f"{address}?round=1")
        assert answer.status_code == 200
        assert answer.headers.get("Content-Length", str(len(answer.data))) == str(len(answer.data))
        head, *lines = answer.get_data(as_text=True).splitlines()
        assert head.split(",") == sorted(hall.entries.values())
        assert {cell for line in lines for cell in line.split(",")} == {"x", ""}
        assert len(lines) == len(NAMES)


def test_that_somebody_voted_is_in_the_log_for_them_alone(hall: Hall, db: Any) -> None:
    rows = db.session.execute(sa.select(Activity.visibility, Activity.occurred_at).where(Activity.kind == "contest.voted"))
    assert {tuple(row) for row in rows} == {("me", hall.contest.rounds[0].ends_at)}
    for address in ("/activities/", "/activities/?kind=contest.voted", "/members/openly"):
        assert "Voted in a contest" not in hall.read(address)


def test_nothing_leads_from_a_ballot_to_its_voter_any_more(hall: Hall, db: Any) -> None:
    db.session.expire_all()
    assert hall.contest.rounds[0].salt == ""
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Sheet)) == 0


def test_a_hidden_entry_and_one_that_is_out_are_on_no_page(hall: Hall, db: Any) -> None:
    judge = make_member("judge", roles=("council",))
    hidden, out = (entry_by_key(hall.contest, hall.entries[handle]) for handle in ("quiet", "away"))
    assert hidden is not None
    assert out is not None
    flags.hide(hidden, judge, "It shows somebody who did not agree.", AFTER)
    flags.disqualify(out, judge, "It is somebody else's.", AFTER)
    db.session.commit()
    for address in ("/contests/draw-mdm/entries/", "/contests/draw-mdm", "/contests/", "/"):
        text = hall.read(address)
        assert hall.entries["quiet"] not in text
        assert hall.entries["away"] not in text
    assert hall.who("/contests/draw-mdm/entries/") == SHOWN - {"quiet", "away"}
    for handle in ("quiet", "away"):
        assert hall.client.get(hall.entry_of(handle)).status_code == 404
    assert NAMES["quiet"] not in hall.read("/contests/draw-mdm/results?numbers=1")
    assert NAMES["quiet"] not in hall.read("/contests/hall-of-fame")
    assert db.session.scalar(sa.select(sa.func.max(Result.number))) == 2


def test_turnout_of_few_is_told_of_nobody(hall: Hall) -> None:
    """Nine people in no group, of whom all voted: beside the number of ballots, nothing is told of any group."""
    outcome = hall.contest.rounds[0].outcome
    assert (outcome["roll"], outcome["ballots"], outcome["groups"]) == (len(NAMES), len(NAMES), [])

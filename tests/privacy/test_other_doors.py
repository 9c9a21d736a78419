"""Who did not answer, who is quiet and how somebody voted is told by no program's key, no command, no archive and no mail to
council or admins: two houses in which people did otherly tell the same. Pages: see surveys, quiet."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.badges.models import Award
from recognition.contests.models.contest import Round
from recognition.contests.services.voting import cast
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.jobs import ledger
from recognition.quiet.models import QuietNote
from recognition.quiet.services import absence, answering
from tests import doors
from tests.announcements.test_mailing import connected
from tests.conftest import empty_tables
from tests.doors import Doors, letters
from tests.factories import activities
from tests.factories.activities import make_activity
from tests.factories.campaigns import make_campaign
from tests.factories.contests import make_contest, make_entry, make_round, open_round
from tests.factories.credentials import NOW, earned, make_address
from tests.factories.identity import make_member
from tests.factories.quiet import make_rule
from tests.factories.surveys import days, make_people, make_survey, open_survey, say
from tests.journeys.year import live
from tests.servers.mail import Mailbox

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True, scope="session")
BOSSES = ("cleo", "adam")
SPEAKING = {"announcements", "contests", "mentoring", "pages", "quiet", "roles", "surveys"}
"""Packages whose periodic work says something to somebody in these stories; figures are only on pages."""
Told = dict[str, Any]


def test_each_command_is_known_to_tell_or_not(app: Flask) -> None:
    assert doors.commands(app) == set(doors.TELLING) | doors.SILENT


@pytest.fixture
def house(app: Flask, mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["House"]:
    monkeypatch.setattr(ledger, "push", lambda _bell: True)
    speaking = [(name, period) for name, period in app.extensions["timetable"] if name.partition(".")[0] in SPEAKING]
    monkeypatch.setitem(app.extensions, "timetable", speaking)
    for _box in connected(app, mailbox.port, mailbox):
        yield House(app, mailbox, tmp_path)


class House:
    """Built anew for each story that is told of it: the same people, the same days."""

    def __init__(self, app: Flask, mailbox: Mailbox, folder: Path) -> None:
        self.app, self.mailbox, self.folder, self.built = app, mailbox, folder, 0

    def build(self) -> None:
        """A council member, an admin, both with an address, and somebody with a pin that everybody may see."""
        empty_tables()
        activities._numbers = count(1)
        self.mailbox.mails.clear()
        self.built += 1
        cleo, adam = (make_member(who, roles=("council", "admin") if who == "cleo" else ("admin",)) for who in BOSSES)
        for one in (cleo, adam):
            make_address(one, f"{one.handle}@hall.example")
        make_campaign("week")
        award = earned("ada", visibility="public")
        db.session.execute(sa.update(Award).values(key="pinpinpinpin"))
        assert award.id
        db.session.commit()

    def tell(self, *handles: str, slug: str) -> Told:
        cleo = db.session.scalars(sa.select(Member).where(Member.handle == "cleo")).one()
        folder = self.folder / f"{self.built}-{clock.utcnow():%d-%H}"
        return Doors(self.app, folder, cleo, handles, slug=slug, campaign="week", badge="talker").read() | {"mails": self.mails()}

    def live(self, *moments: Any) -> None:
        for moment in moments:
            with clock.as_of(moment):
                live(self.app)

    def mails(self) -> list[str]:
        return letters(self.mailbox, *(f"{who}@hall.example" for who in BOSSES))


def differing(one: Told, other: Told) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def survey_story(house: House, answered: list[int]) -> tuple[Told, Told]:
    """What is told in the middle, and after the end."""
    with clock.as_of(days(0)):
        house.build()
        people = make_people(24)
        survey = open_survey(make_survey())
        say(survey, [people[number] for number in answered], "yes")
    house.live(days(1), days(4), days(5))
    with clock.as_of(days(5)):
        middle = house.tell("m0", "m13", slug="know-mdm")
    if not answered:
        return middle, {}
    house.live(*(days(number) for number in (7, 7.1, 8, 9)))
    with clock.as_of(days(9)):
        return middle, house.tell("m0", "m13", slug="know-mdm")


def test_who_answered_a_survey(house: House) -> None:
    first, second = (survey_story(house, list(some)) for some in (range(12), range(12, 24)))
    nobody = survey_story(house, [])
    assert differing(first[0], nobody[0]) == []
    assert [differing(*pair) for pair in zip(first, second, strict=True)] == [[], []]
    assert len(first[1]) > 40
    assert sum(str(text).startswith("200 ") for name, text in first[1].items() if name.startswith("/")) == 17
    assert [len(told["mails"]) for told in first] == [2, 6]


def vote_story(house: House, marks: list[int]) -> tuple[Told, Told]:
    """`marks`: what each voter gives to the first of two entries; the second gets what is left of five."""
    with clock.as_of(NOW):
        house.build()
        contest = make_contest(rounds=0)
        one = make_round(contest, method="score")
        made = [make_entry(contest, make_member(f"maker{n}"), key=f"entry-{n}", title=f"Picture {n}") for n in range(2)]
        voters = [make_member(f"v{number}") for number in range(8)]
        open_round(one, made, voters)
        db.session.commit()
    with clock.as_of(days(1)):
        for voter, mark in zip(voters, marks, strict=False):
            cast(one.id, voter.id, {made[0].id: mark, made[1].id: 5 - mark})
            db.session.commit()
    house.live(days(5))
    with clock.as_of(days(5)):
        middle = house.tell("v0", "v7", slug="draw-mdm")
    if not marks:
        return middle, {}
    house.live(days(7), days(8))
    with clock.as_of(days(8)):
        after = house.tell("v0", "v7", slug="draw-mdm")
        assert db.session.scalar(sa.select(Round.state)) == "closed"
        return middle, after


def test_how_somebody_voted(house: House) -> None:
    marks = [5, 5, 4, 4, 1, 0, 0, 0]
    first, second, nobody = (vote_story(house, some) for some in (marks, marks[::-1], []))
    assert differing(first[0], nobody[0]) == []
    ballots = "/api/v1/contests/draw-mdm/ballots.csv"
    assert "200 " in first[1][ballots][:4]
    for told in (first[1], second[1]):
        # Their order is made by chance.
        told[ballots] = sorted(told[ballots].splitlines())
    assert [differing(*pair) for pair in zip(first, second, strict=True)] == [[], []]


def quiet_story(house: House, said: str, by_question: bool) -> Told:
    """Pat and Paul were not heard of for long and are asked. Paul says nothing; Pat says it to the question, or does the same
    in the settings as anybody may. Empty: says nothing."""
    with clock.as_of(days(-9)):
        house.build()
        make_rule()
        people = {handle: make_member(handle) for handle in ("pat", "paul")}
        for one in people.values():
            make_address(one, f"{one.handle}@hall.example")
            make_activity(one.id, text=f"A talk of {one.handle}", occurred_at=days(-300))
        db.session.commit()
    house.live(days(-9), days(-1), days(0))
    with clock.as_of(days(0)):
        until, pat_id = (days(30)).date(), people["pat"].id
        note = db.session.scalars(sa.select(QuietNote).where(QuietNote.member_id == pat_id)).one()
        assert note.asked_at is not None
        if by_question and said:
            answering.answer(note.id, said, until if said == "pause" else None, clock.utcnow())
        elif said == "pause":
            absence.go_away(pat_id, until, clock.utcnow())
        elif said == "alumni":
            absence.become_alumni(pat_id, clock.utcnow())
        db.session.commit()
    house.live(days(2))
    with clock.as_of(days(2)):
        return house.tell("pat", "paul", slug="first")


@pytest.mark.parametrize("said", ["here", "pause", "alumni"])
def test_who_is_quiet_and_what_they_said(house: House, said: str) -> None:
    """Whoever says that they are here is as who says nothing; who pauses or leaves is as who does it unasked."""
    asked, unasked = quiet_story(house, said, True), quiet_story(house, said if said != "here" else "", False)
    assert differing(asked, unasked) == []
    assert asked["mails"]

"""The clock goes through a year over the demo community, evening by evening, and workers are killed on the way: digests,
reminders, words to quiet people, terms, short notice, streaks and ends come on their day, and once."""

import random
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.services import record
from recognition.announcements import wishing
from recognition.announcements.models import SENT, Delivery, Notice
from recognition.announcements.wishing import Said
from recognition.badges.models import Award
from recognition.campaigns import moving
from recognition.campaigns import services as campaigns
from recognition.campaigns.models import Campaign
from recognition.campaigns.rules import CampaignSpec, is_short_notice
from recognition.demo import services as demo
from recognition.events.models import Coming, Event
from recognition.extensions import db
from recognition.identity.models import Account, Member
from recognition.identity.queries import member_by_handle
from recognition.identity.services import roles
from recognition.objectives.models import Objective
from recognition.objectives.rules import tone
from recognition.quiet.models import QuietNote
from recognition.quiet.queries import terms
from recognition.quiet.services import absence
from recognition.surveys.models import Survey
from recognition.surveys.services import answering, making
from tests.factories.activities import make_report
from tests.factories.badges import make_badge
from tests.factories.surveys import SAID, make_survey
from tests.journeys import year
from tests.servers.mail import Mailbox
from tests.servers.programs import Program, program

# On a slow machine that is busy besides.
pytestmark = [pytest.mark.skipif(sys.platform == "win32", reason="forks"), pytest.mark.timeout(1800)]
BEGINS = datetime(2027, 1, 4, 19, 10, tzinfo=UTC)
DAYS = 366
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FRIDAYS = Said({"community": "week", "news": "week", "mine": "now", "events": "now"}, "en", "Europe/Amsterdam", 4, 18, 0, 0)
TERM_ENDS = date(2027, 6, 30)
STREAK = {"streak": "week", "where": {"tags_any": ["mondays"]}, "at_least": 5}
BACK = date(2027, 3, 10)
ASKED = datetime(2027, 4, 5, 6, tzinfo=UTC)
HALFWAY, LAST_DAY = date(2027, 4, 12), date(2027, 4, 18)
"""Of two weeks, by the clock of the evening."""
HOME = Path(__file__).parents[2]


class Year:
    """The house, from the test's side: what it is set up with, and what became of it."""

    def __init__(self, folder: Path, mailbox: Mailbox) -> None:
        self.folder, self.mailbox, self.kills = folder, mailbox, 0
        self.reminded: dict[str, list[date]] = {}
        self.url = f"sqlite:///{folder / 'year.db'}"
        self.app = year.program(folder, self.url, mailbox.port)

    def id_of(self, handle: str) -> int:
        found = member_by_handle(handle)
        assert found is not None
        return found.id

    def begin(self) -> None:
        db.create_all()
        with clock.as_of(BEGINS):
            demo.load(BEGINS)
            for handle in ("teo", "bram"):
                known = {"issuer": "https://id.example", "subject": handle, "created_at": BEGINS}
                mail = {"email": f"{handle}@hall.example", "email_verified": True}
                db.session.add(Account(member_id=self.id_of(handle), **known, **mail))
            wishing.save(self.id_of("teo"), FRIDAYS, BEGINS)
            roles.grant(db.session.get_one(Member, self.id_of("bram")), "reviewer", None, BEGINS, TERM_ENDS)
            make_badge("weeks-of-five", STREAK, name="Five weeks")
            make_badge("for-a-while", {"count": {"kind": "planning", "tags_any": ["springtime"]}, "at_least": 1}, valid_days=60)
            absence.go_away(self.id_of("kofi"), BACK, BEGINS)
            self.plan_late_campaign()
            survey = make_survey("in-spring", title="In spring", opens_at=ASKED, closes_at=ASKED + timedelta(days=14))
            making.release(survey.id, BEGINS, None)
        db.session.commit()
        db.session.remove()

    def plan_late_campaign(self) -> None:
        starts = datetime(2027, 5, 10, tzinfo=UTC)
        spec = CampaignSpec("late-one", "A late one", starts, starts + timedelta(days=14))
        made = campaigns.save(spec, BEGINS, None)
        moving.plan(made, starts - timedelta(days=5), None)

    def tell_deeds(self, day: date) -> None:
        """What people do in this year: somebody something every Wednesday, five Mondays in a row, and one deed with a tag."""
        first = BEGINS.date() + timedelta(weeks=9)
        at = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
        if day in {first + timedelta(weeks=n) for n in range(5)}:
            told = {"source_key": f"monday:{day}", "kind": "talk", "text": f"Monday {day}", "tags": ("mondays",)}
            record([make_report(self.id_of("lior"), occurred_at=at, **told)], at)
        if day.weekday() == 2:
            told = {"source_key": f"wednesday:{day}", "kind": "talk", "text": f"A talk on {day}", "visibility": "public"}
            record([make_report(self.id_of("mirembe"), occurred_at=at, **told)], at)
        if day == date(2027, 4, 1):
            record([make_report(self.id_of("noor"), source_key="spring", kind="planning", tags=("springtime",), text="Spring",
                                occurred_at=at)], at)  # fmt: skip
        for handle, answers_on in (("lior", date(2027, 4, 6)), ("mirembe", date(2027, 4, 14))):
            if day == answers_on:
                survey = db.session.scalars(sa.select(Survey).where(Survey.slug == "in-spring")).one()
                answering.answer(survey.id, self.id_of(handle), SAID["yes"], at)
        db.session.commit()
        db.session.remove()

    def look(self) -> None:
        """What is said to who has not answered is taken back at the end, so it is looked at before."""
        of_it = sa.select(Member.handle, Notice.created_at).join(Notice, Notice.member_id == Member.id)
        of_it = of_it.where(Notice.kind == "survey.reminder", Notice.path == "/surveys/in-spring").order_by(Notice.created_at)
        for handle, at in db.session.execute(of_it):
            self.reminded.setdefault(handle, []).append(at.date())
        db.session.remove()


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, mail_year: Mailbox) -> Iterator[Year]:
    house, chance = Year(tmp_path_factory.mktemp("year"), mail_year), random.Random(27)
    with house.app.app_context():
        house.begin()
        command = [sys.executable, "-m", "tests.journeys.year", str(house.folder), house.url, str(mail_year.port)]
        with program(command, cwd=HOME) as child:
            for number in range(DAYS):
                evening = BEGINS + timedelta(days=number)
                house.tell_deeds(evening.date())
                _live(child, evening, house, chance)
                if evening.date() == LAST_DAY:
                    house.look()
        yield house
        db.session.remove()


def _live(child: Program, moment: datetime, house: Year, chance: random.Random) -> None:
    """One moment in five is broken off somewhere, and begun again."""
    for words in [chance.randint(1, 400)] * (chance.random() < 0.2) + [0]:
        child.tell(f"{moment.isoformat()} {words}")
        fate = child.line()
        house.kills += fate == "killed"
        assert fate in (("killed", "ended 0") if words else ("ended 0",))


def notices(kind: str, handle: str | None = None, house: Year | None = None) -> list[Notice]:
    wanted = sa.select(Notice).where(Notice.kind == kind, Notice.created_at >= BEGINS).order_by(Notice.created_at, Notice.id)
    if handle and house:
        wanted = wanted.where(Notice.member_id == house.id_of(handle))
    return list(db.session.scalars(wanted))


def test_workers_were_killed_all_along(lived: Year) -> None:
    assert lived.kills > DAYS / 10


def test_no_mail_went_twice_and_each_digest_came_on_its_friday(lived: Year) -> None:
    ids = Counter(str(mail["Message-ID"]) for mail in lived.mailbox.mails)
    assert [one for one, times in ids.items() if times > 1] == []
    days = [one.created_at.astimezone(AMSTERDAM).date() for one in notices("digest", "teo", lived)]
    whole = [BEGINS.date() + timedelta(days=number) for number in range(DAYS)]
    assert days == [day for day in whole if day.weekday() == 4]
    states = Counter(db.session.scalars(sa.select(Delivery.state).join(Notice).where(
        Notice.member_id == lived.id_of("teo"), Notice.kind == "digest", Notice.created_at >= BEGINS)))  # fmt: skip
    # A worker killed with a mail in its hands leaves it unsure: it may have arrived, so it is not sent again.
    assert sum(states.values()) == len(days)
    assert set(states) <= {SENT, "unsure"}
    assert states[SENT] > len(days) * 0.8


def test_who_comes_is_reminded_within_the_day_before_once(lived: Year) -> None:
    begun = (Event.starts_at > BEGINS + timedelta(days=1), Event.starts_at < BEGINS + timedelta(days=DAYS - 1))
    events = db.session.scalars(sa.select(Event).where(*begun)).all()
    assert len(events) >= 4
    for event in events:
        coming = set(db.session.scalars(sa.select(Coming.member_id).where(Coming.event_id == event.id, Coming.answer == "yes")))
        told = [one for one in notices("event.soon") if one.path == f"/events/{event.slug}"]
        assert coming <= {one.member_id for one in told}
        assert len(told) == len({one.member_id for one in told})
        assert {event.starts_at - timedelta(days=1) <= one.created_at < event.starts_at for one in told} == {True}


def test_thanks_come_first_and_the_question_a_week_later(lived: Year) -> None:
    rule = terms()
    notes = db.session.scalars(sa.select(QuietNote).where(QuietNote.thanked_at >= BEGINS).order_by(QuietNote.id)).all()
    asked = [one for one in notes if one.asked_at is not None]
    assert len(asked) >= 5
    for one in asked:
        assert one.asked_at is not None
        assert one.asked_at - one.thanked_at == timedelta(days=rule.thank_days)
    by_member: dict[int, list[datetime]] = {}
    for one in notes:
        by_member.setdefault(one.member_id, []).append(one.thanked_at)
    gaps = [later - earlier for times in by_member.values() for earlier, later in pairwise(times)]
    assert gaps
    assert min(gaps) >= timedelta(days=rule.again_days)
    heard = Counter(one.key for kind in ("quiet.thanks", "quiet.thanks.quest", "quiet.thanks.plain", "quiet.question")
                    for one in notices(kind))  # fmt: skip
    assert len(heard) == len(notes) + len(asked)
    left = db.session.scalars(sa.select(Member.state).where(Member.id.in_(by_member)))
    assert set(left) == {"active"}, "nobody's state was changed by a machine"


def test_whoever_was_away_is_back_the_day_after(lived: Year) -> None:
    kofi = db.session.get_one(Member, lived.id_of("kofi"))
    assert (kofi.state, kofi.away_until) == ("active", None)


def test_a_campaign_went_out_at_its_time_and_says_that_it_was_late(lived: Year) -> None:
    one = db.session.scalars(sa.select(Campaign).where(Campaign.slug == "late-one")).one()
    assert one.published_at == datetime(2027, 5, 5, 19, 10, tzinfo=UTC)
    assert is_short_notice(one.starts_at, one.published_at, one.lead_days)
    assert one.outcome_at is not None


def test_a_term_is_asked_about_a_month_before_it_ends_and_ends_nothing(lived: Year) -> None:
    (one,) = notices("role.ending", "bram", lived)
    assert one.created_at.date() == TERM_ENDS - timedelta(days=30)
    assert "reviewer" in db.session.get_one(Member, lived.id_of("bram")).roles


def test_a_streak_brings_its_badge_in_the_fifth_week_once(lived: Year) -> None:
    awards = sa.select(Award).where(Award.member_id == lived.id_of("lior"), Award.badge.has(slug="weeks-of-five"))
    (award,) = db.session.scalars(awards).all()
    assert award.awarded_at.date() == BEGINS.date() + timedelta(weeks=13)


def test_what_has_an_end_is_told_before_and_at_its_end_once(lived: Year) -> None:
    award = db.session.scalars(sa.select(Award).where(Award.badge.has(slug="for-a-while"))).one()
    assert award.expires_at is not None
    (before,), (over,) = notices("award.expiring", "noor", lived), notices("award.expired", "noor", lived)
    assert before.created_at.date() == (award.expires_at - timedelta(days=award.badge.warn_days)).date() + timedelta(
        days=(award.expires_at - timedelta(days=award.badge.warn_days)).time() > BEGINS.time()
    )
    assert over.created_at >= award.expires_at
    assert over.created_at - award.expires_at < timedelta(days=1)


def test_an_objective_without_news_was_asked_about_on_its_day_and_is_quiet(lived: Year) -> None:
    objectives = {str(one.id): one for one in db.session.scalars(sa.select(Objective))}
    running = {key for key, one in objectives.items() if one.state == "running"}
    told: dict[str, list[str]] = {}
    for word in notices("objective.quiet"):
        _kind, key, last = word.key.split(":", 2)
        news, quiet_days = last.rsplit(":", 1)
        silence = word.created_at - datetime.fromisoformat(news)
        assert (word.member_id, int(quiet_days)) == (objectives[key].owner_id, objectives[key].quiet_days)
        assert timedelta(days=int(quiet_days)) <= silence < timedelta(days=int(quiet_days) + 1)
        told.setdefault(key, []).append(news)
    assert all(len(silences) == len(set(silences)) for silences in told.values()), "one word for each silence"
    assert running
    for key in running:
        one = objectives[key]
        assert datetime.fromisoformat(told[key][-1]) == one.news_at
        assert tone(one.state, one.news_at, one.quiet_days, BEGINS + timedelta(days=DAYS)) == "quiet"


def test_surveys_closed_on_their_day_with_a_result(lived: Year) -> None:
    ended = BEGINS + timedelta(days=DAYS - 2)
    found = db.session.scalars(sa.select(Survey).where(Survey.ready_at.is_not(None), Survey.closes_at < ended)).all()
    assert found
    for one in found:
        assert one.state == "closed"
        assert one.result_at is not None
        if one.closes_at > BEGINS:
            assert one.result_at - one.closes_at < timedelta(days=1)
        assert one.salt == ""


def test_who_has_not_answered_a_survey_is_reminded_halfway_and_on_the_last_day_once(lived: Year) -> None:
    assert lived.reminded["teo"] == lived.reminded["bram"] == [HALFWAY, LAST_DAY]
    assert lived.reminded["mirembe"] == [HALFWAY]
    assert "lior" not in lived.reminded
    assert {tuple(days) for handle, days in lived.reminded.items() if handle != "mirembe"} == {(HALFWAY, LAST_DAY)}
    assert [one for one in notices("survey.reminder") if one.path == "/surveys/in-spring"] == []


def test_everything_derived_agrees_with_the_log(lived: Year) -> None:
    with clock.as_of(BEGINS + timedelta(days=DAYS)):
        differences = [(part, found) for part, check, _mend in lived.app.extensions["checks"] for found in check()]
    assert differences == []

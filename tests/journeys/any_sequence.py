"""A small community in which anything may happen in any order, by dice: what each thing is, and how it is done."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import sqlalchemy as sa

from recognition import clock
from recognition.activities import changes, confirming, thanking
from recognition.activities.drain import _one_batch, drain
from recognition.activities.models import Activity, Confirmation
from recognition.activities.rules import INTERNAL_KINDS, AlreadyWithdrawn, NotAWitness, NotThanked
from recognition.activities.services import record
from recognition.badges.models import DRAFT, PUBLISHED, RETIRED, Award, Badge
from recognition.badges.rules import NotGiven, check_spec
from recognition.badges.services import answering, giving, revoking, states
from recognition.campaigns import services as campaigns
from recognition.campaigns.models import Campaign
from recognition.extensions import db
from recognition.identity.models import Member, Membership
from recognition.identity.rules import Refused
from recognition.identity.services import merging, profiles, roles
from recognition.jobs import worker
from recognition.jobs.models import QUEUED, Job
from recognition.leaderboards.models import Board
from recognition.quests.models import Quest
from recognition.quests.services import walking as quests
from tests.factories.activities import make_report
from tests.factories.campaigns import make_campaign
from tests.factories.identity import make_group, make_member
from tests.factories.quests import make_quest

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
KINDS = ("talk", "call", "other")
RULES: tuple[dict[str, Any], ...] = (
    {"count": {}, "at_least": 2},
    {"count": {"kind": "talk"}, "at_least": 1},
    {"count": {"evidence": "confirmed"}, "at_least": 1},
    {"count": {"tags_any": ["mdm"], "at_most": {"day": 1}}, "at_least": 2},
    {"count": {"window": {"any_days": 3}}, "at_least": 3},
    {"count": {"kind": "confirmation.given"}, "at_least": 2},
    {"distinct": "kind", "at_least": 2},
    {"distinct": "person", "where": {"kind": ["thanks.given", "activity.confirmed"]}, "at_least": 2},
    {"sum": "points", "at_least": 12},
    {"streak": "week", "at_least": 2, "gaps": 1},
    {"span": {}, "at_least": 5},
    {"all": [{"count": {"group": "here"}, "at_least": 1}, {"not": {"belongs_to": "here"}}]},
    {"any": [{"finished": "first"}, {"count": {"campaign": "autumn"}, "at_least": 2}]},
    {"all": [{"count": {"kind": "call"}, "at_least": 1}, {"not": {"member_for": 30}}]},
    {"all": [{"belongs_to": "here"}, {"count": {"tags_any": ["mdm"]}, "at_least": 2}]},
    {"count": {"window": {"last_days": 7}}, "at_least": 2},
    {"holds": "pin-0"},
    {"all": [{"count": {}, "at_least": 2}, {"holds": "pin-0"}]},
)
ABOUT_PIN_0 = 2
"""The last rules, which that badge cannot have itself."""
CHANGE_THE_LOG = ("withdraw", "correct", "confirm", "unconfirm", "merge")
LEVELLED = ({"count": {}}, {"distinct": "day"}, {"count": {"evidence": "passive"}}, {"sum": "points"})


class World:
    """`story` says what happened, for whoever has to find out why."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.now = START
        self.story: list[str] = [f"seed {seed}"]
        self.made = 0
        self.members = [make_member(name, on_boards=self.dice.random() < 0.7).id for name in ("ada", "bob", "eve", "kim", "lin")]
        self.admin = make_member("root", roles=("admin", "council")).id
        groups = [make_group(slug).id for slug in ("here", "there")]
        db.session.add_all(Membership(group_id=groups[0], member_id=one, since=START) for one in self.members[:3])
        self.groups = [None, *groups]
        db.session.add(Board(slug="all", name="All", kinds=[]))
        db.session.add(Board(slug="talks", name="Talks", kinds=["talk"], measure="deeds", per_day=1, once_per_object=True))
        db.session.add(Board(slug="mix", name="Mix", kinds=[], measure="variety"))
        db.session.add(Board(slug="firsts", name="Firsts", kinds=[], measure="firsts"))
        db.session.add(Board(slug="help", name="Help", kinds=["thanks.received"], measure="people"))
        self.ends = {"starts_at": START - timedelta(days=9), "ends_at": START + timedelta(days=999)}
        make_campaign("autumn", goal_criteria={"count": {"campaign": "autumn"}, "at_least": 1}, **self.ends)
        make_campaign("proof", goal_criteria={"count": {"evidence": "confirmed"}, "at_least": 1}, **self.ends)
        make_quest("first", ("read", "do"), requires=None)
        with clock.as_of(START):
            for n in range(4):
                self._save(f"pin-{n}")
                if n:
                    states.publish(self._badge(f"pin-{n}").id)
            self.story += [self.report() for _n in range(self.dice.randrange(20))]
            db.session.commit()

    def step(self) -> None:
        name = self.dice.choices(list(self.acts), [weight for weight, _do in self.acts.values()])[0]
        self.now += timedelta(hours=self.dice.choice((1, 5, 30)))
        with clock.as_of(self.now):
            given = self._last_award()
            said = self.acts[name][1](self)
            # What such an act takes out of the log may come back before it is done; only then is anything given.
            assert name not in CHANGE_THE_LOG or self._last_award() == given, self.story
            self.story.append(f"{name} {said if said is not None else ''}")
            db.session.commit()

    def _last_award(self) -> int | None:
        return db.session.scalar(sa.select(sa.func.max(Award.id)))

    def settle(self) -> None:
        """Everything that waits is done."""
        for _round in range(50):
            with clock.as_of(self.now):
                drain(self.dice.choice((1, 3, 1000)))
                waiting = db.session.scalars(sa.select(Job.id).where(Job.state == QUEUED, Job.run_after <= self.now)).all()
                db.session.rollback()
                for job_id in waiting:
                    assert worker.run(job_id)
                left = db.session.scalar(sa.select(Job.id).where(Job.state == QUEUED).limit(1))
                db.session.rollback()
            if left is None:
                return
            self.now += timedelta(minutes=2)
        raise AssertionError("jobs without end")

    def report(self) -> str:
        report = self._report(self.dice.choice(self.members))
        return f"{record([report], self.now)[0]} {report.kind} of {report.member_id}"

    def _report(self, member_id: int) -> Any:
        self.made += 1
        pick = self.dice.choice
        return make_report(
            member_id, source_key=f"k{self.made}", kind=pick(KINDS), occurred_at=self.now - timedelta(days=pick((0, 1, 8, 15))),
            text=pick(("One", "Two", "Three", f"Deed {self.made}")), tags=pick(((), ("mdm",))), group_id=pick(self.groups),
            campaign=pick((None, "autumn")), evidence=pick((0, 0, 1)), visibility=pick(("public", "members", "me")),
            object=pick((None, "thing:1")), reporter_id=member_id,
        )  # fmt: skip

    def _deed(self, *conditions: Any) -> Any:
        wanted = sa.select(Activity.id, Activity.member_id, Activity.told_evidence).where(
            Activity.kind.not_in(INTERNAL_KINDS), *conditions
        )
        rows = db.session.execute(wanted.order_by(Activity.id)).all()
        return self.dice.choice(rows) if rows else None

    def withdraw(self) -> Any:
        found = [deed.id for deed in (self._deed() for _n in range(self.dice.choice((1, 1, 3)))) if deed]
        return changes.withdraw(found, None, "", self.now)

    def correct(self) -> Any:
        """Also moves it: to another kind, group, campaign, day."""
        deed = self._deed()
        try:
            return changes.correct(deed.id, self._report(deed.member_id), deed.member_id, self.now) if deed else None
        except AlreadyWithdrawn:
            return None

    def confirm(self) -> Any:
        deed, witness = self._deed(Activity.withdrawn_at.is_(None)), self.dice.choice(self.members)
        try:
            return (deed.id, witness, confirming.confirm(deed.id, witness, self.now)) if deed else None
        except NotAWitness:
            return None

    def unconfirm(self) -> Any:
        words = db.session.execute(
            sa.select(Confirmation.activity_id, Confirmation.witness_id).order_by(*Confirmation.__table__.c)
        )
        said = [tuple(word) for word in words]
        word = self.dice.choice(said) if said else None
        return (word, confirming.unconfirm(*word, self.now)) if word else None

    def thank(self) -> Any:
        self.made += 1
        pair = (self.dice.choice(self.members), self.dice.choice(self.members))
        try:
            return thanking.thank(*pair, "Thank you", self.now, f"t{self.made}")
        except NotThanked:
            return None

    def take_thanks_back(self) -> Any:
        said = sa.select(Activity.id, Activity.reporter_id, Activity.member_id).where(Activity.kind == "thanks.received")
        rows = db.session.execute(said.order_by(Activity.id)).all()
        row = self.dice.choice(rows) if rows else None
        if row is None or self.dice.random() < 0.5:
            return row and thanking.set_private(row.id, row.member_id, self.dice.random() < 0.5, self.now)
        return thanking.take_back(row.id, row.reporter_id, self.now)

    def _badge(self, slug: str) -> Badge:
        return db.session.scalars(sa.select(Badge).where(Badge.slug == slug)).one()

    def _save(self, slug: str) -> Any:
        known = db.session.scalar(sa.select(Badge.levels).where(Badge.slug == slug))
        levelled = bool(known) if known is not None else self.dice.random() < 0.25
        rule = self.dice.choice(LEVELLED) if levelled else self.dice.choice(RULES[:-ABOUT_PIN_0] if slug == "pin-0" else RULES)
        data = {"slug": slug, "name": slug, "family": "helping", "glyph": "star", "band": "PIN", "summary": "A pin.", "story": "",
                "levels": [1, 3, 5] if levelled else [], "criteria": rule}  # fmt: skip
        states.save_badge(check_spec(data), self.now, self.admin)
        return slug, rule

    def edit_rule(self) -> Any:
        return self._save(f"pin-{self.dice.randrange(4)}")

    def change_state(self) -> Any:
        badge = self._badge(f"pin-{self.dice.randrange(4)}")
        if badge.state == DRAFT:
            states.publish(badge.id, self.admin)
        elif badge.state == PUBLISHED and self.dice.random() < 0.4:
            states.retire(badge.id, self.admin, self.now)
        elif badge.state == RETIRED:
            states.reopen(badge.id, self.admin)
        return badge.slug, badge.state

    def _award(self) -> Any:
        awards = db.session.scalars(sa.select(Award).order_by(Award.id)).all()
        return self.dice.choice(awards) if awards else None

    def revoke(self) -> Any:
        award = self._award()
        done = (revoking.revoke, revoking.keep)[self.dice.random() < 0.4]
        return award and (award.id, done(award.id, self.admin, *(("Why",) if done is revoking.revoke else ()), self.now))

    def answer(self) -> Any:
        award = self._award()
        if award is None or award.member_id not in self.members:
            return None
        if self.dice.random() < 0.5:
            return award.id, answering.accept(award.member_id, [award.key], self.now)
        return award.id, answering.decline(award.member_id, award.key, self.now)

    def hand_out(self) -> Any:
        badge = self._badge(f"pin-{self.dice.randrange(4)}")
        level = self.dice.choice(badge.levels) if badge.levels else None
        try:
            return giving.hand_out(
                badge, [self.dice.choice(self.members)], self.now, how="hand", giver_id=self.admin, level=level
            )
        except NotGiven:
            return None

    def wish(self) -> Any:
        member = db.session.get_one(Member, self.dice.choice(self.members))
        wishes = {name: self.dice.random() < 0.6 for name in ("on_boards", "takes_badges", "takes_mail", "wears_at_once")}
        profiles.set_wishes(member, **wishes, shows_ties=False)
        return member.id, wishes

    def suspend(self) -> Any:
        member = db.session.get_one(Member, self.dice.choice(self.members))
        try:
            if member.state == "suspended":
                roles.reinstate(member, None)
            elif self.dice.random() < 0.5:
                roles.suspend(member, None, self.now, roles.Said(None, "Spam"))
        except Refused:
            return None
        return member.id, member.state

    def merge(self) -> Any:
        if len(self.members) < 3:
            return None
        source, target = (db.session.get_one(Member, one) for one in self.dice.sample(self.members, 2))
        try:
            merging.merge(source, target, None, "One person", self.now)
        except Refused:
            return None
        self.members.remove(source.id)
        return source.id, target.id

    def join(self) -> Any:
        campaign = db.session.scalars(sa.select(Campaign).where(Campaign.slug == self.dice.choice(("autumn", "proof")))).one()
        member_id = self.dice.choice(self.members)
        if self.dice.random() < 0.3:
            return campaign.slug, member_id, campaigns.leave(campaign, member_id)
        return campaign.slug, member_id, campaigns.join(campaign, member_id, self.now)

    def learn(self) -> Any:
        quest = db.session.scalars(sa.select(Quest)).one()
        member = db.session.get_one(Member, self.dice.choice(self.members))
        quests.start(member, quest, self.now)
        return member.id, quests.read_step(member, quest, quest.steps[0], self.now)

    def prove(self) -> Any:
        report = self._report(self.dice.choice(self.members))
        return record([replace(report, tags=("did-it",))], self.now)

    def drain_some(self) -> Any:
        return _one_batch(None, self.dice.choice((1, 2, 5, 50)))

    def work_some(self) -> Any:
        waiting = db.session.scalars(sa.select(Job.id).where(Job.state == QUEUED, Job.run_after <= self.now)).all()
        db.session.rollback()
        return [worker.run(job_id) for job_id in self.dice.sample(list(waiting), min(2, len(waiting)))]

    acts: ClassVar[dict[str, tuple[int, Callable[["World"], Any]]]] = {
        "report": (20, report), "withdraw": (9, withdraw), "correct": (9, correct), "confirm": (14, confirm),
        "unconfirm": (4, unconfirm), "thank": (5, thank), "take thanks back": (3, take_thanks_back), "edit rule": (3, edit_rule),
        "change state": (3, change_state), "revoke": (3, revoke), "answer": (3, answer), "hand out": (2, hand_out),
        "wish": (2, wish), "suspend": (1, suspend), "merge": (2, merge), "join": (3, join), "learn": (3, learn),
        "prove": (2, prove), "drain some": (12, drain_some), "work some": (6, work_some),
    }  # fmt: skip

"""Jobs of this package."""

from recognition import clock
from recognition.activities import deputies, intake, member_counts
from recognition.activities.tagging import moving
from recognition.extensions import db


def tidy() -> None:
    intake.forget_old_answers(clock.utcnow())


def follow_tag(rule_id: int) -> None:
    moving.next_slice(rule_id, clock.utcnow())


def count_members() -> None:
    member_counts.count_all(clock.utcnow())


def count_members_of(group_id: int) -> None:
    member_counts.count(group_id, clock.utcnow(), db.session.commit)


def ask_deputies() -> None:
    deputies.ask_deputies(clock.utcnow())

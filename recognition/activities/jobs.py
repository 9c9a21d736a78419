"""Jobs of this package."""

from recognition import clock
from recognition.activities import deputies, intake
from recognition.activities.tagging import moving


def tidy() -> None:
    intake.forget_old_answers(clock.utcnow())


def follow_tag(rule_id: int) -> None:
    moving.next_slice(rule_id, clock.utcnow())


def ask_deputies() -> None:
    deputies.ask_deputies(clock.utcnow())

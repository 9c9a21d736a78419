"""Background work on boards."""

from recognition import clock
from recognition.leaderboards import counting, groups, services


def count_crowded() -> None:
    counting.count_crowded()
    counting.sweep()


def sum_up_groups() -> None:
    groups.sum_up(clock.utcnow().date())


def follow_wish(member_id: int) -> None:
    services.follow_wish(member_id)

"""Background work on boards."""

from recognition.leaderboards import counting, services


def count_crowded() -> None:
    counting.count_crowded()


def follow_wish(member_id: int) -> None:
    services.follow_wish(member_id)

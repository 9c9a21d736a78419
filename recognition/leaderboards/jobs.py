"""Background work on boards."""

from recognition.leaderboards import services


def follow_wish(member_id: int) -> None:
    services.follow_wish(member_id)

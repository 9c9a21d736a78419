"""Jobs of this package."""

from recognition import clock
from recognition.identity.oauth import services as oauth
from recognition.identity.services import merge_suggestions, merging, sessions


def tidy() -> None:
    sessions.forget_ended(clock.utcnow())
    oauth.forget_lapsed(clock.utcnow())


def move_rest(member_id: int) -> None:
    merging.move_rest(member_id, clock.utcnow())


def suggest_merges() -> None:
    merge_suggestions.look(clock.utcnow())

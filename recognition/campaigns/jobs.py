"""Background work of campaigns."""

from recognition import clock
from recognition.campaigns import services


def recount(campaign_id: int) -> None:
    services.recount(campaign_id, clock.utcnow())


def count_base() -> None:
    services.count_base(clock.utcnow())

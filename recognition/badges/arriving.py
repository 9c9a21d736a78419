"""What a page that waits for a badge does next: a decision over values."""

from enum import StrEnum


class Look(StrEnum):
    """What a page that waits for a badge does next."""

    ARRIVED = "arrived"
    MORE = "more"
    WAIT = "wait"
    LATER = "later"
    QUIET = "quiet"
    TIRED = "tired"


MAX_LOOKS = 40
GRACE_LOOKS = 2
"""A deed that was considered just before the page looked has its award in the same moment; this is for good measure."""


def next_look(arrived: int, pending: bool, tries: int, queue_answers: bool) -> Look:
    """`pending`: a deed of this member still waits to be considered."""
    if arrived:
        return Look.MORE if pending else Look.ARRIVED
    if tries >= MAX_LOOKS:
        return Look.TIRED
    if pending and not queue_answers:
        return Look.LATER
    return Look.WAIT if pending or tries < GRACE_LOOKS else Look.QUIET

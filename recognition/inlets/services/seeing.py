"""What was seen elsewhere becomes a sighting, and a deed of the log once we know whose it is and they want it so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from recognition.activities.sources.seen import Seen
from recognition.inlets.models import Inlet, LinkedAccount


@dataclass(frozen=True)
class Taken:
    """`state` as in Sighting. `changed` False: this was no news. `activity_id`: its row of the log, once there is one."""

    sighting_id: int
    state: str
    changed: bool
    member_id: int | None = None
    activity_id: int | None = None


def take(
    inlet: Inlet | None,
    source: str,
    seen: Sequence[Seen],
    now: datetime,
    member_id: int | None = None,
    mode: str | None = None,
) -> list[Taken]:
    """One answer for each of `seen`, in their order; a key that stands there twice is taken once, as it is at its newest.
    A bounded number of statements, except for what changes deeds that are in the log already.

    `member_id`: who did all of this, where that is proven in another way than by names there (a signed address to write
    to). `mode` ("ask", "take"): instead of what the account, or the inlet's `config["mode"]`, says. An inlet of a member
    whose `config["proven"]` is true needs neither: what it brings is its member's."""
    raise NotImplementedError


def match_anew(account: LinkedAccount, now: datetime) -> int:
    """The account is proven just now, or means something else: what waits under its name becomes its member's. How many
    sightings that were."""
    raise NotImplementedError

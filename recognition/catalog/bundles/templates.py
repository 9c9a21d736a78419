"""Campaigns that are half made and come with the product: parcels that lie open in folders, with days that are moved to when
they are used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from recognition.campaigns.rules import LEAD_DAYS, first_kind_day
from recognition.catalog.bundles.coming import RENAME, Came, take_in
from recognition.catalog.bundles.parcel import of_folder
from recognition.parcels import Data

FOLDER = Path(__file__).parent / "half_made"
KEYS = ("draw-what-mdm-means", "detective-week", "bug-hunter-week")
_OF_CONTEST = ("entries_from", "entries_until")
_OF_ROUND = ("starts_at", "ends_at", "deputies_at")


@dataclass(frozen=True)
class Template:
    """A card of the page where campaigns begin."""

    key: str
    title: str
    tagline: str
    family: str
    days: int
    quests: int
    badges: int
    contests: int


@cache
def templates() -> Sequence[Template]:
    return [_card(key) for key in KEYS]


def _card(key: str) -> Template:
    parcel = of_folder(FOLDER / key)
    data = parcel.campaign
    days = (data["ends_on"] - data["starts_on"]).days + 1
    return Template(key, data["title"], data["tagline"], data["family"], days, len(parcel.quests), len(parcel.badges),
                    len(parcel.contests))  # fmt: skip


def begin(key: str, now: datetime, actor_id: int | None) -> Came:
    """A draft with all that belongs to it, from the first Monday on that is no short notice. What the house has already from
    another time it was used is shared where it is the same."""
    parcel = of_folder(FOLDER / key)
    kind = first_kind_day(now, parcel.campaign.get("lead_days", LEAD_DAYS))
    starts = kind + timedelta(days=-kind.weekday() % 7)
    by = starts - parcel.campaign["starts_on"]
    _shift(parcel.campaign, by, "starts_on", "ends_on")
    for contest in parcel.contests.values():
        _shift(contest, by, *_OF_CONTEST)
        for one in contest["rounds"]:
            _shift(one, by, *_OF_ROUND)
    return take_in(parcel, RENAME, now, actor_id)


def _shift(data: Data, by: timedelta, *names: str) -> None:
    data.update({name: data[name] + by for name in names if name in data})

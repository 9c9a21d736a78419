"""What members, curators and the council see of inlets, accounts and sightings. Of sightings only their own member."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa

from recognition.activities.sources import discourse, github
from recognition.activities.sources.seen import LOGIN, MAIL
from recognition.extensions import db
from recognition.identity.models import Account
from recognition.inlets.models import Arrival, Inlet, LinkedAccount, Sighting
from recognition.inlets.rules import ASK, ASKED, SIGN_IN, fold
from recognition.web.pagination import Page, as_moment, as_number, decode, page

HOOKED = (discourse.NAME, github.NAME)
SUGGESTIONS_A_PAGE = 100
ARRIVALS_SHOWN = 10


@dataclass(frozen=True)
class Address:
    """A login or verified address of a member. `shown`: what they know it by."""

    place: str
    folded: str
    shown: str
    mode: str


@dataclass(frozen=True)
class Suggestion:
    id: int
    source: str
    place: str
    occurred_at: datetime
    kind: str
    text: str
    url: str | None
    tags: Sequence[str]

    @property
    def monday(self) -> datetime:
        day = self.occurred_at.replace(hour=0, minute=0, second=0, microsecond=0)
        return day - timedelta(days=day.weekday())


def forums() -> dict[str, str]:
    """Addresses of the forums that are switched on, by host."""
    rows = db.session.scalars(sa.select(Inlet.config).where(Inlet.source == discourse.NAME, Inlet.state == "on"))
    return {discourse.host(config): str(config["url"]) for config in rows if discourse.host(config)}


def code_hosts() -> list[str]:
    rows = db.session.scalars(sa.select(Inlet.config).where(Inlet.source == github.NAME, Inlet.state == "on"))
    return sorted({github.HOST, *(github.host(config) for config in rows)})


def accounts(member_id: int) -> list[LinkedAccount]:
    """Few: ACCOUNTS_EACH at most. Not those by sign-in; see `own_addresses`."""
    mine = sa.select(LinkedAccount).where(LinkedAccount.member_id == member_id, LinkedAccount.source != SIGN_IN)
    return list(db.session.scalars(mine.order_by(LinkedAccount.id)))


def account(account_id: int, member_id: int) -> LinkedAccount | None:
    mine = (LinkedAccount.id == account_id, LinkedAccount.member_id == member_id, LinkedAccount.source != SIGN_IN)
    found: LinkedAccount | None = db.session.scalar(sa.select(LinkedAccount).where(*mine).with_for_update())
    return found


def own_addresses(member_id: int) -> list[Address]:
    """What they sign in with: nothing needs to be proven about it."""
    rows = db.session.scalars(sa.select(Account).where(Account.member_id == member_id).order_by(Account.id)).all()
    wishes = sa.select(LinkedAccount).where(LinkedAccount.member_id == member_id, LinkedAccount.source == SIGN_IN)
    modes = {(row.place, row.folded): row.mode for row in db.session.scalars(wishes)}
    found: dict[tuple[str, str], str] = {}
    for row in rows:
        found.setdefault((LOGIN, fold(LOGIN, f"{row.issuer}|{row.subject}")), urlsplit(row.issuer).hostname or row.issuer)
        if row.email and row.email_verified:
            found.setdefault((MAIL, fold(MAIL, row.email)), row.email)
    return [Address(place, name, shown, modes.get((place, name), ASK)) for (place, name), shown in found.items()]


def suggestions(member_id: int, cursor: str | None, size: int = SUGGESTIONS_A_PAGE) -> Page[Suggestion]:
    """The newest first. Only for this member's own eyes."""
    mine = (Sighting.member_id == member_id, Sighting.state == ASKED, Sighting.gone.is_(False))
    wanted = sa.select(Sighting).where(*mine)
    if after := decode(cursor, (int, int)):
        moment, last = as_moment(after[0]), after[1]
        wanted = wanted.where(sa.tuple_(Sighting.occurred_at, Sighting.id) < sa.tuple_(moment, last))
    rows = db.session.scalars(wanted.order_by(Sighting.occurred_at.desc(), Sighting.id.desc()).limit(size + 1)).all()
    found = page(rows, size, lambda row: (as_number(row.occurred_at), row.id))
    return Page([_suggestion(row) for row in found.items], found.next_cursor)


def waiting(member_id: int) -> tuple[int, int]:
    """How many things wait for their word, and the newest of them."""
    mine = (Sighting.member_id == member_id, Sighting.state == ASKED, Sighting.gone.is_(False))
    row = db.session.execute(sa.select(sa.func.count(), sa.func.max(Sighting.id)).where(*mine)).one()
    return row[0], row[1] or 0


def inlets(group_id: int | None) -> list[Inlet]:
    """Those that call us, of a group or of the house. Few: INLETS_EACH of each source in all."""
    owner = Inlet.group_id == group_id if group_id is not None else Inlet.group_id.is_(None) & Inlet.member_id.is_(None)
    return list(db.session.scalars(sa.select(Inlet).where(owner, Inlet.source.in_(HOOKED)).order_by(Inlet.id)))


def inlet(key: str, group_id: int | None) -> Inlet | None:
    owner = Inlet.group_id == group_id if group_id is not None else Inlet.group_id.is_(None) & Inlet.member_id.is_(None)
    same = sa.select(Inlet).where(Inlet.key == key, owner, Inlet.source.in_(HOOKED))
    found: Inlet | None = db.session.scalar(same)
    return found


def arrivals(inlet_id: int, size: int = ARRIVALS_SHOWN) -> list[Arrival]:
    """The last ones, the newest first."""
    there = sa.select(Arrival).where(Arrival.inlet_id == inlet_id).order_by(Arrival.id.desc())
    return list(db.session.scalars(there.limit(size)))


def _suggestion(row: Sighting) -> Suggestion:
    draft = row.draft
    return Suggestion(row.id, row.source, row.place, row.occurred_at, draft["kind"], draft["text"], draft["url"], draft["tags"])

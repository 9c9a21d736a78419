"""Names of members in other places: added, shown to be theirs, told what to do, taken away."""

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from recognition.activities.services import hold_members
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.inlets.models import LinkedAccount, Sighting
from recognition.inlets.outside import client
from recognition.inlets.profiles import Name, is_proof
from recognition.inlets.queries import own_addresses
from recognition.inlets.rules import ACCOUNTS_EACH, ASK, ASKED, NEW, OFF, SIGN_IN, NotTaken, fold
from recognition.inlets.services.seeing import match_anew
from recognition.openbadges.addresses import Forbidden
from recognition.openbadges.fetching import Unreachable

TOKEN_BYTES = 16
PAGE_MAX_BYTES = 512 * 1024
PAGE, ACCEPT = "page", "application/json, text/css;q=0.9, */*;q=0.1"


def add(member_id: int, there: Name, now: datetime) -> LinkedAccount:
    """The same name again answers with the one that is there. Raises NotTaken."""
    hold_members([member_id])
    mine = sa.select(LinkedAccount).where(LinkedAccount.member_id == member_id, LinkedAccount.source != SIGN_IN)
    rows = db.session.scalars(mine).all()
    key = (there.source, there.place, fold(there.place, there.name, there.source))
    for row in rows:
        if (row.source, row.place, row.folded) == key:
            return row
    if len(rows) >= ACCOUNTS_EACH:
        raise NotTaken(_("These are %(most)s already. Take one away first.", most=ACCOUNTS_EACH))
    account = LinkedAccount(
        member_id=member_id, source=there.source, place=there.place, name=there.name, folded=key[2],
        token=secrets.token_urlsafe(TOKEN_BYTES), proof="", mode=ASK, asked_at=now, proven_at=None,
    )  # fmt: skip
    db.session.add(account)
    db.session.flush()
    return account


def stands_there(source: str, place: str, name: str, token: str, pages: list[str]) -> tuple[bool, str]:
    """Whether the token is on one of these pages; if none could be read, why, in one word. Takes values and no row:
    nothing is locked while a stranger's server thinks."""
    fetch, fault = client(PAGE_MAX_BYTES), ""
    for page in pages:
        try:
            answer = fetch(page, ACCEPT)
        except (Forbidden, Unreachable) as one:
            fault = one.reason
            continue
        if answer.status == 200 and is_proof(source, place, name, answer.body, token):
            return True, ""
        fault = "" if answer.status in (200, 404) else f"status {answer.status}"
    return False, fault


def prove(account: LinkedAccount, token: str, now: datetime) -> int:
    """It stands there, so the name is theirs. How many sightings became theirs with it. Raises NotTaken."""
    if account.token != token:
        raise NotTaken(_("This changed while we looked. Look again, please."))
    if account.proven_at is None:
        try:
            with db.session.begin_nested():
                account.proof, account.proven_at = PAGE, now
        except IntegrityError:
            raise NotTaken(
                _("Somebody else here has shown that this name is theirs. If it is yours, tell the council.")
            ) from None
    return match_anew(account, now)


def set_mode(account: LinkedAccount, mode: str, now: datetime) -> None:
    account.mode = mode
    db.session.flush()
    if mode == OFF:
        _put_back(account)
    else:
        match_anew(account, now)


def set_mode_of_address(member_id: int, place: str, name: str, mode: str, now: datetime) -> bool:
    """For a login or a verified address of theirs. False where it is not."""
    folded = fold(place, name)
    if not any((one.place, one.folded) == (place, folded) for one in own_addresses(member_id)):
        return False
    row: dict[str, Any] = {
        "member_id": member_id, "source": SIGN_IN, "place": place, "name": folded, "folded": folded,
        "token": secrets.token_urlsafe(TOKEN_BYTES), "proof": SIGN_IN, "mode": mode, "asked_at": now, "proven_at": now,
    }  # fmt: skip
    insert_new(LinkedAccount.__table__, [row])
    same = (LinkedAccount.source == SIGN_IN, LinkedAccount.place == place, LinkedAccount.folded == folded)
    account = db.session.scalar(sa.select(LinkedAccount).where(*same, LinkedAccount.member_id == member_id).with_for_update())
    if account is None:
        # Proven once by a member who signs in with it no more; their wish means nothing now.
        others = sa.select(LinkedAccount).where(*same).with_for_update()
        account = db.session.scalars(others).one()
        if _still_theirs(account):
            return False
        account.member_id = member_id
    set_mode(account, mode, now)
    return True


def remove(account: LinkedAccount) -> None:
    """What was taken stays in the log; what waits for an answer waits for nobody in particular."""
    _put_back(account)
    db.session.delete(account)


def _still_theirs(account: LinkedAccount) -> bool:
    return any((one.place, one.folded) == (account.place, account.folded) for one in own_addresses(account.member_id))


def _put_back(account: LinkedAccount) -> None:
    mine = [Sighting.member_id == account.member_id, Sighting.state == ASKED, Sighting.place == account.place,
            Sighting.account == account.folded]  # fmt: skip
    if account.source != SIGN_IN:
        mine.append(Sighting.source == account.source)
    # In the order in which deliveries hold them, too.
    held = db.session.scalars(sa.select(Sighting.id).where(*mine).order_by(Sighting.id).with_for_update()).all()
    back = sa.update(Sighting).where(among(Sighting.id, held)).values(state=NEW, member_id=None)
    db.session.execute(back, execution_options={"synchronize_session": "fetch"})

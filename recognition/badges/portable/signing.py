"""Awards become signed documents, in batches: claim, gather for all of them at once, sign, write, unmark. One transaction a
batch, so that it may be killed and repeated at any moment and run anywhere, any number of times at once."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from recognition.activities.criteria.tree import Criteria
from recognition.badges.models import TO_SIGN, Award
from recognition.badges.portable import endorsed, evidence, holders, identifiers, keys, pins, recipients, status
from recognition.badges.portable.documents import v3
from recognition.badges.portable.documents.facts import Deed, Given, House
from recognition.badges.portable.keys import Signer
from recognition.badges.portable.models import Credential
from recognition.database import among, is_postgresql, put
from recognition.extensions import db
from recognition.openbadges import jwt
from recognition.openbadges.templates import Batch

log = logging.getLogger(__name__)
BATCH_AWARDS = 200
BATCH_OF_ONE_WRITER = 100
"""On SQLite, where everybody who writes waits for the batch: a quarter of a second."""
ERROR_MAX = 500


@dataclass
class Pen:
    """What one run of the job signs with; it remembers the shapes of documents that it has met."""

    house: House
    now: datetime
    signer: Signer
    batch: Batch = field(default_factory=Batch)

    def signed(self, document: v3.Document, controller: str) -> v3.Document:
        method = identifiers.method(controller, self.signer.ed25519.kid)
        return self.batch.signed(document, self.signer.ed25519.private, method, self.now)

    def token(self, document: v3.Document) -> str:
        return jwt.sign(document, self.signer.rsa.private, identifiers.key(self.house.base, self.signer.rsa.kid))


@dataclass(frozen=True)
class Batched:
    """What is known of the awards of one batch, by award or by member."""

    awards: Sequence[Any]
    pins: Mapping[pins.Key, pins.Known]
    holders: Mapping[int, str]
    identifiers: Mapping[int, list[recipients.Identifier]]
    deeds: Mapping[int, Sequence[evidence.Shown]]
    places: Mapping[int, str]
    words: Mapping[int, Sequence[v3.Document]]
    status: Mapping[int, status.Place]


def waits() -> bool:
    """Two looks at small indexes."""
    to_sign = sa.select(sa.literal(1)).select_from(Award).where(sa.text(TO_SIGN)).limit(1)
    return db.session.scalar(to_sign) is not None or status.next_stale() is not None


def pen(now: datetime) -> Pen:
    """Raises keys.NoKey. The caller commits, so that what it signs with is published before anything is signed."""
    return Pen(pins.house(), now, keys.signer(now))


def sign_batch(with_pen: Pen, size: int | None = None) -> int:
    """How many awards were claimed; 0: none is left that nobody else is at. Raises keys.NoKey for a pair that was withdrawn.
    The caller commits."""
    keys.hold(with_pen.signer)
    ids = _claim(size or (BATCH_AWARDS if is_postgresql() else BATCH_OF_ONE_WRITER))
    if not ids:
        return 0
    awards = _awards(ids)
    # What was taken back before anybody had it is not issued any more.
    wanted = [row for row in awards if row.revoked_at is None or row.document]
    made, failed = _made(with_pen, wanted)
    _write(made, failed)
    done = sa.update(Award).where(among(Award.id, ids)).values(sign_due=False)
    db.session.execute(done, execution_options={"synchronize_session": False})
    return len(ids)


def _claim(size: int) -> list[int]:
    wanted = sa.select(Award.id).where(sa.text(TO_SIGN)).order_by(Award.id).limit(size)
    return list(db.session.scalars(wanted.with_for_update(skip_locked=True, of=Award)))


def _awards(ids: Sequence[int]) -> Sequence[Any]:
    columns: tuple[Any, ...] = (
        Award.id, Award.key, Award.badge_id, Award.member_id, Award.level, Award.version, Award.how, Award.reason,
        Award.awarded_at, Award.expires_at, Award.revoked_at, Credential.list_id, Credential.position, Credential.identifiers,
        sa.func.coalesce(Credential.document != "", sa.false()).label("document"),
    )  # fmt: skip
    wanted = sa.select(*columns).outerjoin(Credential, Credential.award_id == Award.id)
    return db.session.execute(wanted.where(among(Award.id, ids)).order_by(Award.id)).all()


def _made(with_pen: Pen, awards: Sequence[Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of credentials, and of those that could not be made. What is gathered for all of them together fails for all
    together: then each half by itself, down to the one that is to blame."""
    if not awards:
        return [], []
    try:
        batch = _gather(with_pen, awards)
    except SQLAlchemyError:
        raise
    except Exception as fault:  # a rule of former days, a word that cannot be signed
        if len(awards) == 1:
            return [], [_failed(awards[0], fault)]
        middle = len(awards) // 2
        first, second = (_made(with_pen, half) for half in (awards[:middle], awards[middle:]))
        return first[0] + second[0], first[1] + second[1]
    return _documents(with_pen, batch)


def _gather(with_pen: Pen, awards: Sequence[Any]) -> Batched:
    known = pins.pins({_pin_key(row) for row in awards})
    by_rule: dict[Criteria, list[int]] = {}
    for row in awards:
        pin = known.get(_pin_key(row))
        if pin is not None and pin.criteria is not None and row.how == "rule":
            by_rule.setdefault(pin.criteria, []).append(row.id)
    addresses = holders.addresses_of(row.member_id for row in awards)
    new = [row.id for row in awards if row.list_id is None]
    names = {row.id: known[_pin_key(row)].pin.name for row in awards if _pin_key(row) in known}
    return Batched(
        awards=awards,
        pins=known,
        holders=holders.keys_of(row.member_id for row in awards),
        identifiers={row.id: recipients.renewed(row.identifiers or (), addresses.get(row.member_id, ())) for row in awards},
        deeds=evidence.public_deeds(by_rule, with_pen.now),
        places=evidence.places(by_rule, with_pen.now),
        words=endorsed.documents(with_pen.house, names, with_pen.signed),
        status={row.id: (row.list_id, row.position) for row in awards if row.list_id is not None}
        | dict(zip(new, status.allocate(len(new)), strict=True)),
    )


def _documents(with_pen: Pen, batch: Batched) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """As `_made`: one that fails stops no other."""
    made, failed = [], []
    for row in batch.awards:
        number, position = batch.status[row.id]
        known: dict[str, Any] = {"award_id": row.id, "list_id": number, "position": position,
                                 "identifiers": batch.identifiers[row.id]}  # fmt: skip
        try:
            made.append(known | _signed(with_pen, row, batch))
        except Exception as fault:  # a text of this badge or deed that cannot be signed
            failed.append(_failed(row, fault) | known)
    return made, failed


def _failed(row: Any, fault: Exception) -> dict[str, Any]:
    log.error("The credential of award %s could not be made.", row.key, exc_info=fault)
    return {"award_id": row.id, "list_id": row.list_id, "position": row.position, "identifiers": row.identifiers or [],
            "document": "", "jwt": "", "key_id": None, "jwt_key_id": None, "signed_at": None,
            "error": f"{type(fault).__name__}: {fault}"[:ERROR_MAX]}  # fmt: skip


def _signed(with_pen: Pen, row: Any, batch: Batched) -> dict[str, Any]:
    house = with_pen.house
    given = Given(
        key=row.key,
        holder=batch.holders[row.member_id],
        awarded_at=row.awarded_at,
        status=batch.status[row.id],
        expires_at=row.expires_at,
        identifiers=batch.identifiers[row.id],
        evidence=_evidence(house, row, batch.deeds.get(row.id, ())),
        place=batch.places.get(row.id, ""),
        endorsements=batch.words.get(row.id, ()),
    )
    document = v3.credential(house, batch.pins[_pin_key(row)].pin, given)
    signed = with_pen.signed(document, identifiers.did(house.base))
    return {"document": json.dumps(signed, ensure_ascii=False, separators=(",", ":")), "jwt": with_pen.token(document),
            "key_id": with_pen.signer.ed25519.kid, "jwt_key_id": with_pen.signer.rsa.kid, "signed_at": with_pen.now,
            "error": ""}  # fmt: skip


def _evidence(house: House, row: Any, deeds: Sequence[evidence.Shown]) -> list[Deed]:
    """The page of the award first, with the giver's words."""
    page = Deed(identifiers.award_page(house.base, row.key), evidence.page_name(), row.reason)
    return [page, *(Deed(identifiers.deed_page(house.base, one.activity_id), one.label, one.text) for one in deeds)]


def _write(made: Sequence[dict[str, Any]], failed: Sequence[dict[str, Any]]) -> None:
    """What could be signed before stays out as it was, with what went wrong now beside it."""
    table: Any = Credential.__table__
    put(table, made, ["award_id"], lambda new: {name: new[name] for name in made[0] if name != "award_id"})
    put(table, failed, ["award_id"], lambda new: {"error": new.error})
    status.mark_unpublished({row["list_id"] for row in made})


def _pin_key(row: Any) -> pins.Key:
    return row.badge_id, row.version, row.level

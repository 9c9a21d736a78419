"""Credentials compared with the awards they are of: each accepted award has one, by a key that we publish, that names its holder
by today's address and the right place in the right list, and shows no deed that is hidden; and each list says what the awards
say."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import current_app

from recognition.activities.models import Activity
from recognition.badges.models import ACCEPTED, Award
from recognition.badges.portable import due, holders, identifiers, recipients, status
from recognition.badges.portable.models import Credential, HolderKey, SigningKey, StatusList
from recognition.database import among
from recognition.extensions import db
from recognition.openbadges import bits
from recognition.openbadges.rules import Unfit

AWARDS_A_PAGE = 500
_DEED = re.compile(r'/activities/(\d{1,18})"')


@dataclass(frozen=True)
class Today:
    """What documents of a page have to agree with. `addresses`: by member; `closed`: deeds that they show, and must not."""

    addresses: Mapping[int, Sequence[str]]
    closed: set[str]


def check() -> Iterator[dict[str, Any]]:
    """What waits to be signed is left out: the job that signs sees to it."""
    for rows in _pages():
        today = _today(rows)
        for row in rows:
            wrong = _wrong(row, today)
            if wrong:
                yield {"award": row.key, "wrong": wrong}
    for number in db.session.scalars(sa.select(StatusList.id).where(~StatusList.stale).order_by(StatusList.id)).all():
        row = db.session.get_one(StatusList, number)
        if _lists_otherwise(row):
            yield {"status_list": number, "wrong": "the list"}
        db.session.expunge(row)


def rebuild() -> dict[str, int]:
    """The caller commits; the job that signs does the rest."""
    wrong = []
    for rows in _pages():
        today = _today(rows)
        wrong += [row.id for row in rows if _wrong(row, today)]
    due.sign_anew(wrong)
    lists = db.session.scalars(sa.select(StatusList).where(~StatusList.stale).order_by(StatusList.id).with_for_update()).all()
    off = [row.id for row in lists if _lists_otherwise(row)]
    for row in lists:
        if row.id in off:
            status.take_again(row, _positions(row.id))
    status.mark_stale(off)
    if off:
        due.ring()
    return {"credentials_to_sign": len(wrong), "lists_to_sign": len(off)}


def _pages() -> Iterator[Sequence[Any]]:
    proof, token = sa.orm.aliased(SigningKey), sa.orm.aliased(SigningKey)
    # A credential of one that was taken back before it was signed is never made.
    columns: tuple[Any, ...] = (
        Award.id, Award.key, Award.member_id, Credential.list_id, Credential.position, Credential.identifiers, Credential.error,
        Credential.document, Credential.jwt, HolderKey.key.label("holder"), proof.withdrawn_at.label("proof_gone"),
        token.withdrawn_at.label("token_gone"),
    )  # fmt: skip
    wanted = (
        sa.select(*columns)
        .outerjoin(Credential, Credential.award_id == Award.id)
        .outerjoin(HolderKey, HolderKey.member_id == Award.member_id)
        .outerjoin(proof, proof.kid == Credential.key_id)
        .outerjoin(token, token.kid == Credential.jwt_key_id)
        .where(Award.answer == ACCEPTED, ~Award.sign_due)
        .where(sa.or_(Award.revoked_at.is_(None), Credential.document != ""))
        .order_by(Award.id)
        .limit(AWARDS_A_PAGE)
    )
    after = 0
    while rows := db.session.execute(wanted.where(Award.id > after)).all():
        after = rows[-1].id
        yield rows


def _today(rows: Sequence[Any]) -> Today:
    shown = {deed for row in rows for deed in _DEED.findall(row.document or "")}
    is_open = (Activity.visibility == "public", Activity.withdrawn_at.is_(None))
    seen = db.session.scalars(sa.select(Activity.id).where(among(Activity.id, map(int, shown)), *is_open))
    return Today(holders.addresses_of(row.member_id for row in rows), shown - set(map(str, seen)))


def _wrong(row: Any, today: Today) -> str:
    """In words; empty where all is well."""
    if row.error:
        return f"could not be signed: {row.error}"
    if not row.document or not row.jwt:
        return "has no credential"
    if row.proof_gone is not None or row.token_gone is not None:
        return "is signed by a key that was withdrawn"
    try:
        told = json.loads(row.document)
        said = _said_wrong(row, told, told["credentialSubject"], told["credentialStatus"])
        return said or _untrue_by_now(row, today)
    except (ValueError, KeyError, TypeError, AttributeError):
        return "has a document that cannot be read"


def _said_wrong(row: Any, told: Any, subject: Any, place: Any) -> str:
    base = current_app.extensions["settings"].base_url
    hashes = [one["identityHash"] for one in subject.get("identifier", ())]
    if (told["id"], told["issuer"]["id"]) != (identifiers.credential(base, row.key), identifiers.did(base)):
        return "has a document that was made for another address of this site"
    if subject["id"] != identifiers.member_did(base, row.holder or "") or hashes != [one["hash"] for one in row.identifiers]:
        return "has a document that is about somebody else"
    if (place["statusListCredential"], place["statusListIndex"]) != (
        identifiers.status_list(base, row.list_id), str(row.position)):  # fmt: skip
        return "has a document that names another place in the lists"
    return ""


def _untrue_by_now(row: Any, today: Today) -> str:
    if not today.closed.isdisjoint(_DEED.findall(row.document)):
        return "shows a deed that is not open to everybody"
    if not recipients.holds(row.identifiers, today.addresses.get(row.member_id, ())):
        return "lacks an address of its holder"
    return ""


def _lists_otherwise(row: StatusList) -> bool:
    """The list as it is served, the row and the awards do not agree, or a place is used that was never taken."""
    if not all(bits.bit(row.taken, position) for position in _positions(row.id)):
        return True
    try:
        served = bits.decode(json.loads(row.document)["credentialSubject"]["encodedList"])
    except (ValueError, KeyError, TypeError, Unfit):
        return True
    return not served == row.revoked == status.true_bits(row)


def _positions(number: int) -> Sequence[int]:
    used = sa.select(Credential.position).where(Credential.list_id == number, Credential.position.is_not(None))
    return [position for position in db.session.scalars(used) if position is not None]

"""What others say about awards, as signed documents that the credential takes along."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from recognition.badges.models import Award
from recognition.badges.portable import holders
from recognition.badges.portable.documents import v3
from recognition.badges.portable.documents.facts import House, Word
from recognition.badges.portable.models import SHOWN, Endorsement
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Group, Member

Sign = Callable[[v3.Document, str], v3.Document]
"""A document and the DID that signs it."""


def documents(house: House, badge_names: Mapping[int, str], sign: Sign) -> dict[int, list[v3.Document]]:
    """By award, in the order in which they were said; nothing by who is suspended. `badge_names`: what each award is of."""
    rows = _shown(badge_names)
    keys = holders.keys_of({row.member_id for row in rows if row.slug is None}) if rows else {}
    found: dict[int, list[v3.Document]] = {}
    for row in rows:
        group = (row.slug, row.group_name) if row.slug is not None else None
        word = Word(
            row.key, row.award_key, badge_names[row.award_id], row.comment, row.created_at, keys.get(row.member_id, ""), group
        )
        document = v3.endorsement(house, word)
        found.setdefault(row.award_id, []).append(sign(document, document["issuer"]["id"]))
    return found


def _shown(awards: Mapping[int, str]) -> list[Any]:
    columns: tuple[Any, ...] = (Endorsement.key, Endorsement.award_id, Endorsement.member_id, Endorsement.comment,
                                Endorsement.created_at, Award.key.label("award_key"), Group.slug,
                                Group.name.label("group_name"))  # fmt: skip
    wanted = sa.select(*columns).join(Award, Award.id == Endorsement.award_id).join(Member, Member.id == Endorsement.member_id)
    wanted = wanted.outerjoin(Group, Group.id == Endorsement.group_id)
    shown = (among(Endorsement.award_id, awards), Endorsement.state == SHOWN, Member.state != "suspended")
    return list(db.session.execute(wanted.where(*shown).order_by(Endorsement.id)))

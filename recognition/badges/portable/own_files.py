"""A member's own awards as files to take along, whether or not they show them to others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.badges import certificates
from recognition.badges.models import ACCEPTED, Award, Badge
from recognition.badges.portable import hosted, identifiers, pins
from recognition.badges.portable.hosted import Issued
from recognition.badges.portable.identifiers import Edition
from recognition.badges.portable.models import Credential
from recognition.extensions import db
from recognition.identity.models import Group


@dataclass(frozen=True)
class Own:
    """`credential` None: it is not signed yet."""

    award: Award
    credential: Credential | None
    issuer: str

    def standing(self, now: datetime) -> str:
        """A sentence."""
        if self.credential is None:
            return _("Not signed yet: take it along a little later.")
        return {
            certificates.GOOD: _("In force."),
            certificates.EXPIRED: _("Its time is over."),
            certificates.REVOKED: _("It was taken back."),
        }[certificates.standing(self.award, now)]


def own_awards(member_id: int, after: int, size: int) -> Sequence[Own]:
    """A slice of what a member accepted, by id."""
    signed = sa.and_(Credential.award_id == Award.id, Credential.document != "")
    wanted = (
        sa.select(Award, Credential, Group.name)
        .outerjoin(Credential, signed)
        .join(Badge, Badge.id == Award.badge_id)
        .outerjoin(Group, Group.id == Badge.issuer_id)
        .where(Award.member_id == member_id, Award.answer == ACCEPTED, Award.id > after)
        .order_by(Award.id)
        .limit(size)
    )
    house = pins.house().name
    return [Own(award, credential, group or house) for award, credential, group in db.session.execute(wanted)]


def files_of(own: Own) -> list[tuple[str, bytes]]:
    """Name and content, in a folder of its own. Nothing for what is not signed."""
    if own.credential is None:
        return []
    award, badge = own.award, own.award.badge
    edition = Edition(badge.slug, award.version, award.level)
    found = Issued(
        award.key, badge.slug, badge.name, edition, own.credential.document, own.credential.jwt, award.revoked_at is not None,
        award.revoked_reason or "", private=True,
    )  # fmt: skip
    files = (
        ("credential.json", found.document.encode()), ("credential.jwt", found.jwt.encode()),
        ("badge.png", hosted.baked(found, "png")), ("badge.svg", hosted.baked(found, "svg")),
    )  # fmt: skip
    return [(f"own/{edition}-{award.key[:8]}/{name}", content) for name, content in files if content]


def identifier_of(own: Own, base: str) -> str:
    return identifiers.credential(base, own.award.key)

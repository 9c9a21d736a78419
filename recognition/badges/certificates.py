"""Everything that one reader sees on the page of one award: what it is for, what bears it out, and the files to take along."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities import measure
from recognition.activities.criteria.tree import Criteria, Leaf, Node
from recognition.activities.models import Kind
from recognition.badges.models import ACCEPTED, Award
from recognition.badges.portable.models import Credential
from recognition.badges.rules import Rule
from recognition.database import among
from recognition.extensions import db

DEEDS = 3
LEAVES_MAX = 4
"""A rule that asks for more numbers shows deeds for the first of them; the rule itself is told whole."""
TEXT_MAX = 160
GOOD, EXPIRED, REVOKED = "good", "expired", "revoked"
NONE, SIGNING, READY, FAILED = "none", "signing", "ready", "failed"


@dataclass(frozen=True)
class Borne:
    """A deed that counted, in words, with its page."""

    text: str
    path: str
    occurred_at: datetime


def standing(award: Award, now: datetime) -> str:
    if award.revoked_at is not None:
        return REVOKED
    return EXPIRED if award.expires_at is not None and award.expires_at <= now else GOOD


def signing_state(award: Award) -> str:
    """Whether its files are there: NONE where there are none to come, SIGNING while the helper is about to make them."""
    if award.answer != ACCEPTED:
        return NONE
    wanted = sa.select((Credential.document != "").label("made"), Credential.error).where(Credential.award_id == award.id)
    found = db.session.execute(wanted).first()
    if found is not None and found.made:
        return READY
    return FAILED if found is not None and found.error and not award.sign_due else SIGNING


def borne_out_by(award: Award, rule: Rule | None) -> Sequence[Borne]:
    """At most three public deeds that counted for it, the newest first, as of when it was given or renewed."""
    asked = _wanted(rule.criteria)[:LEAVES_MAX] if rule is not None else []
    rows = measure.public_deeds(asked, award.member_id, award.renewed_at or award.awarded_at, DEEDS) if asked else []
    if not rows:
        return []
    labels: dict[str, Any] = dict(
        db.session.execute(sa.select(Kind.slug, Kind.label).where(among(Kind.slug, {row.kind for row in rows}))).all()
    )
    return [Borne(_short(row.text or labels.get(row.kind, row.kind)), f"/activities/{row.id}", row.occurred_at) for row in rows]


def _wanted(criteria: Criteria) -> list[Leaf]:
    """The numbers that had to be reached; what must not be is no proof."""
    if isinstance(criteria, Leaf):
        return [criteria]
    return list(dict.fromkeys(leaf for part in criteria.parts for leaf in _wanted(part))) if isinstance(criteria, Node) else []


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TEXT_MAX else line[: TEXT_MAX - 1].rstrip() + "…"

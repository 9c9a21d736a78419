"""What the page of one award says about it: how it stands, which deeds bear it out, and whether its signed files are there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from recognition.badges.models import ACCEPTED, Award
from recognition.badges.portable import evidence
from recognition.badges.portable.models import Credential
from recognition.badges.rules import Rule
from recognition.extensions import db

TEXT_MAX = 160
GOOD, EXPIRED, REVOKED = "good", "expired", "revoked"
NONE, SIGNING, READY, FAILED = "none", "signing", "ready", "failed"


@dataclass(frozen=True)
class Borne:
    """A deed that counted, in words, with its page."""

    text: str
    path: str


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


def borne_out_by(award: Award, rule: Rule | None, now: datetime) -> Sequence[Borne]:
    """The deeds that its credential shows as evidence: at most three, open to everybody, the newest first."""
    found = evidence.public_deeds({rule.criteria: [award.id]}, now) if rule is not None else {}
    return [Borne(_short(one.text or one.label), f"/activities/{one.activity_id}") for one in found.get(award.id, ())]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TEXT_MAX else line[: TEXT_MAX - 1].rstrip() + "…"

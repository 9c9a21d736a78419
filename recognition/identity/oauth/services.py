"""Programs come, are allowed something, get tokens, and are shown the door."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition.audit.services import record
from recognition.extensions import db
from recognition.identity.access import digest
from recognition.identity.models import Member
from recognition.identity.oauth.models import OAuthClient, OAuthConsent, OAuthToken
from recognition.identity.oauth.registration import Registration
from recognition.refs import Ref

CODE_LIFE = timedelta(minutes=2)
ACCESS_LIFE = timedelta(hours=1)
REFRESH_LIFE = timedelta(days=90)
"""Counted anew at each refresh: a program that nobody uses for so long has to ask again."""
UNUSED_PROGRAM_LIFE = timedelta(days=30)
REASON_MAX_CHARS = 500
KEPT_LAPSED = timedelta(days=30)
CONSENTS_MAX = 20
"""Of one member for one program: more are devices long forgotten, and the oldest ends."""


def secret() -> str:
    return secrets.token_urlsafe(32)


def register(said: Registration, now: datetime) -> tuple[OAuthClient, str | None]:
    """The program, and its secret, which is told once; None for a public one."""
    password = None if said.auth_method == "none" else secret()
    client = OAuthClient(
        key=secrets.token_urlsafe(16), secret_hash=digest(password) if password else None, name=said.name,
        redirect_uris=list(said.redirect_uris), auth_method=said.auth_method, scopes=list(said.scopes),
        refreshes=said.refreshes, about=dict(said.about), created_at=now,
    )  # fmt: skip
    db.session.add(client)
    db.session.flush()
    record("program.registered", Ref("program", client.key), None)
    return client, password


def allow(client: OAuthClient, member: Member, code: str, asked: dict[str, Any], now: datetime) -> OAuthConsent:
    """`asked`: scopes, redirect_uri and code_challenge of the request that the member said yes to."""
    consent = OAuthConsent(
        client_id=client.id, member_id=member.id, code_hash=digest(code), created_at=now, lasts_until=now + CODE_LIFE, **asked
    )
    db.session.add(consent)
    db.session.flush()
    _end_oldest(client.id, member.id, now)
    record("program.allowed", Ref("program", client.key), member.id, after={"scopes": [_short(s) for s in consent.scopes]})
    return consent


def redeemable(code: str, client: OAuthClient, now: datetime) -> OAuthConsent | None:
    """Of two that come with one code at once, the second waits here. It was copied then, and nobody can tell by which of
    them: all that came of it ends (RFC 6749, section 4.1.2)."""
    wanted = sa.select(OAuthConsent).where(OAuthConsent.code_hash == digest(code), OAuthConsent.client_id == client.id)
    consent: OAuthConsent | None = _alone(wanted)
    if consent is None:
        return None
    if consent.code_used_at is not None:
        _end([consent], now, "program.code_came_twice")
        return None
    return consent if consent.created_at > now - CODE_LIFE and consent.ended_at is None else None


def refreshable(token: str, client: OAuthClient, now: datetime) -> OAuthToken | None:
    """A refresh token that was swapped already ends everything, whoever brings it (RFC 9700, section 4.14.2)."""
    found: OAuthToken | None = db.session.scalar(
        sa.select(OAuthToken).where(OAuthToken.token_hash == digest(token), OAuthToken.kind == "refresh")
    )
    if found is None or found.consent.client_id != client.id:
        return None
    consent = _alone(sa.select(OAuthConsent).where(OAuthConsent.id == found.consent_id))
    db.session.refresh(found, ["ended_at"])
    if consent is None or consent.ended_at is not None or found.is_expired():
        return None
    if found.ended_at is not None:
        _end([consent], now, "program.token_came_twice")
        return None
    return found


def keep_tokens(consent: OAuthConsent, given: dict[str, Any], now: datetime) -> None:
    """`given`: access_token, its scope, and perhaps refresh_token, which always stands for all that was allowed."""
    kinds = [("access", given["access_token"], str(given["scope"]).split(), ACCESS_LIFE)]
    if "refresh_token" in given:
        kinds.append(("refresh", given["refresh_token"], consent.scopes, REFRESH_LIFE))
    for kind, token, scopes, life in kinds:
        db.session.add(
            OAuthToken(
                consent_id=consent.id, kind=kind, token_hash=digest(token), scopes=list(scopes), created_at=now,
                expires_at=now + life,
            )
        )  # fmt: skip
        consent.lasts_until = max(consent.lasts_until, now + life)
    db.session.flush()


def take_back(token: OAuthToken, now: datetime) -> None:
    """By the program: an access token goes alone, a refresh token with all that it stands for (RFC 7009, section 2.1)."""
    token.ended_at = token.ended_at or now
    if token.kind == "refresh" and token.consent.ended_at is None:
        _end([token.consent], now, "program.left")
    db.session.flush()


def end_program(member: Member, client_id: int, now: datetime) -> bool:
    """By the member, from the next request on. False if nothing of it was open."""
    mine = sa.select(OAuthConsent).where(OAuthConsent.member_id == member.id, OAuthConsent.client_id == client_id)
    found = db.session.scalars(mine.where(OAuthConsent.ended_at.is_(None))).all()
    if not found:
        return False
    _end(found, now, "program.ended")
    return True


def remove(client: OAuthClient, reason: str) -> None:
    """By whoever runs the installation. With it goes what members allowed it; that it was here stays in the audit."""
    record("program.removed", Ref("program", client.key), None, {"name": client.name}, {"reason": reason})
    db.session.execute(sa.delete(OAuthClient).where(OAuthClient.id == client.id))


def end_all(member_id: int, now: datetime) -> list[int]:
    """With a suspension or a merger. Returns the ids of what ended."""
    mine = sa.update(OAuthConsent).where(OAuthConsent.member_id == member_id, OAuthConsent.ended_at.is_(None))
    ended = db.session.scalars(mine.values(ended_at=now).returning(OAuthConsent.id), execution_options=_FETCH)
    return sorted(ended)


def forget_lapsed(now: datetime) -> None:
    """Tokens and consents that are over for a while, and programs that nobody ever used."""
    db.session.execute(sa.delete(OAuthToken).where(OAuthToken.expires_at < now - KEPT_LAPSED))
    db.session.execute(sa.delete(OAuthConsent).where(OAuthConsent.lasts_until < now - KEPT_LAPSED))
    used = sa.exists().where(OAuthConsent.client_id == OAuthClient.id)
    db.session.execute(sa.delete(OAuthClient).where(OAuthClient.created_at < now - UNUSED_PROGRAM_LIFE, ~used))


_FETCH = {"synchronize_session": "fetch"}


def _alone(wanted: sa.Select[Any]) -> OAuthConsent | None:
    """Held until the commit, and as it is now. Only the consent itself: its member and its program go on."""
    locked = wanted.with_for_update(of=OAuthConsent)
    found: OAuthConsent | None = db.session.scalar(locked, execution_options={"populate_existing": True})
    return found


def _end(consents: Iterable[OAuthConsent], now: datetime, why: str) -> None:
    consents = list(consents)
    for consent in consents:
        consent.ended_at = now
    db.session.flush()
    record(why, Ref("program", consents[0].client.key), consents[0].member_id)


def _end_oldest(client_id: int, member_id: int, now: datetime) -> None:
    open_ones = sa.select(OAuthConsent.id).where(
        OAuthConsent.member_id == member_id, OAuthConsent.client_id == client_id, OAuthConsent.ended_at.is_(None),
        OAuthConsent.lasts_until > now,
    )  # fmt: skip
    too_many = db.session.scalars(open_ones.order_by(OAuthConsent.id.desc()).offset(CONSENTS_MAX)).all()
    if too_many:
        ended = sa.update(OAuthConsent).where(OAuthConsent.id.in_(too_many)).values(ended_at=now)
        db.session.execute(ended, execution_options=_FETCH)


def _short(scope: str) -> str:
    return scope.rpartition("/")[2]

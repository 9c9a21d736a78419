"""The address that stops all mails to one member, for whoever holds the mail: it needs no signing in."""

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

PURPOSE = "mail-off"


def off_token(member_id: int) -> str:
    """Signed with the installation's key; good for as long as that key is, since old mails stay in mailboxes."""
    return str(_serializer().dumps(member_id))


def member_of(token: str) -> int | None:
    try:
        found = _serializer().loads(token)
    except BadSignature:
        return None
    return found if isinstance(found, int) else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=PURPOSE)

"""What the links in these mails say for whoever holds them."""

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

JOIN, LEAVE = "news-join", "news-leave"


def token(purpose: str, subscriber_id: int, address: str) -> str:
    """With the address, so that a row that was deleted and made anew for somebody else is not meant by an old link."""
    return str(_serializer(purpose).dumps([subscriber_id, address]))


def meant_by(purpose: str, given: str) -> tuple[int, str] | None:
    try:
        found = _serializer(purpose).loads(given)
    except BadSignature:
        return None
    if not isinstance(found, list) or [type(part) for part in found] != [int, str]:
        return None
    return found[0], found[1]


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=purpose)

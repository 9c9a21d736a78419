"""What the links in a mail say for whoever holds it: no signing in is needed, and none of them can be made up."""

from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

OFF, RETURNED = "mail-off", "mail-returned"


def off_token(member_id: int, topic: str = "") -> str:
    """Stops all mails, or those of one topic. Signed with the installation's key; good for as long as that key is, since old
    mails stay in mailboxes."""
    return _signed(OFF, [member_id, topic] if topic else member_id)


def meant_by(token: str) -> tuple[int, str] | None:
    """The member and the topic, "" for all of them."""
    found = _read(OFF, token)
    if isinstance(found, int):
        return found, ""
    if isinstance(found, list) and len(found) == 2 and isinstance(found[0], int) and isinstance(found[1], str):
        return found[0], found[1]
    return None


def member_of(token: str) -> int | None:
    found = meant_by(token)
    return found[0] if found else None


def return_token(key: str, to: str, day: int) -> str:
    """Goes along with a letter, and comes back when the letter does. It names the address that it was for, so that nobody
    can stop the mails to another; `day` is the ordinal of the day it left."""
    return _signed(RETURNED, [key, to, day])


def returned_by(token: str) -> tuple[str, str, int] | None:
    found = _read(RETURNED, token)
    if not isinstance(found, list) or [type(part) for part in found] != [str, str, int]:
        return None
    return found[0], found[1], found[2]


def _signed(purpose: str, value: Any) -> str:
    return str(_serializer(purpose).dumps(value))


def _read(purpose: str, token: str) -> Any:
    try:
        return _serializer(purpose).loads(token)
    except BadSignature:
        return None


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=purpose)

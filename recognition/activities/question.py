"""The address under which somebody whom a deed names can answer, without signing in."""

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

PURPOSE = "named-person"


def path_of(activity_id: int, member_id: int) -> str:
    """Signed with the installation's key. How long it is good for is decided by when the person was asked."""
    return f"/w/{_serializer().dumps([activity_id, member_id])}"


def read(token: str) -> tuple[int, int] | None:
    """(activity, member), or None: this is no address of ours."""
    try:
        found = _serializer().loads(token)
    except BadSignature:
        return None
    match found:
        case [int(activity_id), int(member_id)]:
            return activity_id, member_id
    return None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=PURPOSE)

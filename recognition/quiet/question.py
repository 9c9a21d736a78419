"""The address under which somebody who was asked can answer, without signing in."""

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from recognition.web import numbers

PURPOSE = "quiet-note"


def path_of(note_id: int) -> str:
    """Signed with the installation's key, and it does not tell how many were asked before. Whose note it is stands in the note,
    also after two rows became one."""
    return f"/q/{_serializer().dumps(numbers.shown(PURPOSE, note_id))}"


def read(token: str) -> int | None:
    try:
        found = _serializer().loads(token)
    except BadSignature:
        return None
    return numbers.meant(PURPOSE, found) if isinstance(found, int) and 0 <= found <= numbers.MOST else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=PURPOSE)

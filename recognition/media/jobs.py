"""Jobs of this package."""

from recognition.extensions import db
from recognition.media import services
from recognition.media.models import Media


def sweep() -> None:
    services.sweep()


def make_sizes(media_id: int) -> int:
    """Nobody waits for a transaction of ours while the picture is opened. A worker killed anywhere leaves files that the
    sweep finds, and the next one makes the same again."""
    media = db.session.get(Media, media_id)
    content_hash = media.content_hash if media else ""
    db.session.rollback()
    return services.keep_sizes(media_id, services.smaller_ones(content_hash)) if content_hash else 0

"""What pages need of a picture: addresses and measures."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from recognition.database import among
from recognition.extensions import db
from recognition.media.models import Media, MediaSize

RATIO_STEP = 1.04
RATIO_LEAST, RATIO_MOST = 0.4, 5.0


@dataclass(frozen=True)
class Picture:
    """`srcset` holds the widths that are made already, down to what a phone needs; empty where there is one only."""

    url: str
    small_url: str
    srcset: str
    width: int
    height: int

    @property
    def ratio(self) -> float:
        return self.width / self.height


def pictures(media_ids: Iterable[int]) -> dict[int, Picture]:
    """By id, in one statement. Whether the reader may see them is the caller's matter, and that of the guards."""
    ids = sorted(set(media_ids))
    if not ids:
        return {}
    wanted = (
        sa.select(Media.id, Media.key, Media.width_px, Media.height_px, MediaSize.width_px.label("size_px"))
        .outerjoin(MediaSize, MediaSize.media_id == Media.id)
        .where(among(Media.id, ids))
        .order_by(Media.id, MediaSize.width_px)
    )
    found: dict[int, Picture] = {}
    for row in db.session.execute(wanted):
        url = f"/media/{row.key}"
        known = found.get(row.id) or Picture(url, f"{url}/small", "", row.width_px, row.height_px)
        if row.size_px is not None:
            more = f"{url}/{row.size_px} {row.size_px}w, "
            known = Picture(url, known.small_url, known.srcset + more, row.width_px, row.height_px)
        found[row.id] = known
    return {media_id: _with_largest(picture) for media_id, picture in found.items()}


def _with_largest(one: Picture) -> Picture:
    srcset = f"{one.srcset}{one.url} {one.width}w" if one.srcset else ""
    return Picture(one.url, one.small_url, srcset, one.width, one.height)

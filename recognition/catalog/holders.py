"""How many people hold each badge of a catalogue, level by level: what a community wants to see after a move."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from recognition.badges import catalog as badge_files
from recognition.badges.models import Award, Badge
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member


@dataclass(frozen=True)
class Held:
    """`people`: how many hold the badge at all. `by_level` has every level, in order; empty for a badge without."""

    slug: str
    name: str
    people: int
    by_level: dict[int, int]


def held(folder: Path) -> list[Held]:
    """In the order of the files. Revoked awards and suspended people do not count. Raises badges.catalog.BadCatalog."""
    specs, faults = badge_files.read(folder)
    if faults:
        raise badge_files.BadCatalog(faults)
    badges = db.session.scalars(sa.select(Badge).where(among(Badge.slug, specs)).order_by(Badge.slug)).all()
    people = _counted([badge.id for badge in badges])
    levels = _counted([badge.id for badge in badges], by_level=True)
    return [
        Held(badge.slug, badge.name, people.get((badge.id, None), 0), {n: levels.get((badge.id, n), 0) for n in badge.levels})
        for badge in badges
    ]


def _counted(ids: Sequence[int], by_level: bool = False) -> dict[tuple[int, int | None], int]:
    level = Award.level if by_level else sa.null()
    wanted = (
        sa.select(Award.badge_id, level, sa.func.count(Award.member_id.distinct()))
        .join(Member, Member.id == Award.member_id)
        .where(among(Award.badge_id, ids), Award.revoked_at.is_(None), Member.state != "suspended")
        .group_by(Award.badge_id, *([Award.level] if by_level else []))
    )
    return {(row[0], row[1]): row[2] for row in db.session.execute(wanted)}


def as_table(badges: Sequence[Held]) -> str:
    """Markdown."""
    rows = [f"| {one.name} | `{one.slug}` | {one.people} | {_levels(one)} |" for one in badges]
    return "\n".join(["| badge | slug | people | at each level |", "|---|---|---|---|", *rows])


def _levels(one: Held) -> str:
    return " · ".join(f"{level}: {people}" for level, people in one.by_level.items())

"""Members of an older roll: read from a file, added or brought up to date, safe to repeat."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity import fields
from recognition.identity.models import Account, Group, Member, Membership
from recognition.identity.services.profiles import tell_changed, tell_mentors
from recognition.identity.words import BadText, clean, clean_handle, slug

STATES = {"rep": "active", "alumni": "alumni"}
COLUMNS = {"member", "status", "country", "joined", "mentor", "groups", "functional_areas"}
"""What has a place of its own; every other column is kept as it is in `Member.imported`."""
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
CHUNK_ROWS = 1000


@dataclass(frozen=True)
class Row:
    line: int
    handle: str
    values: dict[str, Any]
    mentor: str
    groups: tuple[str, ...]


@dataclass
class Summary:
    read: int = 0
    new: int = 0
    updated: int = 0
    refusals: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {"read": self.read, "new": self.new, "updated": self.updated, "refused": len(self.refusals),
                "refusals": self.refusals}  # fmt: skip

    def refuse(self, line: int, reason: str) -> None:
        self.refusals.append({"line": line, "reason": reason})


def import_members(lines: Iterable[tuple[int, Mapping[str, str]]], now: datetime) -> Summary:
    """`lines` are numbers and cells. A member who has signed in is left as they made themselves; only what has no field
    on a profile follows the file, and no file lifts a suspension. Mentors may stand further down, so they are found when
    all rows are in."""
    summary = Summary()
    rows = list(_read(lines, summary))
    new: set[str] = set()
    changed: set[str] = set()
    for part in _chunks(rows):
        part_new, part_changed = _store(part, now)
        new, changed = new | part_new, changed | part_changed
        _store_groups(part, now)
    for part in _chunks([row for row in rows if row.mentor]):
        changed |= _store_mentors(part, summary, now)
    summary.new, summary.updated = len(new), len(changed - new)
    summary.refusals.sort(key=lambda refusal: refusal["line"])
    return summary


def _read(lines: Iterable[tuple[int, Mapping[str, str]]], summary: Summary) -> Iterator[Row]:
    seen: set[str] = set()
    for line, cells in lines:
        summary.read += 1
        try:
            row = _row(line, cells)
        except BadText as fault:
            summary.refuse(line, str(fault))
            continue
        if row.handle in seen:
            summary.refuse(line, f"{row.handle} stands in the file twice; the first row counts")
            continue
        seen.add(row.handle)
        yield row


def _row(line: int, cells: Mapping[str, str]) -> Row:
    if None in cells or None in cells.values():
        raise BadText("the row does not have as many cells as the first line has names")
    handle = clean_handle(cells["member"])
    status = cells.get("status", "rep").strip() or "rep"
    if status not in STATES:
        raise BadText(f"status {status[:40]!r} is neither rep nor alumni")
    mentor = clean(cells.get("mentor", ""), 80)
    values = {
        "state": STATES[status],
        "place": clean(cells.get("country", ""), 120),
        "areas": list(dict.fromkeys(clean(area, 80) for area in cells.get("functional_areas", "").split(";") if area.strip())),
        "joined_at": _month(cells.get("joined", "")),
        "imported": {name: clean(text, 1000) for name, text in cells.items() if name not in COLUMNS and text.strip()},
    }
    return Row(line, handle, values, mentor, tuple(g.strip() for g in cells.get("groups", "").split(";") if slug(g)))


def _month(text: str) -> datetime | None:
    if not text.strip():
        return None
    found = _MONTH.fullmatch(text.strip())
    if not found or int(found[1]) < 1990:
        raise BadText(f"joined {text[:40]!r} is not a month such as 2014-06")
    return datetime(int(found[1]), int(found[2]), 1, tzinfo=UTC)


def _store(rows: list[Row], now: datetime) -> tuple[set[str], set[str]]:
    """The handles of new members, and of those for whom something is different now."""
    known = {m.handle: m for m in db.session.scalars(sa.select(Member).where(among(Member.handle, [r.handle for r in rows])))}
    own = among(Account.member_id, [m.id for m in known.values()])
    claimed = set(db.session.scalars(sa.select(Account.member_id).where(own)))
    new = [row for row in rows if row.handle not in known]
    insert_new(Member.__table__, [_new(row, now) for row in new])
    changed, moved = set(), []
    for row in rows:
        member = known.get(row.handle)
        if member is None:
            continue
        wanted = {name: value for name, value in row.values.items() if name != "joined_at" or value is not None}
        wanted["imported"] = wanted["imported"] | _kept_mentor(member)
        if member.id in claimed:
            wanted = {"imported": wanted["imported"]}
        elif member.state == "suspended":
            del wanted["state"]
        different = {name: value for name, value in wanted.items() if getattr(member, name) != value}
        for name, value in different.items():
            setattr(member, name, value)
        if different:
            changed.add(row.handle)
        if "state" in different:
            moved.append(member.id)
    db.session.flush()
    for member_id in moved:
        tell_changed(member_id)
    return {row.handle for row in new}, changed


def _new(row: Row, now: datetime) -> dict[str, Any]:
    values = {**row.values, "joined_at": row.values["joined_at"] or now, "handle": row.handle, "name": row.handle}
    return values | fields.derived(values)


def _kept_mentor(member: Member) -> dict[str, str]:
    kept: str | None = (member.imported or {}).get("mentor")
    return {} if kept is None else {"mentor": kept}


def _store_groups(rows: list[Row], now: datetime) -> None:
    """Groups of an old roll are closed until a curator opens them: on it, being in one may have meant a right."""
    names = {slug(name): name[:120] for row in rows for name in row.groups}
    if not names:
        return
    made = [{"slug": key, "name": name, "entry": "closed", "created_at": now} for key, name in sorted(names.items())]
    insert_new(Group.__table__, made)
    group_ids = {row.slug: row.id for row in db.session.execute(sa.select(Group.slug, Group.id).where(among(Group.slug, names)))}
    ids = _ids([row.handle for row in rows])
    memberships = [
        {
            "group_id": group_ids[slug(name)],
            "member_id": ids[row.handle],
            "state": "in",
            "is_curator": False,
            "since": now,
        }
        for row in rows
        for name in row.groups
    ]
    insert_new(Membership.__table__, memberships)


def _store_mentors(rows: list[Row], summary: Summary, now: datetime) -> set[str]:
    """A mentor who is on no roll is kept as text. Nobody is their own mentor, though the row itself is taken."""
    ids = _ids(row.mentor for row in rows)
    mentees = db.session.scalars(sa.select(Member).where(among(Member.handle, [row.handle for row in rows])))
    by_handle = {member.handle: member for member in mentees}
    changed = set()
    for row in rows:
        member = by_handle[row.handle]
        mentor_id = ids.get(row.mentor) if row.mentor != row.handle else None
        kept = {name: text for name, text in (member.imported or {}).items() if name != "mentor"}
        if mentor_id is None:
            kept["mentor"] = row.mentor
        if row.mentor == row.handle:
            summary.refuse(row.line, f"{row.handle} is named as their own mentor; the row was taken without a mentor")
        if (member.mentor_id, member.imported or {}) != (mentor_id, kept):
            member.mentor_id, member.imported = mentor_id, kept
            changed.add(row.handle)
    db.session.flush()
    tell_mentors([by_handle[handle].id for handle in sorted(changed)], now)
    return changed


def _ids(handles: Iterable[str]) -> dict[str, int]:
    found = sa.select(Member.handle, Member.id).where(among(Member.handle, set(handles)))
    return {row.handle: row.id for row in db.session.execute(found)}


def _chunks(rows: list[Row]) -> Iterator[list[Row]]:
    return (rows[start : start + CHUNK_ROWS] for start in range(0, len(rows), CHUNK_ROWS))

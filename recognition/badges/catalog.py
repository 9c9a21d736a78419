"""Badges as TOML files, in and out: one file a badge, named after its slug."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from recognition.badges.models import DRAFT, Badge
from recognition.badges.queries import badges_built_on, levels_by_slug
from recognition.badges.rules import FIELDS, WARN_DAYS, BadBadge, BadgeSpec, check_holds, check_no_cycle, check_spec, held_badges
from recognition.badges.services.states import publish, save_badge
from recognition.extensions import db
from recognition.identity.models import Group
from recognition.toml import dumps, inlined


class BadCatalog(ValueError):
    """`faults`: one sentence for each, naming file and field."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


def load(folder: Path, now: datetime) -> list[str]:
    """Read `folder`/badges/*.toml. All files are checked before the first is stored. New badges are published; known
    ones change in place. Returns the slugs, those that others build on first. Raises BadCatalog."""
    specs, faults = read(folder)
    if faults:
        raise BadCatalog(faults)
    slugs = []
    for spec in in_order(specs):
        badge = save_badge(spec, now)
        if badge.state == DRAFT and badge.version == 1:
            publish(badge.id)
        slugs.append(badge.slug)
    return slugs


def read(folder: Path) -> tuple[dict[str, BadgeSpec], list[str]]:
    """The badges of a folder by slug, and what is wrong with them. Stores nothing."""
    specs: dict[str, BadgeSpec] = {}
    faults = []
    for path in sorted((folder / "badges").glob("*.toml")):
        try:
            spec = check_spec(tomllib.loads(path.read_text(encoding="utf-8")))
            if spec.slug != path.stem:
                raise BadBadge("slug", f"is {spec.slug!r}, but the file is named {path.stem!r}")
            specs[spec.slug] = spec
        except (BadBadge, tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            faults.append(f"badges/{path.name}: {fault}")
    return specs, faults or _together(specs)


def _together(specs: Mapping[str, BadgeSpec]) -> list[str]:
    """Faults that show only when all badges are seen at once, ours and those that are there already."""
    faults = []
    known = levels_by_slug() | {slug: list(spec.levels) for slug, spec in specs.items()}
    for slug, spec in specs.items():
        try:
            check_holds(spec.tree, known)
        except BadBadge as fault:
            faults.append(f"badges/{slug}.toml: {fault}")
    try:
        check_no_cycle(badges_built_on() | {slug: _below(spec) for slug, spec in specs.items()})
    except BadBadge as fault:
        faults.append(f"badges: {fault}")
    return faults


def _below(spec: BadgeSpec) -> list[str]:
    return [slug for slug, _level in held_badges(spec.tree)]


def in_order(specs: Mapping[str, BadgeSpec]) -> list[BadgeSpec]:
    """Each badge after those it builds on. There is no ring: `read` refused it."""
    ordered: dict[str, BadgeSpec] = {}

    def put(slug: str) -> None:
        if slug in specs and slug not in ordered:
            for other in _below(specs[slug]):
                put(other)
            ordered[slug] = specs[slug]

    for slug in sorted(specs):
        put(slug)
    return list(ordered.values())


def as_data(badge: Badge) -> dict[str, Any]:
    """What a file of this badge holds, in the order of FIELDS."""
    data: dict[str, Any] = {name: getattr(badge, name, None) for name in FIELDS}
    data |= {"issuer": _issuer(badge), "criteria": inlined(_sorted(badge.criteria)) if badge.criteria else None}
    plain = {"issuer": "", "nominable": False, "valid_days": None, "warn_days": WARN_DAYS, "levels": [], "criteria": None}
    return {name: value for name, value in data.items() if name not in plain or value != plain[name]}


def _issuer(badge: Badge) -> str:
    group = db.session.get(Group, badge.issuer_id) if badge.issuer_id is not None else None
    return group.slug if group else ""


def _sorted(value: Any) -> Any:
    """PostgreSQL keeps no order of keys, so a file has one of its own: the same on both databases."""
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def export(folder: Path) -> list[str]:
    """Write every badge to `folder`/badges, as `load` reads them. Returns the slugs."""
    badges = list(db.session.scalars(sa.select(Badge).order_by(Badge.slug)))
    (folder / "badges").mkdir(parents=True, exist_ok=True)
    for badge in badges:
        (folder / "badges" / f"{badge.slug}.toml").write_text(dumps(as_data(badge)), encoding="utf-8")
    return [badge.slug for badge in badges]

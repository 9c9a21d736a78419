"""What sorts of deeds there are, and what they are called in the reader's language."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa

from recognition.activities.models import Kind
from recognition.audit import services as audit
from recognition.extensions import db
from recognition.i18n import language
from recognition.refs import Ref
from recognition.web.pagination import PAGE_SIZE, Page, decode, page

FAMILIES = ("learning", "helping", "making", "gathering", "caring")


@dataclass(frozen=True)
class KindSpec:
    """`points`: for deeds that are told from now on. `labels`: by language tag."""

    label: str
    family: str = "helping"
    hint: str = ""
    points: int = 5
    offered: bool = True
    labels: dict[str, str] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        return asdict(self) | {"labels": self.labels or None}


def called(label: str, labels: Mapping[str, str] | None) -> str:
    """In the reader's language, or the language it is a variety of, or as it is called in general."""
    if not labels:
        return label
    tongue = language().lower()
    known = {tag.lower(): name for tag, name in labels.items()}
    return known.get(tongue) or known.get(tongue.partition("-")[0].partition("_")[0]) or label


def kinds_page(cursor: str | None, size: int = PAGE_SIZE) -> Page[Kind]:
    """Those that are offered first, in the council's order; nothing that the product writes by itself."""
    place = (Kind.offered.desc(), Kind.position, Kind.slug)
    wanted = sa.select(Kind).where(Kind.internal.is_(False)).order_by(*place)
    after = decode(cursor, (bool, int, str))
    if after is not None:
        here = sa.and_(Kind.offered.is_(after[0]), sa.tuple_(Kind.position, Kind.slug) > sa.tuple_(after[1], after[2]))
        wanted = wanted.where(sa.or_(here, Kind.offered.is_(False)) if after[0] else here)
    rows = db.session.scalars(wanted.limit(size + 1)).all()
    return page(rows, size, lambda kind: (kind.offered, kind.position, kind.slug))


def kind_by_slug(slug: str) -> Kind | None:
    """None also for what the product writes by itself."""
    kind = db.session.get(Kind, slug)
    return kind if kind is not None and not kind.internal else None


def change(slug: str, spec: KindSpec, actor_id: int) -> Kind:
    """What was told keeps the points that it brought."""
    kind = db.session.get_one(Kind, slug, with_for_update=True, populate_existing=True)
    wanted = spec.values()
    before = {name: getattr(kind, name) for name in wanted}
    changed = {name for name in wanted if wanted[name] != before[name]}
    for name in changed:
        setattr(kind, name, wanted[name])
    if changed:
        told = sorted(changed)
        audit.record("kind.changed", Ref("kind", slug), actor_id, {n: before[n] for n in told}, {n: wanted[n] for n in told})
    return kind

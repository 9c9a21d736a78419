"""A catalogue is a directory: kinds.toml, boards.toml, quests/, badges/, campaigns/,
contests/. It comes whole or not at all."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from recognition.activities.criteria.parse import check_known
from recognition.activities.criteria.values import BadCriteria
from recognition.activities.models import Kind
from recognition.activities.rules import INTERNAL_KINDS
from recognition.badges import catalog as badge_files
from recognition.badges.models import Badge
from recognition.campaigns import catalog as campaign_files
from recognition.campaigns.models import Campaign, CampaignItem
from recognition.catalog import boards, kinds
from recognition.contests import catalog as contest_files
from recognition.contests.models.contest import Contest
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Group
from recognition.quests import catalog as quest_files
from recognition.quests.models import Quest

MDM = Path(__file__).parent / "mdm"
"""The catalogue that comes with the product."""
ORGANISERS = Path(__file__).parent / "organisers"
"""Quests by which whoever organises learns the tools of this house."""
PARTS = (kinds.FILE, boards.FILE, "quests", "badges", "campaigns", "contests")
Loaded = dict[str, list[str]]
"""The slugs of each part."""


class BadCatalog(ValueError):
    """One fault a line, each with its file and the place in it."""


def load(folder: Path, now: datetime) -> Loaded:
    """Kinds first, contests last: each may speak of what came before. Raises BadCatalog, and the caller rolls back."""
    if not any((folder / part).exists() for part in PARTS):
        raise BadCatalog(f"{folder}: there is no catalogue here; one holds {', '.join(PARTS)}")
    path = folder / kinds.FILE
    families = kinds.families()
    loaded = {"kinds": _part("", lambda: kinds.load(path) if path.is_file() else [])}
    now_in = kinds.families()
    moved = any(now_in[slug] != family for slug, family in families.items())
    loaded["boards"] = _part("", lambda: boards.load(folder / boards.FILE, families_moved=moved))
    loaded["quests"] = _part("quests/", lambda: quest_files.load(folder / "quests", now))
    loaded["badges"] = _part("", lambda: badge_files.load(folder, now))
    loaded["campaigns"] = _part("campaigns/", lambda: campaign_files.load(folder / "campaigns", now))
    _check_items(loaded["campaigns"])
    loaded["contests"] = _part("contests/", lambda: contest_files.load(folder / "contests", now))
    _check_rules(loaded["badges"])
    return loaded


def _part(prefix: str, load_part: Callable[[], list[str]]) -> list[str]:
    """The packages' own errors, each fault with its way from the catalogue's directory."""
    try:
        slugs = load_part()
        db.session.flush()
    except sa.exc.StatementError as fault:
        raise BadCatalog(f"{prefix or 'the catalogue'}: the database refuses a value: {fault.orig}") from fault
    except (ValueError, OSError) as fault:
        raise BadCatalog("\n".join(prefix + line for line in str(fault).splitlines())) from fault
    return slugs


def _check_items(slugs: list[str]) -> None:
    """A campaign may only name quests and badges that are there."""
    columns = (Campaign.slug, CampaignItem.kind, CampaignItem.slug.label("item"))
    named = sa.select(*columns).join_from(CampaignItem, Campaign).where(among(Campaign.slug, slugs))
    items = db.session.execute(named.order_by(Campaign.slug, CampaignItem.position)).all()
    known = {("quest", slug) for slug in db.session.scalars(sa.select(Quest.slug))}
    known |= {("badge", slug) for slug in db.session.scalars(sa.select(Badge.slug))}
    faults = [
        f"campaigns/{row.slug}.toml: {row.kind}s: there is no {row.kind} “{row.item}”"
        for row in items
        if (row.kind, row.item) not in known
    ]
    if faults:
        raise BadCatalog("\n".join(faults))


def _check_rules(slugs: list[str]) -> None:
    """A badge's rule may only name what is there: a kind with a slip of the pen would wait for ever. Campaigns of deeds
    are free words, also of campaigns that we do not run."""
    columns: dict[str, sa.orm.InstrumentedAttribute[str]] = {
        "kind": Kind.slug, "quest": Quest.slug, "group": Group.slug, "contest": Contest.slug
    }  # fmt: skip
    known = {sort: set(db.session.scalars(sa.select(column))) for sort, column in columns.items()}
    known["kind"] |= set(INTERNAL_KINDS)
    rules = sa.select(Badge.slug, Badge.criteria).where(among(Badge.slug, slugs), Badge.criteria.is_not(None))
    faults = []
    for slug, criteria in db.session.execute(rules.order_by(Badge.slug)):
        try:
            check_known(criteria, known)
        except BadCriteria as fault:
            faults.append(f"badges/{slug}.toml: criteria: {fault}")
    if faults:
        raise BadCatalog("\n".join(faults))


def export(folder: Path) -> Loaded:
    """Write all of it; loading the files into an empty house and writing again gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    return {
        "kinds": kinds.export(folder / kinds.FILE),
        "boards": boards.export(folder / boards.FILE),
        "quests": quest_files.export(folder / "quests"),
        "badges": badge_files.export(folder),
        "campaigns": campaign_files.export(folder / "campaigns"),
        "contests": contest_files.export(folder / "contests"),
    }

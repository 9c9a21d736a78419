"""Badges as documents tell them: the rule of the version and level that was given, in words; name and picture are those of
today, which no version keeps."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from recognition.activities.criteria.tree import Criteria, leaves
from recognition.badges import words
from recognition.badges.artwork.design import PinDesign
from recognition.badges.models import DRAFT, Badge, BadgeVersion
from recognition.badges.pictures import design_of
from recognition.badges.portable import evidence, identifiers
from recognition.badges.portable.documents.facts import House, Link, Pin
from recognition.badges.portable.identifiers import Edition
from recognition.badges.rules import Rule, rule_of
from recognition.database import among
from recognition.extensions import db
from recognition.i18n import LANGUAGES
from recognition.identity.models import Group

Key = tuple[int, int, int | None]
"""Badge, version, level."""
TAGS_MAX = 10


@dataclass(frozen=True)
class Known:
    """A pin, and the rule behind it; None: people give it."""

    pin: Pin
    criteria: Criteria | None


def house() -> House:
    settings = current_app.extensions["settings"]
    return House(settings.base_url, settings.site_name, settings.email)


def pins(wanted: Collection[Key]) -> dict[Key, Known]:
    """A handful of statements for all of them together; without those that there are not."""
    badges = {
        badge.id: badge for badge in db.session.scalars(sa.select(Badge).where(among(Badge.id, {key[0] for key in wanted})))
    }
    of_these = sa.select(BadgeVersion).where(among(BadgeVersion.badge_id, badges))
    versions = {(one.badge_id, one.version): one for one in db.session.scalars(of_these)}
    given = {key: (badges[key[0]], versions[key[:2]]) for key in wanted if key[:2] in versions}
    rules = {key: rule_of(badge, version) for key, (badge, version) in given.items()}
    names = words.names_for([rule.criteria for rule in rules.values() if rule is not None])
    groups = _groups({badge.issuer_id for badge in badges.values() if badge.issuer_id is not None})
    found = {}
    for key, (badge, _version) in given.items():
        rule = rules[key]
        pin = _pin(badge, rule, Edition(badge.slug, key[1], key[2]), names, groups)
        found[key] = Known(pin, rule.criteria if rule else None)
    return found


def pin_of(edition: Edition) -> Known | None:
    """None where there is no such badge, version or level, or nobody was given it yet."""
    found = _edition(edition)
    if found is None:
        return None
    badge, _version = found
    key = (badge.id, edition.version, edition.level)
    return pins([key])[key]


def edition_of_today(slug: str) -> Edition | None:
    """A badge as it is given now, at its lowest level."""
    badge = db.session.scalar(sa.select(Badge).where(Badge.slug == slug, Badge.state != DRAFT))
    return Edition(badge.slug, badge.version, next(iter(badge.levels), None)) if badge else None


def design(edition: Edition) -> PinDesign | None:
    """What the picture of an edition shows: the rim that its level had then."""
    found = _edition(edition)
    return _design(found[0], found[1], edition.level) if found else None


def _design(badge: Badge, version: BadgeVersion, level: int | None) -> PinDesign:
    return design_of(_Then(badge.family, badge.glyph, badge.band, version.levels), level)


@dataclass(frozen=True)
class _Then:
    family: str
    glyph: str
    band: str
    levels: list[int]


def _edition(edition: Edition) -> tuple[Badge, BadgeVersion] | None:
    wanted = sa.select(Badge, BadgeVersion).join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
    row = db.session.execute(
        wanted.where(Badge.slug == edition.slug, Badge.state != DRAFT, BadgeVersion.version == edition.version)
    ).first()
    if row is None or not (edition.level in row.BadgeVersion.levels or (edition.level is None and not row.BadgeVersion.levels)):
        return None
    return row.Badge, row.BadgeVersion


def _groups(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    rows = db.session.execute(sa.select(Group.id, Group.slug, Group.name).where(among(Group.id, ids))) if ids else ()
    return {row.id: (row.slug, row.name) for row in rows}


def _pin(badge: Any, rule: Rule | None, edition: Edition, names: words.Names, groups: Mapping[int, tuple[str, str]]) -> Pin:
    name = _("%(badge)s, level %(level)s", badge=badge.name, level=edition.level) if edition.level else badge.name
    is_ranked = rule is not None and evidence.is_ranked(rule.criteria)
    return Pin(
        edition=edition,
        name=str(name),
        summary=badge.summary,
        criteria=words.sentence(rule, names, edition.level),
        caption=str(_("The pin of the badge “%(badge)s”", badge=name)),
        language=LANGUAGES[0],
        tags=_tags(badge, rule),
        alignment=_campaigns(rule, names),
        group=groups.get(badge.issuer_id),
        rank=str(_("Place in the contest")) if is_ranked else "",
    )


def _tags(badge: Any, rule: Rule | None) -> list[str]:
    """Its family, and the tags that its rule asks for."""
    asked = [tag for leaf in leaves(rule.criteria) for tag in (*leaf.where.tags_any, *leaf.where.tags_all)] if rule else []
    return list(dict.fromkeys([words.families()[badge.family], *asked]))[:TAGS_MAX]


def _campaigns(rule: Rule | None, names: words.Names) -> list[Link]:
    """Those that it belongs to and that have a page here."""
    base = current_app.extensions["settings"].base_url
    asked = dict.fromkeys(slug for leaf in leaves(rule.criteria) for slug in leaf.where.campaigns_named) if rule else {}
    return [Link(names[ref], identifiers.campaign_page(base, slug)) for slug in asked if (ref := f"campaign:{slug}") in names]

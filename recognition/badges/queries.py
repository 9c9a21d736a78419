"""Reads of badges and awards. People's choice of what shows is applied here, not in templates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for

from recognition.activities.criteria.tree import BADGE_AWARDED, campaigns_named
from recognition.activities.models import PENDING, Activity
from recognition.badges import pictures
from recognition.badges.artwork.design import FAMILIES
from recognition.badges.models import ACCEPTED, DECLINED, PUBLISHED, WAITING, Award, Badge, BadgeListener, BadgeVersion
from recognition.badges.rules import RULE_COLUMNS, Rule, held_badges, rule_of, rule_told
from recognition.database import among
from recognition.driver import run
from recognition.extensions import db
from recognition.identity.fields import DEFAULT_VISIBILITY, MEMBERS, PUBLIC
from recognition.identity.models import Member
from recognition.identity.rules import ProfileView, visible_fields
from recognition.web.pagination import Page, decode, page

PAGE_BADGES = 60
PAGE_HOLDERS = 12
NEWEST_WAITING = 2000
WORN = 6
"""How many of the newest pins a jacket shows whose owner has not chosen."""


@dataclass(frozen=True)
class Pin:
    """A badge on a jacket, at the highest level its owner has."""

    award: Award
    src: str
    since: datetime

    @property
    def badge(self) -> Badge:
        return self.award.badge


@dataclass(frozen=True)
class Jacket:
    worn: Sequence[Pin]
    back: Sequence[Pin]

    @property
    def pins(self) -> list[Pin]:
        return [*self.worn, *self.back]


@dataclass(frozen=True)
class Holder:
    person: ProfileView
    award: Award


def listening_to(
    kinds: Iterable[str], members: Iterable[int]
) -> tuple[list[tuple[Rule, frozenset[str]]], dict[tuple[int, int], set[str]]]:
    """The published badges that these kinds can move, each with the kinds among them that it listens to; and what these
    members hold of them, as `occasions_held` tells it. With every deed, so it is one question."""
    rules: dict[Rule, set[str]] = {}
    held: dict[tuple[int, int], set[str]] = {}
    for holder, word, criteria, levels, badge_id, *terms in run(
        _LISTENING, {"kinds": list(kinds), "members": list(members), "published": PUBLISHED}
    ):
        if holder is None:
            rules.setdefault(rule_told(criteria, levels, badge_id, *terms), set()).add(word)
        else:
            held.setdefault((badge_id, holder), set()).add(word)
    return sorted(((rule, frozenset(heard)) for rule, heard in rules.items()), key=lambda pair: pair[0].badge_id), held


# Each rule as text, so that one which is known already is not parsed again.
_LISTENING = """WITH heard AS (SELECT kind, id, CAST(criteria AS text) AS criteria, CAST(levels AS text) AS levels,
    version, slug, issuer_id, valid_days, warn_days FROM badge_listener JOIN badge ON badge.id = badge_id
    WHERE kind IN LIST(:kinds) AND state = :published AND badge.criteria IS NOT NULL)
SELECT NULL AS holder, kind AS word, criteria, levels, id, version, slug, issuer_id, valid_days, warn_days FROM heard
UNION ALL SELECT member_id, occasion, NULL, NULL, badge_id, NULL, NULL, NULL, NULL, NULL FROM award
WHERE member_id IN LIST(:members) AND badge_id IN (SELECT id FROM heard)"""


def rule_columns() -> list[Any]:
    """What `rules.rule_of` reads of a badge."""
    return [getattr(Badge, name) for name in RULE_COLUMNS]


def rules_in_force() -> list[Rule]:
    """Of every published badge that has one."""
    published = sa.select(*rule_columns()).where(Badge.state == PUBLISHED).order_by(Badge.id)
    return [rule for row in db.session.execute(published) if (rule := rule_of(row)) is not None]


def occasions_held(members: Iterable[int], badge_ids: Iterable[int]) -> dict[tuple[int, int], set[str]]:
    """Occasions awarded already, by (badge, member); revoked awards count, they are not given again by a rule."""
    held: dict[tuple[int, int], set[str]] = {}
    for badge_id, member_id, occasion in run(_HELD, {"members": list(members), "badges": list(badge_ids)}):
        held.setdefault((badge_id, member_id), set()).add(occasion)
    return held


_HELD = """SELECT badge_id, member_id, occasion FROM award
WHERE member_id IN LIST(:members) AND badge_id IN LIST(:badges)"""


def badge_by_slug(slug: str) -> Badge | None:
    return db.session.scalar(sa.select(Badge).where(Badge.slug == slug))


def published_badges(slugs: Sequence[str] | None = None) -> list[Badge]:
    wanted = sa.select(Badge).where(Badge.state == PUBLISHED).order_by(Badge.family, Badge.name)
    if slugs is not None:
        wanted = wanted.where(among(Badge.slug, slugs))
    return list(db.session.scalars(wanted.limit(500)))


def levels_by_slug() -> dict[str, list[int]]:
    return {row.slug: row.levels for row in db.session.execute(sa.select(Badge.slug, Badge.levels))}


def badges_built_on() -> dict[str, list[str]]:
    """For each badge that asks for others: their slugs."""
    found = db.session.execute(sa.select(*rule_columns()).join(BadgeListener, BadgeListener.badge_id == Badge.id)
                               .where(BadgeListener.kind == BADGE_AWARDED))  # fmt: skip
    rules = [rule for row in found if (rule := rule_of(row)) is not None]
    return {rule.slug: [slug for slug, _level in held_badges(rule.criteria)] for rule in rules}


def badges_ever_asking_for(campaign: str) -> list[int]:
    """Badges of which a rule, today's or an older one, asks for deeds in this campaign's time."""
    every = sa.select(Badge, BadgeVersion).join(BadgeVersion, BadgeVersion.badge_id == Badge.id).order_by(Badge.id)
    rules = [rule_of(badge, version) for badge, version in db.session.execute(every)]
    return sorted({rule.badge_id for rule in rules if rule is not None and campaign in campaigns_named(rule.criteria)})


def handles_of(member_ids: Sequence[int]) -> dict[int, str]:
    rows = db.session.execute(sa.select(Member.id, Member.handle).where(among(Member.id, member_ids)).order_by(Member.id))
    return {row.id: row.handle for row in rows}


def ids_of(handles: Sequence[str]) -> dict[str, int]:
    """Of whom somebody means with these: a row that was joined to another is the other. Nobody who is suspended."""
    person = sa.orm.aliased(Member)
    meant = person.id == sa.func.coalesce(Member.merged_into_id, Member.id)
    rows = sa.select(Member.handle, person.id).join(person, meant).where(among(Member.handle, handles))
    return {row.handle: row.id for row in db.session.execute(rows.where(person.state != "suspended"))}


def picture_url(badge: Any, size: int, level: int | None = None, earned: bool = True) -> str:
    """The address of a badge's picture; it changes with the picture, so browsers keep it. `size` in px: 64 to 512."""
    version = pictures.version(pictures.design_of(badge, level), earned)
    choices: dict[str, Any] = {"level": level if badge.levels else None, "outline": None if earned else 1, "v": version}
    return url_for("badges.picture", slug=badge.slug, size=size, **choices)


def index_page(cursor: str | None, size: int = PAGE_BADGES) -> Page[Badge]:
    """Published badges by family, then name."""
    family = sa.case({name: place for place, name in enumerate(FAMILIES)}, value=Badge.family, else_=len(FAMILIES))
    wanted = sa.select(Badge).where(Badge.state == PUBLISHED).order_by(family, Badge.name, Badge.id).limit(size + 1)
    last = decode(cursor, (int, str, int))
    if last:
        wanted = wanted.where(sa.tuple_(family, Badge.name, Badge.id) > sa.tuple_(*map(sa.literal, last)))
    rows = db.session.scalars(wanted).all()
    return page(rows, size, lambda badge: [FAMILIES.index(badge.family), badge.name, badge.id])


def awards_of(member_id: int, badge_ids: Iterable[int]) -> dict[int, list[Award]]:
    """A member's own awards by badge, the lowest level first."""
    wanted = sa.select(Award).where(Award.member_id == member_id, Award.revoked_at.is_(None), among(Award.badge_id, badge_ids))
    found: dict[int, list[Award]] = {}
    for award in db.session.scalars(wanted.order_by(Award.badge_id, Award.level, Award.id)):
        found.setdefault(award.badge_id, []).append(award)
    return found


def holders(badge: Badge, viewer: Member | None, cursor: str | None = None, size: int = PAGE_HOLDERS) -> Page[Holder]:
    """Newest first, each at their highest level; only who lets this reader see both name and badge."""
    higher = sa.orm.aliased(Award)
    outdone = sa.exists().where(
        higher.badge_id == Award.badge_id, higher.member_id == Award.member_id, higher.level > Award.level,
        higher.revoked_at.is_(None),
    ).correlate(Award)  # fmt: skip
    wanted = (
        sa.select(Award, Member)
        .join(Member, Member.id == Award.member_id)
        .where(Award.badge_id == badge.id, Award.shown, Award.revoked_at.is_(None), ~outdone, named(viewer))
        .order_by(Award.id.desc())
        .limit(size + 1)
        .options(sa.orm.lazyload(Award.badge))
    )
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(Award.id < last[0])
    rows = [Holder(visible_fields(member, viewer), award) for award, member in db.session.execute(wanted)]
    return page(rows, size, lambda holder: [holder.award.id])


def named(viewer: Member | None) -> sa.ColumnElement[bool]:
    """Members whose name this reader may see: in SQL, so that pages are full; the rule is identity's `may_see`."""
    level = sa.func.coalesce(Member.visibility["name"].as_string(), DEFAULT_VISIBILITY["name"])
    allowed = (PUBLIC,) if viewer is None else (PUBLIC, MEMBERS)
    return sa.and_(Member.state != "suspended", level.in_(allowed))


def is_seen_wearing(badge: Badge, level: int | None, member_id: int, viewer: Member) -> bool:
    """As far as this reader may know, and for good: what ages can be given again."""
    wanted = sa.select(Award.id).join(Member, Member.id == Award.member_id).where(
        Award.badge_id == badge.id, Award.member_id == member_id, Award.level.is_not_distinct_from(level), Award.shown,
        Award.revoked_at.is_(None), Award.expires_at.is_(None), named(viewer),
    )  # fmt: skip
    return db.session.scalar(wanted.limit(1)) is not None


def award_page(key: str, viewer: Member | None) -> tuple[Award, ProfileView] | None:
    """One award and its holder. None where it is not there for this reader."""
    row = db.session.execute(sa.select(Award, Member).join(Member, Member.id == Award.member_id).where(Award.key == key)).first()
    if row is None:
        return None
    award, member = row
    own = viewer is not None and viewer.id == member.id
    if not own and (not award.shown or member.state == "suspended"):
        return None
    return award, visible_fields(member, viewer)


def award_by_key(key: str) -> Award | None:
    """Whoever may see it; for those who decide about awards."""
    return db.session.scalar(sa.select(Award).where(Award.key == key))


def version_given(award: Award) -> BadgeVersion | None:
    """What the badge meant when this award was given."""
    return db.session.get(BadgeVersion, (award.badge_id, award.version))


def jacket(member_id: int, viewer: Member | None) -> Jacket:
    """Pins in the member's order, one a badge at its highest level; whoever has not chosen wears the newest."""
    wanted = sa.select(Award).where(Award.member_id == member_id, Award.revoked_at.is_(None), Award.answer == ACCEPTED)
    if viewer is None or viewer.id != member_id:
        wanted = wanted.where(Award.shown)
    by_badge: dict[int, list[Award]] = {}
    for award in db.session.scalars(wanted.order_by(Award.id.desc()).limit(1000)):
        by_badge.setdefault(award.badge_id, []).append(award)
    placed, rest = [], []
    for awards in by_badge.values():
        best = max(awards, key=lambda award: (award.level or 0, award.id))
        pin = Pin(best, picture_url(best.badge, 256, best.level), min(award.awarded_at for award in awards))
        places = [award.position for award in awards if award.position is not None]
        if places:
            placed.append((min(places), pin))
        else:
            rest.append(pin)
    worn = [pin for _place, pin in sorted(placed, key=lambda pair: pair[0])]
    if not worn:
        worn = [pin for pin in rest if pin.award.shown][:WORN]
        rest = [pin for pin in rest if pin not in worn]
    return Jacket(worn, rest)


def shown_awards(member_id: int, cursor: str | None, size: int = 50) -> Page[Award]:
    """What everybody may see of a member's awards, the newest first."""
    wanted = sa.select(Award).where(Award.member_id == member_id, Award.shown, Award.revoked_at.is_(None))
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(Award.id < last[0])
    rows = db.session.scalars(wanted.order_by(Award.id.desc()).limit(size + 1)).all()
    return page(rows, size, lambda award: [award.id])


def latest_pin(member_id: int) -> Pin | None:
    """The newest that waits for this member's word, or else the newest that they show."""
    waits = Award.answer == WAITING
    wanted = sa.select(Award).where(Award.member_id == member_id, Award.revoked_at.is_(None), sa.or_(Award.shown, waits))
    award = db.session.scalar(wanted.order_by(waits.desc(), Award.id.desc()).limit(1))
    return Pin(award, picture_url(award.badge, 256, award.level), award.awarded_at) if award else None


def latest_award_id(member_id: int) -> int:
    """What a page remembers before it waits for arrivals."""
    return db.session.scalar(sa.select(sa.func.max(Award.id)).where(Award.member_id == member_id)) or 0


def new_awards(member_id: int, since: int, limit: int = 12) -> Sequence[Award]:
    wanted = sa.select(Award).where(
        Award.member_id == member_id, Award.id > since, Award.revoked_at.is_(None), Award.answer != DECLINED
    )
    return db.session.scalars(wanted.order_by(Award.id).limit(limit)).all()


def has_unconsidered(member_id: int) -> bool:
    """Waits a deed of this member to be considered? Looks at the newest of all that wait, by their small index, so that
    neither a long history nor an import under way makes the answer slow."""
    newest = sa.select(Activity.member_id).where(sa.text(PENDING)).order_by(Activity.id.desc()).limit(NEWEST_WAITING)
    waiting = newest.subquery()
    return bool(db.session.scalar(sa.select(sa.exists().where(waiting.c.member_id == member_id))))

"""All badges, and the page of one."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for

from recognition import clock
from recognition.badges import policy, queries, words
from recognition.badges.models import DECLINED, DRAFT, PUBLISHED, RETIRED, Award, Badge
from recognition.badges.nearest import nearest
from recognition.badges.nominations import curated_groups
from recognition.badges.rarity import rarity
from recognition.badges.rules import rule_of
from recognition.badges.trays import issuer_of
from recognition.badges.views.blueprint import badge_or_404, blueprint
from recognition.identity.access import current_member
from recognition.identity.models import Member
from recognition.web.access import public

NEAREST = 6


@dataclass(frozen=True)
class Shelf:
    """A badge on the index as its reader sees it: with the awards they hold."""

    badge: Badge
    awards: list[Award]
    signed_in: bool

    @property
    def level(self) -> int | None:
        return self.awards[-1].level if self.awards else None

    @property
    def shows_pin(self) -> bool:
        """A stranger sees what there is; a member sees theirs in colour and the places kept for the others."""
        return bool(self.awards) or not self.signed_in


@blueprint.get("/badges/")
@public
def index() -> Any:
    viewer = current_member()
    page = queries.index_page(request.args.get("after"))
    mine = queries.awards_of(viewer.id, [badge.id for badge in page.items]) if viewer else {}
    worn = {badge_id: [award for award in awards if award.answer != DECLINED] for badge_id, awards in mine.items()}
    shelves = [Shelf(badge, worn.get(badge.id, []), viewer is not None) for badge in page.items]
    families = [
        (family, name, [shelf for shelf in shelves if shelf.badge.family == family]) for family, name in words.families().items()
    ]
    return render_template(
        "badges/index.html",
        families=[found for found in families if found[2]],
        nearest=nearest(page.items, mine, viewer.id, NEAREST) if viewer and viewer.takes_badges else [],
        barred=viewer is not None and not viewer.takes_badges,
        older=url_for(".index", after=page.next_cursor) if page.next_cursor else "",
    )


@blueprint.get("/badges/<slug>")
@public
def show(slug: str) -> Any:
    viewer, badge = current_member(), badge_or_404(slug)
    rule = rule_of(badge)
    names = words.names_for([rule.criteria] if rule else [])
    mine = queries.awards_of(viewer.id, [badge.id]).get(badge.id, []) if viewer else []
    part = None
    if viewer and viewer.takes_badges and badge.state != RETIRED and rule and len(mine) < len(rule.occasions()):
        part = words.progress(rule, words.measured([rule], viewer.id, clock.utcnow()), names, [award.occasion for award in mine])
    worn = [award for award in mine if award.answer != DECLINED]
    holders = queries.holders(badge, viewer, request.args.get("after"))
    return render_template(
        "badges/show.html",
        badge=badge,
        best=worn[-1].level if worn else None,
        mine={award.level: award for award in worn},
        declined=mine[-1] if mine and not worn else None,
        issuer=issuer_of(badge),
        ways=_ways(badge, viewer),
        rarity=rarity(badge, viewer),
        part=part,
        barred=viewer is not None and not viewer.takes_badges and not mine,
        how=words.sentence(rule, names),
        asks=part or (words.progress(rule, {}, names) if rule else None),
        family_name=words.families()[badge.family],
        rims={level: words.rim_words(badge, level) for level in badge.levels},
        holders=holders.items,
        older=url_for(".show", slug=slug, after=holders.next_cursor) if holders.next_cursor else "",
    )


@dataclass(frozen=True)
class Ways:
    """How else than by its rule a badge comes, and what this reader may do about it."""

    by_nomination: bool
    may_nominate: bool
    may_give: bool
    gives_codes: bool


def _ways(badge: Badge, viewer: Member | None) -> Ways:
    curated = curated_groups(viewer.id) if viewer is not None and badge.issuer_id is not None else frozenset()
    may_give = policy.can_give(viewer, badge, curated)
    return Ways(
        by_nomination=badge.nominable and badge.state == PUBLISHED,
        may_nominate=policy.can_nominate(viewer, badge),
        may_give=may_give and badge.state == PUBLISHED,
        gives_codes=may_give and badge.state in (DRAFT, PUBLISHED),
    )

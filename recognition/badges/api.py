"""`/api/v1/badges` and `/api/v1/members/<handle>/awards`: what everybody may see, for programs."""

from typing import Any

from flask import Blueprint, abort, current_app, jsonify, url_for

from recognition.badges import queries, words
from recognition.badges.models import DRAFT, Award, Badge
from recognition.badges.rules import rule_of
from recognition.identity.queries import profile
from recognition.web.access import public
from recognition.web.limits import limited
from recognition.web.openapi import CURSOR, Answer, Operation, asked, described
from recognition.web.schemas import Named, address, many, maybe, moment, one_of, page_of, record, text, whole
from recognition.web.templating import iso

blueprint = Blueprint("badges_api", __name__, url_prefix="/api/v1")

_SHORT = {
    "slug": text(), "name": text(), "family": text(), "summary": text(), "levels": many(whole(1)), "holders": whole(),
    "url": address(), "picture": address(),
}  # fmt: skip
BADGE = record(_SHORT, name="Badge")
_RULE = Named("Criteria", {"type": "object", "description": "The rule as data; docs/catalogue.md tells the language."})
_WHOLE = record(
    _SHORT | {
        "story": text(), "state": one_of("published", "retired"), "version": whole(1), "criteria": maybe(_RULE),
        "how": text(words="The rule in a sentence."),
    },
    name="BadgeInFull",
)  # fmt: skip
AWARD = record(
    {
        "id": text(), "badge": text(), "name": text(), "level": maybe(whole(1)), "version": whole(1), "awarded_at": moment(),
        "url": address(), "picture": address(),
    },
    name="Award",
)  # fmt: skip
LIST = Operation("listBadges", "Published badges", {200: Answer("One page.", page_of(BADGE))}, parameters=(CURSOR,))
SHOW = Operation("getBadge", "One badge, with its rule as data and in words", {200: Answer("The badge.", _WHOLE)})
AWARDS = Operation(
    "listAwards", "The awards that a member shows to everybody", {200: Answer("One page, the newest first.", page_of(AWARD))},
    parameters=(CURSOR,),
)  # fmt: skip


@blueprint.get("/badges")
@public
@limited("api-public", times=600)
@described(LIST)
def badges() -> Any:
    """Published badges by family and name, in pages."""
    page = queries.index_page(asked("cursor"))
    following = url_for(".badges", cursor=page.next_cursor) if page.next_cursor else None
    return jsonify(items=[_short(badge) for badge in page.items], next_cursor=page.next_cursor, next=following)


@blueprint.get("/badges/<slug>")
@public
@limited("api-public", times=600)
@described(SHOW)
def badge(slug: str) -> Any:
    """One badge with its rule, as data and in words. Retired ones stay; drafts are not there."""
    found = queries.badge_by_slug(slug)
    if found is None or found.state == DRAFT:
        abort(404)
    rule = rule_of(found)
    how = words.sentence(rule, words.names_for([rule.criteria] if rule else []))
    more = {
        "story": found.story,
        "state": found.state,
        "version": found.version,
        "criteria": found.criteria,
        "how": how,
    }
    return jsonify(_short(found) | more)


@blueprint.get("/members/<handle>/awards")
@public
@limited("api-public", times=600)
@described(AWARDS)
def awards(handle: str) -> Any:
    """The awards that this member shows to everybody, the newest first, in pages."""
    member = profile(handle, None) or abort(404)
    page = queries.shown_awards(member.id, asked("cursor"))
    following = url_for(".awards", handle=handle, cursor=page.next_cursor) if page.next_cursor else None
    return jsonify(items=[_award(award) for award in page.items], next_cursor=page.next_cursor, next=following)


def _short(badge: Badge) -> dict[str, Any]:
    return {
        "slug": badge.slug,
        "name": badge.name,
        "family": badge.family,
        "summary": badge.summary,
        "levels": badge.levels,
        "holders": badge.holders_count,
        "url": _whole(url_for("badges.show", slug=badge.slug)),
        "picture": _whole(queries.picture_url(badge, 512)),
    }


def _award(award: Award) -> dict[str, Any]:
    return {
        "id": award.key,
        "badge": award.badge.slug,
        "name": award.badge.name,
        "level": award.level,
        "version": award.version,
        "awarded_at": iso(award.awarded_at),
        "url": _whole(url_for("badges.award", key=award.key)),
        "picture": _whole(queries.picture_url(award.badge, 512, award.level)),
    }


def _whole(path: str) -> str:
    base: str = current_app.extensions["settings"].base_url
    return base + path

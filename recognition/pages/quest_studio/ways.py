"""How a quest lies among the others: on the map, and in what it waits for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _

from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.parse import check_known, parse
from recognition.activities.criteria.values import BadCriteria
from recognition.badges.words import names_for
from recognition.extensions import db
from recognition.pages.badge_studio.choices import known
from recognition.pages.quest_studio import reasons
from recognition.quests import drafts
from recognition.quests.drafts import Draft
from recognition.quests.models import Quest
from recognition.quests.queries import Station
from recognition.quests.rules import FAMILIES, direct_ways, find_cycle, prerequisites
from recognition.quests.words import family_names

QUESTS_MAX = 500
NOTHING: Mapping[str, Draft] = MappingProxyType({})


def _required(requires: dict[str, Any] | None) -> list[str]:
    try:
        return prerequisites(parse(requires)) if requires else []
    except BadCriteria:
        return []


def _others(slug: str) -> list[Any]:
    columns = (Quest.slug, Quest.title, Quest.requires, Quest.map_x, Quest.map_y, Quest.family, Quest.campaign, Quest.state)
    return list(
        db.session.execute(sa.select(*columns).where(Quest.slug != slug).order_by(Quest.position, Quest.id).limit(QUESTS_MAX))
    )


def trouble(slug: str, draft: Draft, along: Mapping[str, Draft] = NOTHING) -> str:
    """Why these prerequisites cannot be: a ring is told by the titles along it, a missing quest by its name. `along`: drafts that
    come out together with it, by slug."""
    wanted = _required(draft.get("requires"))
    if not wanted:
        return ""
    others = _others(slug)
    titles = {row.slug: row.title for row in others} | {slug: str(draft.get("title") or slug)}
    missing = [one for one in wanted if one not in titles]
    if missing:
        return str(_("There is no quest “%(quest)s”.", quest=missing[0]))
    ways = {row.slug: _required(row.requires) for row in others}
    ways |= {one: _required(other.get("requires")) for one, other in along.items()}
    ring = find_cycle(ways | {slug: wanted})
    if ring is None or slug not in ring:
        return ""
    return str(
        _(
            "These quests wait for each other, and nobody could ever begin: %(ring)s.",
            ring=" → ".join(titles[one] for one in ring),
        )
    )


def _unopened(slug: str, draft: Draft, along: Mapping[str, Draft]) -> str:
    """While they are written, drafts may wait for drafts; who goes out alone would wait for ever."""
    wanted = {one for one in _required(draft.get("requires")) if one not in along}
    closed = [row.title for row in _others(slug) if row.slug in wanted and row.state != "published"] if wanted else []
    return str(_("It waits for “%(quest)s”, which nobody can begin yet.", quest=closed[0])) if closed else ""


def hindrances(slug: str, draft: Draft, along: Mapping[str, Draft] = NOTHING) -> list[tuple[str, str]]:
    """What keeps a draft from coming out: (slug of the step or nothing, sentence)."""
    found = reasons.about(draft, drafts.faults(draft))
    ring = trouble(slug, draft, along) or _unopened(slug, draft, along)
    found += [("", ring)] if ring else []
    for step, rule in [("", draft.get("requires")), *((str(one.get("slug")), one.get("proof")) for one in draft["steps"])]:
        said = _unknown(rule)
        if said and not ring:
            found.append((step, said))
    return found


def _unknown(rule: Any) -> str:
    """What a rule names that is not there."""
    if not rule:
        return ""
    try:
        check_known(rule, known(parse(rule)))
    except BadCriteria as fault:
        return reasons.sentence(fault.reason)
    return ""


def needed_by(slug: str) -> list[str]:
    """Titles of published quests that ask for this one."""
    rows = _others(slug)
    return [row.title for row in rows if row.state == "published" and slug in _required(row.requires)]


def opens_words(draft: Draft) -> str:
    """Who may begin, in words; nothing while the rule is none."""
    if not draft.get("requires"):
        return "" if draft.get("requires_written") else str(_("Everybody may begin at once."))
    try:
        rule = parse(draft["requires"])
    except BadCriteria:
        return ""
    return str(_("To open it: %(rule)s", rule=describe(rule, names_for([rule])))) + "."


def drawn(slug: str, draft: Draft) -> dict[str, Any]:
    """The map of its campaign with the draft on it, lit."""
    x, y = point(draft)
    family = draft.get("family") if draft.get("family") in FAMILIES else "learning"
    here = [row for row in _others(slug) if row.campaign == draft.get("campaign") and row.state == "published"]
    stations = [Station(row.slug, row.title, row.map_x, row.map_y, row.family, "open", "") for row in here]
    stations.append(Station(slug, str(draft.get("title") or _("This quest")), x, y, str(family), "next", ""))
    slugs = {station.slug for station in stations}
    graph = {row.slug: [one for one in _required(row.requires) if one in slugs] for row in here}
    graph[slug] = [one for one in _required(draft.get("requires")) if one in slugs]
    names = family_names()
    lines = direct_ways(graph) if find_cycle(graph) is None else []
    return {
        "stations": [{**one._asdict(), "url": url_for("quest_studio.show", slug=one.slug)} for one in stations], "lines": lines,
        "families": [(one, names[one]) for one in FAMILIES if any(station.family == one for station in stations)],
    }  # fmt: skip


def point(draft: Draft) -> tuple[int, int]:
    """The middle, where the numbers are none."""
    found = draft.get("map")
    fits = isinstance(found, list) and len(found) == 2 and all(type(one) is int and 0 <= one <= 100 for one in found)
    return (found[0], found[1]) if fits and found else (50, 50)

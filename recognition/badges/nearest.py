"""Badges that a member has begun, the nearest first."""

from collections.abc import Mapping, Sequence

from recognition import clock
from recognition.badges import queries, words
from recognition.badges.models import DECLINED, Award, Badge
from recognition.badges.rules import rule_of


def nearest(
    badges: Sequence[Badge], held: Mapping[int, Sequence[Award]], member_id: int, limit: int
) -> list[tuple[Badge, words.Part]]:
    """`held`: the member's awards by badge. What is begun and not yet there; always the same number of statements."""
    rules = {badge.id: rule for badge in badges if (rule := rule_of(badge)) is not None}
    values = words.measured(rules.values(), member_id, clock.utcnow())
    found = []
    for badge in badges:
        mine = held.get(badge.id, ())
        # Whoever declined one gets no more of it.
        if badge.id not in rules or any(award.answer == DECLINED for award in mine):
            continue
        occasions = [award.occasion for award in mine]
        part = words.progress(rules[badge.id], values, {}, occasions)
        if 0 < part.share < 1 and "" not in occasions:
            found.append((badge, part))
    return sorted(found, key=lambda pair: (-pair[1].share, pair[0].id))[:limit]


def nearest_for(member_id: int, limit: int) -> list[tuple[Badge, words.Part]]:
    """Among the first page of badges."""
    badges = queries.index_page(None).items
    return nearest(badges, queries.awards_of(member_id, [badge.id for badge in badges]), member_id, limit)

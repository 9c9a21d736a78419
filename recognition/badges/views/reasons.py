"""Why not yet? What counts already, what is missing, and when the next one counts."""

from typing import Any

from flask import abort, render_template, request, url_for

from recognition import clock
from recognition.badges import queries, reasons, words
from recognition.badges.models import DECLINED
from recognition.badges.rules import rule_of
from recognition.badges.views.blueprint import badge_or_404, blueprint
from recognition.identity.access import member_required, signed_in


@blueprint.get("/badges/<slug>/why")
@member_required
def why(slug: str) -> Any:
    """One number is open at a time, so that the page asks the same whatever the rule; the first that is missing, or `part`."""
    badge, member, now = badge_or_404(slug), signed_in(), clock.utcnow()
    rule = rule_of(badge)
    if rule is None:
        abort(404)
    mine = queries.awards_of(member.id, [badge.id]).get(badge.id, [])
    declined = any(award.answer == DECLINED for award in mine)
    asked = reasons.asked_of(rule, member.id, mine, now)
    missing = (number for number, one in enumerate(asked) if not one.part.met)
    part = request.args.get("part", next(missing, 0), type=int)
    if not 0 <= part < len(asked):
        abort(404)
    found = reasons.counted(asked[part], member.id, now, request.args.get("after"))
    return render_template(
        "badges/why.html",
        badge=badge,
        has_it=not declined and len(mine) == len(rule.occasions()),
        declined=declined,
        how=words.sentence(rule, words.names_for([rule.criteria])),
        asked=asked,
        open_part=part,
        deeds=found.items,
        later=request.args.get("after") is not None,
        next_day=reasons.next_day(asked[part], member.id, now),
        older=url_for(".why", slug=slug, part=part, after=found.next_cursor) if found.next_cursor else "",
    )

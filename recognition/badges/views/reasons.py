"""Why not yet? What counts already, what is missing, and when the next one counts."""

from collections.abc import Sequence
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.badges import queries, reasons, words
from recognition.badges.models import CODE, DECLINED, HAND, NOMINATION, RULE, Award
from recognition.badges.rules import rule_of
from recognition.badges.views.blueprint import badge_or_404, blueprint
from recognition.identity.access import member_required, signed_in
from recognition.identity.models import Member
from recognition.identity.queries import profiles


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
    has_it = not declined and len(mine) == len(rule.occasions())
    return render_template(
        "badges/why.html",
        badge=badge,
        has_it=has_it,
        barred=not has_it and not member.takes_badges,
        declined=declined,
        how=words.sentence(rule, words.names_for([rule.criteria])),
        given=_given(mine, member),
        asked=asked,
        open_part=part,
        deeds=found.items,
        later=request.args.get("after") is not None,
        next_day=reasons.next_day(asked[part], member.id, now),
        older=url_for(".why", slug=slug, part=part, after=found.next_cursor) if found.next_cursor else "",
    )


def _given(mine: Sequence[Award], member: Member) -> list[str]:
    """Who gave what came by no rule; a giver who is gone or suspended has no name here."""
    by_people = [award for award in mine if award.how != RULE]
    found = profiles([award.given_by_id for award in by_people if award.given_by_id is not None], member)
    names = {giver_id: giver.called for giver_id, giver in found.items() if giver.state != "suspended"}
    return list(dict.fromkeys(_way(award.how, names.get(award.given_by_id or 0, "")) for award in by_people))


def _way(how: str, giver: str) -> str:
    return {
        (HAND, True): _("%(person)s gave it to you by hand.", person=giver),
        (HAND, False): _("It was given to you by hand."),
        (NOMINATION, True): _("%(person)s put you forward, and it was approved.", person=giver),
        (NOMINATION, False): _("Somebody put you forward, and it was approved."),
        (CODE, True): _("You took it with a code from %(person)s.", person=giver),
        (CODE, False): _("You took it with a code."),
    }[how, bool(giver)]

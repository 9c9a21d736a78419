"""Why does this member not have that badge yet? The parts of its rule and how far each one is."""

from typing import Any

from flask import abort, render_template

from recognition import clock
from recognition.badges import words
from recognition.badges.queries import awards_of
from recognition.badges.rules import rule_of
from recognition.identity.access import signed_in
from recognition.identity.queries import member_by_handle
from recognition.identity.rules import visible_fields
from recognition.pages.badge_studio.blueprint import badge_or_404, blueprint, council_only


@blueprint.get("/<slug>/explain/<handle>")
@council_only
def explain(slug: str, handle: str) -> Any:
    badge, member = badge_or_404(slug), member_by_handle(handle)
    if member is None or member.state == "suspended":
        abort(404)
    rule, now = rule_of(badge), clock.utcnow()
    awards = awards_of(member.id, [badge.id]).get(badge.id, [])
    names = words.names_for([rule.criteria]) if rule else {}
    part = words.progress(rule, words.measured([rule], member.id, now), names, [a.occasion for a in awards]) if rule else None
    return render_template(
        "council/badge_explain.html", badge=badge, person=visible_fields(member, signed_in()), awards=awards, part=part,
        how=words.sentence(rule, names),
    )  # fmt: skip

"""One award: a certificate to share."""

from typing import Any

from flask import abort, current_app, render_template

from recognition.badges import queries, words
from recognition.badges.rules import rule_of
from recognition.badges.views.blueprint import blueprint
from recognition.identity.access import current_member
from recognition.web.access import public


@blueprint.get("/awards/<key>")
@public
def award(key: str) -> Any:
    viewer = current_member()
    found = queries.award_page(key, viewer) or abort(404)
    given, holder = found
    version = queries.version_given(given)
    rule = rule_of(given.badge, version)
    what = words.sentence(rule, words.names_for([rule.criteria] if rule else []), given.level)
    base = current_app.extensions["settings"].base_url
    return render_template("badges/award.html", award=given, badge=given.badge, holder=holder, what=what, base=base,
                           changed=given.version != given.badge.version)  # fmt: skip

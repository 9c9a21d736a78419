"""How we stay in touch: the rule that the job runs, in words, for everybody."""

from typing import Any

from flask import render_template

from recognition.quiet import queries
from recognition.quiet.views.blueprint import blueprint
from recognition.web.access import public


@blueprint.get("/how-we-stay-in-touch")
@public
def rules() -> Any:
    terms = queries.terms()
    return render_template("quiet/rules.html", terms=terms, ways=queries.seen_words(terms.seen), decided_at=queries.decided_at())

"""For the council: how far mentoring reaches, in totals, and private words. Nobody reads a word about themselves."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import role_required, signed_in
from recognition.mentoring import queries
from recognition.mentoring.services import offers
from recognition.mentoring.views.blueprint import MAX_ID, blueprint, personal
from recognition.web.htmx import goto
from recognition.web.limits import limited

council_only = role_required("council")


@blueprint.get("/council/mentoring")
@council_only
def overview() -> Any:
    only_new = request.args.get("all") != "1"
    found = queries.words_page(signed_in(), only_new, request.args.get("after"))
    kept: dict[str, Any] = {} if only_new else {"all": "1"}
    older = url_for(".overview", after=found.next_cursor, **kept) if found.next_cursor else ""
    page = render_template(
        "mentoring/council.html", coverage=queries.coverage(), waiting=queries.waiting(),
        free=queries.free_places(clock.utcnow().date()), words=found.items, older=older, only_new=only_new,
    )  # fmt: skip
    return personal(page)


@blueprint.post(f"/council/mentoring/words/<int(max={MAX_ID}):word_id>/read")
@council_only
@limited("judge", times=120)
def read(word_id: int) -> Any:
    if offers.read(word_id, signed_in(), clock.utcnow()):
        flash(_("Noted. Perhaps a kind word to whoever wrote it?"), "good")
    db.session.commit()
    return goto(url_for(".overview"))

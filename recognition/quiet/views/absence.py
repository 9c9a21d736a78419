"""My own word: away until a day, among the alumni, back again."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.quiet import forms, queries
from recognition.quiet.rules import fits_pause
from recognition.quiet.services import absence
from recognition.quiet.views.blueprint import blueprint, personal
from recognition.web.htmx import goto
from recognition.web.limits import limited


@blueprint.get("/me/away")
@member_required
def mine() -> Any:
    return _page()


@blueprint.post("/me/away")
@member_required
@limited("away", times=60)
def go_away() -> Any:
    now, until = clock.utcnow(), forms.until(request.form)
    if until is None or not fits_pause(until, now.date()):
        return _page(_("Until which day? Any from tomorrow on, within two years."), 422)
    away = absence.go_away(signed_in().id, until, now)
    db.session.commit()
    if away:
        flash(_("Have a good time. Nobody will ask after you, and everything stays as it is."), "good")
    return goto(url_for(".mine"))


@blueprint.post("/me/back")
@member_required
@limited("away", times=60)
def come_back() -> Any:
    back = absence.come_back(signed_in().id, clock.utcnow())
    db.session.commit()
    flash(_("It is good to have you back.") if back else _("You are here already."), "good")
    return goto("/me")


@blueprint.post("/me/alumni")
@member_required
@limited("away", times=60)
def become_alumni() -> Any:
    absence.become_alumni(signed_in().id, clock.utcnow())
    db.session.commit()
    flash(_("Thank you for everything. Here is what stays, and the way back is one click."), "good")
    return goto(url_for(".certificate"))


def _page(error: str = "", status: int = 200) -> Any:
    member, today = signed_in(), clock.utcnow().date()
    typed = request.form.get("until") or str(member.away_until or forms.usual_pause(today))
    page = render_template(
        "quiet/away.html", state=member.state, away_until=member.away_until, until=typed, error=error,
        question=queries.open_note(member.id),
    )  # fmt: skip
    return personal(page, status)

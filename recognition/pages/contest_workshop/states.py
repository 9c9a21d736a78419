"""Publish a contest or call it off; each is asked about once, with what follows from it."""

from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.contests.models.contest import Contest
from recognition.contests.rules import DRAFT, PUBLISHED, REASON_MAX, BadContest, WrongPhase
from recognition.contests.services import making
from recognition.contests.services.pins import PINS, pin_data
from recognition.database import moment
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.pages.contest_workshop.blueprint import blueprint, contest_or_404, council_only
from recognition.pages.contest_workshop.overview import jurors_by_round
from recognition.pages.contest_workshop.sketch import further, stages
from recognition.web.htmx import goto


@blueprint.get("/<slug>/publish")
@council_only
def ask_publish(slug: str) -> Any:
    contest = contest_or_404(slug)
    return _publish_page(contest) if contest.state == DRAFT else goto(url_for(".show", slug=slug))


@blueprint.post("/<slug>/publish")
@council_only
def publish(slug: str) -> Any:
    contest = contest_or_404(slug)
    try:
        making.publish(contest.id, moment(), signed_in().id, request.form.getlist("pins"))
    except BadContest as fault:
        db.session.rollback()
        return _publish_page(contest_or_404(slug), next(iter(fault.errors.values()))), 422
    except WrongPhase as fault:
        abort(409, str(fault))
    db.session.commit()
    flash(_("It is out. Everybody finds it on the home page."), "good")
    return goto(url_for(".show", slug=slug))


def _publish_page(contest: Contest, error: str = "") -> str:
    pins = [(which, pin_data(contest, which)) for which in PINS]
    return render_template(
        "council/contest_publish.html", contest=contest, stages=stages(contest, jurors_by_round(contest)),
        further=further(contest), error=error, pins=[(which, data, _picture(data)) for which, data in pins],
    )  # fmt: skip


def _picture(data: dict[str, Any]) -> str:
    return url_for("badge_studio.pin", family=data["family"], glyph=data["glyph"], band=data["band"])


@blueprint.get("/<slug>/call-off")
@council_only
def ask_call_off(slug: str) -> Any:
    contest = contest_or_404(slug)
    return _call_off_page(contest) if contest.state == PUBLISHED else goto(url_for(".show", slug=slug))


@blueprint.post("/<slug>/call-off")
@council_only
def call_off(slug: str) -> Any:
    contest, reason = contest_or_404(slug), request.form.get("reason", "")
    try:
        making.call_off(contest.id, reason, moment(), signed_in().id)
    except BadContest as fault:
        db.session.rollback()
        return _call_off_page(contest_or_404(slug), reason, fault.errors["reason"]), 422
    except WrongPhase as fault:
        abort(409, str(fault))
    db.session.commit()
    flash(_("It is called off. Whoever handed something in is told why."), "good")
    return goto(url_for(".show", slug=slug))


def _call_off_page(contest: Contest, reason: str = "", error: str = "") -> str:
    return render_template("council/contest_call_off.html", contest=contest, reason=reason, error=error, reason_max=REASON_MAX)

"""The list, the roadmap, one objective with its timeline, and what its people do there."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import abort, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities.rules import BadReport, clean_text
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.objectives import asking, forms, queries, services
from recognition.objectives.models import Milestone, Objective
from recognition.objectives.roadmap import roadmap as roadmap_of
from recognition.objectives.roadmap import years
from recognition.objectives.rules import is_asking, tone
from recognition.objectives.timeline import timeline
from recognition.objectives.views.blueprint import blueprint, hidden, may_tell, objective_or_404, theirs
from recognition.web.access import public
from recognition.web.htmx import goto
from recognition.web.limits import limited

NEWS_MAX_CHARS, WORDS_MAX_CHARS = 4000, 500
MILESTONE = f"<int(max={2**53}):milestone_id>"


@blueprint.get("/objectives/")
@public
def index() -> Any:
    found = queries.listed(request.args.get("after"), clock.utcnow(), hidden=hidden())
    older = url_for(".index", after=found.next_cursor) if found.next_cursor else ""
    return render_template("objectives/index.html", lines=found.items, older=older)


@blueprint.get("/roadmap")
@public
def roadmap() -> Any:
    """`year`: another one than this."""
    today = clock.utcnow().date()
    asked = request.args.get("year", "")
    year = int(asked) if asked.isdecimal() and asked.isascii() and len(asked) == 4 else 0 if asked else today.year
    if not forms.EARLIEST.year <= year <= forms.LATEST.year:
        abort(404)
    unseen = hidden()
    known = years(unseen)
    return render_template(
        "objectives/roadmap.html", year=year, today=today, quarters=roadmap_of(year, today, unseen),
        earlier=max((one for one in known if one < year), default=None),
        later=min((one for one in known if one > year), default=None),
    )  # fmt: skip


@blueprint.get("/objectives/<slug>")
@public
def show(slug: str) -> Any:
    return page(objective_or_404(slug))


def page(one: Objective, errors: Mapping[str, str] | None = None, typed: str = "", reason: str = "", until: str = "") -> str:
    viewer, now = current_member(), clock.utcnow()
    found = timeline(one, viewer, now + timedelta(microseconds=1), request.args.get("after"))
    older = url_for(".show", slug=one.slug, after=found.next_cursor, _anchor="timeline") if found.next_cursor else ""
    themes, comments = asking.themes(one)
    return render_template(
        "objectives/show.html", themes=themes, comments=comments,
        is_open=is_asking(one.state, one.comments_until, now.date()), one=one, results=queries.results(one),
        milestones=queries.milestones(one, viewer, now.date()),
        owner=queries.owner(one, viewer), happenings=found.items, older=older, may_tell=may_tell(one, viewer),
        tone=tone(one.state, one.news_at, one.quiet_days, now), typed=typed, news_max=NEWS_MAX_CHARS, reason=reason,
        until=until or str(one.comments_until or ""),
        least_days=current_app.extensions["settings"].plan_days,
        errors={name: (errors or {}).get(name, "") for name in ("words", "reason", "covered_by", "until")},
    )  # fmt: skip


@blueprint.post("/objectives/<slug>/news")
@member_required
@limited("objective-news", times=30)
def tell(slug: str) -> Any:
    one, words = theirs(slug), request.form.get("words", "")
    try:
        said = clean_text(words.replace("\r\n", "\n"), "words", NEWS_MAX_CHARS)
    except BadReport:
        said = ""
    if not said:
        fault = _("How is it going? Up to %(max)s characters, please.", max=NEWS_MAX_CHARS)
        return page(one, {"words": fault}, words), 422
    services.tell_news(one.id, said, signed_in().id, clock.utcnow())
    db.session.commit()
    flash(_("Told. Thank you for keeping everybody in the picture."), "good")
    return goto(url_for(".show", slug=slug))


@blueprint.post(f"/objectives/<slug>/milestones/{MILESTONE}/done")
@member_required
def tick(slug: str, milestone_id: int) -> Any:
    """By whoever looks after it, or the council."""
    one = objective_or_404(slug)
    row = _milestone(one, milestone_id)
    viewer = signed_in()
    if not (may_tell(one, viewer) or row.owner_id == viewer.id):
        abort(403)
    services.tick(milestone_id, request.form.get("done") != "no", viewer.id, clock.utcnow())
    db.session.commit()
    return goto(url_for(".show", slug=slug, _anchor="milestones"))


@blueprint.post(f"/objectives/<slug>/milestones/{MILESTONE}/help")
@member_required
@limited("milestone-help", times=30)
def help_with(slug: str, milestone_id: int) -> Any:
    one = objective_or_404(slug)
    row = _milestone(one, milestone_id)
    if request.form.get("wants") == "no":
        services.take_help_back(milestone_id, signed_in().id)
    elif row.done_at is not None or not row.wants_help:
        abort(409, _("Thank you, but this one needs no more hands just now."))
    else:
        services.offer_help(milestone_id, signed_in().id, _short(request.form.get("words", "")), clock.utcnow())
        flash(_("Thank you. Whoever looks after it hears of it now."), "good")
    db.session.commit()
    return goto(url_for(".show", slug=slug, _anchor="milestones"))


def _short(words: str) -> str:
    try:
        return " ".join(clean_text(words, "words", WORDS_MAX_CHARS).split())
    except BadReport:
        return ""


def _milestone(one: Objective, milestone_id: int) -> Milestone:
    return next((row for row in one.milestones if row.id == milestone_id), None) or abort(404)

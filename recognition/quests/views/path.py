"""The path, a quest's poster, and the end with thanks."""

from typing import Any

from flask import render_template, request, session, url_for

from recognition import clock
from recognition.badges.queries import latest_award_id
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.quests import queries, texts
from recognition.quests.policy import is_reader
from recognition.quests.queries import NextStep, QuestLine
from recognition.quests.quizzes import has_texts
from recognition.quests.rules import DONE, OPEN, STARTED, QuestLocked
from recognition.quests.services import crossing, walking
from recognition.quests.views.blueprint import blueprint
from recognition.quests.views.reading import (
    onward,
    poster,
    shut,
    telling_of,
    told,
    walk_of,
)
from recognition.tongues import CHOSEN, CODE_MAX_CHARS, wanted_languages
from recognition.web.access import public
from recognition.web.htmx import goto
from recognition.web.limits import limited


@blueprint.get("/quests/")
@public
def index() -> Any:
    viewer = current_member()
    lines = texts.fronts_told(queries.quests_for(viewer.id if viewer else None), wanted_languages())
    walkable = sorted((line for line in lines if line.state in (STARTED, OPEN)), key=lambda line: line.state != STARTED)
    by_campaign: dict[str | None, list[QuestLine]] = {}
    for line in lines:
        by_campaign.setdefault(line.campaign, []).append(line)
    maps = [_drawn(group) for group in by_campaign.values()]
    return render_template("quests/index.html", maps=maps, walkable=walkable,
                           reads=viewer is not None and is_reader(viewer))  # fmt: skip


def _drawn(lines: list[QuestLine]) -> dict[str, Any]:
    drawn = queries.draw(lines)
    stations = [{**station._asdict(), "url": url_for(".show", slug=station.slug)} for station in drawn.stations]
    return {"stations": stations, "lines": drawn.lines, "families": drawn.families}


@blueprint.get("/quests/<slug>")
@public
def show(slug: str) -> Any:
    return poster(walk_of(slug))


@blueprint.post("/quests/<slug>")
@member_required
def start(slug: str) -> Any:
    walk = walk_of(slug)
    try:
        walking.start(signed_in(), walk.quest, clock.utcnow())
    except QuestLocked as refused:
        return shut(slug, refused)
    db.session.commit()
    return goto(onward(walk))


@blueprint.post("/quests/<slug>/newest")
@member_required
def walk_newest(slug: str) -> Any:
    """Over to the version of today, for who is in the middle of an older one."""
    walk = walk_of(slug)
    since = latest_award_id(signed_in().id)
    is_over = crossing.walk_newest(signed_in(), walk.quest, clock.utcnow())
    db.session.commit()
    return goto(url_for(".done", slug=slug, since=since) if is_over else url_for(".show", slug=slug))


@blueprint.get("/quests/<slug>/done")
@member_required
def done(slug: str) -> Any:
    walk = walk_of(slug)
    if walk.line.state != DONE:
        return goto(onward(walk) if walk.line.state == STARTED else url_for(".show", slug=slug))
    lines = queries.quests_for(signed_in().id)
    since = request.args.get("since", type=int)
    return render_template(
        "quests/done.html", **told(walk, telling_of(walk)), steps=_ahead(slug, lines), helps=walk.helps,
        has_texts=has_texts(walk.steps),
        arrivals_url=None if since is None else url_for("badges.arrivals", since=max(since, 0)),
    )  # fmt: skip


def _ahead(slug: str, lines: list[QuestLine]) -> list[NextStep]:
    """What this quest leads to; at the end of a line, whatever else is open."""
    led = {line.slug for line in lines if slug in line.needs}
    found = queries.suggest(lines, len(lines))
    return ([step for step in found if step.url["slug"] in led] or found)[:3]


@blueprint.post("/quests/<slug>/language")
@public
@limited("quest-language", times=60)
def choose_language(slug: str) -> Any:
    """Kept for the other quests too, wherever they are told in it."""
    walk = walk_of(slug)
    session[CHOSEN] = request.form.get("lang", "")[:CODE_MAX_CHARS]
    step = next((one.slug for one in walk.steps if one.slug == request.form.get("step")), None)
    return goto(url_for(".step", slug=slug, step=step) if step else url_for(".show", slug=slug))

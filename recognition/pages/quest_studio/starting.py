"""A new quest: from nothing, from a copy, or from a file."""

import re
from typing import Any

import sqlalchemy as sa
from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities.rules import slug_of
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.pages.badge_studio.choices import CHOICES_MAX
from recognition.pages.quest_studio.blueprint import blueprint, council_only, quest_or_404
from recognition.quests import drafts
from recognition.quests.models import Quest
from recognition.quests.services.drafting import begin, draft_of
from recognition.web.htmx import goto
from recognition.web.limits import limited

TITLE_MAX = 120
EMPTY, COPY = "empty", "copy"


@blueprint.get("/new")
@council_only
def new() -> Any:
    return page({"title": "", "from": EMPTY, "copy": request.args.get("copy", "")})


@blueprint.post("/new")
@council_only
@limited("quest_new", 30, 3600)
def create() -> Any:
    values = {name: request.form.get(name, "").strip() for name in ("title", "from", "copy")}
    title = " ".join(values["title"].split())
    if not title or len(title) > TITLE_MAX or "\x00" in title:
        said = _("A quest needs a title.") if not title else _("At most 120 characters, please.")
        return page(values, {"title": said}), 422
    if values["from"] == COPY:
        if not values["copy"]:
            return page(values, {"copy": _("Which quest shall we copy?")}), 422
        draft = {**draft_of(quest_or_404(values["copy"])), "title": title}
    else:
        draft = drafts.blank("", title)
    quest = begin({**draft, "slug": address(title)}, signed_in().id, clock.utcnow())
    slug = quest.slug
    db.session.commit()
    return goto(url_for(".show" if values["from"] == COPY else ".edit", slug=slug))


def page(values: dict[str, str], errors: dict[str, str] | None = None) -> str:
    named = sa.select(Quest.slug, Quest.title).order_by(Quest.title).limit(CHOICES_MAX)
    quests = [(row.slug, row.title) for row in db.session.execute(named)]
    return render_template(
        "council/quest_new.html", values=values, errors=errors or {}, quests=quests, upload_url=url_for(".take_in")
    )


def address(title: str) -> str:
    """Short enough for a number after it; a title without a Latin letter has one too."""
    found = re.sub("[^a-z0-9]+", "-", slug_of(title)[:56].lower()).strip("-") or abort(400)
    return f"{found}-quest" if found == "new" else found

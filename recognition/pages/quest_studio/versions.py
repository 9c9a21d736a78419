"""What was published, when and why; two versions side by side; an old one taken up again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.pages.quest_studio import telling
from recognition.pages.quest_studio.blueprint import blueprint, council_only, quest_or_404, seen_number
from recognition.pages.quest_studio.telling import Told
from recognition.quests import compare
from recognition.quests.models import Quest, QuestVersion
from recognition.quests.services.drafting import DraftMoved, keep
from recognition.web.htmx import goto
from recognition.web.pagination import Page, decode, page

PAGE_SIZE = 10
CHANGES_SHOWN = 6


@dataclass(frozen=True)
class Row:
    version: QuestVersion
    who: ProfileView | None
    changes: list[Told]
    more: int


@blueprint.get("/<slug>/versions")
@council_only
def versions(slug: str) -> Any:
    quest = quest_or_404(slug)
    found = _page_of(quest.id, request.args.get("after"))
    people = profiles([one.by_id for one in found.items if one.by_id is not None], signed_in())
    before = _before(quest.id, found.items[-1].version) if found.items else None
    older = url_for(".versions", slug=slug, after=found.next_cursor) if found.next_cursor else ""
    rows = [
        _row(one, [*found.items, *([before] if before else [])][place + 1 :], people) for place, one in enumerate(found.items)
    ]
    return render_template("council/quest_versions.html", quest=quest, rows=rows, older=older)


def _page_of(quest_id: int, cursor: str | None) -> Page[QuestVersion]:
    wanted = sa.select(QuestVersion).where(QuestVersion.quest_id == quest_id).order_by(QuestVersion.version.desc())
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(QuestVersion.version < last[0])
    return page(list(db.session.scalars(wanted.limit(PAGE_SIZE + 1))), PAGE_SIZE, lambda one: [one.version])


def _before(quest_id: int, version: int) -> QuestVersion | None:
    """The one that this one was made of."""
    older = sa.select(QuestVersion).where(QuestVersion.quest_id == quest_id, QuestVersion.version < version)
    found: QuestVersion | None = db.session.scalar(older.order_by(QuestVersion.version.desc()).limit(1))
    return found


def _row(one: QuestVersion, older: list[QuestVersion], people: Mapping[int, ProfileView]) -> Row:
    told = telling.changes(compare.changes(older[0].sheet, one.sheet)) if older else []
    return Row(one, people.get(one.by_id or 0), told[:CHANGES_SHOWN], max(len(told) - CHANGES_SHOWN, 0))


@blueprint.get("/<slug>/versions/<int:number>")
@council_only
def version(slug: str, number: int) -> Any:
    """One of them beside another: the one before it, unless `beside` asks for one."""
    quest = quest_or_404(slug)
    here = _version_or_404(quest, number)
    wanted = request.args.get("beside", type=int)
    other = _version_or_404(quest, wanted) if wanted is not None else _before(quest.id, number)
    numbers = sa.select(QuestVersion.version).where(QuestVersion.quest_id == quest.id, QuestVersion.version != number)
    others = list(db.session.scalars(numbers.order_by(QuestVersion.version.desc()).limit(50)))
    told = telling.changes(compare.changes(other.sheet, here.sheet)) if other else []
    return render_template("council/quest_version.html", quest=quest, here=here, other=other, others=others, changes=told)


@blueprint.post("/<slug>/versions/<int:number>")
@council_only
def take_up(slug: str, number: int) -> Any:
    """As a draft; members see it once it is published."""
    quest = quest_or_404(slug)
    here = _version_or_404(quest, number)
    draft = {"summary": "", "thanks": "", "after": "", **here.sheet, "slug": slug}
    try:
        keep(quest, draft, seen_number(), signed_in().id)
    except DraftMoved:
        db.session.rollback()
        flash(_("Somebody changed the draft a moment ago, so nothing was replaced. Have a look, then take it up again."), "care")
        return goto(url_for(".version", slug=slug, number=number))
    db.session.commit()
    flash(_("It lies on the bench again. Members see it once you publish."), "good")
    return goto(url_for(".show", slug=slug))


def _version_or_404(quest: Quest, number: int) -> QuestVersion:
    here = db.session.get(QuestVersion, (quest.id, number)) if 0 < number < 2**31 else None
    return here or abort(404)

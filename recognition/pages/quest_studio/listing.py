"""All quests on the bench, by state, with where people stop."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import render_template, request, url_for

from recognition.crowds import about
from recognition.database import among
from recognition.extensions import db
from recognition.pages.quest_studio.blueprint import blueprint, council_only
from recognition.quests.models import Quest, Step
from recognition.quests.services.drafting import DRAFT, PUBLISHED, RETIRED
from recognition.web.pagination import Page, decode, page

STATES = (PUBLISHED, DRAFT, RETIRED)
PAGE_SIZE = 30


@dataclass(frozen=True)
class Row:
    """`stuck`: the title of the step before which most people stand, and how many; None where they are few."""

    quest: Quest
    stuck: tuple[str, int] | None
    steps: int


@blueprint.get("/")
@council_only
def index() -> Any:
    counts = {row[0]: row[1] for row in db.session.execute(sa.select(Quest.state, sa.func.count()).group_by(Quest.state))}
    state = request.args.get("state", "")
    if state not in STATES:
        state = next((name for name in STATES if counts.get(name)), PUBLISHED)
    found = quests_in(state, request.args.get("after"))
    older = url_for(".index", state=state, after=found.next_cursor) if found.next_cursor else ""
    return render_template(
        "council/quests.html", rows=rows_of(found.items), state=state, states=STATES, counts=counts, older=older
    )


def quests_in(state: str, cursor: str | None, size: int = PAGE_SIZE) -> Page[Quest]:
    wanted = sa.select(Quest).where(Quest.state == state).options(sa.orm.lazyload(Quest.steps))
    last = decode(cursor, (int, int))
    if last:
        wanted = wanted.where(sa.tuple_(Quest.position, Quest.id) > sa.tuple_(*map(sa.literal, last)))
    rows = list(db.session.scalars(wanted.order_by(Quest.position, Quest.id).limit(size + 1)))
    return page(rows, size, lambda quest: [quest.position, quest.id])


def rows_of(quests: Sequence[Quest]) -> list[Row]:
    columns = (Step.quest_id, Step.title, Step.stuck_count)
    wanted = sa.select(*columns).join(Quest, sa.and_(Quest.id == Step.quest_id, Quest.version == Step.version))
    steps: dict[int, list[Any]] = {}
    for row in db.session.execute(wanted.where(among(Quest.id, [quest.id for quest in quests])).order_by(Step.position)):
        steps.setdefault(row.quest_id, []).append(row)
    found = []
    for quest in quests:
        most = max(steps.get(quest.id, ()), key=lambda row: row.stuck_count, default=None)
        many = about(most.stuck_count) if most else None
        stuck = (most.title, many) if most and many else None
        drafted = len(quest.draft.get("steps", ())) if quest.draft else 0
        found.append(Row(quest, stuck,
                         len(steps.get(quest.id, ())) or drafted))  # fmt: skip
    return found

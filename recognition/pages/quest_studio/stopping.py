"""Where people stop: how many came to each step of a quest, as bars with a table behind them."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import abort, render_template, request

from recognition.crowds import about
from recognition.extensions import db
from recognition.pages.quest_studio.blueprint import blueprint, council_only, quest_or_404
from recognition.quests.models import Quest, Step

ROW_PX = 48


@dataclass(frozen=True)
class Row:
    """Numbers are rounded to fives; None: fewer than five. `reached_share`, `done_share`: how long its bars are, of 100."""

    number: int
    title: str
    kind: str
    slug: str
    reached: int | None
    done: int | None
    stuck: int | None
    reached_share: int
    done_share: int


@blueprint.get("/<slug>/stops")
@council_only
def stops(slug: str) -> Any:
    quest = quest_or_404(slug)
    version = request.args.get("version", quest.version, type=int)
    steps = _steps(quest, version)
    if not steps and version != quest.version:
        abort(404)
    numbers = sa.select(Step.version).where(Step.quest_id == quest.id).distinct().order_by(Step.version.desc()).limit(50)
    rows = rows_of(steps)
    return render_template(
        "council/quest_stops.html", quest=quest, version=version, versions=list(db.session.scalars(numbers)), rows=rows,
        has_any=any(row.reached for row in rows), row_px=ROW_PX,
        stuck=max((row for row in rows if row.stuck), key=lambda row: row.stuck or 0, default=None),
    )  # fmt: skip


def _steps(quest: Quest, version: int) -> list[Step]:
    if not 0 < version < 2**31:
        abort(404)
    wanted = sa.select(Step).where(Step.quest_id == quest.id, Step.version == version).order_by(Step.position)
    return list(db.session.scalars(wanted))


def rows_of(steps: list[Step]) -> list[Row]:
    """Bars are drawn from the rounded numbers too, or their lengths would tell what the numbers do not."""
    most = max((about(step.reached_count) or 0 for step in steps), default=0) or 1

    def share(number: int | None) -> int:
        return round((number or 0) / most * 100)

    found = []
    for place, step in enumerate(steps, start=1):
        reached, done, stuck = about(step.reached_count), about(step.done_count), about(step.stuck_count)
        found.append(
            Row(place, step.title, step.kind, step.slug, reached, done, stuck, share(reached), min(share(done), share(reached)))
        )
    return found

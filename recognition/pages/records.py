"""One member's months as others may see them, and the whole record for the member alone."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for

from recognition import clock
from recognition.activities import provenance, records
from recognition.activities.models import EVIDENCE
from recognition.activities.queries import Wanted, deeds
from recognition.activities.records import Month, Row, month_of
from recognition.activities.thanking import received
from recognition.badges.queries import jacket
from recognition.identity.access import current_member, member_required, signed_in
from recognition.identity.queries import profile
from recognition.pages import deed_filters
from recognition.web import csv_lines
from recognition.web.access import public
from recognition.web.limits import limited
from recognition.web.templating import iso

blueprint = Blueprint("records", __name__)
MONTH = re.compile(r"((?:19|20)\d\d)-(0[1-9]|1[0-2])", re.ASCII)
THANKS, DEEDS = 12, 12
COLUMNS = ("number", "day", "told_at", "kind", "text", "link", "place", "tags", "group", "campaign", "evidence", "source",
           "visible_to", "points", "repeat")  # fmt: skip


@blueprint.get("/members/<handle>/months/<name>")
@public
def month(handle: str, name: str) -> Any:
    """A month that has not begun is not there."""
    viewer, now = current_member(), clock.utcnow()
    person = profile(handle, viewer) or abort(404)
    asked = _month(name)
    if asked.first > now.date():
        abort(404)
    wanted = Wanted(member=handle, since=asked.first, until=asked.last)
    earlier, later = records.neighbours(person.id, asked, viewer, now)
    thanks = received(person.id, viewer, size=THANKS, days=asked.days)
    first, last = asked.days
    pins = [pin for pin in jacket(person.id, viewer).pins if first <= clock.day_number(pin.since) <= last]
    return render_template(
        "pages/month.html", person=person, month=asked, figures=records.figures(person.id, asked, viewer), thanks=thanks.items,
        more_thanks=thanks.next_cursor, pins=pins, deeds=deeds(viewer, wanted, size=DEEDS).items, is_now=asked == month_of(now),
        witnessed=records.witnessed(person.id, asked) if person.is_self else 0,
        all_deeds=url_for("activities.index", **deed_filters.chosen(wanted)), earlier=earlier, later=later,
    )  # fmt: skip


def _month(name: str) -> Month:
    found = MONTH.fullmatch(name) or abort(404)
    return Month(date(int(found[1]), int(found[2]), 1))


@blueprint.get("/me/months")
@member_required
def months() -> Any:
    """This month of the reader's own: an address that stays."""
    return month(signed_in().handle, month_of(clock.utcnow()).name)


@blueprint.get("/me/record")
@member_required
def record() -> Any:
    member = signed_in()
    found = records.rows_page(member.id, request.args.get("after"))
    older = url_for(".record", after=found.next_cursor) if found.next_cursor else ""
    return render_template(
        "pages/record.html", rows=found.items, older=older, totals=records.totals(member.id), ways=_ways(found.items),
        strengths=list(deed_filters.strengths().values()), handle=member.handle, month=month_of(clock.utcnow()),
    )  # fmt: skip


@blueprint.get("/me/record.csv")
@member_required
@limited("record", times=30)
def record_file() -> Any:
    member = signed_in()
    return csv_lines.answer(_lines(member.id), f"record-of-{member.handle}.csv")


def _lines(member_id: int) -> Iterator[tuple[str | int, ...]]:
    yield COLUMNS
    evidence = list(EVIDENCE)
    for row in records.every_row(member_id):
        yield (row.id, row.occurred_at.date().isoformat(), iso(row.told_at), row.kind_label, row.text, row.link, row.place,
               " ".join(row.tags), row.group, row.campaign, evidence[row.evidence], row.source, row.visibility, row.points,
               "yes" if row.is_repeat else "")  # fmt: skip


def _ways(rows: Any) -> dict[str, str]:
    found: list[Row] = list(rows)
    return {row.source: provenance.way(row.source) for row in found}

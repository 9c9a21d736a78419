"""Which rows of the log a filter means."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.dialects import postgresql

from recognition.activities.criteria.tree import BADGE_AWARDED, NO_LIMITS, Comparison, Filter, Leaf, Limits
from recognition.activities.measuring.units import unit_of
from recognition.activities.models import Activity, ActivityTag
from recognition.activities.rules import INTERNAL_KINDS
from recognition.database import BigId, among, is_postgresql
from recognition.identity.fields import ONLY_ME
from recognition.identity.models import Group

Spans = Callable[[Collection[str]], Mapping[str, tuple[datetime, datetime]]]
"""From slugs of campaigns to their first moment and the first one after them; wired, since campaigns live above."""

UNSEEN_KINDS = ("contest.voted", "quest.step", "reflection")
"""What the product knows of somebody and shows to nobody else."""
_OF_DEEDS = ("activity.confirmed", "confirmation.given")
_THANKED = "thanks.given"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_TERM = 1_000_000
"""No rule asks for a larger sum, so one deed need not give more; it keeps both databases within their numbers."""


def conditions(where: Filter, *, now: datetime, any_kind: bool = False) -> list[sa.ColumnElement[bool]]:
    """What a deed must be to count, on the `activity` table; caps and best stretches are not among it. `any_kind`: the
    caller asks for kinds by itself."""
    found: list[sa.ColumnElement[bool]] = [Activity.withdrawn_at.is_(None)]
    if where.kind:
        found.append(_one_of(Activity.kind, where.kind))
    elif not any_kind:
        found.append(Activity.kind.not_in(INTERNAL_KINDS))
    if not where.repeats:
        found.append(Activity.repeat_of_id.is_(None))
    for column, wanted in ((Activity.campaign, where.campaign), (Activity.source, where.source), (Activity.object, where.object)):
        if wanted:
            found.append(_one_of(column, wanted))
    if where.group:
        found.append(Activity.group_id.in_(sa.select(Group.id).where(among(Group.slug, where.group))))
    if where.evidence:
        found.append(Activity.evidence >= where.evidence)
    if where.tags_any:
        found.append(_tagged(where.tags_any))
    found += [_tagged((tag,)) for tag in where.tags_all]
    if where.openly:
        found += _in_the_open(where, any_kind)
    return found if where.limits is NO_LIMITS else [*found, *_limited(where, now)]


def _in_the_open(where: Filter, any_kind: bool) -> list[sa.ColumnElement[bool]]:
    """What every member may see: no deed that somebody keeps to themselves, no vote, no step or thought on the way through a
    quest; a badge where its holder shows it, a confirmation where the deed is seen, thanks where whoever got them shows them."""
    found: list[sa.ColumnElement[bool]] = [Activity.visibility != ONLY_ME, Activity.kind.not_in(UNSEEN_KINDS)]
    asked = set(where.kind) if where.kind and not any_kind else {BADGE_AWARDED, _THANKED, *_OF_DEEDS}
    if BADGE_AWARDED in asked:
        shown: Callable[[], sa.ColumnElement[bool]] = current_app.extensions["shown_awards"]
        found.append(sa.or_(Activity.kind != BADGE_AWARDED, shown()))
    if asked.intersection(_OF_DEEDS):
        deed = sa.orm.aliased(Activity)
        number = sa.cast(sa.func.substr(Activity.object, len("activity:") + 1), BigId)
        its = sa.case((Activity.kind.in_(_OF_DEEDS), number), else_=sa.null())
        seen = sa.exists().where(deed.id == its, deed.visibility != ONLY_ME).correlate(Activity)
        found.append(sa.or_(Activity.kind.not_in(_OF_DEEDS), seen))
    if _THANKED in asked:
        found.append(sa.or_(Activity.kind != _THANKED, _is_shown_by_the_other()))
    return found


def _is_shown_by_the_other() -> sa.ColumnElement[bool]:
    """Thanks are two rows (`activities.thanking`), and whoever got them says whether they are seen."""
    other = sa.orm.aliased(Activity)
    key = sa.literal("received:") + sa.func.substr(Activity.source_key, len("given:") + 1, type_=sa.String)
    seen = sa.exists().where(other.source == Activity.source, other.source_key == key, other.visibility != ONLY_ME)
    return seen.correlate(Activity)


def dated(leaves: Iterable[Leaf]) -> dict[Leaf, Leaf]:
    """Each leaf with its campaign's dates in the campaign's stead: one look-up for all of them. A campaign that nobody
    knows has no time at all."""
    asked = list(dict.fromkeys(leaves))
    slugs = sorted({leaf.where.window.campaign for leaf in asked if leaf.where.window.campaign})
    if not slugs:
        return {leaf: leaf for leaf in asked}
    spans: Spans = current_app.extensions["spans"]
    known = spans(slugs)
    return {leaf: replace(leaf, where=_with_dates(leaf.where, known)) for leaf in asked}


def _with_dates(where: Filter, known: Mapping[str, tuple[datetime, datetime]]) -> Filter:
    if not where.window.campaign:
        return where
    starts, ends = known.get(where.window.campaign, (_NEVER, _NEVER))
    return replace(where, limits=replace(where.limits, window=replace(where.window, starts=starts, ends=ends, campaign="")))


def _limited(where: Filter, now: datetime) -> list[sa.ColumnElement[bool]]:
    if where.window.campaign:
        spans: Spans = current_app.extensions["spans"]
        where = _with_dates(where, spans([where.window.campaign]))
    limits: Limits = where.limits
    window, found = limits.window, [_compared(field) for field in limits.fields]
    since = now - timedelta(days=window.last_days) if window.last_days else window.starts
    if since is not None:
        found.append(Activity.occurred_at >= since)
    if window.after is not None:
        found.append(Activity.occurred_at > window.after)
    if window.ends is not None:
        found.append(Activity.occurred_at < window.ends)
    if window.months:
        month = unit_of("month", Activity.occurred_day.expression) % 12
        found.append(month.in_([number - 1 for number in window.months]))
    return found


def value_of(name: str) -> sa.ColumnElement[Any]:
    """The column behind a field that a distinct counts, or the whole number that a sum adds up."""
    if name == "points" or name.startswith("data."):
        return amount_of(name)
    columns: dict[str, Any] = {
        "kind": Activity.kind, "campaign": Activity.campaign, "group": Activity.group_id, "source": Activity.source,
        "object": Activity.object, "tag": ActivityTag.tag, "": sa.literal(1),
    }  # fmt: skip
    if name == "person":
        return _person()
    found: sa.ColumnElement[Any] = columns[name] if name in columns else unit_of(name, Activity.occurred_day.expression)
    return found


def _person() -> sa.ColumnElement[Any]:
    """The other one: whom the deed was about, or who told it. Nobody is another to themselves."""
    oneself = sa.literal("member:") + sa.cast(Activity.member_id, sa.Text)
    teller = sa.literal("member:") + sa.cast(Activity.reporter_id, sa.Text)
    other = sa.case((Activity.object.startswith("member:"), Activity.object), else_=teller)
    return sa.func.nullif(other, oneself)


def amount_of(name: str) -> sa.ColumnElement[int]:
    """The whole part of a positive number, 0 for anything else."""
    if name == "points":
        number: Any = Activity.points
        return sa.case((number > 0, sa.func.min(number, _MAX_TERM) if not is_postgresql() else sa.func.least(number, _MAX_TERM)),
                       else_=0)  # fmt: skip
    is_number, number, _is_text, _text = _data(name)
    if is_postgresql():
        term: Any = sa.cast(sa.func.trunc(sa.func.least(number, _MAX_TERM)), sa.BigInteger)
    else:
        term = sa.cast(sa.func.min(number, _MAX_TERM), sa.Integer)
    # The number is looked at only where there is one: a cast of anything else would be an error.
    positive = sa.case((is_number, number > 0), else_=sa.false())
    return sa.case((positive, term), else_=0)


def _compared(field: Comparison) -> sa.ColumnElement[bool]:
    if field.name == "points":
        is_number, number, is_text, text = sa.true(), Activity.points, sa.false(), sa.literal("")
    else:
        is_number, number, is_text, text = _data(field.name)
    asked: list[sa.ColumnElement[bool]] = []
    if field.at_least is not None:
        asked.append(sa.case((is_number, number >= field.at_least), else_=sa.false()))
    if field.at_most is not None:
        asked.append(sa.case((is_number, number <= field.at_most), else_=sa.false()))
    if field.one_of:
        numbers = [item for item in field.one_of if isinstance(item, int)]
        words = [item for item in field.one_of if isinstance(item, str)]
        asked.append(sa.case((is_number, number.in_(numbers)), (is_text, text.in_(words)), else_=sa.false()))
    return sa.and_(*asked)


def _data(name: str) -> tuple[Any, Any, Any, Any]:
    """Of a field of the deed's data: is it a number, as a number, is it text, as text."""
    key = name.removeprefix("data.")
    if is_postgresql():
        data = sa.type_coerce(Activity.data, postgresql.JSONB)
        sort, text = sa.func.jsonb_typeof(data[key]), data[key].astext
        return sort == "number", sa.cast(text, sa.Numeric), sort == "string", text
    path = f'$."{key}"'
    sort = sa.func.json_type(Activity.data, path)
    number = sa.func.json_extract(Activity.data, path, type_=sa.Numeric(asdecimal=False))
    text = sa.func.json_extract(Activity.data, path, type_=sa.Text)
    return sort.in_(("integer", "real")), number, sort == "text", text


def _one_of(column: Any, wanted: tuple[str, ...]) -> sa.ColumnElement[bool]:
    if len(wanted) == 1:
        same: sa.ColumnElement[bool] = column == wanted[0]
        return same
    return among(column, wanted)


def _tagged(tags: tuple[str, ...]) -> sa.ColumnElement[bool]:
    return sa.exists().where(ActivityTag.activity_id == Activity.id, _one_of(ActivityTag.tag, tags)).correlate(Activity)

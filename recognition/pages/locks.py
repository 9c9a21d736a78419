"""Everything that waits for a person, with its age, who stands in, and the pool behind them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from recognition import clock
from recognition.identity.access import role_required
from recognition.locks import COUNTED_MAX, Lock
from recognition.quiet.rules import SMALL

blueprint = Blueprint("locks", __name__)
SHOWN_MAX = 200


@dataclass(frozen=True)
class Line:
    """`who` may act now; `then` and `last`: who from which day on, empty where that day has come."""

    lock: Lock
    number: str
    who: str
    is_passed_on: bool
    then: tuple[str, datetime] | None
    last: tuple[str, datetime] | None


@blueprint.get("/council/locks")
@role_required("council")
def index() -> Any:
    now = clock.utcnow()
    return render_template("council/locks.html", lines=lines(now)[:SHOWN_MAX], small=SMALL)


def lines(now: datetime) -> Sequence[Line]:
    """The longest wait first."""
    listed: list[Callable[[datetime], Iterable[Lock]]] = current_app.extensions["locks"]
    found = [one for tell in listed for one in tell(now)]
    return [_line(one, now) for one in sorted(found, key=lambda one: (one.since, one.kind, one.title))]


def _line(lock: Lock, now: datetime) -> Line:
    deputy_at, pool_at = lock.since + lock.deputy_after, lock.since + lock.pool_after
    stage = 2 if now >= pool_at else 1 if now >= deputy_at else 0
    later = min((at for at in (deputy_at, pool_at) if at > lock.since), default=deputy_at)
    may = [lock.holder, lock.deputy, lock.pool][: stage + 1]
    return Line(
        lock, _number(lock), _(" · ").join(dict.fromkeys(may)), bool(stage and len(set(may)) > 1 and now >= later),
        (lock.deputy, deputy_at) if stage < 1 and lock.deputy != lock.holder else None,
        (lock.pool, pool_at) if stage < 2 and lock.pool not in may else None,
    )  # fmt: skip


def _number(lock: Lock) -> str:
    if lock.is_personal and lock.waiting < SMALL:
        return str(_("fewer than %(few)s", few=SMALL))
    if lock.waiting >= COUNTED_MAX:
        return str(_("%(many)s or more", many=COUNTED_MAX))
    return str(ngettext("%(num)d", "%(num)d", lock.waiting))

"""Ways to narrow the list of people that other packages know of. Named in `wiring.hooks.MEMBER_FILTERS`."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from flask import current_app

from recognition.identity.models import Member


class Filter(NamedTuple):
    """`name`: in the address. `options`: (value, words), the empty value first. `condition` on Member, of a value that is one of
    these, by what its reader may see."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    condition: Callable[[str, Member | None], sa.ColumnElement[bool]]


def filters() -> list[Filter]:
    known: Sequence[Callable[[], list[Filter]]] = current_app.extensions["member_filters"]
    return [one for told in known for one in told()]

"""Asks that nobody decided about."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask_babel import gettext as _

from recognition.locks import Lock
from recognition.resources.queries import waiting

DEPUTY_AFTER, POOL_AFTER = timedelta(days=7), timedelta(days=14)


def locks(_now: datetime) -> Iterator[Lock]:
    number, since = waiting()
    if since is not None:
        yield Lock("resource", _("Members who asked for something"), "/council/resources/", number, since,
                   _("the council"), _("anybody else on the council"), DEPUTY_AFTER, _("an admin"), POOL_AFTER)  # fmt: skip

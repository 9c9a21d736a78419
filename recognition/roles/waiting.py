"""Applications that nobody decided about."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask_babel import gettext as _

from recognition.locks import Lock
from recognition.roles.queries import waiting

DEPUTY_AFTER, POOL_AFTER = timedelta(days=7), timedelta(days=14)


def locks(_now: datetime) -> Iterator[Lock]:
    number, since = waiting()
    if since is not None:
        yield Lock("role", _("Members who would like to take on a role"), "/council/roles/applications", number, since,
                   _("the council"), _("anybody else on the council"), DEPUTY_AFTER, _("an admin"), POOL_AFTER)  # fmt: skip

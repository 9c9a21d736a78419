"""Questions and ideas that nobody on the council has replied to."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask_babel import gettext as _

from recognition.locks import Lock
from recognition.questions.queries import waiting
from recognition.questions.rules import IDEA, QUESTION

AFTER = timedelta(days=7)


def locks(_now: datetime) -> Iterator[Lock]:
    titles = {QUESTION: _("Questions to the council"), IDEA: _("Ideas for the council")}
    for sort, (number, since) in sorted(waiting().items()):
        yield Lock(sort, titles[sort], f"/council/questions?sort={sort}", number, since, _("the council"),
                   _("anybody on the council"), AFTER, _("all members read and vote meanwhile"), AFTER)  # fmt: skip

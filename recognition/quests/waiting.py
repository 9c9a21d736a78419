"""Answers in quests that nobody has read yet."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask_babel import gettext as _

from recognition.locks import Lock
from recognition.quests.reviews import waiting_by_quest
from recognition.quests.services.reviewing import WIDENED_AFTER


def locks(_now: datetime) -> Iterator[Lock]:
    for slug, title, count, since in waiting_by_quest():
        yield Lock(
            "review", _("Answers in “%(quest)s”", quest=title), f"/reviews/?quest={slug}", count, since,
            _("any reviewer"), _("anybody on the council"), timedelta(0),
            _("everybody who finished it and offered to help"), WIDENED_AFTER,
        )  # fmt: skip

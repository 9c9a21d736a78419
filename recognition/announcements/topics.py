"""What people call the topics that mails go by."""

from collections.abc import Callable, Iterable

from flask import current_app
from flask_babel import gettext as _

from recognition.announcements.rules import CAMPAIGN, COMMUNITY, EVENTS, FOLLOWING, MINE, NEWS, QUESTIONS


def topic_words(topics: Iterable[str]) -> dict[str, str]:
    """A campaign that is gone is called by its slug."""
    wanted = list(topics)
    slugs = [topic.removeprefix(CAMPAIGN) for topic in wanted if topic.startswith(CAMPAIGN)]
    naming: dict[str, Callable[[Iterable[str]], dict[str, str]]] = current_app.extensions["names"]
    titles = naming["campaign"](slugs) if slugs else {}
    known = {
        MINE: _("What concerns you"),
        QUESTIONS: _("Questions that you can answer from the mail"),
        NEWS: _("News of the house"),
        EVENTS: _("Calls and meetings"),
        FOLLOWING: _("What you follow"),
        COMMUNITY: _("What people did"),
    }
    return {topic: known.get(topic) or titles.get(topic.removeprefix(CAMPAIGN), topic.removeprefix(CAMPAIGN)) for topic in wanted}

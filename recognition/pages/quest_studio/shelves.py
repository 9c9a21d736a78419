"""Where one goes from a quest on the bench; what has no page for this quest is left out."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from recognition.quests.models import Quest
from recognition.quests.services.drafting import DRAFT, PUBLISHED, RETIRED

Shelf = tuple[str, str, str]
"""Name, address, and a line about it."""


def links_of(quest: Quest) -> dict[str, Any]:
    slug = quest.slug
    shelves: list[Shelf] = [] if quest.state == DRAFT else _of_one_that_was_out(slug)
    shelves.append((_("Another one like it"), url_for(".new", copy=slug), _("A copy, as a draft of its own.")))
    shelves.append((_("As a file"), url_for(".file", slug=slug), _("To keep, or to bring into another house.")))
    shelves += _moves(quest)
    return {"publish": url_for(".ask_publish", slug=slug), "shelves": shelves}


def _of_one_that_was_out(slug: str) -> list[Shelf]:
    about = _("What changed, when and why; an old one can come back.")
    stops = _("How many came to each step, and before which they stand.")
    return [
        (_("Where people stop"), url_for(".stops", slug=slug), stops),
        (_("In other languages"), url_for(".texts", slug=slug), _("The original beside each translation.")),
        (_("Its versions"), url_for(".versions", slug=slug), about),
    ]


def _moves(quest: Quest) -> list[Shelf]:
    slug, found = quest.slug, list[Shelf]()
    if quest.state == PUBLISHED:
        found.append((_("Its page"), url_for("quests.show", slug=slug), _("As members meet it today.")))
        rest = url_for(".ask_state", slug=slug, move="retire")
        found.append((_("Let it rest"), rest, _("Nobody new begins it; it can be opened again.")))
    if quest.state == RETIRED:
        back = url_for(".ask_state", slug=slug, move="reopen")
        found.append((_("Open it again"), back, _("For everybody who may begin it.")))
    if quest.draft is not None:
        found.append((_("Drop the draft"), url_for(".ask_drop", slug=slug), _("What was not published goes; we ask twice.")))
    return found

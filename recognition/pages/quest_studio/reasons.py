"""Why a sheet is none yet, as sentences for who writes it; and where on the pages each fault is mended."""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from recognition.quests.drafts import Draft

_STEP = re.compile(r"steps\[(\d+)\]\.?(.*)")
_QUESTION = re.compile(r"questions\[(\d+)\]\.?(.*)")
_RULES = ("proof", "requires")


def sentence(reason: str) -> str:
    """Files speak of what a field needs; people are told the same as a sentence."""
    if reason == "is missing":
        return str(_("Something is still missing here."))
    if reason.endswith("is empty"):
        return str(_("There are no words here yet."))
    if reason.startswith("needs a list of"):
        return str(_("This %(reason)s, one on each line.", reason=reason))
    if reason.split(" ", 1)[0] in ("needs", "has", "is", "belongs", "offers"):
        return str(_("This %(reason)s.", reason=reason))
    return reason[:1].upper() + reason[1:].rstrip(".") + "."


def of_front(faults: Mapping[str, str]) -> dict[str, str]:
    """By field of the first page."""
    found = {}
    for place, reason in faults.items():
        if not place.startswith("steps"):
            name = "map_x" if place == "map" else place
            if name.partition(".")[0] not in _RULES:
                found[name] = sentence(reason)
    return found


def of_steps(draft: Draft, faults: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """By slug of the step, then by field of its page. The builder tells by itself what its rule lacks."""
    found: dict[str, dict[str, str]] = {}
    for place, reason in faults.items():
        at = _STEP.fullmatch(place)
        if at:
            step = draft["steps"][int(at[1])]
            found.setdefault(str(step.get("slug")), {})[_field(at[2])] = sentence(reason)
    return found


def _field(place: str) -> str:
    question = _QUESTION.fullmatch(place)
    if question:
        name = question[2].partition("[")[0]
        return f"q-{int(question[1]) + 1}-{name or 'ask'}"
    name = place.partition(".")[0].partition("[")[0]
    return {"file": "body"}.get(name, name)


def about(draft: Draft, faults: Mapping[str, str]) -> list[tuple[str, str]]:
    """(slug of the step or nothing, sentence) for a list of what is still to do."""
    told: list[tuple[str, str]] = []
    by_step = of_steps(draft, faults)
    if "steps" in faults:
        told.append(("", str(_("It has no step yet. Add the first one below."))))
    front = {name: text for name, text in of_front(faults).items() if name != "steps"}
    told += [
        ("", str(_("%(field)s: %(fault)s", field=front_names().get(name, name), fault=text))) for name, text in front.items()
    ]
    for place in faults:
        if place.partition(".")[0] == "requires":
            told.append(("", str(_("Who may begin: the rule is not complete yet."))))
    for step in draft["steps"]:
        slug = str(step.get("slug"))
        if slug in by_step:
            told.append((slug, _of_step(step, by_step[slug])))
    return told


def _of_step(step: Mapping[str, Any], found: Mapping[str, str]) -> str:
    title = str(step.get("title") or _("A step without a title"))
    return str(_("“%(step)s” is not complete yet: %(fault)s", step=title, fault=next(iter(found.values()))))


def front_names() -> dict[str, str]:
    return {"title": _("Title"), "summary": _("In one or two lines"), "family": _("Family"), "minutes": _("Minutes"),
            "map_x": _("Place on the map"), "position": _("Its turn in the list"), "thanks": _("Thanks at the end"),
            "after": _("What you can do with it"), "language": _("Language"),
            "campaign": _("Campaign"), "slug": _("Address")}  # fmt: skip

"""What comes out of the forms of this package: checked values, or a sentence for each field that needs another look."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from recognition.identity.fields import DEFAULT_VISIBILITY, LEVELS
from recognition.identity.rules import GroupForm, ProfileForm
from recognition.identity.words import BadText, clean, clean_handle, clean_link

LIMITS = {"name": 120, "pronouns": 40, "place": 120, "bio": 4000, "ask_me_about": 300}
MANY = {"languages": (20, 40), "areas": (80, 80), "links": (8, 300)}
"""At most so many, each with at most so many characters."""


@dataclass
class Faults:
    """Collects one sentence a field while all of them are read."""

    errors: dict[str, str] = field(default_factory=dict)

    def read(self, name: str, clean_it: Callable[[], Any], default: Any) -> Any:
        try:
            return clean_it()
        except BadText as fault:
            self.errors[name] = str(fault)
            return default


def profile_form(form: MultiDict[str, str]) -> tuple[ProfileForm, dict[str, str]]:
    """The values are only for use if there are no errors."""
    faults = Faults()
    texts = {
        name: faults.read(name, lambda name=name: clean(form.get(name, ""), LIMITS[name], lines=name == "bio"), "")  # type: ignore[misc]
        for name in LIMITS
    }
    if not texts["name"]:
        faults.errors.setdefault("name", _("What shall we call you?"))
    visibility = {name: form.get(f"{name}_visibility", DEFAULT_VISIBILITY[name]) for name in DEFAULT_VISIBILITY}
    for name, chosen in visibility.items():
        if chosen not in LEVELS:
            faults.errors[name] = _("Choose who may see this.")
    values = ProfileForm(
        handle=faults.read("handle", lambda: clean_handle(form.get("handle", "")), ""),
        texts=texts,
        languages=faults.read("languages", lambda: _several("languages", form.get("languages", "").split(",")), ()),
        areas=faults.read("areas", lambda: _several("areas", _area_words(form)), ()),
        links=faults.read("links", lambda: _several("links", form.get("links", "").splitlines(), clean_link), ()),
        visibility=visibility,
        calm=form.get("calm", "") == "1",
    )
    return values, faults.errors


def group_form(form: MultiDict[str, str]) -> tuple[GroupForm, dict[str, str]]:
    """The values are only for use if there are no errors; what is refused stands in them as it was typed."""
    faults = Faults()
    typed = {name: form.get(name, "") for name in ("name", "place", "about", "website")}
    values = GroupForm(
        name=faults.read("name", lambda: clean(typed["name"], 120), typed["name"]),
        place=faults.read("place", lambda: clean(typed["place"], 120), typed["place"]),
        about=faults.read("about", lambda: clean(typed["about"], 8000, lines=True), typed["about"]),
        entry=form.get("entry", "open"),
        website=faults.read(
            "website", lambda: clean_link(typed["website"]) if typed["website"].strip() else "", typed["website"]
        ),
        is_outside=form.get("is_outside") == "1",
    )
    if not values.name:
        faults.errors.setdefault("name", _("A group needs a name."))
    if values.entry not in ("open", "request", "closed"):
        faults.errors["entry"] = _("Choose how people come in.")
    return values, faults.errors


def _area_words(form: MultiDict[str, str]) -> list[str]:
    return [*form.getlist("areas"), *form.get("more_areas", "").split(",")]


def _several(name: str, values: list[str], clean_it: Callable[[str], str] | None = None) -> tuple[str, ...]:
    most, limit = MANY[name]
    cleaned = [clean(value, limit) for value in values if value.strip()]
    kept = tuple(dict.fromkeys(clean_it(value) if clean_it else value for value in cleaned))
    if len(kept) > most:
        raise BadText(_("At most %(most)d, please.", most=most))
    return kept

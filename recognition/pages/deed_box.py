"""The box in which a deed is told and corrected: its choices, and what it needs to be drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from recognition import clock
from recognition.activities import forms
from recognition.activities.models import Kind
from recognition.activities.queries import offered_kinds, own_groups
from recognition.activities.rules import DEFAULT_KIND, VISIBILITIES, Report
from recognition.extensions import db
from recognition.identity.models import Group


@dataclass(frozen=True)
class Choices:
    """What a member may choose from: kinds, and groups of theirs."""

    member_id: int
    kinds: list[Kind]
    groups: list[Group]

    def read(self, form: Mapping[str, str], now: datetime) -> Report:
        """Raises forms.Faults."""
        kinds = {kind.slug for kind in self.kinds}
        return forms.deed_of_box(form, self.member_id, kinds, {group.slug: group.id for group in self.groups}, now)


def choices(member_id: int, kind: str = DEFAULT_KIND, group_id: int | None = None) -> Choices:
    """`kind`, `group_id`: of a deed that was told already, which may stay what it is."""
    kinds, groups = offered_kinds(), own_groups(member_id)
    if kind != DEFAULT_KIND and kind not in {one.slug for one in kinds}:
        kinds += [known for known in (db.session.get(Kind, kind),) if known]
    if group_id is not None and group_id not in {group.id for group in groups}:
        groups += [known for known in (db.session.get(Group, group_id),) if known]
    return Choices(member_id, kinds, groups)


def box(found: Choices, values: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, what is wrong with it, and the choices."""
    filled = {**values, "visibility": values["visibility"] if values["visibility"] in VISIBILITIES else "members"}
    return {
        "values": filled, "errors": {name: errors.get(name, "") for name in forms.BOX_FIELDS},
        "kinds": labelled(_("no need to choose"), found.kinds),
        "groups": [("", _("none")), *((group.slug, group.name) for group in found.groups)],
        "today": clock.utcnow().date().isoformat(),
        "extras": any(errors.get(name) or values.get(name) for name in ("tags", "kind", "day", "url", "group")),
    }  # fmt: skip


def labelled(none: str, kinds: list[Kind]) -> list[tuple[str, str]]:
    """`none`: the words of the empty choice."""
    return [("", none), *((kind.slug, kind.label) for kind in kinds)]

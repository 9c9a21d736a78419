"""The box in which a deed is told and corrected: its choices, and what it needs to be drawn."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import request
from flask_babel import gettext as _

from recognition import clock
from recognition.activities import forms, naming
from recognition.activities.kinds import called
from recognition.activities.models import Kind
from recognition.activities.queries import offered_kinds, own_groups
from recognition.activities.rules import DEFAULT_KIND, VISIBILITIES, Report
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Group, Member
from recognition.identity.rules import may_see
from recognition.media import services as media
from recognition.media.rules import MAX_BYTES, WHOLE, BadPicture
from recognition.media.services import Prepared
from recognition.web.limits import limited

FIELDS = (*forms.BOX_FIELDS, naming.WITH, naming.SEEN)
_BETWEEN_HANDLES = re.compile(r"[,;\s]+")


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


@dataclass(frozen=True)
class Named:
    """Ids of whom the deed names: they did it too, or saw it."""

    with_: list[int]
    seen: list[int]


def choices(member_id: int, kind: str = DEFAULT_KIND, group_id: int | None = None) -> Choices:
    """`kind`, `group_id`: of a deed that was told already, which may stay what it is."""
    kinds, groups = offered_kinds(), own_groups(member_id)
    if kind != DEFAULT_KIND and kind not in {one.slug for one in kinds}:
        kinds += [known for known in (db.session.get(Kind, kind),) if known]
    if group_id is not None and group_id not in {group.id for group in groups}:
        groups += [known for known in (db.session.get(Group, group_id),) if known]
    return Choices(member_id, kinds, groups)


def sent() -> dict[str, str]:
    """What was typed, as it was typed."""
    return {name: request.form.get(name, "") for name in FIELDS}


def named(form: Mapping[str, str], member: Member) -> Named:
    """Raises forms.Faults. Whether a handle is free or its owner cannot be asked looks the same."""
    wanted = {role: _handles(form.get(role, "")) for role in (naming.WITH, naming.SEEN)}
    every = {handle for handles in wanted.values() for handle in handles}
    if len(every) > naming.NAMED_MAX:
        raise forms.Faults({naming.WITH: _("These are more people than one deed can name. Twenty of them are enough.")})
    found = sa.select(Member).where(among(Member.handle, every), Member.state != "suspended", Member.id != member.id)
    known = {one.handle: one.id for one in db.session.scalars(found) if may_see(one, "name", member)} if every else {}
    faults = {}
    for role, handles in wanted.items():
        strangers = [handle for handle in handles if handle not in known]
        if strangers:
            faults[role] = _("We know nobody called @%(handle)s who can be asked. You can also leave them out.",
                             handle=strangers[0][:40])  # fmt: skip
    if faults:
        raise forms.Faults(faults)
    ids = {role: [known[handle] for handle in handles] for role, handles in wanted.items()}
    return Named(ids[naming.WITH], ids[naming.SEEN])


def _handles(text: str) -> list[str]:
    handles = (one.lstrip("@").lower() for one in _BETWEEN_HANDLES.split(text))
    return list(dict.fromkeys(handle for handle in handles if handle))


def sent_picture() -> tuple[Prepared | None, BadPicture | None]:
    """Made safe, lying in the store; or what is wrong with it. Opening a stranger's file may take seconds: no transaction
    waits for it."""
    file = request.files.get("picture")
    if file is None or not file.filename:
        return None, None
    try:
        return _made_safe(file.stream.read(MAX_BYTES + 1)), None
    except BadPicture as bad:
        return None, bad


@limited("picture", times=60)
def _made_safe(upload: bytes) -> Prepared:
    db.session.rollback()
    return media.prepare_picture(upload, WHOLE)


def with_picture(report: Report, prepared: Prepared | None) -> Report:
    """The picture's row stands in the caller's transaction. Raises forms.Faults where they have too many."""
    if prepared is None:
        return report
    try:
        return replace(report, picture_id=media.keep_picture(prepared, report.member_id).id)
    except BadPicture as bad:
        raise forms.Faults({"picture": str(bad)}) from bad


def box(found: Choices, values: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, what is wrong with it, and the choices."""
    filled = dict.fromkeys(FIELDS, "") | dict(values)
    filled["visibility"] = filled["visibility"] if filled["visibility"] in VISIBILITIES else "members"
    today = clock.utcnow().date().isoformat()
    extras = {name: filled[name] for name in ("tags", "kind", "url", "place", "group", naming.WITH, naming.SEEN)}
    extras["day"] = "" if filled["day"] == today else filled["day"]
    return {
        "values": filled, "errors": {name: errors.get(name, "") for name in (*FIELDS, "picture")},
        "kinds": labelled(_("no need to choose"), found.kinds),
        "groups": [("", _("none")), *((group.slug, group.name) for group in found.groups)],
        "today": today, "had": None, "again": [], "in_box": False,
        "extras": any(extras.values()) or any(errors.get(name) for name in (*extras, "picture")),
    }  # fmt: skip


def labelled(none: str, kinds: list[Kind]) -> list[tuple[str, str]]:
    """`none`: the words of the empty choice."""
    return [("", none), *((kind.slug, called(kind.label, kind.labels)) for kind in kinds)]

"""Forums and code hosts that tell us something: for the house in the council's rooms, for a group in the group's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities.sources import discourse
from recognition.extensions import db
from recognition.identity import queries as people
from recognition.identity.access import current_member, member_required, role_required, signed_in
from recognition.identity.models import Group
from recognition.inlets import queries, words
from recognition.inlets.hook_forms import FIELDS, BadHook, hook_form
from recognition.inlets.models import Inlet
from recognition.inlets.policy import can_manage
from recognition.inlets.rules import NotTaken
from recognition.inlets.services import managing
from recognition.inlets.views.blueprint import blueprint
from recognition.web.htmx import goto, respond
from recognition.web.limits import limited

HOUSE = "house_"
ROOTS = (("/council/inlets", HOUSE, role_required("council", "admin")), ("/groups/<slug>/inlets", "", member_required))
"""One set of pages for two sorts of owners: where they are, how their endpoints begin, and who may call them at all. `_room`
says who may open which group's."""
SWITCH, ROTATE, SECRET, REMOVE = "switch", "rotate", "secret", "remove"


@dataclass(frozen=True)
class Room:
    """Whose inlets these are: a group's, or the house's."""

    slug: str = ""
    name: str = ""
    group_id: int | None = None

    def url(self, endpoint: str, key: str = "") -> str:
        told = {name: value for name, value in (("slug", self.slug), ("key", key)) if value}
        return url_for(f"inlets.{'' if self.slug else HOUSE}{endpoint}", **told)  # type: ignore[arg-type]


def hooks(slug: str = "") -> Any:
    return _list(_room(slug), {}, {})


def hook_add(slug: str = "") -> Any:
    room = _room(slug)
    try:
        form = hook_form(request.form)
        inlet = managing.add(form.source, form.name, form.config, room.group_id, signed_in().id, clock.utcnow())
    except BadHook as bad:
        return respond(_list(room, request.form, bad.errors), 422)
    except NotTaken as refused:
        db.session.rollback()
        return respond(_list(room, request.form, {"source": str(refused)}), 422)
    key = inlet.key
    db.session.commit()
    flash(_("It is here, and off. Set it up there as this page says, then switch it on."))
    return goto(room.url("hook", key))


def hook(key: str, slug: str = "") -> Any:
    room = _room(slug)
    return _one(room, _inlet(room, key))


def hook_change(key: str, slug: str = "") -> Any:
    room = _room(slug)
    inlet = _inlet(room, key)
    try:
        form = hook_form({**request.form.to_dict(), "source": inlet.source})
    except BadHook as bad:
        return respond(_one(room, inlet, request.form, bad.errors), 422)
    managing.change(inlet, form.name, form.config, signed_in().id)
    db.session.commit()
    flash(_("Saved."), "good")
    return goto(room.url("hook", key))


def hook_act(key: str, slug: str = "") -> Any:
    """Switch it, show or change its secret, take it away."""
    room, actor = _room(slug), signed_in().id
    inlet, act = _inlet(room, key), request.form.get("act", "")
    if act == SECRET:
        secret = managing.secret_of(inlet, actor)
        db.session.commit()
        return respond(_one(room, _inlet(room, key), secret=secret))
    if act == SWITCH:
        managing.switch(inlet, request.form.get("on") == "1", actor)
        said = _("It is on. What comes from there is taken from now on.") if inlet.state == "on" else _("It is off.")
    elif act == ROTATE:
        managing.rotate(inlet, actor, clock.utcnow())
        said = _("There is a new secret. The one before holds for another day: put the new one there until then.")
    elif act == REMOVE:
        managing.remove(inlet, actor)
        said = _("It is gone. What came from there before stays in people's records.")
    else:
        abort(400)
    db.session.commit()
    flash(said, "good")
    return goto(room.url("hooks") if act == REMOVE else room.url("hook", key))


for _suffix, _endpoint, _method, _view in (
    ("", "hooks", "GET", hooks),
    ("", "hook_added", "POST", limited("inlets", times=60, seconds=3600)(hook_add)),
    ("/<key>", "hook", "GET", hook),
    ("/<key>", "hook_changed", "POST", hook_change),
    ("/<key>/act", "hook_acted", "POST", limited("inlets", times=60, seconds=3600)(hook_act)),
):
    for _root, _begins, _mark in ROOTS:
        blueprint.add_url_rule(f"{_root}{_suffix}", f"{_begins}{_endpoint}", _mark(_view), methods=[_method])


def _room(slug: str) -> Room:
    actor = current_member()
    group: Group | None = (people.group_by_slug(slug) or abort(404)) if slug else None
    own = people.membership(group.id, actor.id) if group and actor else None
    if not can_manage(actor, own, of_group=group is not None):
        abort(403)
    return Room(group.slug, group.name, group.id) if group else Room()


def _inlet(room: Room, key: str) -> Inlet:
    return queries.inlet(key, room.group_id) or abort(404)


def _list(room: Room, values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render_template(
        "inlets/hooks.html", room=room, inlets=queries.inlets(room.group_id), source_words=words.source,
        values={name: values.get(name, "") for name in FIELDS}, errors={name: errors.get(name, "") for name in FIELDS},
    )  # fmt: skip


def _one(
    room: Room, inlet: Inlet, values: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None, secret: str = ""
) -> str:
    known = values if values is not None else _stored(inlet)
    said = errors or {}
    home: str = current_app.extensions["settings"].base_url
    return render_template(
        "inlets/hook.html", room=room, inlet=inlet, source_words=words.source, status_words=words.status, secret=secret,
        arrivals=queries.arrivals(inlet.id), address=f"{home}/api/v1/hooks/{inlet.source}",
        is_forum=inlet.source == discourse.NAME, former=inlet.former_until is not None and inlet.former_until > clock.utcnow(),
        values={name: known.get(name, "") for name in FIELDS}, errors={name: said.get(name, "") for name in FIELDS},
    )  # fmt: skip


def _stored(inlet: Inlet) -> dict[str, str]:
    config = inlet.config
    return {
        "source": inlet.source, "name": inlet.name, "url": config.get("url", ""), "host": config.get("host", ""),
        "categories": ", ".join(map(str, config.get("categories") or [])), "only": ", ".join(config.get("only") or []),
    }  # fmt: skip

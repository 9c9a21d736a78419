"""My own page: what I say, who sees it, where I am signed in."""

from collections.abc import Mapping
from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity import fields, queries
from recognition.identity.access import member_required, signed_in, visitor
from recognition.identity.forms import LIMITS, profile_form
from recognition.identity.models import Member
from recognition.identity.oauth.queries import connected
from recognition.identity.rules import Refused
from recognition.identity.services import profiles, sessions, tokens
from recognition.identity.views.blueprint import blueprint
from recognition.media import services as media
from recognition.media.rules import MAX_BYTES, BadPicture
from recognition.web.htmx import goto
from recognition.web.limits import limited

WISHES = ("on_boards", "takes_badges", "takes_mail", "wears_at_once", "shows_ties")


@blueprint.get("/me/settings")
@member_required
def settings() -> Any:
    member = signed_in()
    return _page(member, _stored(member))


@blueprint.post("/me/settings")
@member_required
def settings_save() -> Any:
    member = signed_in()
    form, errors = profile_form(request.form)
    if not errors:
        try:
            profiles.update_profile(member, form)
        except Refused as fault:
            db.session.rollback()
            errors = {"handle": str(fault)}
    if errors:
        return _page(member, _typed(), errors, 422)
    db.session.commit()
    flash(_("Saved. This is how others see you now."), "good")
    return goto(url_for("identity.settings"))


@blueprint.post("/me/wishes")
@member_required
def wishes_save() -> Any:
    """Each wish by itself: what is not ticked is not wanted."""
    on = {name: request.form.get(name) == "1" for name in WISHES}
    profiles.set_wishes(signed_in(), **on)
    db.session.commit()
    flash(_("Kept. We hold to it from now on."), "good")
    return goto(url_for("identity.settings", _anchor="wishes"))


@blueprint.post("/me/picture")
@member_required
@limited("picture", times=60)
def picture_save() -> Any:
    file = request.files.get("picture")
    upload = file.stream.read(MAX_BYTES + 1) if file else b""
    db.session.rollback()  # opening a stranger's file may take seconds: no transaction waits for it
    try:
        prepared = media.prepare_picture(upload) if file and file.filename else None
        if prepared is None:
            raise BadPicture(_("Choose a picture first."))
        profiles.set_picture(signed_in(), prepared)
    except BadPicture as bad:
        db.session.rollback()
        member = signed_in()
        return _page(member, _stored(member), {"picture": str(bad)}, bad.status)
    db.session.commit()
    flash(_("A good picture. It is shown from now on."), "good")
    return goto(url_for("identity.settings"))


@blueprint.get("/me/picture")
@member_required
def picture() -> Any:
    """A refused picture leaves this address in the browser's bar."""
    return goto(url_for("identity.settings"))


@blueprint.post("/me/picture/remove")
@member_required
def picture_remove() -> Any:
    profiles.set_picture(signed_in(), None)
    db.session.commit()
    flash(_("The picture is gone."), "good")
    return goto(url_for("identity.settings"))


@blueprint.post("/me/logins/<int:session_id>/end")
@member_required
def login_end(session_id: int) -> Any:
    if sessions.end_session(session_id, signed_in().id):
        flash(_("That login has ended."), "good")
    db.session.commit()
    return goto(url_for("identity.settings"))


@blueprint.post("/me/logins/end-others")
@member_required
def login_end_others() -> Any:
    who = visitor()
    ended = sessions.end_other_sessions(signed_in().id, who.session.id if who else None)
    db.session.commit()
    flash(_("You are signed out everywhere else.") if ended else _("You were signed in nowhere else."), "good")
    return goto(url_for("identity.settings"))


@blueprint.post("/me/tokens/<int:token_id>/revoke")
@member_required
def token_revoke(token_id: int) -> Any:
    if tokens.revoke_token(token_id, signed_in().id, clock.utcnow()):
        flash(_("That token opens nothing any more."), "good")
    db.session.commit()
    return goto(url_for("identity.settings"))


def _page(member: Member, form: Mapping[str, Any], errors: Mapping[str, str] | None = None, status: int = 200) -> Any:
    who = visitor()
    page = render_template(
        "identity/settings.html",
        form=form,
        wishes={name: getattr(member, name) for name in WISHES},
        errors=dict.fromkeys((*fields.DEFAULT_VISIBILITY, "handle"), "") | dict(errors or {}),
        has_picture=member.picture is not None,
        limits=LIMITS,
        area_options=[(area, _area_label(area)) for area in fields.AREAS],
        tokens=queries.api_tokens(member.id, clock.utcnow()),
        programs=connected(member.id, clock.utcnow()),
        logins=queries.logins(member.id, clock.utcnow()),
        this_login_id=who.session.id if who else None,
    )
    return page, status


def _area_label(area: str) -> str:
    return {
        "evangelising": _("Evangelising"), "teaching": _("Teaching"), "advocating": _("Advocating"),
        "localising": _("Localising"), "documenting": _("Documenting"), "community building": _("Community building"),
        "testing": _("Testing"),
    }[area]  # fmt: skip


def _stored(member: Member) -> dict[str, Any]:
    return {
        "handle": member.handle,
        **{name: getattr(member, name) for name in LIMITS},
        "languages": ", ".join(member.languages),
        "areas": [area for area in member.areas if area in fields.AREAS],
        "more_areas": ", ".join(area for area in member.areas if area not in fields.AREAS),
        "links": "\n".join(member.links),
        "visibility": {name: fields.level(member.visibility or {}, name) for name in fields.DEFAULT_VISIBILITY},
        "calm": member.calm,
    }


def _typed() -> dict[str, Any]:
    """What was sent, as it was sent, for another look."""
    form = request.form
    return {
        **{name: form.get(name, "") for name in (*LIMITS, "handle", "languages", "more_areas", "links")},
        "areas": form.getlist("areas"),
        "visibility": {name: form.get(f"{name}_visibility", rank) for name, rank in fields.DEFAULT_VISIBILITY.items()},
        "calm": form.get("calm") == "1",
    }

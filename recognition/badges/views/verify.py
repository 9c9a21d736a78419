"""Whether a badge is genuine, for anybody who holds one in their hands. Nothing that is brought here is kept."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from flask import current_app, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge, TooManyRequests

from recognition import clock
from recognition.badges.forms.brought import CHECKED_MAX_BYTES, URL_MAX, Brought, address_of, brought
from recognition.badges.portable import looking
from recognition.badges.portable.telling import Picture, Told, told
from recognition.badges.views.blueprint import blueprint
from recognition.extensions import only_reading
from recognition.media import services as media
from recognition.media.rules import PIN, BadPicture
from recognition.web.access import public
from recognition.web.errors import http_error
from recognition.web.htmx import respond, wants_fragment
from recognition.web.limits import limited

FIELDS = ("text", "address")


@blueprint.get("/verify")
@public
def verify() -> Any:
    """`?url=` only fills in the field: what somebody else's link names is asked for by whoever presses the button."""
    return _page({"text": request.args.get("url", "")[:URL_MAX]}, {}, None)


@blueprint.post("/verify", endpoint="verified")
@public
def look() -> Any:
    try:
        _counted()
    except TooManyRequests as fault:
        return _too_often(fault)
    handed, errors = brought(request.form, request.files.get("file"), CHECKED_MAX_BYTES)
    address, wrong = address_of(request.form)
    if wrong:
        errors["address"] = wrong
    if errors:
        return respond(_page(request.form, errors, None), 422)
    return respond(_page(request.form if handed.url else {}, {}, _answer(handed, address)))


@limited("verify", times=20)
def _counted() -> None:
    """Within the view, since its own answer keeps what was pasted."""


def _too_often(fault: TooManyRequests) -> Any:
    words = _("You have looked at many badges within a minute. Wait for a moment, and press the button again.")
    response = make_response(respond(_page(request.form, {"text": words}, None), 429))
    response.headers.extend(header for header in fault.get_headers() if header[0] == "Retry-After")
    return response


@blueprint.errorhandler(413)
def too_large(fault: RequestEntityTooLarge) -> Any:
    """Raised while the form is read, so that nothing of it is there to be given back."""
    if request.endpoint != "badges.verified":
        return http_error(fault)
    words = _("This is larger than 2 MB, which no badge is. Nothing of it was looked at or kept.")
    return respond(_page({}, {"file": words}, None), 413)


def _answer(handed: Brought, address: str) -> Told:
    # A posted form begins as a writer; whoever waits for a stranger's server must not keep that place.
    with only_reading():
        found = looking.look(handed, clock.utcnow(), address)
        raw = looking.picture_of(found)
    return told(found.report, found.now, _safe(raw), current_app.extensions["settings"].base_url)


def _safe(raw: bytes) -> Picture | None:
    """In the page itself, so that no address of ours hands out what strangers brought."""
    try:
        made = media.made_safe(raw, PIN)
    except BadPicture:
        return None
    return Picture(f"data:image/webp;base64,{b64encode(made.file).decode()}", made.width_px, made.height_px)


def _page(values: Mapping[str, str], errors: Mapping[str, str], answer: Told | None) -> str:
    template = "badges/_verify.html" if wants_fragment() else "badges/verify.html"
    return render_template(
        template, values={name: values.get(name, "") for name in FIELDS}, answer=answer,
        errors={name: errors.get(name, "") for name in (*FIELDS, "file")},
    )  # fmt: skip

"""A member's webhooks: what is told to which program, its secret, and what became of each message."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.web.htmx import goto
from recognition.web.limits import limited
from recognition.webhooks import keeping, words
from recognition.webhooks.forms import hook_form
from recognition.webhooks.keeping import TooMany
from recognition.webhooks.models import Webhook
from recognition.webhooks.rules import EVENTS, ON, ONLY_MINE

blueprint = Blueprint("webhooks", __name__, url_prefix="/me/webhooks")
PRIVATE = {"Cache-Control": "private, no-store"}


@blueprint.get("/")
@member_required
def index() -> Any:
    return _index({"name": "", "url": "", "events": EVENTS, "whose": ONLY_MINE}, {})


@blueprint.post("/")
@member_required
@limited("webhook-add", times=30)
def add() -> Any:
    spec, errors = hook_form(request.form)
    if not errors:
        try:
            hook = keeping.add(signed_in().id, spec, clock.utcnow())
            hook_id = hook.id
            db.session.commit()
            flash(_("It listens from now on. Send a test to see whether it arrives."), "good")
            return goto(url_for(".show", hook_id=hook_id))
        except TooMany as fault:
            db.session.rollback()
            errors = {"name": str(fault)}
    return _index(_typed(), errors)


@blueprint.get("/<int:hook_id>")
@member_required
def show(hook_id: int) -> Any:
    hook = _own_or_404(hook_id)
    return _page(hook, _stored(hook), {})


@blueprint.post("/<int:hook_id>")
@member_required
def save(hook_id: int) -> Any:
    hook = _own_or_404(hook_id)
    spec, errors = hook_form(request.form)
    if errors:
        return _page(hook, _typed(), errors)
    keeping.change(hook, spec)
    db.session.commit()
    flash(_("Saved."), "good")
    return goto(url_for(".show", hook_id=hook_id))


@blueprint.post("/<int:hook_id>/switch")
@member_required
def switch(hook_id: int) -> Any:
    on = request.form.get("to") == ON
    keeping.switch(_own_or_404(hook_id), on)
    db.session.commit()
    flash(_("It listens again.") if on else _("It is off, and hears nothing."), "good")
    return goto(url_for(".show", hook_id=hook_id))


@blueprint.post("/<int:hook_id>/rotate")
@member_required
@limited("webhook-rotate", times=10)
def rotate(hook_id: int) -> Any:
    number = request.form.get("number", "")
    hook = _own_or_404(hook_id)
    keeping.rotate(hook, int(number) if number.isdecimal() and len(number) < 9 else 0, clock.utcnow())
    db.session.commit()
    flash(_("There is a new secret. The one before signs as well for a day, so that you have time to change it."), "good")
    return goto(url_for(".show", hook_id=hook_id))


@blueprint.post("/<int:hook_id>/test")
@member_required
@limited("webhook-test", times=10)
def test(hook_id: int) -> Any:
    hook = _own_or_404(hook_id)
    if hook.state != ON:
        flash(_("It is not on. Switch it on first."), "care")
        return goto(url_for(".show", hook_id=hook_id))
    keeping.test(hook, clock.utcnow())
    db.session.commit()
    flash(_("A test is on its way. Look at the log in a moment."), "good")
    return goto(url_for(".show", hook_id=hook_id, _anchor="log"))


@blueprint.post("/<int:hook_id>/messages/<int:message_id>/again")
@member_required
@limited("webhook-again", times=30)
def again(hook_id: int, message_id: int) -> Any:
    done = keeping.send_again(_own_or_404(hook_id), message_id, clock.utcnow())
    db.session.commit()
    flash(_("It goes once more, under the same id.") if done else _("It is on its way already."), "good" if done else "care")
    return goto(url_for(".show", hook_id=hook_id, _anchor="log"))


@blueprint.post("/<int:hook_id>/remove")
@member_required
def remove(hook_id: int) -> Any:
    keeping.remove(_own_or_404(hook_id), signed_in().id)
    db.session.commit()
    flash(_("It is gone, with its log."), "good")
    return goto(url_for(".index"))


def _own_or_404(hook_id: int) -> Webhook:
    return keeping.own(hook_id, signed_in().id) or abort(404)


def _index(values: Mapping[str, Any], errors: Mapping[str, str]) -> Any:
    page = render_template("webhooks/index.html", hooks=keeping.of_member(signed_in().id), states=words.states(),
                           **_fields(values, errors))  # fmt: skip
    return page, 422 if errors else 200, PRIVATE


def _page(hook: Webhook, values: Mapping[str, Any], errors: Mapping[str, str]) -> Any:
    found = keeping.messages(hook, request.args.get("after"))
    older = url_for(".show", hook_id=hook.id, after=found.next_cursor, _anchor="log") if found.next_cursor else ""
    page = render_template(
        "webhooks/hook.html", hook=hook, secret=keeping.secret_of(hook), messages=found.items, older=older,
        states=words.states(), outcomes=words.outcomes(), fault=words.fault, called=words.events(), **_fields(values, errors),
    )  # fmt: skip
    return page, 422 if errors else 200, PRIVATE


def _fields(values: Mapping[str, Any], errors: Mapping[str, str]) -> dict[str, Any]:
    called = words.events()
    return {
        "values": values, "errors": dict.fromkeys(("name", "url", "events"), "") | dict(errors),
        "events": [(event, called[event]) for event in EVENTS],
        "whose": [(ONLY_MINE, _("Only what is mine")), ("all", _("Everything that I may see"))],
    }  # fmt: skip


def _stored(hook: Webhook) -> dict[str, Any]:
    return {"name": hook.name, "url": hook.url, "events": hook.events, "whose": ONLY_MINE if ONLY_MINE in hook.events else "all"}


def _typed() -> dict[str, Any]:
    form = request.form
    return {"name": form.get("name", ""), "url": form.get("url", ""), "events": form.getlist("events"),
            "whose": form.get("whose", ONLY_MINE)}  # fmt: skip

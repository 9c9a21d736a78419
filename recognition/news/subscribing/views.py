"""The pages of the news by mail: asked for, confirmed, and left with one press, all without an account."""

from typing import Any

from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import csrf, db
from recognition.news.models import Subscriber
from recognition.news.subscribing import services
from recognition.news.subscribing.rules import RHYTHMS, is_address
from recognition.news.subscribing.tokens import JOIN, LEAVE, meant_by
from recognition.web.access import public
from recognition.web.htmx import goto
from recognition.web.limits import limited

blueprint = Blueprint("subscribing", __name__, url_prefix="/news")
LANGUAGE_MAX = 16


@blueprint.get("/subscribe")
@public
def form() -> Any:
    return _form({"address": "", "rhythm": RHYTHMS[0]}, {})


@blueprint.post("/subscribe")
@public
@limited("subscribe", times=10, seconds=3600)
def ask() -> Any:
    if current_app.extensions["settings"].mail is None:
        abort(404)
    given = {"address": request.form.get("address", "").strip(), "rhythm": request.form.get("rhythm", "")}
    errors: dict[str, str] = {}
    if not is_address(given["address"]):
        errors["address"] = _("This does not look like a mail address. It should read like name@example.org.")
    if given["rhythm"] not in RHYTHMS:
        errors["rhythm"] = _("Choose one of the two.")
    if errors:
        return _form(given, errors), 422
    language = request.accept_languages.best or ""
    services.ask(given["address"], given["rhythm"], language if len(language) <= LANGUAGE_MAX else "", clock.utcnow())
    db.session.commit()
    return goto(url_for(".asked"))


@blueprint.get("/subscribe/asked")
@public
def asked() -> Any:
    """Says the same whether the address was new, known or wrong."""
    return render_template("subscribing/asked.html")


@blueprint.get("/subscribe/<token>")
@public
def question(token: str) -> Any:
    """Mail programs open links by themselves, so a look alone changes nothing."""
    return _no_store(render_template("subscribing/question.html", one=_one(JOIN, token) or abort(404), token=token, is_on=False))


@blueprint.post("/subscribe/<token>")
@public
def confirm(token: str) -> Any:
    subscriber_id, address = meant_by(JOIN, token) or abort(404)
    if not services.confirm(subscriber_id, address, clock.utcnow()):
        abort(404)
    db.session.commit()
    return _no_store(render_template("subscribing/question.html", one=_one(JOIN, token), token=token, is_on=True))


@blueprint.get("/unsubscribe/<token>")
@public
def leaving(token: str) -> Any:
    if meant_by(LEAVE, token) is None:
        abort(404)
    return _no_store(render_template("subscribing/left.html", token=token, is_off=False))


@blueprint.post("/unsubscribe/<token>")
@public
def leave(token: str) -> Any:
    """Also pressed by mail programs for their people (RFC 8058)."""
    _subscriber_id, address = meant_by(LEAVE, token) or abort(404)
    services.leave(address)
    db.session.commit()
    return _no_store(render_template("subscribing/left.html", token=token, is_off=True))


csrf.exempt(confirm)
csrf.exempt(leave)


def _one(purpose: str, token: str) -> Subscriber | None:
    meant = meant_by(purpose, token)
    return services.subscriber(*meant) if meant else None


def _form(given: dict[str, str], errors: dict[str, str]) -> str:
    rhythms = list(zip(RHYTHMS, (_("Once a month"), _("Once a week")), strict=True))
    return render_template(
        "subscribing/form.html", form=given, errors={"address": "", "rhythm": ""} | errors, rhythms=rhythms,
        takes_place=current_app.extensions["settings"].mail is not None,
    )  # fmt: skip


def _no_store(page: str) -> Any:
    return page, 200, {"Cache-Control": "private, no-store"}

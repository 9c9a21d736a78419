"""My names in other places: added, shown to be mine, told what becomes of what is seen under them."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.inlets import faults, queries, words
from recognition.inlets.models import LinkedAccount
from recognition.inlets.policy import can_answer_for
from recognition.inlets.profiles import PROOF_PAGE, TOKEN_PREFIX, name_at, pages_of
from recognition.inlets.rules import ASK, OFF, TAKE, NotTaken
from recognition.inlets.services import accounts as services
from recognition.inlets.views.blueprint import blueprint
from recognition.web.htmx import goto, respond
from recognition.web.limits import limited

PLACE = "/me/accounts"
ADDRESS_MAX_CHARS = 300
ONE = f"<int(max={2**53}):account_id>"


@blueprint.get(PLACE)
@member_required
def accounts() -> Any:
    return _page("", {})


@blueprint.post(PLACE, endpoint="account_added")
@member_required
@limited("accounts", times=60, seconds=3600)
def add() -> Any:
    address = request.form.get("address", "")
    there = name_at(address, queries.forums(), queries.code_hosts()) if len(address) <= ADDRESS_MAX_CHARS else None
    if there is None:
        known = _("We can read profiles on a forum that tells us something, on a code host, and user pages of a wiki.")
        return respond(_page(address, {"address": f"{_('We do not know this address.')} {known}"}), 422)
    try:
        account = services.add(signed_in().id, there, clock.utcnow())
    except NotTaken as refused:
        db.session.rollback()
        return respond(_page(address, {"address": str(refused)}), 422)
    is_proven, account_id = account.proven_at is not None, account.id
    db.session.commit()
    flash(_("It is on your list already.") if is_proven else _("Now show us that it is yours."))
    return goto(url_for(".accounts", _anchor=f"a-{account_id}"))


@blueprint.post(f"{PLACE}/{ONE}/look", endpoint="account_looked")
@member_required
@limited("look", times=30, seconds=3600)
def look(account_id: int) -> Any:
    """The page there is asked for while no row is held."""
    account = _own(account_id)
    there = (account.source, account.place, account.name)
    token, pages = account.token, pages_of(*there, queries.forums())
    db.session.rollback()
    stands, fault = services.stands_there(*there, token, pages)
    try:
        given = services.prove(_own(account_id), token, clock.utcnow()) if stands else 0
    except NotTaken as refused:
        db.session.rollback()
        abort(409, str(refused))
    db.session.commit()
    flash(*_looked(stands, fault, given))
    return goto(url_for(".accounts", _anchor=f"a-{account_id}"))


def _looked(stands: bool, fault: str, given: int) -> tuple[str, str]:
    if stands and given:
        waits = ngettext("%(num)d thing waits for your word.", "%(num)d things wait for your word.", given)
        return f"{_('It is yours, and we saw it.')} {waits}", "good"
    if stands:
        return _("It is yours, and we saw it. You can take the token out again."), "good"
    if fault:
        return f"{_('We could not look there.')} {faults.words(fault)}", "care"
    return _("We looked, and the token is not there yet. Some pages take a few minutes to change."), "care"


@blueprint.post(f"{PLACE}/{ONE}/mode", endpoint="account_mode")
@member_required
def set_mode(account_id: int) -> Any:
    account = _own(account_id)
    if account.proven_at is None:
        abort(409, _("Show us first that it is yours."))
    services.set_mode(account, _mode(), clock.utcnow())
    db.session.commit()
    flash(_("Kept. We hold to it from now on."), "good")
    return goto(url_for(".accounts", _anchor=f"a-{account_id}"))


@blueprint.post(f"{PLACE}/sign-in/mode", endpoint="address_mode")
@member_required
def set_address_mode() -> Any:
    place, name = request.form.get("place", "")[:200], request.form.get("name", "")[:600]
    if not services.set_mode_of_address(signed_in().id, place, name, _mode(), clock.utcnow()):
        abort(404)
    db.session.commit()
    flash(_("Kept. We hold to it from now on."), "good")
    return goto(url_for(".accounts", _anchor="sign-in"))


@blueprint.post(f"{PLACE}/{ONE}/remove", endpoint="account_removed")
@member_required
def remove(account_id: int) -> Any:
    services.remove(_own(account_id))
    db.session.commit()
    flash(_("It is off your list. What is in your record stays there."), "good")
    return goto(url_for(".accounts"))


def _own(account_id: int) -> LinkedAccount:
    account = queries.account(account_id, signed_in().id) or abort(404)
    return account if can_answer_for(signed_in(), account) else abort(403)


def _mode() -> str:
    mode = request.form.get("mode", "")
    return mode if mode in (ASK, TAKE, OFF) else abort(400)


def _page(address: str, errors: Mapping[str, str]) -> str:
    member = signed_in()
    waiting, _newest = queries.waiting(member.id)
    return render_template(
        "inlets/accounts.html", accounts=queries.accounts(member.id), addresses=queries.own_addresses(member.id),
        forums=sorted(queries.forums()), waiting=waiting, address=address, error=errors.get("address", ""),
        modes=[(ASK, _("Ask me once a week")), (TAKE, _("Take it at once")), (OFF, _("Leave it be"))], source_words=words.source,
        where_to_put_it=words.where_to_put_it, prefix=TOKEN_PREFIX, proof_page=PROOF_PAGE,
    )  # fmt: skip

"""Terms of roles: what their holders would like, and who renews them."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import member_required, role_required, signed_in
from recognition.identity.models import ROLES, Grant
from recognition.identity.queries import member_by_handle, profiles
from recognition.identity.rules import Refused
from recognition.identity.services import roles
from recognition.web.htmx import goto
from recognition.web.pagination import PAGE_SIZE, decode, page

blueprint = Blueprint("terms", __name__)
ROLE_WORDS = {"reviewer": lazy_gettext("reviewer"), "council": lazy_gettext("council"), "admin": lazy_gettext("admin"),
              "staff": lazy_gettext("staff")}  # fmt: skip


@blueprint.get("/me/terms")
@member_required
def mine() -> Any:
    held = sa.select(Grant).where(Grant.member_id == signed_in().id).order_by(Grant.role)
    return render_template("identity/terms.html", grants=db.session.scalars(held).all(), words=ROLE_WORDS, today=_today())


@blueprint.post("/me/terms")
@member_required
def wish() -> Any:
    try:
        roles.wish(signed_in(), request.form.get("role", ""), request.form.get("wish", ""))
    except Refused as refused:
        abort(409, str(refused))
    db.session.commit()
    flash(_("Thank you for saying so. The council sees it."), "good")
    return goto(url_for(".mine"))


@blueprint.get("/council/terms")
@role_required("council", "admin")
def index() -> Any:
    return listed()


def listed(error: str = "", at: str = "", field: str = "ends_on", typed: str = "") -> str:
    """With what could not be done: `at` is handle and role of the one it was about, `field` where it was `typed`. Forms are sent
    with the ?after= of their page, so that they come back on it."""
    last = decode(request.args.get("after"), (str, int))
    far = sa.literal(date(9999, 1, 1), sa.Date())
    order = (sa.func.coalesce(Grant.ends_on, far), Grant.id)
    wanted = sa.select(Grant).order_by(*order).limit(PAGE_SIZE + 1)
    if last:
        wanted = wanted.where(sa.tuple_(*order) > sa.tuple_(sa.literal(_day(last[0]), sa.Date()), sa.literal(last[1])))
    rows = db.session.scalars(wanted).all()
    found = page(rows, PAGE_SIZE, lambda one: (str(one.ends_on or "9999-01-01"), one.id))
    older = url_for(".index", after=found.next_cursor) if found.next_cursor else ""
    people = profiles([one.member_id for one in found.items], signed_in())
    return render_template(
        "council/terms.html", grants=found.items, people=people, words=ROLE_WORDS, today=_today(), older=older,
        after=request.args.get("after"), error=error, at=at, wrong=field, typed=typed,
    )  # fmt: skip


@blueprint.post("/council/terms")
@role_required("admin")
def renew() -> Any:
    member = member_by_handle(request.form.get("handle", "")) or abort(404)
    role = request.form.get("role", "")
    if role not in ROLES:
        abort(404)
    typed = request.form.get("ends_on", "").strip()
    try:
        ends_on = date.fromisoformat(typed) if typed else None
    except ValueError:
        return listed(_("Please give a day, such as 2027-06-30, or none."), f"{member.handle}-{role}"), 422
    if ends_on is not None and ends_on < _today():
        return listed(_("That day is over already."), f"{member.handle}-{role}"), 422
    try:
        roles.set_term(member, role, signed_in(), ends_on)
    except Refused as refused:
        db.session.rollback()
        return listed(str(refused), f"{member.handle}-{role}"), 409
    db.session.commit()
    flash(_("Renewed."), "good")
    return goto(url_for(".index"))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(400)


def _today() -> date:
    return clock.utcnow().date()

"""Badges from elsewhere, as everybody sees them."""

from typing import Any

from flask import abort, render_template, request, url_for

from recognition.backpack import arriving, queries
from recognition.backpack.views.blueprint import blueprint
from recognition.backpack.words import not_mine, standing
from recognition.badges.portable.telling import lines
from recognition.identity.access import current_member
from recognition.identity.queries import profile
from recognition.openbadges.checking.report import CODES, Finding
from recognition.web.access import public


@blueprint.get("/badges-from-elsewhere/<key>")
@public
def badge(key: str) -> Any:
    one, holder = queries.page_of(key, current_member()) or abort(404)
    # Codes of an older version of this program may be unknown to this one.
    kept = [Finding(found["code"], found["detail"]) for found in one.findings if found["code"] in CODES]
    own = holder.is_self
    return render_template(
        "backpack/badge.html", badge=one, holder=holder, standing=standing(one), lines=lines(kept, None) if own else [],
        why_not=not_mine(bool(queries.verified_addresses(holder.id))) if own and not one.is_mine else "",
        file_name=arriving.file_name(one),
    )  # fmt: skip


@blueprint.get("/members/<handle>/badges-from-elsewhere")
@public
def of_member(handle: str) -> Any:
    person = profile(handle, current_member()) or abort(404)
    badges = queries.shown(person.id, request.args.get("after"), size=24)
    older = url_for(".of_member", handle=handle, after=badges.next_cursor) if badges.next_cursor else ""
    return render_template("backpack/of_member.html", person=person, badges=badges.items, older=older)

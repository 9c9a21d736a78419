"""The people."""

from typing import Any

from flask import render_template, request, url_for

from recognition.identity import queries
from recognition.identity.access import current_member, member_required, signed_in
from recognition.identity.views.blueprint import blueprint
from recognition.web.access import public

SEARCH_MAX_CHARS = 80
SUGGESTED = 12


@blueprint.get("/members/")
@public
def members() -> Any:
    search = " ".join(request.args.get("q", "")[:SEARCH_MAX_CHARS].replace("\x00", "").split())
    page = queries.members(current_member(), search, request.args.get("after"))
    after = url_for("identity.members", q=search or None, after=page.next_cursor) if page.next_cursor else ""
    return render_template(
        "identity/members.html", page=page, search=search, next_url=after, is_first="after" not in request.args
    )


@blueprint.get("/members/suggested/handles")
@member_required
def handles() -> Any:
    """Options for a field that takes a handle, while somebody types a name or a part of it."""
    search = " ".join(request.args.get("nominee", "")[:SEARCH_MAX_CHARS].replace("\x00", "").removeprefix("@").split())
    found = queries.members(signed_in(), search, size=SUGGESTED).items if search else []
    return render_template("identity/_handles.html", people=found)

"""The people."""

from typing import Any

from flask import render_template, request, url_for

from recognition.identity import directory, queries
from recognition.identity.access import current_member, member_required, signed_in
from recognition.identity.views.blueprint import blueprint
from recognition.web.access import public

SEARCH_MAX_CHARS = 80
SUGGESTED = 12


@blueprint.get("/members/")
@public
def members() -> Any:
    search = " ".join(request.args.get("q", "")[:SEARCH_MAX_CHARS].replace("\x00", "").split())
    viewer, known = current_member(), directory.filters()
    chosen = {one.name: value for one in known if (value := request.args.get(one.name, "")) in dict(one.options) and value}
    also = [one.condition(chosen[one.name], viewer) for one in known if one.name in chosen]
    page = queries.members(viewer, search, request.args.get("after"), also=also)
    asked: dict[str, Any] = {"q": search or None, **chosen}
    return render_template(
        "identity/members.html", page=page, search=search, filters=known, chosen=chosen, is_first="after" not in request.args,
        next_url=url_for("identity.members", **asked, after=page.next_cursor) if page.next_cursor else "",
        first_url=url_for("identity.members", **asked),
    )  # fmt: skip


@blueprint.get("/members/suggested/handles")
@member_required
def handles() -> Any:
    """Options for a field that takes a handle, while somebody types a name or a part of it."""
    search = " ".join(request.args.get("nominee", "")[:SEARCH_MAX_CHARS].replace("\x00", "").removeprefix("@").split())
    found = queries.members(signed_in(), search, size=SUGGESTED).items if search else []
    return render_template("identity/_handles.html", people=found)

"""The fields of a profile that a member shows or hides, and the columns derived from what they show."""

import unicodedata
from typing import Any

PUBLIC, MEMBERS, ONLY_ME = "public", "members", "me"
LEVELS = (PUBLIC, MEMBERS, ONLY_ME)

DEFAULT_VISIBILITY = {
    "name": PUBLIC,
    **dict.fromkeys(
        ("pronouns", "place", "languages", "areas", "links", "bio", "ask_me_about", "picture", "groups", "since"), MEMBERS
    ),
}
"""Every field with a choice, in the order of the page. The handle is a profile's address and always public."""

AREAS = ("evangelising", "teaching", "advocating", "localising", "documenting", "community building", "testing")
"""Suggested; any other word is as good."""

_LOOKS_LIKE = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("-", ""))


def level(visibility: dict[str, str], field: str) -> str:
    chosen = visibility[field] if field in visibility else _untold(visibility, field)
    return chosen if chosen in LEVELS else ONLY_ME


def _untold(visibility: dict[str, str], field: str) -> str:
    """There were members before there was a choice about their years: who keeps all but their name to themselves keeps these."""
    others = (other for other in DEFAULT_VISIBILITY if other not in ("name", "since"))
    if field == "since" and all(level(visibility, other) == ONLY_ME for other in others):
        return ONLY_ME
    return DEFAULT_VISIBILITY[field]


def fold(text: str) -> str:
    """For sorting and searching: no accents, no case, single spaces; other scripts stay."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(bare.split())


def look(handle: str) -> str:
    """Equal for handles that an eye may take for one another: "mo0n" and "moon", "a-b" and "ab"."""
    for written, seen in _LOOKS_LIKE:
        handle = handle.replace(written, seen)
    return handle


def derived(values: dict[str, Any]) -> dict[str, str]:
    """Columns that let a list be sorted and searched without touching what a reader may not see: the order uses the
    name only if it is public, and each kind of reader has a search text of its own."""
    handle, visibility = values["handle"], values.get("visibility") or {}
    shown = {field: (level(visibility, field), fold(values.get(field) or "")) for field in ("name", "place")}
    name_level, name = shown["name"]
    public = [handle, *(text for rank, text in shown.values() if rank == PUBLIC)]
    members = [handle, *(text for rank, text in shown.values() if rank != ONLY_ME)]
    return {
        "handle_look": look(handle),
        "sort_name": (name if name_level == PUBLIC else "")[:120] or handle,
        "search_public": "\n".join(public),
        "search_members": "\n".join(members),
    }

"""`/api/v1/members`: profiles for programs, each field as far as the token's owner may see it."""

from typing import Any

from flask import Blueprint, abort, current_app, jsonify, url_for

from recognition.identity.access import token_owner, token_welcome
from recognition.identity.queries import groups_of, members, profile
from recognition.identity.rules import ProfileView
from recognition.web.limits import limited
from recognition.web.openapi import CURSOR, Answer, Operation, Parameter, asked, described
from recognition.web.schemas import address, many, maybe, page_of, record, text

blueprint = Blueprint("identity_api", __name__, url_prefix="/api/v1")

_SHORT = {"handle": text(), "name": text(), "url": address(), "picture": maybe(address())}
MEMBER = record(_SHORT, name="Member")
PROFILE = record(
    _SHORT | {
        "pronouns": text(), "place": text(), "bio": text(), "ask_me_about": text(), "languages": many(text()),
        "areas": many(text()), "links": many(text()), "groups": many(text(words="A slug.")),
    },
    name="Profile",
)  # fmt: skip
LIST = Operation(
    "listMembers",
    "Members by name",
    {200: Answer("One page.", page_of(MEMBER))},
    "What is hidden from the asker is an empty text, and is not searched.",
    (Parameter("q", "Words that the visible fields hold.", text(100, 1)), CURSOR),
)
SHOW = Operation(
    "getMember",
    "One profile",
    {200: Answer("What is hidden from the asker is empty.", PROFILE)},
    "Without a token: what everybody sees. 404 for nobody and for a suspended member alike.",
)


@blueprint.get("/members")
@token_welcome("members:read")
@limited("api-members", times=300)
@described(LIST)
def listing() -> Any:
    found = members(token_owner(), asked("q", ""), asked("cursor"))
    args = {"q": asked("q")} if asked("q") else {}
    following = url_for(".listing", **args, cursor=found.next_cursor) if found.next_cursor else None
    return jsonify(items=[_short(one) for one in found.items], next_cursor=found.next_cursor, next=following)


@blueprint.get("/members/<handle>")
@token_welcome("members:read")
@limited("api-members", times=300)
@described(SHOW)
def member(handle: str) -> Any:
    viewer = token_owner()
    one = profile(handle, viewer) or abort(404)
    names = ("pronouns", "place", "bio", "ask_me_about")
    lists = ("languages", "areas", "links")
    shown = {name: getattr(one, name) for name in names} | {name: list(getattr(one, name)) for name in lists}
    return jsonify(_short(one) | shown | {"groups": [line.slug for line in groups_of(one, viewer)]})


def _short(one: ProfileView) -> dict[str, Any]:
    base: str = current_app.extensions["settings"].base_url
    picture = base + one.portrait_url if one.portrait_url else None
    return {"handle": one.handle, "name": one.name, "url": base + one.url, "picture": picture}

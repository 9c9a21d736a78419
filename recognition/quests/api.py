"""`/api/v1/quests`: the learning path for programs, with how far the token's owner is."""

from typing import Any

from flask import Blueprint, abort, current_app, jsonify, url_for

from recognition.identity.access import token_owner, token_welcome
from recognition.quests import queries
from recognition.quests.queries import QuestLine
from recognition.quests.rules import DONE, FAMILIES, LOCKED, OPEN, STARTED
from recognition.web.limits import limited
from recognition.web.openapi import Answer, Operation, Parameter, asked, described
from recognition.web.schemas import address, many, maybe, one_of, page_of, record, text, whole

blueprint = Blueprint("quests_api", __name__, url_prefix="/api/v1")

QUEST = record(
    {
        "slug": text(), "title": text(), "summary": text(), "family": one_of(*FAMILIES), "minutes": whole(),
        "campaign": maybe(text()), "url": address(), "steps": whole(), "steps_done": whole(),
        "state": one_of(LOCKED, OPEN, STARTED, DONE), "unlocks": text(words="What opens a locked one."),
        "needs": many(text(words="The slug of a quest.")),
    },
    name="Quest",
)  # fmt: skip
LIST = Operation(
    "listQuests",
    "Published quests in the order of the path",
    {200: Answer("All of them, at most 500, on one page.", page_of(QUEST))},
    "`state` and `steps_done` are those of the token's owner, who also gets the quests at rest that they are in the middle of; "
    "without a token, a guest's.",
    (Parameter("campaign", "Of one campaign, by slug.", text(80, 1)),),
)
SHOW = Operation("getQuest", "One quest", {200: Answer("The quest.", QUEST)})


@blueprint.get("/quests")
@token_welcome("quests:read")
@limited("api-public", times=600)
@described(LIST)
def listing() -> Any:
    lines = queries.quests_for(_owner_id(), asked("campaign"))
    return jsonify(items=[_shown(line) for line in lines], next_cursor=None, next=None)


@blueprint.get("/quests/<slug>")
@token_welcome("quests:read")
@limited("api-public", times=600)
@described(SHOW)
def quest(slug: str) -> Any:
    found = queries.walk(slug, _owner_id()) or abort(404)
    return jsonify(_shown(found.line))


def _owner_id() -> int | None:
    owner = token_owner()
    return owner.id if owner else None


def _shown(line: QuestLine) -> dict[str, Any]:
    base: str = current_app.extensions["settings"].base_url
    names = ("slug", "title", "summary", "family", "minutes", "campaign", "state", "unlocks")
    shown = {name: getattr(line, name) for name in names}
    more = {"url": base + url_for("quests.show", slug=line.slug), "steps": line.total, "steps_done": line.done}
    return shown | more | {"needs": list(line.needs)}

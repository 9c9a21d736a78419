"""What a browser sends of the first page and of one step, put into the draft as it is. Whether it is a quest yet says the
sheet; here nothing is refused but what is too large for any form of ours."""

import re
from collections.abc import Mapping
from typing import Any

from recognition.activities.builder.cards import Form, read
from recognition.pages.quest_studio import questions, rules
from recognition.pages.quest_studio.questions import LETTERS_OVER, LINES_KEPT
from recognition.quests.drafts import Draft
from recognition.quests.models import DO, QUIZ, READ, REFLECT

FRONT_TEXTS = {"title": 120, "summary": 400, "thanks": 400, "after": 2000}
FRONT_NUMBERS = ("minutes", "position")
BODY_MAX = 40_000
OF_KIND: dict[str, dict[str, int]] = {
    READ: {"body": BODY_MAX}, QUIZ: {}, REFLECT: {"prompt": 1000, "placeholder": 200},
    DO: {"prompt": 2000, "tag": 64},
}  # fmt: skip


def front(form: Form, draft: Draft) -> Draft:
    """The draft with what the first page says."""
    changed = {**draft, **{name: _text(form, name, limit) for name, limit in FRONT_TEXTS.items()}}
    changed |= {name: typed(form.get(name, "")) for name in FRONT_NUMBERS}
    changed |= {"family": form.get("family", ""), "map": [typed(form.get("map_x", "")), typed(form.get("map_y", ""))]}
    changed.pop("language", None)
    if (language := form.get("language", "").strip()[:16]) not in ("", "en"):
        changed["language"] = language
    if campaign := form.get("campaign", "").strip()[:80]:
        changed["campaign"] = campaign
    else:
        changed.pop("campaign", None)
    if form.get("opens") == "rule":
        rules.put(changed, rules.REQUIRES, read(form, rules.REQUIRES))
    else:
        for key in (rules.REQUIRES, f"{rules.REQUIRES}_written"):
            changed.pop(key, None)
    return changed


def front_values(draft: Draft) -> dict[str, str]:
    point = draft.get("map") if isinstance(draft.get("map"), list) else [50, 50]
    x, y = [*(point or []), "", ""][:2]
    plain = {name: str(draft.get(name, "")) for name in (*FRONT_TEXTS, *FRONT_NUMBERS, "family")}
    opens = "rule" if rules.has(draft, rules.REQUIRES) else "all"
    return plain | {"map_x": str(x), "map_y": str(y), "campaign": str(draft.get("campaign") or ""), "opens": opens,
                    "language": str(draft.get("language") or "en")}  # fmt: skip


def step(form: Form, before: Mapping[str, Any]) -> dict[str, Any]:
    """The step with what its page says; what the page does not ask for stays."""
    kind = str(before.get("kind"))
    changed = {**before, "title": _text(form, "title", 120), "minutes": typed(form.get("minutes", ""))}
    for name, limit in OF_KIND[kind].items():
        changed[name] = _text(form, name, limit)
    if kind == DO:
        changed["ideas"] = lines(form.get("ideas", ""), LINES_KEPT)
        rules.put(changed, rules.PROOF, read(form, rules.PROOF))
    if kind == QUIZ:
        changed |= questions.of_quiz(form)
        for name in ("draw", "mode", *questions.OF_TESTS):
            if changed.get(name) in ("", None):
                changed.pop(name, None)
    return changed


def step_values(one: Mapping[str, Any]) -> dict[str, str]:
    names = ("title", "minutes", "body", "prompt", "placeholder", "tag", "mode", "draw", *questions.OF_TESTS)
    values = {name: str(one.get(name, "")) for name in names} | {"ideas": "\n".join(map(str, one.get("ideas", ())))}
    return values | {"pass_mark": questions.percent(one.get("pass_mark", 1.0)), "mode": values["mode"] or "learn"}


def lines(text: str, most: int) -> list[str]:
    found = [line.strip() for line in clean(text).split("\n")]
    return [line for line in found if line][:most]


def typed(text: str) -> int | str:
    """A number where it is one; whatever else was typed stays, and the sheet says what is wrong with it."""
    text = text.strip()[:40]
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else text


def clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _text(form: Form, name: str, limit: int) -> str:
    return clean(form.get(name, ""))[: limit + LETTERS_OVER].strip()

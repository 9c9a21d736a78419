"""What a browser sends of the first page and of one step, put into the draft as it is. Whether it is a quest yet says the
sheet; here nothing is refused but what is too large for any form of ours."""

import json
import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from recognition.activities.builder.cards import Form, read
from recognition.pages.quest_studio import questions, rules
from recognition.quests.drafts import Draft
from recognition.quests.models import DO, QUIZ, READ, REFLECT

FRONT_TEXTS = ("title", "summary", "thanks", "after")
FRONT_NUMBERS = ("minutes", "position")
OF_KIND: dict[str, tuple[str, ...]] = {READ: ("body",), QUIZ: (), REFLECT: ("prompt", "placeholder"), DO: ("prompt", "tag")}
KEPT_LETTERS = 250_000
"""What is too long is kept on the bench, that its writer can shorten it; so far and no further, of a page."""


def front(form: Form, draft: Draft) -> Draft:
    """The draft with what the first page says."""
    changed = {**draft, **{name: _text(form, name) for name in FRONT_TEXTS}}
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
    changed = {**before, "title": _text(form, "title"), "minutes": typed(form.get("minutes", ""))}
    for name in OF_KIND[kind]:
        changed[name] = _text(form, name)
    if kind == DO:
        changed["ideas"] = lines(form.get("ideas", ""))
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


def too_much(part: Mapping[str, Any]) -> dict[str, str]:
    """A sentence at its longest field where it is more than is kept even on the bench; nothing of it is taken away."""
    if _letters(part) <= KEPT_LETTERS:
        return {}
    sizes = {name: _letters(value) for name, value in part.items() if name != "questions"}
    sizes |= {f"q-{number}-ask": _letters(one) for number, one in enumerate(part.get("questions", ()), start=1)}
    why = _("This is longer than we can keep. All of it is still here, and nothing was kept yet: please shorten it.")
    return {max(sizes, key=lambda name: sizes[name]): str(why)}


def _letters(part: Any) -> int:
    return len(json.dumps(part, ensure_ascii=False, default=str))


def lines(text: str) -> list[str]:
    found = [line.strip() for line in clean(text).split("\n")]
    return [line for line in found if line]


def typed(text: str) -> int | str:
    """A number where it is one; whatever else was typed stays, and the sheet says what is wrong with it."""
    text = text.strip()[:40]
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else text


def clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _text(form: Form, name: str) -> str:
    return clean(form.get(name, "")).strip()

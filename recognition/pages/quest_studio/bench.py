"""One quest on the bench: what it is, its steps in their order, and what is still to do before it can be published."""

from dataclasses import dataclass
from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.pages.quest_studio import reasons
from recognition.pages.quest_studio.blueprint import blueprint, council_only, quest_or_404
from recognition.pages.quest_studio.shelves import links_of
from recognition.quests import drafts
from recognition.quests.drafts import Draft, NoStep
from recognition.quests.models import Quest
from recognition.quests.services.drafting import DraftMoved, draft_of, keep
from recognition.web.htmx import goto, respond, wants_fragment


@dataclass(frozen=True)
class Row:
    """A step in the list. `fault`: the first thing that it lacks."""

    slug: str
    title: str
    kind: str
    minutes: int
    fault: str


@blueprint.get("/<slug>/")
@council_only
def show(slug: str) -> Any:
    return page(quest_or_404(slug))


def page(quest: Quest, status: int = 200, note: str = "") -> Any:
    return respond(render_template("council/quest.html", **shown(quest), note=note), status)


def shown(quest: Quest) -> dict[str, Any]:
    draft = draft_of(quest)
    found = drafts.faults(draft)
    return {
        "quest": quest, "draft": draft, "rows": rows_of(draft, found), "todo": reasons.about(draft, found),
        "is_full": len(draft["steps"]) >= drafts.STEPS_MAX, "kinds": kinds(), "seen": quest.draft_number,
        "minutes": sum(row.minutes for row in rows_of(draft, {})), "links": links_of(quest),
        "gone": (quest.draft or {}).get(drafts.TAKEN_OUT),
    }  # fmt: skip


def rows_of(draft: Draft, faults: dict[str, str]) -> list[Row]:
    by_step = reasons.of_steps(draft, faults)
    return [
        Row(str(step.get("slug")), title, kind, minutes, next(iter(by_step.get(str(step.get("slug")), {}).values()), ""))
        for step, (title, kind, minutes) in zip(draft["steps"], drafts.shape_of(draft["steps"]), strict=True)
    ]


def kinds() -> dict[str, tuple[str, str, str]]:
    """Name, what it is for, and its sign."""
    return {
        "read": (_("Read"), _("Words and pictures, two minutes at a time."), "book-open"),
        "quiz": (_("Questions"), _("A few that make one think, with hints after a miss."), "message-circle"),
        "reflect": (_("Think"), _("A question to oneself; the answer stays private."), "lightbulb"),
        "do": (_("Do"), _("Something real, proven by a deed."), "hand-heart"),
    }  # fmt: skip


@blueprint.post("/<slug>/steps")
@council_only
def arrange(slug: str) -> Any:
    """A step more, one less, the same one back, or another order: buttons, keys and the mouse all send the same."""
    quest = quest_or_404(slug)
    verb, _colon, what = request.form.get("move", "").partition(":")
    if request.form.get("seen", "") != str(quest.draft_number):
        return _late(quest)
    try:
        draft, opened, said = _put_back(quest, what) if verb == "back" else _arranged(draft_of(quest), verb, what)
        keep(quest, draft, quest.draft_number, signed_in().id)
    except (NoStep, DraftMoved):
        db.session.rollback()
        return _late(quest_or_404(slug))
    db.session.commit()
    if opened:
        return goto(url_for(".edit_step", slug=slug, step=opened))
    if wants_fragment():
        return respond(
            render_template("council/_quest_steps.html", **shown(quest_or_404(slug)), said=said, focus=what.partition(":")[0])
        )
    if said:
        flash(said, "good")
    return goto(url_for(".show", slug=slug) + "#steps")


def _late(quest: Quest) -> Any:
    note = str(_("Somebody changed the steps a moment ago, and this is how they stand now. Nothing is lost; please press again."))
    if wants_fragment():
        return _fragment(quest, note, "", 409)
    return page(quest, 409, note)


def _fragment(quest: Quest, said: str, focus: str, status: int = 200) -> Any:
    return respond(render_template("council/_quest_steps.html", **shown(quest), said=said, focus=focus), status)


def _put_back(quest: Quest, slug: str) -> tuple[Draft, str, str]:
    """The step that was taken out last, where it stood."""
    after = drafts.put_back(quest.draft or {}, slug)
    title = str(drafts.step_at(after, slug)[1].get("title") or _("The step without a title"))
    return after, "", str(_("“%(step)s” is back.", step=title))


def _arranged(draft: Draft, verb: str, what: str) -> tuple[Draft, str, str]:
    """The draft after it, the step to open, and a sentence for those who do not see the list."""
    if verb == "add":
        after, opened = drafts.added(draft, what)
        return after, opened, ""
    slug, _colon, to = what.partition(":")
    place, step = drafts.step_at(draft, slug)
    title = str(step.get("title") or _("The step without a title"))
    if verb == "remove":
        return drafts.removed(draft, slug), "", str(_("“%(step)s” is out. You can put it back.", step=title))
    there = {"up": place - 1, "down": place + 1}.get(verb, int(to) if to.isascii() and to.isdigit() and len(to) < 4 else place)
    after = drafts.moved(draft, slug, there)
    now_at = drafts.step_at(after, slug)[0] + 1
    return (
        after,
        "",
        str(_("“%(step)s” is step %(number)s of %(total)s now.", step=title, number=now_at, total=len(after["steps"]))),
    )

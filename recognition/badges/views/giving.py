"""Giving a badge by hand, to one person or to a list."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from recognition import clock
from recognition.badges.forms.lists import REASON_MAX, BadList, read_file, read_lines
from recognition.badges.rules import NotGiven
from recognition.badges.services.handing import Foreseen, Wanted, foresee, give_list
from recognition.badges.views.blueprint import blueprint
from recognition.badges.views.codes import given_badge
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.web.htmx import goto


@blueprint.get("/council/badges/<slug>/give")
@member_required
def give(slug: str) -> Any:
    return _page(slug, {"people": request.args.get("to", "")[:60], "reason": "", "level": ""}, {})


@blueprint.post("/council/badges/<slug>/give", endpoint="give_preview")
@member_required
def give_to_list(slug: str) -> Any:
    """`step` is "give" on the preview's own button; anything else looks first. `looked` says what that preview showed, so
    that nobody gets it who was not looked at."""
    badge = given_badge(slug)
    values = {name: request.form.get(name, "") for name in ("people", "reason", "level")}
    errors: dict[str, str] = {}
    try:
        values["people"] = _uploaded() or values["people"]
        wanted, level = _wanted(values), _level(values["level"], badge.levels)
        giver = signed_in()
        looked, gives = _looked_at(level, wanted), request.form.get("step") == "give"
        if not gives or request.form.get("looked") != looked:
            return _page(slug, values, {}, foresee(badge, level, wanted, giver), looked=looked, changed=gives)
        lines = give_list(badge, level, wanted, giver, clock.utcnow())
    except BadList as fault:
        errors = {"people": str(fault)}
    except NotGiven as fault:
        db.session.rollback()
        errors = {"badge": str(fault)}
    if errors:
        return _page(slug, values, errors), 422
    db.session.commit()
    given = sum(one.gives for one in lines)
    left = [one for one in lines if not one.gives and one.state not in ("held", "twice")]
    if given:
        flash(ngettext("Given to %(num)s person.", "Given to %(num)s people.", given), "good")
    if not left:
        return goto(url_for(".show", slug=slug))
    values["people"] = _as_text(left)
    return _page(slug, values, {}, left, after=True)


def _uploaded() -> str:
    file = request.files.get("file")
    return read_file(file.stream.read(1_000_001)) if file and file.filename else ""


def _wanted(values: dict[str, str]) -> list[Wanted]:
    common = " ".join(values["reason"].split())
    if len(common) > REASON_MAX:
        raise BadList(_("The reason is longer than %(most)s characters.", most=REASON_MAX))
    return [Wanted(line.number, line.handle, line.reason or common) for line in read_lines(values["people"])]


def _looked_at(level: int | None, wanted: Sequence[Wanted]) -> str:
    """Stands for a list in the form: whom, what for, and at which level."""
    said = json.dumps([level, [[one.handle, one.reason] for one in wanted]])
    return hashlib.sha256(said.encode()).hexdigest()


def _level(text: str, levels: list[int]) -> int | None:
    if not levels:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise NotGiven(_("Choose one of the levels of this badge."))
    return int(text)


def _as_text(lines: list[Foreseen]) -> str:
    """What is left over, ready to be mended and sent again."""
    rows = [f'{one.wanted.handle},"{one.wanted.reason.replace(chr(34), chr(34) * 2)}"' for one in lines]
    return "\n".join(["handle,reason", *rows])


def _page(
    slug: str,
    values: dict[str, str],
    errors: dict[str, str],
    lines: list[Foreseen] | None = None,
    *,
    after: bool = False,
    looked: str = "",
    changed: bool = False,
) -> str:
    badge = given_badge(slug)
    states = _state_words(badge.criteria is not None)
    return render_template(
        "badges/give.html",
        badge=badge,
        values=values,
        errors=dict.fromkeys(("people", "reason", "badge"), "") | errors,
        lines=[(one, states[one.state]) for one in lines or []],
        giving=sum(one.gives for one in lines or []),
        after=after,
        looked=looked,
        changed=changed,
    )


def _state_words(by_rule: bool) -> dict[str, str]:
    return {
        "given": _("gets it, save where they have it already or do not want it") if by_rule else _("gets it"),
        "renewed": _("has it, and it begins anew"),
        "held": _("has it already"),
        "kept_back": _("has it already, or does not want it"),
        "no_badges": _("takes no badges"),
        "blocked": _("takes no badges from this group"),
        "revoked": _("had it taken back; only the council can talk about that"),
        "unknown": _("nobody has this handle"),
        "twice": _("stands on the list twice"),
        "yourself": _("that is you, and nobody gives to themselves"),
        "no_reason": _("needs a reason"),
    }

"""What was seen elsewhere under my names: mine or not. Shown to nobody else."""

from itertools import groupby
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.identity.policy import can_write
from recognition.inlets import queries, words
from recognition.inlets.services import answering
from recognition.inlets.views.blueprint import blueprint
from recognition.web.htmx import goto
from recognition.web.limits import limited

IDS_MAX = 500
YES, NO, ALL = "yes", "no", "all"
ID_MAX = 2**53


@blueprint.get(answering.PATH)
@member_required
def suggestions() -> Any:
    member = signed_in()
    found = queries.suggestions(member.id, request.args.get("after"))
    count, newest = queries.waiting(member.id)
    older = url_for(".suggestions", after=found.next_cursor) if found.next_cursor else ""
    weeks = [
        (monday, [(words.source(source), place, list(some)) for (source, place), some in _by_place(list(week))])
        for monday, week in groupby(found.items, key=lambda one: one.monday)
    ]
    return render_template(
        "inlets/suggestions.html", weeks=weeks, older=older, count=count, newest=newest, shown=len(found.items),
        has_names=bool(queries.accounts(member.id)),
    )  # fmt: skip


@blueprint.post(answering.PATH, endpoint="suggestions_answered")
@member_required
@limited("suggestions", times=120)
def answer() -> Any:
    member, said, now = signed_in(), request.form.get("answer", ""), clock.utcnow()
    if not can_write(member):
        abort(403)
    if said not in (YES, NO, ALL):
        abort(400)
    if said == ALL:
        done = answering.answer_all(member.id, _number(request.form.get("newest", "")), True, now)
    else:
        done = answering.answer(member.id, [_number(one) for one in request.form.getlist("id")[:IDS_MAX]], said == YES, now)
    answering.heard(member.id, now)
    db.session.commit()
    flash(*_said(done, said))
    return goto(url_for(".suggestions"))


def _said(done: int, said: str) -> tuple[str, str]:
    if not done:
        return _("Nothing was chosen, so nothing changed."), "plain"
    if said == NO:
        words_no = ngettext("%(num)d thing is dropped; it will not be asked again.",
                            "%(num)d things are dropped; they will not be asked again.", done)  # fmt: skip
        return words_no, "good"
    return ngettext("%(num)d deed is in your record now.", "%(num)d deeds are in your record now.", done), "good"


def _by_place(week: list[queries.Suggestion]) -> Any:
    def place(one: queries.Suggestion) -> tuple[str, str]:
        return one.source, one.place

    return groupby(sorted(week, key=place), key=place)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 16 and int(text) <= ID_MAX):
        abort(400)
    return int(text)

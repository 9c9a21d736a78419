"""The team of a group: who has which role, which places are open, and what is to be done. For members."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity import policy
from recognition.identity.access import member_required, signed_in
from recognition.identity.models import Group, Member
from recognition.identity.queries import group_by_slug, membership
from recognition.roles import queries as roles
from recognition.roles.holding import TEAM
from recognition.roles.places import holders
from recognition.roles.rules import LINE_MAX_CHARS
from recognition.teams import forms, queries, rules, services
from recognition.teams.models import Task
from recognition.web.htmx import goto
from recognition.web.limits import limited

blueprint = Blueprint("team", __name__, url_prefix="/groups/<slug>/team")
TASK = f"/tasks/<int(max={2**53}):task_id>"
WRONG = ("role", "handle", "place", "reason", "error")
"""Of a holder that could not be written down (`handle`), or of a place that could not be ended (`place`, `reason`)."""
LIMITS = {"title": rules.TITLE_MAX_CHARS, "words": rules.WORDS_MAX_CHARS}


@blueprint.get("")
@member_required
def show(slug: str) -> Any:
    return page(group_or_404(slug))


@blueprint.post("/tasks")
@member_required
@limited("task-write", times=60)
def add(slug: str) -> Any:
    group, now = curated(slug), clock.utcnow()
    try:
        services.add(group, forms.task_form(request.form, now.date()), signed_in(), now)
    except (rules.NotSaved, rules.TooLate) as fault:
        db.session.rollback()
        errors = fault.errors if isinstance(fault, rules.NotSaved) else {"title": str(fault)}
        return page(group_or_404(slug), _typed(), errors), 422
    db.session.commit()
    flash(_("It is on the list. Members whom it may fit find it on their first page."), "good")
    return goto(url_for(".show", slug=slug, _anchor="tasks"))


@blueprint.get(f"{TASK}/edit")
@member_required
def edit(slug: str, task_id: int) -> Any:
    group = curated(slug)
    one = _live(group, task_id)
    wants = queries.lines([one], {group.id: group}, signed_in(), clock.utcnow())[0].wants
    values = {"title": one.title, "words": one.words, "wants": ", ".join(wants), "minutes": str(one.minutes),
              "until": str(one.until or ""), "seen": queries.mark(one)}  # fmt: skip
    return _form(group, one, values, {})


@blueprint.post(f"{TASK}/edit")
@member_required
@limited("task-write", times=60)
def change(slug: str, task_id: int) -> Any:
    group = curated(slug)
    one, seen = _live(group, task_id), request.form.get("seen", "")
    try:
        form = forms.task_form(request.form, min(clock.utcnow().date(), one.until or clock.utcnow().date()))
    except rules.NotSaved as fault:
        return _form(group, one, _typed() | {"seen": seen}, fault.errors), 422
    try:
        done = services.change(task_id, group, form, signed_in(), seen)
    except rules.TooLate as late:
        db.session.rollback()
        one = _live(group, task_id)
        return _form(group, one, _typed() | {"seen": queries.mark(one)}, {"title": str(late)}), 409
    if not done:
        abort(404)
    db.session.commit()
    flash(_("Saved."), "good")
    return goto(url_for(".show", slug=slug, _anchor="tasks"))


@blueprint.post(f"{TASK}/take")
@member_required
@limited("task", times=60)
def take(slug: str, task_id: int) -> Any:
    def act(group: Group, member: Member) -> str:
        services.take(task_id, group, member, clock.utcnow())
        return _("It is yours for two weeks. If it does not work out, hand it back; nobody asks why.")

    return _do(slug, act)


@blueprint.post(f"{TASK}/back")
@member_required
@limited("task", times=60)
def back(slug: str, task_id: int) -> Any:
    def act(_group: Group, member: Member) -> str:
        return _("Handed back. Thank you for having a look at it.") if services.hand_back(task_id, member.id) else ""

    return _do(slug, act)


@blueprint.post(f"{TASK}/done")
@member_required
@limited("task", times=60)
def done(slug: str, task_id: int) -> Any:
    """Then the box to tell it stands there, begun; nothing is told until they do."""
    group, member = group_or_404(slug), signed_in()
    one = services.finish(task_id, group, member, clock.utcnow())
    if one is None:
        db.session.rollback()
        flash(_("You do not have this task any more. You can tell what you did all the same."), "care")
        return goto(url_for(".show", slug=slug, _anchor="tasks"))
    wants = queries.lines([one], {group.id: group}, member, clock.utcnow())[0].wants
    there = telling(one, group, wants)
    db.session.commit()
    flash(_("Done, thank you! If you like, tell it, so that it stands on your record: the sentence is begun."), "good")
    return goto(there)


@blueprint.post(f"{TASK}/again")
@member_required
@limited("task", times=60)
def again(slug: str, task_id: int) -> Any:
    def act(group: Group, member: Member) -> str:
        return _("It is on the list again.") if services.open_again(task_id, group, member, clock.utcnow()) else ""

    return _do(slug, act)


@blueprint.post(f"{TASK}/off")
@member_required
@limited("task", times=60)
def off(slug: str, task_id: int) -> Any:
    def act(group: Group, member: Member) -> str:
        return _("Taken off the list.") if services.take_off(task_id, group, member, clock.utcnow()) else ""

    curated(slug)
    return _do(slug, act)


def telling(one: Task, group: Group, wants: Any) -> str:
    """The box, with the sentence begun."""
    tags = ", ".join("-".join(want.split()) for want in wants)
    return url_for("telling.new", text=one.title, group=group.slug, tags=tags or None)


def _do(slug: str, act: Callable[[Group, Member], str]) -> Any:
    """An empty sentence: it was so already, or is somebody else's."""
    try:
        said = act(group_or_404(slug), signed_in())
    except rules.TooLate as late:
        db.session.rollback()
        flash(str(late), "care")
    else:
        db.session.commit()
        flash(said or _("It has changed meanwhile; this is how it stands now."), "good" if said else "plain")
    return goto(url_for(".show", slug=slug, _anchor="tasks"))


def group_or_404(slug: str) -> Group:
    """A partner from outside has no team here."""
    found = group_by_slug(slug)
    if found is None or found.is_outside:
        abort(404)
    return found


def curated(slug: str) -> Group:
    group, viewer = group_or_404(slug), signed_in()
    if not policy.can_curate(viewer, membership(group.id, viewer.id)):
        abort(403)
    return group


def _live(group: Group, task_id: int) -> Task:
    one = db.session.get(Task, task_id)
    if one is None or one.group_id != group.id or one.done_at or one.gone_at:
        abort(404)
    return one


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in forms.FIELDS}


def _form(group: Group, one: Task, values: dict[str, str], errors: dict[str, str]) -> str:
    return render_template("teams/task.html", group=group, task=one, values=values, errors=_all(errors), limits=LIMITS)


def page(
    group: Group, values: dict[str, str] | None = None, errors: dict[str, str] | None = None, role: dict[str, str] | None = None
) -> str:
    """`values`, `errors`: of a task that could not be taken; `role`: of a holder, see `WRONG`."""
    viewer, now = signed_in(), clock.utcnow()
    own = membership(group.id, viewer.id)
    curates = policy.can_curate(viewer, own)
    found = queries.live(group, viewer, now, request.args.get("after"))
    here = roles.of_team(group.slug, viewer, now)
    return render_template(
        "teams/team.html", group=group, tasks=found.items, done=queries.lately_done(group, viewer, now), telling=telling,
        older=url_for(".show", slug=group.slug, after=found.next_cursor) if found.next_cursor else "",
        curates=curates, may_take=group.entry != "closed" or (own is not None and own.state == "in"),
        values=values or dict.fromkeys(forms.FIELDS, "") | {"minutes": "60"}, errors=_all(errors or {}), limits=LIMITS,
        is_writing=values is not None, roles=here, by_team=f"{TEAM}{group.slug}",
        wrong=dict.fromkeys(WRONG, "") | (role or {}), reason_max=LINE_MAX_CHARS,
        holders=holders([one.role.id for one in here], viewer, policy.sees_roster(viewer, own)),
    )  # fmt: skip


def _all(errors: dict[str, str]) -> dict[str, str]:
    return dict.fromkeys(forms.FIELDS, "") | errors

"""Nominating somebody, one's own nominations, and the queue of those who decide."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from recognition import clock
from recognition.badges import nominations, policy, queries
from recognition.badges.models import Badge
from recognition.badges.rules import NotGiven
from recognition.badges.services import nominating
from recognition.badges.services.nominating import REASON_MAX, BadNomination, DecidedAlready
from recognition.badges.views.blueprint import badge_or_404, blueprint
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.identity.models import Member
from recognition.identity.queries import member_by_handle
from recognition.identity.rules import NotAllowed, visible_fields
from recognition.web.errors import conflict
from recognition.web.htmx import goto
from recognition.web.limits import limited

MAX_ID = 2**63 - 1
FIELDS = ("nominee", "reason", "level")


@blueprint.get("/badges/<slug>/nominate")
@member_required
def nominate(slug: str) -> Any:
    return _form(_nominable(slug), {"nominee": request.args.get("for", "")[:60]}, {})


@blueprint.post("/badges/<slug>/nominate", endpoint="nominate_save")
@member_required
@limited("nominate", times=30, seconds=3600)
def nominate_save(slug: str) -> Any:
    badge, form = _nominable(slug), request.form
    nominee = member_by_handle(form.get("nominee", "").strip().removeprefix("@").lower()[:60])
    level = int(form["level"]) if badge.levels and form.get("level", "").isdecimal() else None
    reason = "\n".join(line.strip() for line in form.get("reason", "").strip().splitlines())
    try:
        if nominee is not None and queries.is_seen_wearing(badge, level, nominee.id, signed_in()):
            raise BadNomination("nominee", _("%(name)s wears it already.", name=visible_fields(nominee, signed_in()).called))
        nominating.nominate(badge, nominee, signed_in(), reason, level, clock.utcnow())
    except BadNomination as fault:
        db.session.rollback()
        return _form(badge_or_404(slug), form, {fault.field: str(fault)}), 422
    db.session.commit()
    flash(_("Thank you for seeing that. The council or a reviewer decides, and you hear of it."), "good")
    return goto(url_for(".nominations"))


@blueprint.get("/nominations/", endpoint="nominations")
@member_required
def own_nominations() -> Any:
    member = signed_in()
    found = nominations.own(member, request.args.get("after"))
    older = url_for(".nominations", after=found.next_cursor) if found.next_cursor else ""
    decides = policy.decides_everywhere(member) or bool(nominations.curated_groups(member.id))
    return render_template("badges/nominations.html", rows=found.items, older=older, states=_states(), decides=decides)


@blueprint.post(f"/nominations/<int(max={MAX_ID}):nomination_id>/take-back")
@member_required
def nomination_take_back(nomination_id: int) -> Any:
    if not nominations.is_own(nomination_id, signed_in().id):
        abort(404)
    if not nominating.take_back(nomination_id, signed_in().id, clock.utcnow()):
        db.session.rollback()
        abort(409, _("It was decided a moment ago, so it cannot be taken back."))
    db.session.commit()
    flash(_("Taken back."), "good")
    return goto(url_for(".nominations"))


@blueprint.get("/council/nominations")
@member_required
def nomination_queue() -> Any:
    return _queue({})


@blueprint.post("/council/nominations")
@member_required
def nominations_decide() -> Any:
    """`one` carries a single nomination from its own buttons, as in "approve:17"; `chosen` are the ticked ones."""
    approver, answer = signed_in(), " ".join(request.form.get("answer", "").split())
    _may_decide(approver)
    word, _colon, one = request.form.get("decision", "").partition(":")
    if word not in ("approve", "refuse"):
        abort(400)
    ids = [int(text) for text in ([one] if one else request.form.getlist("chosen")) if text.isdecimal() and len(text) < 18]
    passed: list[str] = []
    try:
        if one:
            for nomination_id in ids or abort(400):
                nominating.decide(nomination_id, approver, word == "approve", answer, clock.utcnow())
            decided = len(ids)
        else:
            decided, passed = nominating.decide_many(ids, approver, word == "approve", answer, clock.utcnow())
    except BadNomination as fault:
        db.session.rollback()
        return _queue({fault.field: str(fault)}, answer, ids), 422
    except NotGiven as fault:
        db.session.rollback()
        return _queue({"badge": str(fault)}, answer, ids), 422
    except DecidedAlready as fault:
        db.session.rollback()
        return conflict(str(fault), [(url_for(".nomination_queue", **_here()), _("Back to those that wait"))])
    except NotAllowed:
        abort(403)
    db.session.commit()
    _tell(decided, passed, word == "approve")
    return goto(url_for(".nomination_queue", **_here()))


def _tell(decided: int, passed: list[str], approved: bool) -> None:
    if decided and approved:
        flash(ngettext("%(num)s nomination approved. Whoever takes badges finds theirs in a moment.",
                       "%(num)s nominations approved. Whoever takes badges finds theirs in a moment.",
                       decided), "good")  # fmt: skip
    elif decided:
        flash(ngettext("%(num)s nomination answered with a no.", "%(num)s nominations answered with a no.", decided), "good")
    elif not passed:
        flash(_("Nothing was chosen, so nothing was decided."), "care")
    for sentence in dict.fromkeys(passed):
        flash(sentence, "care")


def _may_decide(member: Member) -> frozenset[int]:
    """The groups that the member looks after; 403 for whoever has nothing to decide."""
    curated = nominations.curated_groups(member.id)
    if not curated and not policy.decides_everywhere(member):
        abort(403)
    return curated


def _here() -> dict[str, Any]:
    """What the queue was narrowed to."""
    return {"badge": request.values.get("badge", "")[:64] or None, "mine": "1" if request.values.get("mine") == "1" else None}


def _queue(errors: Mapping[str, str], answer: str = "", chosen: Collection[int] = ()) -> str:
    member = signed_in()
    curated = _may_decide(member)
    here, after = _here(), request.args.get("after")
    badge, mine = here["badge"] or "", here["mine"] is not None
    found = nominations.waiting(member, curated, badge, mine, after)
    return render_template(
        "badges/nomination_queue.html",
        rows=found.items,
        older=url_for(".nomination_queue", after=found.next_cursor, **here) if found.next_cursor else "",
        badges=nominations.waiting_badges(member, curated),
        badge=badge,
        mine=mine,
        curates=bool(curated),
        after=after,
        errors={"badge": "", "answer": ""} | dict(errors),
        answer=answer,
        chosen=chosen,
        answer_max=REASON_MAX,
    )


def _nominable(slug: str) -> Badge:
    badge = badge_or_404(slug)
    if not policy.can_nominate(signed_in(), badge):
        abort(404)
    return badge


def _form(badge: Badge, values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render_template(
        "badges/nominate.html",
        badge=badge,
        values={name: values.get(name, "") for name in FIELDS},
        errors=dict.fromkeys(FIELDS, "") | dict(errors),
        reason_max=REASON_MAX,
    )


def _states() -> dict[str, str]:
    return {
        "open": _("waits for a decision"),
        "approved": _("approved"),
        "refused": _("answered with a no"),
        "taken_back": _("taken back"),
    }

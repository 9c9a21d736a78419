"""Where the studio asks for a human eye: awards that the log no longer bears out, and rules gone silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities import measure
from recognition.activities.criteria.tree import Leaf, leaves, listens_to
from recognition.badges import silence, words
from recognition.badges.policy import can_revoke
from recognition.badges.queries import award_by_key, badge_by_slug
from recognition.badges.rules import Rule
from recognition.badges.services.revoking import keep, revoke_in_question
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.identity.rules import ProfileView, visible_fields
from recognition.pages.badge_studio import queries
from recognition.pages.badge_studio.blueprint import blueprint, council_only
from recognition.text import is_blank
from recognition.web.htmx import goto, respond

REASON_MAX = 500


@dataclass(frozen=True)
class Question:
    """An award in question: what its rule asked for, how far the log goes now, and the deeds that were taken away.
    `kinds`: what those are called. `person` None: its holder does not show it, and whose it is is theirs."""

    found: queries.Flagged
    person: ProfileView | None
    sentence: str
    part: words.Part | None
    gone: queries.Gone
    kinds: words.Names
    decides: bool


@blueprint.get("/flagged")
@council_only
def flagged() -> Any:
    return _page({})


@blueprint.post("/flagged/<key>")
@council_only
def decide(key: str) -> Any:
    """Keep it, or take it back with a reason that its holder reads."""
    award = award_by_key(key) or abort(404)
    if not can_revoke(signed_in(), award.member_id):
        abort(403)
    verdict, reason = request.form.get("verdict", ""), request.form.get("reason", "").strip()
    if verdict not in ("keep", "revoke"):
        abort(400)
    if verdict == "revoke" and (is_blank(reason) or len(reason) > REASON_MAX):
        return respond(
            _page({key: _("Say in up to %(most)s characters why. Its holder reads it.", most=REASON_MAX)}, reason), 422
        )
    now, actor = clock.utcnow(), signed_in()
    done = keep(award.id, actor.id, now) if verdict == "keep" else revoke_in_question(award.id, actor.id, reason, now)
    db.session.commit()
    kept, taken = _("It stays where it is."), _("It is taken back, and its holder is told why.")
    late = _("This one is not in question any more: somebody was faster, or the log bears it out again.")
    flash((kept if verdict == "keep" else taken) if done else late, "good" if done else "care")
    return goto(url_for(".flagged"))


def _page(errors: dict[str, str], reason: str = "") -> str:
    found = queries.flagged(request.args.get("after"))
    older = url_for(".flagged", after=found.next_cursor) if found.next_cursor else ""
    return render_template("council/badges_flagged.html", questions=_questions(found.items), older=older, errors=errors,
                           reason=reason, reason_max=REASON_MAX)  # fmt: skip


def _questions(rows: Sequence[queries.Flagged]) -> list[Question]:
    rules = queries.rules_given([row.award for row in rows])
    known = {row.award.id: rules.get((row.award.badge_id, row.award.version)) for row in rows}
    names = words.names_for([rule.criteria for rule in rules.values()])
    asked: dict[Leaf, tuple[set[int], int]] = {}
    for row in rows:
        rule = known[row.award.id]
        for leaf in leaves(rule.criteria) if rule else ():
            people, cap = asked.get(leaf, (set(), 0))
            asked[leaf] = (people | {row.member.id}, max(cap, rule.top(leaf) if rule else 0))
    values = measure.measure_all(asked, now=clock.utcnow())
    gone = queries.gone({award_id: listens_to(rule.criteria) for award_id, rule in known.items() if rule})
    told = words.kind_names({kind for one in gone.values() for kind, _day in one.shown} - names.keys())
    viewer = signed_in()
    found = []
    for row in rows:
        rule = known[row.award.id]
        part = (
            _part(rule, {leaf: numbers.get(row.member.id, 0) for leaf, numbers in values.items()}, row, names) if rule else None
        )
        sentence = words.sentence(rule, names, row.award.level)
        lost, may = gone.get(row.award.id, queries.Gone()), can_revoke(viewer, row.member.id)
        person = visible_fields(row.member, viewer) if row.award.shown or row.member.id == viewer.id else None
        found.append(Question(row, person, sentence, part, lost, names | told, may))
    return found


def _part(rule: Rule, values: dict[Leaf, int], row: queries.Flagged, names: words.Names) -> words.Part:
    """How far the log goes towards the very award: a level that was given, not the next one."""
    below = [str(level) for level in rule.levels if row.award.level is not None and level < row.award.level]
    return words.progress(rule, values, names, below)


@blueprint.get("/silent")
@council_only
def silent() -> Any:
    found = queries.silent(request.args.get("after"))
    older = url_for(".silent", after=found.next_cursor) if found.next_cursor else ""
    return render_template("council/badges_silent.html", rows=found.items, older=older)


@blueprint.post("/silent/<slug>")
@council_only
def accept_silence(slug: str) -> Any:
    """Nothing is wrong with the rule: this silence is not noticed again."""
    badge = badge_by_slug(slug) or abort(404)
    done = silence.accept(badge.id, signed_in().id, clock.utcnow())
    db.session.commit()
    fine = _("Then all is well. You hear of it only if it gives again and goes silent once more.")
    flash(fine if done else _("It is not silent any more."), "good" if done else "care")
    return goto(url_for(".silent"))

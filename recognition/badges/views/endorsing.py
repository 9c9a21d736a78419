"""What others say about an award: saying it, showing it, taking it back, taking it down."""

import unicodedata
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.badges import policy, queries
from recognition.badges.models import Award
from recognition.badges.nominations import curated_groups
from recognition.badges.portable.endorsements import endorsement_by_key
from recognition.badges.portable.models import REMOVED, SHOWN, WITHDRAWN, Endorsement
from recognition.badges.services import endorsing
from recognition.badges.services.endorsing import BadEndorsement, Gone
from recognition.badges.views.awards import award_page
from recognition.badges.views.blueprint import blueprint
from recognition.extensions import db
from recognition.identity.access import member_required, role_required, signed_in
from recognition.identity.queries import group_by_slug, profiles
from recognition.text import shown_only
from recognition.web.htmx import goto
from recognition.web.limits import limited

REASON_MAX = 300
SHOW, HIDE = "show", "hide"


@blueprint.post("/awards/<key>/words", endpoint="endorse")
@member_required
@limited("endorse", times=30, seconds=3600)
def say(key: str) -> Any:
    """`speaker`: the slug of a group that the member looks after; empty where they speak for themselves."""
    member = signed_in()
    award, _holder = queries.award_page(key, member) or abort(404)
    if not policy.can_endorse(member, award):
        abort(403)
    slug = request.form.get("speaker", "")
    group = group_by_slug(slug) if slug else None
    if slug and (group is None or group.id not in curated_groups(member.id)):
        abort(403)
    try:
        endorsing.endorse(award, member, group.id if group else None, _lines("comment"), clock.utcnow())
    except BadEndorsement as fault:
        db.session.rollback()
        return award_page(key, said=request.form, errors={fault.field: str(fault)}), 422
    db.session.commit()
    flash(_("Thank you for saying it. The holder reads it now, and decides whether it shows."), "good")
    return goto(url_for(".award", key=key, _anchor="words"))


@blueprint.post("/me/words/<key>/answer", endpoint="answer_words")
@member_required
def answer(key: str) -> Any:
    said = _words(key)
    award = _award_of(said)
    if award.member_id != signed_in().id:
        abort(404)
    choice = request.form.get("answer")
    if choice not in (SHOW, HIDE):
        abort(400)
    _changed(lambda: endorsing.answer(said, choice == SHOW, clock.utcnow()))
    flash(_("It shows on your award's page.") if choice == SHOW else _("Only you and whoever said it see it."), "good")
    return goto(url_for(".award", key=award.key, _anchor="words"))


@blueprint.post("/words/<key>/withdraw", endpoint="withdraw_words")
@member_required
def withdraw(key: str) -> Any:
    said = _words(key)
    if said.member_id != signed_in().id:
        abort(404)
    award = _award_of(said)
    _changed(lambda: endorsing.withdraw(said))
    flash(_("Taken back."), "good")
    there = queries.award_page(award.key, signed_in()) is not None
    return goto(url_for(".award", key=award.key) if there else url_for(".show", slug=award.badge.slug))


@blueprint.get("/council/words/<key>/remove", endpoint="remove_words")
@role_required("council")
def remove(key: str) -> Any:
    return _remove_page(_removable(key), "", "")


@blueprint.post("/council/words/<key>/remove", endpoint="removed_words")
@role_required("council")
def remove_it(key: str) -> Any:
    said, reason = _removable(key), " ".join(_lines("reason").split())
    if not reason or len(reason) > REASON_MAX:
        sentence = _("Say in up to %(most)s characters why. Whoever said it reads your reason.", most=REASON_MAX)
        return _remove_page(said, reason, sentence), 422
    award = _award_of(said)
    _changed(lambda: endorsing.remove(said, signed_in().id, reason, clock.utcnow()))
    flash(_("It is taken down, and whoever said it is told why."), "good")
    return goto(url_for(".award", key=award.key))


def _removable(key: str) -> Endorsement:
    """The council sees what everybody sees, and no more."""
    said = _words(key)
    award = _award_of(said)
    if queries.award_page(award.key, signed_in()) is None or said.state != SHOWN:
        abort(404)
    if not policy.can_remove_words(signed_in(), said.member_id, award.member_id):
        abort(403)
    return said


def _remove_page(said: Endorsement, reason: str, error: str) -> str:
    who = profiles([said.member_id], signed_in())[said.member_id]
    return render_template("badges/remove_words.html", said=said, award=_award_of(said), who=who, reason=reason, error=error,
                           reason_max=REASON_MAX)  # fmt: skip


def _words(key: str) -> Endorsement:
    said = endorsement_by_key(key)
    if said is None or said.state in (WITHDRAWN, REMOVED):
        abort(404)
    return said


def _award_of(said: Endorsement) -> Award:
    return db.session.get_one(Award, said.award_id)


def _changed(change: Any) -> None:
    try:
        change()
    except Gone as fault:
        db.session.rollback()
        abort(409, str(fault))
    db.session.commit()


def _lines(name: str) -> str:
    """Without signs that may not stay, each line trimmed, as it is counted and kept."""
    text = unicodedata.normalize("NFC", shown_only(request.form.get(name, "")))
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())

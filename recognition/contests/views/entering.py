"""The form of an entry, from the first draft to the last change; taking it back; and all entries of mine."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.contests import queries
from recognition.contests.cards import asked_of, cards
from recognition.contests.entries import FIELDS, LIMITS, Draft, draft_of
from recognition.contests.models.entry import DRAFT, IN, WITHDRAWN, Entry
from recognition.contests.rules import ALT_MIN, ENTERING, NotAllowed, WrongPhase
from recognition.contests.services import entering
from recognition.contests.views.blueprint import blueprint
from recognition.contests.views.reading import Read, read
from recognition.contests.words import left, licences, phase_words
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.media import services as media
from recognition.media.rules import MAX_BYTES, WHOLE, BadPicture
from recognition.media.services import Prepared
from recognition.web.htmx import goto, respond
from recognition.web.limits import limited

TOKEN_MAX = 64
SEEN = FIELDS | {"picture"}


@blueprint.get("/<slug>/enter")
@member_required
def enter(slug: str) -> Any:
    """Where the member has as many entries as they may, the newest of them is what they look for."""
    at = read(slug)
    own = [entry for entry in queries.my_entries(at.contest, signed_in().id) if entry.member_id == signed_in().id]
    if at.stand.phase != ENTERING or len(own) >= at.contest.entries_each:
        return goto(url_for("contests.mine", slug=slug) if own else url_for("contests.show", slug=slug))
    return _form(at, None, _values(Draft()), {}, secrets.token_urlsafe(16))


@blueprint.post("/<slug>/enter")
@member_required
@limited("picture", times=60)
def enter_save(slug: str) -> Any:
    token = request.form.get("token", "")[:TOKEN_MAX] or secrets.token_urlsafe(16)
    return _save(slug, None, token)


@blueprint.get("/<slug>/entries/<key>/edit")
@member_required
def edit(slug: str, key: str) -> Any:
    at = read(slug)
    entry = _own(at, key)
    if at.stand.phase != ENTERING or entry.state not in (DRAFT, IN):
        return goto(url_for("contests.entry", slug=slug, key=key))
    return _form(at, entry, _values(entering.draft_from(entry)), {}, "")


@blueprint.post("/<slug>/entries/<key>/edit")
@member_required
@limited("picture", times=60)
def edit_save(slug: str, key: str) -> Any:
    return _save(slug, key, "")


@blueprint.post("/<slug>/entries/<key>/withdraw")
@member_required
def withdraw(slug: str, key: str) -> Any:
    at = read(slug)
    entry = _own(at, key)
    try:
        entering.withdraw_entry(entry, signed_in())
    except (NotAllowed, WrongPhase) as refused:
        abort(409, str(refused))
    db.session.commit()
    flash(_("Taken back. Nobody sees it any more, and its picture is gone."), "good")
    return goto(url_for("contests.show", slug=slug))


@blueprint.get("/<slug>/mine")
@member_required
def mine(slug: str) -> Any:
    at = read(slug)
    member = signed_in()
    entries = queries.my_entries(at.contest, member.id)
    own = [entry for entry in entries if entry.member_id == member.id]
    lines = [
        {"entry": entry, "card": card, "is_own": entry.member_id == member.id, "waits_for": len(asked_of(entry)),
         "is_asked": any(author.member_id == member.id for author in asked_of(entry)),
         "is_named": entry.nominee_id == member.id}
        for entry, card in zip(entries, cards(at.contest.takes, entries, member), strict=True)
    ]  # fmt: skip
    return render_template(
        "contests/mine.html", contest=at.contest, stand=at.stand, phase_words=phase_words(at.stand, at.now), lines=lines,
        may_begin=at.stand.phase == ENTERING and len(own) < at.contest.entries_each,
        time_left=left(at.contest.entries_until, at.now),
    )  # fmt: skip


def _own(at: Read, key: str) -> Entry:
    entry = queries.seen_entry(at.contest, key, at.reader, at.now)
    return entry if entry is not None and entry.member_id == signed_in().id else abort(404)


def _save(slug: str, key: str | None, token: str) -> Any:
    prepared, bad = _sent_picture(slug, key)
    at = read(slug)
    entry = _own(at, key) if key else None
    member, hands_in = signed_in(), request.form.get("then") == "hand_in"
    draft, errors = draft_of(request.form, at.contest.licences, entering.draft_from(entry) if entry else Draft())
    if bad is not None:
        errors["picture"] = str(bad)
    try:
        saved, more = entering.receive(at.contest, member, entry or token, draft, prepared, hands_in and not errors)
    except (NotAllowed, WrongPhase) as refused:
        db.session.rollback()
        at = read(slug)
        return respond(_form(at, _own(at, key) if key else None, request.form, errors, token, str(refused)), 409)
    was_in, errors = saved.state == IN, errors | more
    if errors and hands_in:
        errors = entering.lacking(at.contest, saved) | errors
    db.session.commit()
    if errors:
        refused_whole = errors.get(entering.WHOLE, "")
        page = _form(read(slug), saved, request.form, errors, "", refused_whole)
        return respond(page, bad.status if bad is not None else 409 if refused_whole else 422)
    flash(_said(was_in, saved.nominee_id is not None and saved.nominee_agreed is None), "good")
    place = "contests.entry" if was_in else "contests.edit"
    return goto(url_for(place, slug=slug, key=saved.key))


def _said(was_in: bool, is_asked: bool) -> str:
    if was_in and is_asked:
        return _("Handed in. Whom you named is asked first; others see it once they say yes.")
    if was_in:
        return _("It is handed in, and stays yours to change until the time for entries is over.")
    return _("Kept as a draft that only you see. Hand it in when you are ready.")


def _sent_picture(slug: str, key: str | None) -> tuple[Prepared | None, BadPicture | None]:
    """Opening a stranger's file may take seconds: no transaction waits for it. Nothing is opened or laid down for a contest
    that takes nothing, or for an entry that is not theirs."""
    file = request.files.get("picture")
    at = read(slug)
    if key:
        _own(at, key)
    if file is None or not file.filename or at.stand.phase != ENTERING:
        return None, None
    upload = file.stream.read(MAX_BYTES + 1)
    db.session.rollback()
    try:
        return media.prepare_picture(upload, WHOLE), None
    except BadPicture as bad:
        return None, bad


def _values(draft: Draft) -> dict[str, str]:
    plain = {name: getattr(draft, name) for name in FIELDS}
    named = ", ".join(f"@{handle}" for handle in draft.co_authors)
    return plain | {"co_authors": named, "nominee": f"@{draft.nominee}" if draft.nominee else ""}


def _form(
    at: Read, entry: Entry | None, values: Mapping[str, str], errors: Mapping[str, str], token: str, refused: str = ""
) -> str:
    contest = at.contest
    action = (
        url_for("contests.edit_save", slug=contest.slug, key=entry.key)
        if entry
        else url_for("contests.enter_save", slug=contest.slug)
    )
    known = licences()
    return render_template(
        "contests/enter.html", contest=contest, entry=entry, action=action, token=token, refused=refused,
        values={name: values.get(name, "") for name in FIELDS}, errors={name: errors.get(name, "") for name in SEEN},
        almost=bool(errors), limits=LIMITS, alt_min=ALT_MIN, time_left=left(contest.entries_until, at.now),
        picture=queries.pictures([entry]).get(entry.media_id or 0) if entry else None,
        licence_options=[(known[slug].slug, known[slug].name, known[slug].plain) for slug in contest.licences],
        is_in=entry is not None and entry.state == IN, is_gone=entry is not None and entry.state == WITHDRAWN,
    )  # fmt: skip

"""What members say about an entry; reporting one; and what whoever is named answers."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.activities.forms import new_nonce
from recognition.contests import flagged, queries, remarks
from recognition.contests.models.contest import Contest
from recognition.contests.models.entry import Entry, Remark
from recognition.contests.rules import REASON_MAX, REMARK_MAX, BadEntry, NotAllowed, WrongPhase
from recognition.contests.services import agreeing, flags, talking
from recognition.contests.views.blueprint import blueprint
from recognition.contests.views.reading import read
from recognition.database import moment
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.identity.queries import profiles
from recognition.web.access import public
from recognition.web.htmx import goto, respond
from recognition.web.limits import limited

ENTRY = "/<slug>/entries/<key>"
REMARK = f"<int(max={2**53}):remark_id>"
FLAG_FIELDS = ("reason", "remark")


@blueprint.get(f"{ENTRY}/talk")
@public
def talk(slug: str, key: str) -> Any:
    return _talk_page(*_found(slug, key))


@blueprint.post(f"{ENTRY}/talk")
@member_required
@limited("remark", times=20)
def say(slug: str, key: str) -> Any:
    contest, entry = _found(slug, key)
    text, nonce = request.form.get("text", ""), request.form.get("nonce", "") or new_nonce()
    try:
        talking.say(contest, entry, signed_in().id, text, nonce, moment())
    except BadEntry as fault:
        db.session.rollback()
        return respond(_talk_page(*_found(slug, key), fault.errors["text"], text), 422)
    except (WrongPhase, NotAllowed) as refused:
        db.session.rollback()
        return respond(_talk_page(*_found(slug, key), str(refused), text), 409)
    db.session.commit()
    flash(_("Said."), "good")
    return goto(url_for(".talk", slug=slug, key=key))


@blueprint.post(f"{ENTRY}/talk/{REMARK}/back")
@member_required
def take_back_remark(slug: str, key: str, remark_id: int) -> Any:
    _contest, entry = _found(slug, key)
    if not talking.take_back(entry, remark_id, signed_in().id):
        abort(404)
    db.session.commit()
    flash(_("Taken back."), "good")
    return goto(url_for(".talk", slug=slug, key=key))


@blueprint.get(f"{ENTRY}/flag")
@member_required
def flag_form(slug: str, key: str) -> Any:
    contest, entry = _found(slug, key)
    return _flag_page(contest, entry, _remark(contest, entry, request.args.get("remark", "")))


@blueprint.post(f"{ENTRY}/flag")
@member_required
@limited("flag", times=10)
def flag(slug: str, key: str) -> Any:
    contest, entry = _found(slug, key)
    remark = _remark(contest, entry, request.form.get("remark", ""))
    try:
        new = flags.report(entry, remark, signed_in().id, request.form.get("reason", ""), moment())
    except BadEntry as fault:
        db.session.rollback()
        return respond(_flag_page(contest, entry, remark, fault.errors["reason"]), 422)
    except NotAllowed as refused:
        db.session.rollback()
        return respond(_flag_page(contest, entry, remark, str(refused)), 403)
    db.session.commit()
    flash(_("Thank you. The council looks at it and tells you when it has.") if new
          else _("You have said so already, and the council has not got to it yet."), "good")  # fmt: skip
    return goto(url_for(".talk", slug=slug, key=key))


@blueprint.get(f"{ENTRY}/agree")
@member_required
def agree_form(slug: str, key: str) -> Any:
    contest, entry = _named(slug, key)
    return _agree_page(contest, entry)


@blueprint.post(f"{ENTRY}/agree")
@member_required
@limited("answer", times=20)
def agree(slug: str, key: str) -> Any:
    contest, entry = _named(slug, key)
    word = request.form.get("answer", "")
    if word not in ("yes", "no"):
        return respond(_agree_page(contest, entry, _("Choose one of the two.")), 422)
    try:
        agreeing.answer(contest, entry, signed_in().id, word == "yes")
    except (NotAllowed, WrongPhase) as refused:
        db.session.rollback()
        return respond(_agree_page(*_named(slug, key), str(refused)), 409)
    db.session.commit()
    flash(_("You are in it. Good to have you.") if word == "yes"
          else _("Noted, and that is quite all right. Only whoever named you learns of it."), "good")  # fmt: skip
    return goto(url_for(".agree_form", slug=slug, key=key))


def _found(slug: str, key: str) -> tuple[Contest, Entry]:
    """Whoever may not see the entry meets the page that nobody finds."""
    at = read(slug)
    return at.contest, queries.seen_entry(at.contest, key, at.reader, at.now) or abort(404)


def _named(slug: str, key: str) -> tuple[Contest, Entry]:
    contest, entry = _found(slug, key)
    return (contest, entry) if entry.nominee_id == signed_in().id else abort(404)


def _remark(contest: Contest, entry: Entry, given: str) -> Remark | None:
    """None: it is about the entry itself. A remark that the reader cannot see is not there."""
    if not given:
        return None
    may = remarks.access(contest, signed_in().id, moment())
    if not given.isdecimal() or len(given) > 15 or not may.is_open:
        abort(404)
    return remarks.remark_of(entry, int(given)) or abort(404)


def talk_part(contest: Contest, entry: Entry, cursor: str | None = None, error: str = "", text: str = "") -> Mapping[str, Any]:
    """What `contests/_talk.html` is drawn from, on the page of the entry and on its own."""
    found = remarks.talk_about(contest, entry, current_member(), moment(), cursor)
    older = url_for("contests.talk", slug=contest.slug, key=entry.key, after=found.next_cursor) if found.next_cursor else ""
    return {
        "talk": found, "contest": contest, "entry": entry, "older_talk": older, "talk_error": error, "talk_text": text,
        "talk_nonce": new_nonce(), "remark_max": REMARK_MAX,
    }  # fmt: skip


def _talk_page(contest: Contest, entry: Entry, error: str = "", text: str = "") -> str:
    return render_template("contests/talk.html", **talk_part(contest, entry, request.args.get("after"), error, text))


def _flag_page(contest: Contest, entry: Entry, remark: Remark | None, error: str = "") -> str:
    waits = remark is None and flagged.has_flagged(entry, signed_in().id)
    return render_template(
        "contests/flag.html", contest=contest, entry=entry, remark=remark, error=error, waits=waits,
        reason=request.form.get("reason", ""), reason_max=REASON_MAX,
    )  # fmt: skip


def _agree_page(contest: Contest, entry: Entry, error: str = "") -> str:
    who = profiles([entry.member_id], signed_in()).get(entry.member_id)
    return render_template(
        "contests/agree.html", contest=contest, entry=entry, who=who, error=error,
        open=agreeing.takes_answers(contest, moment()),
    )  # fmt: skip

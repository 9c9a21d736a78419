"""All entries of a contest, and one of them by itself."""

from typing import Any

from flask import abort, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.contests import flagged, queries
from recognition.contests.cards import asked_of, card, cards, host_of, makers_of, names_of
from recognition.contests.models.entry import IN, Entry
from recognition.contests.rules import ENTERING, NotAllowed, WrongPhase
from recognition.contests.services import authors
from recognition.contests.views.blueprint import blueprint
from recognition.contests.views.reading import Read, nobody_yet, read
from recognition.contests.words import attribution, licences, phase_words
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.identity.rules import visible_fields
from recognition.web.access import public
from recognition.web.htmx import goto, respond, wants_fragment
from recognition.web.limits import limited


@blueprint.get("/<slug>/entries/")
@public
def gallery(slug: str) -> Any:
    at = read(slug)
    found = queries.entries_page(at.contest, at.reader, at.now, request.args.get("after"))
    older = url_for("contests.gallery", slug=slug, after=found.next_cursor) if found.next_cursor else ""
    return render_template(
        "contests/gallery.html", contest=at.contest, stand=at.stand, phase_words=phase_words(at.stand, at.now), older=older,
        cards=cards(at.contest.takes, found.items, at.member), nobody_yet=nobody_yet(at.contest, at.stand),
    )  # fmt: skip


@blueprint.get("/<slug>/entries/<key>")
@public
def entry(slug: str, key: str) -> Any:
    """The page, or the part of it that the gallery's window shows."""
    at = read(slug)
    found = queries.seen_entry(at.contest, key, at.reader, at.now) or abort(404)
    template = "contests/_entry.html" if wants_fragment() else "contests/entry.html"
    return respond(render_template(template, **entry_part(at, found)))


def entry_part(at: Read, found: Entry) -> dict[str, Any]:
    """What `contests/_entry.html` is drawn from."""
    contest, member = at.contest, at.member
    shown = card(contest.takes, found, queries.pictures([found]), member)
    licence = licences().get(found.licence)
    newer, older = queries.neighbours(contest, found, at.reader, at.now)
    address = current_app.extensions["settings"].base_url + url_for("contests.entry", slug=contest.slug, key=found.key)
    asked = {author.member_id for author in asked_of(found)}
    return {
        "contest": contest, "stand": at.stand, "entry": found, "card": shown, "licence": licence,
        "people": [visible_fields(author.member, member) for author in makers_of(found)],
        "namer": visible_fields(found.member, member) if found.nominee_id is not None else None,
        "nominee": visible_fields(found.nominee, member) if found.nominee is not None else None,
        "attribution": attribution(shown.title, names_of(found, None), licence, address) if licence else "",
        "newer": newer, "older": older, "host": host_of(found.url),
        "is_mine": member is not None and found.member_id == member.id,
        "is_asked": member is not None and member.id in asked and found.state == IN,
        "is_named": member is not None and found.nominee_id == member.id and found.state == IN,
        "may_change": member is not None and found.member_id == member.id and at.stand.phase == ENTERING
        and found.state in ("draft", IN),
        "verdict": flagged.verdict(found, member) if found.hidden_at is not None or found.state == "out" else None,
    }  # fmt: skip


@blueprint.post("/<slug>/entries/<key>/author")
@member_required
@limited("answer", times=20)
def answer_author(slug: str, key: str) -> Any:
    """Whoever is named as having made it too says whether that is so."""
    at = read(slug)
    found = queries.seen_entry(at.contest, key, at.reader, at.now) or abort(404)
    word = request.form.get("answer")
    if word not in ("yes", "no"):
        abort(400)
    try:
        authors.answer_co_author(found.id, signed_in().id, word == "yes")
    except (NotAllowed, WrongPhase) as refused:
        abort(409, str(refused))
    db.session.commit()
    flash(_("Your name stands beside it now.") if word == "yes" else _("Noted. Your name stands nowhere beside it."), "good")
    return goto(url_for("contests.entry", slug=slug, key=key) if word == "yes" else url_for("contests.show", slug=slug))

"""My notices, and the count of new ones in the header of each page."""

from typing import Any

from flask import Blueprint, Flask, abort, g, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from recognition import clock
from recognition.announcements import queries, services, wishes
from recognition.announcements.topics import topic_words
from recognition.announcements.wishing import stop_topic
from recognition.extensions import csrf, db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.identity.services.mails import take_no_mail
from recognition.web import numbers
from recognition.web.access import public
from recognition.web.htmx import goto
from recognition.web.reading import start_writing

blueprint = Blueprint("announcements", __name__)


def install(app: Flask) -> None:
    app.jinja_env.globals["unread_notices"] = unread_notices


def unread_notices() -> str:
    """For templates: a small number, "9+", or nothing. Asked once a page, and not at all for guests."""
    if "unread_notices" not in g:
        try:
            member = current_member()
            g.unread_notices = queries.unread_words(member.id) if member else ""
        except SQLAlchemyError:  # the page that says that the database is away has a header too
            db.session.rollback()
            g.unread_notices = ""
    return str(g.unread_notices)


@blueprint.get("/me/notices")
@member_required
def notices() -> Any:
    found = queries.notices_page(signed_in(), request.args.get("after"))
    older = url_for(".notices", after=found.next_cursor) if found.next_cursor else ""
    newest = queries.shown(max((line.id for line in found.items), default=0))
    has_new = any(line.is_new for line in found.items)
    return render_template("announcements/notices.html", notices=found.items, older=older, newest=newest, has_new=has_new)


@blueprint.get(f"/me/notices/<int(max={numbers.MOST}):number>")
@member_required
def open_notice(number: int) -> Any:
    """A plain link, so that it opens in a new tab like any other; what it changes is only that the notice was seen."""
    member_id = signed_in().id
    start_writing()
    notice = services.open_notice(member_id, queries.meant(number), clock.utcnow())
    if notice is None:
        abort(404)
    path = queries.local(notice.path) or url_for(".notices")
    db.session.commit()
    return goto(path)


@blueprint.post("/me/notices/read")
@member_required
def read_all() -> Any:
    """`until`: the newest one that the page showed."""
    until = request.form.get("until", -1, type=int)
    if 0 <= until <= numbers.MOST:
        services.read_until(signed_in().id, queries.meant(until), clock.utcnow())
    db.session.commit()
    return goto(url_for(".notices"))


@blueprint.get("/mail/off/<token>")
@public
def mail_off(token: str) -> Any:
    """Mail programs open links by themselves, so a look alone changes nothing."""
    _member_id, topic = wishes.meant_by(token) or abort(404)
    return _off_page(token, topic, is_off=False)


@blueprint.post("/mail/off/<token>")
@public
def mail_off_now(token: str) -> Any:
    """Also pressed by mail programs for their people (RFC 8058), which bring no cookie and follow no redirect: the signed
    token is what says that it is meant."""
    member_id, topic = wishes.meant_by(token) or abort(404)
    if topic:
        stop_topic(member_id, topic, clock.utcnow())
    else:
        take_no_mail(member_id)
    db.session.commit()
    return _off_page(token, topic, is_off=True)


def _off_page(token: str, topic: str, is_off: bool) -> str:
    called = topic_words([topic])[topic] if topic else ""
    return render_template("announcements/mail_off.html", is_off=is_off, token=token, topic=called)


csrf.exempt(mail_off_now)

"""What members say about themselves, and what they choose."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from recognition.audit.services import record
from recognition.extensions import db
from recognition.identity import words
from recognition.identity.fields import ONLY_ME
from recognition.identity.models import Member
from recognition.identity.queries import is_free
from recognition.identity.rules import ProfileForm, Refused
from recognition.media import services as media
from recognition.media.services import Prepared
from recognition.refs import Ref

NAME_MAX_CHARS, BIO_MAX_CHARS = 120, 4000
"""The form of the settings page has the same; what a program says is no longer."""


def update_profile(member: Member, form: ProfileForm) -> None:
    """Raises Refused if the handle is somebody's, or looks like it."""
    if form.handle != member.handle:
        rename(member, form.handle)
    for name, value in form.texts.items():
        setattr(member, name, value)
    member.languages, member.areas, member.links = list(form.languages), list(form.areas), list(form.links)
    member.visibility = dict(form.visibility)
    member.calm = form.calm
    db.session.flush()


def say(member: Member, texts: Mapping[str, str], program: str) -> None:
    """For a program that the member let in: any of name and bio, by our names. Raises BadText. `program`: its key."""
    limits = {"name": NAME_MAX_CHARS, "bio": BIO_MAX_CHARS}
    wanted = {field: words.clean(text, limits[field], lines=field == "bio") for field, text in texts.items()}
    if wanted.get("name") == "":
        raise words.BadText(_("What shall we call you?"))
    changed = sorted(field for field, text in wanted.items() if getattr(member, field) != text)
    for field in changed:
        setattr(member, field, wanted[field])
    if changed:
        record("member.told_by_program", Ref("member", member.id), member.id, after={"fields": changed, "program": program})
    db.session.flush()


def rename(member: Member, handle: str) -> None:
    taken = Refused(_("Somebody has this handle, or one that looks like it. Please choose another one."))
    if not is_free(handle, but_for_id=member.id):
        raise taken
    before = member.handle
    try:
        with db.session.begin_nested():
            member.handle = handle
            db.session.flush()
    except IntegrityError:  # somebody chose it since we looked
        raise taken from None
    record("member.renamed", Ref("member", member.id), member.id, {"handle": before}, {"handle": handle})


def set_boards(member_id: int, on: bool) -> None:
    """Whether the member stands on boards at all; standings follow in the same transaction."""
    member = db.session.get_one(Member, member_id)
    member.on_boards = on
    db.session.flush()
    tell_changed(member_id)


def set_wishes(
    member: Member, *, on_boards: bool, takes_badges: bool, takes_mail: bool, wears_at_once: bool, shows_ties: bool
) -> None:
    """Each by itself. Whoever takes badges again gets what they have earned meanwhile."""
    again = takes_badges and not member.takes_badges
    member.takes_badges, member.takes_mail, member.wears_at_once = takes_badges, takes_mail, wears_at_once
    member.shows_ties = shows_ties
    db.session.flush()
    if on_boards != member.on_boards:
        set_boards(member.id, on_boards)
    if again:
        look_again(member.id)


def hide_words(member: Member) -> None:
    """Whatever they chose for themselves to say or show is for them alone until they choose again. Nothing is lost."""
    hidden = ("name", "pronouns", "place", "areas", "links", "bio", "ask_me_about", "picture")
    member.visibility = {**(member.visibility or {}), **dict.fromkeys(hidden, ONLY_ME)}
    db.session.flush()
    tell_changed(member.id)


def set_picture(member: Member, prepared: Prepared | None) -> None:
    """None takes the picture away. The old one is forgotten in both cases."""
    old_id = member.picture_id
    member.picture_id = media.keep_picture(prepared, member.id).id if prepared else None
    db.session.flush()
    if old_id is not None:
        media.forget_picture(old_id)
    db.session.expire(member, ["picture"])


def tell_changed(member_id: int) -> None:
    """After a change of state or of the choice to stand on boards: calls `app.extensions["member_changed"]`, functions
    of a member's id in packages above, which this one may not know."""
    hooks: list[Any] = current_app.extensions["member_changed"]
    for hook in hooks:
        hook(member_id)


def tell_mentors(mentee_ids: Iterable[int], now: datetime) -> None:
    """After `Member.mentor_id` of these was set. Calls `app.extensions["mentors_changed"]`."""
    hooks: list[Any] = current_app.extensions["mentors_changed"]
    for hook in hooks:
        hook(mentee_ids, now)


def tell_address(member_id: int) -> None:
    """After a change of the verified e-mail addresses of a member's logins. Calls `app.extensions["address_changed"]`."""
    hooks: list[Any] = current_app.extensions["address_changed"]
    for hook in hooks:
        hook(member_id)


def look_again(member_id: int) -> None:
    """After a change that lets a member earn what they could not before, and that the log does not tell: a group, a wish.
    Calls `app.extensions["look_again"]`."""
    hooks: list[Any] = current_app.extensions["look_again"]
    for hook in hooks:
        hook(member_id)

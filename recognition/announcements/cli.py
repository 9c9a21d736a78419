"""`recognition mail bounced`: for a mail server to hand us what came back."""

import sys

import click
from flask.cli import AppGroup

from recognition import clock
from recognition.announcements import bounces, wishes
from recognition.announcements.returned import MAX_BYTES, read
from recognition.extensions import db

mail = AppGroup("mail", help="Mails: take note of those that came back.")
TRUSTED_DAYS = 14
"""A letter comes back within days; after that its word counts no more, so that an old mail is no key."""


@mail.command("bounced")
def bounced() -> None:
    """Read one returned mail from the standard input. What is none of ours changes nothing."""
    now = clock.utcnow()
    found = read(sys.stdin.buffer.read(MAX_BYTES))
    told = wishes.returned_by(found.token) if found else None
    if found is None or told is None or not 0 <= now.toordinal() - told[2] <= TRUSTED_DAYS:
        click.echo("That is no letter of ours that came back; nothing was changed.")
        return
    key, to, _day = told
    is_stopped = bounces.count(to, key, found.for_ever, f"returned with {found.status}", now)
    db.session.commit()
    click.echo("No more mails go to that address." if is_stopped else "Noted; mails still go there.")

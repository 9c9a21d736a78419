"""`recognition inlets mail` and `recognition inlets take`."""

import json
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from recognition import clock
from recognition.activities.sources import feed, ical, mailin, mediawiki
from recognition.activities.sources.looked import Looked
from recognition.activities.sources.seen import Malformed, NotForUs
from recognition.extensions import db
from recognition.inlets.rules import NotTaken
from recognition.inlets.services import mailing
from recognition.inlets.services.seeing import take

REFUSED, NOBODY, LATER = 65, 67, 75
"""As mail servers read it (sysexits.h): what came is wrong, nobody is called so, try again later."""
SLICE = 500
READERS: dict[str, Callable[[bytes, str, datetime], Looked]] = {
    feed.NAME: feed.read,
    ical.NAME: lambda body, address, now: ical.read(body, address, now, own=False),
    mediawiki.NAME: mediawiki.read,
}

inlets = AppGroup("inlets", help="What comes in from elsewhere.")


@inlets.command("mail")
@click.option("--recipient", default="", help="The address that the mail is delivered to, where the server says so.")
def take_mail(recipient: str) -> None:
    """Take the mail on standard input as a report. Prints JSON; the exit status is what a mail server understands."""
    message = sys.stdin.buffer.read(mailin.MAX_BYTES + 1)
    try:
        outcome = mailing.deliver(message, clock.utcnow(), recipient)
        db.session.commit()
    except NotForUs as ignored:
        click.echo(json.dumps({"ignored": str(ignored)}))
        return
    except (Malformed, NotTaken) as fault:
        click.echo(str(fault), err=True)
        sys.exit(NOBODY if isinstance(fault, NotTaken) else REFUSED)
    except SQLAlchemyError:
        click.echo("The database does not answer; please deliver this again.", err=True)
        sys.exit(LATER)
    click.echo(json.dumps({"id": outcome.id, "new": outcome.new}))


@inlets.command("take")
@click.argument("source", type=click.Choice(sorted(READERS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--address", required=True, help="Where the file comes from, such as https://wiki.example.org/.")
def take_file(source: str, file: Path, address: str) -> None:
    """Take what a feed, a calendar or a wiki's export in FILE tells. Whoever did it is asked, or it is theirs at once, as they
    said. Prints JSON; safe to repeat."""
    now = clock.utcnow()
    try:
        found = READERS[source](file.read_bytes(), address, now)
    except Malformed as fault:
        click.echo(str(fault), err=True)
        sys.exit(1)
    states: Counter[str] = Counter()
    changed = 0
    for start in range(0, len(found.seen), SLICE):
        taken = take(None, source, found.seen[start : start + SLICE], now)
        states.update(one.state for one in taken)
        changed += sum(one.changed for one in taken)
        db.session.commit()
    answer = {"read": len(found.seen), "left_out": found.left_out, "changed": changed, "states": dict(sorted(states.items()))}
    click.echo(json.dumps(answer))

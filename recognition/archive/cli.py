"""`recognition archive DIR`."""

import json
import sys
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from recognition import clock
from recognition.archive import queries, services
from recognition.archive.rules import NotAnArchive, OtherHouse
from recognition.extensions import only_reading


@click.command("archive")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
@only_reading()
def archive(folder: Path) -> None:
    """Write every public badge, with all that proves it, as plain files to DIR. Any file server that answers at our address
    with them keeps the badges good. Writing again brings DIR up to date and removes what is no longer public. Prints JSON."""
    try:
        with _bar() as bar:
            done = services.write(folder, clock.utcnow(), bar.update if bar else lambda _done: None)
    except NotAnArchive as fault:
        raise click.ClickException(f"{folder} holds files that are no archive; name a new or an empty folder.") from fault
    except OtherHouse as fault:
        raise click.ClickException(f"{folder} is the archive of {fault}; name another folder.") from fault
    except OSError as fault:
        raise click.ClickException(f"{fault.filename or folder}: {fault.strerror}") from fault
    click.echo(json.dumps(asdict(done)))


def _bar() -> Any:
    """Nothing but the result is written where no person is watching."""
    if not sys.stderr.isatty():
        return nullcontext()
    return click.progressbar(length=queries.count(), label="Writing", file=sys.stderr)

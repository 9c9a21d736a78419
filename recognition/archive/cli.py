"""`recognition archive DIR`."""

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from recognition import clock
from recognition.archive import queries, services
from recognition.archive.rules import NotAnArchive, OtherAddress, OtherHouse
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
    except OtherAddress as fault:
        raise click.ClickException(_other_address(fault)) from fault
    except OSError as fault:
        raise click.ClickException(f"{fault.filename or folder}: {fault.strerror}") from fault
    for told in _left_out(done):
        click.echo(told, err=True)
    click.echo(json.dumps(asdict(done)))


def _other_address(fault: OtherAddress) -> str:
    base = current_app.extensions["settings"].base_url
    named = ", ".join(f"{count} {'names' if count == 1 else 'name'} {address}" for address, count in fault.found.items())
    return (f"Nothing is written: of the public badges {named}, not {base}. Set RECOGNITION_BASE_URL to the address whose "
            "archive you want.")  # fmt: skip


def _left_out(done: services.Archived) -> Iterator[str]:
    for address, count in done.elsewhere.items():
        yield (f"Public badges that name another address and are not in this archive: {count}. "
               f"RECOGNITION_BASE_URL={address} and another DIR write theirs.")  # fmt: skip
    if done.lists_elsewhere:
        yield (f"Lists of what was taken back that are signed for another address: {done.lists_elsewhere}. What an earlier "
               "archive in DIR had of them stays; without any, badges on them cannot be checked to the end.")  # fmt: skip
    if done.without_picture:
        yield f"Awards that are here without their pictures, which could not be made: {done.without_picture}."


def _bar() -> Any:
    """Nothing but the result is written where no person is watching."""
    if not sys.stderr.isatty():
        return nullcontext()
    return click.progressbar(length=queries.count(), label="Writing", file=sys.stderr)

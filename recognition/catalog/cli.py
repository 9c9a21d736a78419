"""`recognition catalog load` and `recognition catalog export`."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from recognition import clock
from recognition.catalog import services
from recognition.extensions import db, only_reading

catalog = AppGroup("catalog", help="Kinds, boards, quests, badges and campaigns as files.")


@catalog.command("load")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
def load(folder: Path) -> None:
    """Add or change what the files of DIR describe: all of it, or nothing if one of them is wrong."""
    try:
        loaded = services.load(folder, clock.utcnow())
        db.session.commit()
    except services.BadCatalog as fault:
        db.session.rollback()
        raise click.ClickException(f"Nothing was stored.\n{fault}") from fault
    click.echo(json.dumps({part: len(slugs) for part, slugs in loaded.items()}))


@catalog.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@only_reading()
def export(folder: Path) -> None:
    """Write everything to DIR, as `load` reads it."""
    written = services.export(folder)
    click.echo(json.dumps({part: len(slugs) for part, slugs in written.items()}))

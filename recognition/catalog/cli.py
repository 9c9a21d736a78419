"""`recognition catalog load`, `export`, `holders` and `import-rules`."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import AppGroup

from recognition import clock
from recognition.badges.catalog import BadCatalog
from recognition.catalog import holders as held_badges
from recognition.catalog import services
from recognition.catalog.fedora import folder as fedora
from recognition.catalog.fedora.reading import Refused, TooMany
from recognition.extensions import db, only_reading

DIALECTS = {"fedora": fedora}
"""Whose rules can be read, and the room that reads them."""

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


@catalog.command("holders")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--table", is_flag=True, help="A Markdown table instead of JSON.")
@only_reading()
def holders(folder: Path, table: bool) -> None:
    """How many people hold each badge of DIR, level by level."""
    try:
        held = held_badges.held(folder)
    except BadCatalog as fault:
        raise click.ClickException(str(fault)) from fault
    click.echo(held_badges.as_table(held) if table else json.dumps([asdict(one) for one in held], ensure_ascii=False))


@catalog.command("import-rules")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dialect", required=True, type=click.Choice(list(DIALECTS)), help="Whose rules these are.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write a catalogue here; else only tell.")
@click.option("--topic", "topics", multiple=True, help="A further topic that exists, so that categories hold it.")
@click.option("--series", is_flag=True, help="Rules numbered alike, (Tagger I) and (Tagger II), become levels of one badge.")
def import_rules(folder: Path, dialect: str, out: Path | None, topics: tuple[str, ...], series: bool) -> None:
    """Turn the badge rules of another system in DIR into ours, and say of each other one why it stays behind."""
    try:
        report = DIALECTS[dialect].read(folder, topics, series)
        if out:
            DIALECTS[dialect].write(report, out)
    except (Refused, TooMany) as fault:
        raise click.ClickException(str(fault)) from fault
    except FileExistsError as fault:
        raise click.ClickException(f"{out} holds badges already; name a new folder.") from fault
    click.echo(json.dumps(report.as_data(), ensure_ascii=False))

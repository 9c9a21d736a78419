"""`recognition activities import` and `set-aside`, `recognition drain`, `recognition check`, `recognition rebuild`."""

import json
import sys
from contextlib import nullcontext
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from recognition import clock
from recognition.activities import drain as draining
from recognition.activities import set_aside
from recognition.activities.forms import FIELDS
from recognition.activities.imports import files, rows, run
from recognition.activities.reconciling import portal
from recognition.activities.reconciling import services as reconciling
from recognition.activities.reconciling.sheet import rows as rows_of_sheet
from recognition.database import is_postgresql
from recognition.extensions import db, only_reading
from recognition.web import csv_lines

DIFFERENCES_MAX = 1000
INTERRUPTED = 130
KEPT = "Interrupted. What is counted here is kept; the same command adds the rest."

activities = AppGroup("activities", help="The log of deeds.")


@activities.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "file_format", type=click.Choice(["ndjson", "csv"]), help="Default: csv for *.csv[.gz].")
@click.option("--source", default="import", help="Where rows come from that do not say so themselves.")
@click.option("--create-members", is_flag=True, help="Make an unclaimed member for each handle that nobody has.")
@click.option("--map", "mapped", multiple=True, metavar="FIELD=COLUMN", help="The column of a field that has another name.")
@click.option("--default", "filled", multiple=True, metavar="FIELD=VALUE", help="A field's value where it is empty.")
def import_deeds(
    file: Path,
    file_format: str | None,
    source: str,
    create_members: bool,
    mapped: tuple[str, ...],
    filled: tuple[str, ...],
) -> None:
    """Add the deeds of FILE (NDJSON or CSV, plain or gzip). Safe to repeat and to interrupt."""
    named = file.name.lower().removesuffix(".gz")
    chosen = file_format or ("csv" if named.endswith(".csv") else "ndjson")
    defaults = {"source": source} | _pairs(filled, "--default", FIELDS)
    options = run.Options(chosen, defaults, create_members, _pairs(mapped, "--map", rows.MAPPABLE))
    result = run.Imported()
    trouble: dict[str, Any] = {}
    try:
        with _bar(file.stat().st_size) as bar:
            run.import_file(file, options, result, bar.update if bar else lambda _read: None)
    except KeyboardInterrupt:
        trouble = {"interrupted": True}
    except files.BrokenFile as fault:
        trouble = {"error": str(fault)}
    click.echo(json.dumps(result.as_json() | trouble, ensure_ascii=False))
    if trouble:
        click.echo(trouble.get("error") or KEPT, err=True)
        sys.exit(1 if "error" in trouble else INTERRUPTED)


@activities.command("reconcile")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the whole sheet here, as CSV.")
@click.option("--events-source", default="reps-events", help="The source under which the events were imported.")
def reconcile(folder: Path, out: Path | None, events_source: str) -> None:
    """Figures of the old Reps portal in FOLDER, beside those counted here. Prints JSON; exits 1 on any difference."""
    try:
        with only_reading():
            sheet = reconciling.reconcile(folder, events_source)
        if out is not None:
            with out.open("w", encoding="utf-8", newline="") as file:
                file.writelines(csv_lines.lines(rows_of_sheet(sheet.lines)))
    except (portal.BadFolder, OSError) as fault:
        raise click.ClickException(str(fault)) from None
    reconciling.keep(sheet, clock.utcnow())
    db.session.commit()
    different = [asdict(line) for line in sheet.different]
    answer = {
        "figures": len(sheet.lines),
        "same": len(sheet.lines) - len(different),
        "causes": sheet.causes,
        "different": different,
    }
    click.echo(json.dumps(answer, ensure_ascii=False))
    sys.exit(1 if different else 0)


@activities.command("set-aside")
@click.option("--retry", is_flag=True, help="Give all of them another chance, now.")
def list_set_aside(retry: bool) -> None:
    """Deeds that the drain stumbled over, the newest first. Prints JSON."""
    if retry:
        retried = set_aside.retry()
        db.session.commit()
        click.echo(json.dumps({"retried": retried, "drained": asdict(draining.drain())}))
        return
    with only_reading():
        found = [deed._asdict() for deed in set_aside.newest(DIFFERENCES_MAX)]
    click.echo(json.dumps(found, default=datetime.isoformat, ensure_ascii=False))


def _bar(size: int) -> Any:
    """Nothing but the result is written where no person is watching."""
    return click.progressbar(length=size, label="Importing", file=sys.stderr) if sys.stderr.isatty() else nullcontext()


def _pairs(given: tuple[str, ...], option: str, names: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or not value or name not in names:
            fault = f"“{pair}” needs the form FIELD=..., with FIELD one of {', '.join(names)}."
            raise click.BadParameter(fault, param_hint=option)
        pairs[name] = value
    return pairs


@click.command("drain")
@with_appcontext
def drain() -> None:
    """Consider every deed that waits, now. Prints JSON."""
    click.echo(json.dumps(asdict(draining.drain())))


@click.command("check")
@with_appcontext
@only_reading()
def check() -> None:
    """Compare what was derived with the log. Prints JSON; exits 1 on any difference."""
    if is_postgresql():
        # One moment for all questions, or a drain between two of them would look like a difference.
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    counts: dict[str, int] = {}
    shown: list[dict[str, Any]] = []
    for name, find, _mend in current_app.extensions["checks"]:
        counts[name] = 0
        for difference in find():
            counts[name] += 1
            if len(shown) < DIFFERENCES_MAX:
                shown.append({"part": name, **difference})
    waiting, aside = draining.waiting_count(), set_aside.count()
    total = sum(counts.values())
    answer = {"differences": total, "parts": counts, "waiting": waiting, "set_aside": aside, "found": shown}
    click.echo(json.dumps(answer, default=str, ensure_ascii=False))
    sys.exit(1 if total else 0)


@click.command("rebuild")
@with_appcontext
def rebuild() -> None:
    """Make what is derived anew from the log. Safe while the program runs, and to repeat. Prints JSON."""
    mended = {}
    for name, _find, mend in current_app.extensions["checks"]:
        mended[name] = mend()
        db.session.commit()
    click.echo(json.dumps({"rebuilt": mended, "drained": asdict(draining.drain())}))

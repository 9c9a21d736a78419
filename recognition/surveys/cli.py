"""`recognition surveys bounds`."""

import json
from fractions import Fraction
from pathlib import Path

import click
from flask.cli import AppGroup

from recognition.surveys.bounds import table
from recognition.surveys.bounds.counts import BadCounts
from recognition.surveys.bounds.statement import statement

surveys = AppGroup("surveys", help="What a survey proves.")


class Refused(click.ClickException):
    exit_code = 2


@surveys.command("bounds", with_appcontext=False)
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--over", default="80", show_default=True, metavar="PERCENT", help="The goal: more than so many of all people.")
@click.option("--confidence", default="95", show_default=True, metavar="PERCENT", help="How sure an estimate is to be.")
def bounds(path: Path, over: str, confidence: str) -> None:
    """What the counts of FILE prove over everybody who was asked, without a database: CSV with the columns
    stratum,yes,no,other,declined,silent,shown and one line a stratum. One JSON object says what is certain, what is not, and
    what would settle it."""
    share, sure = _share(over, "--over"), _share(confidence, "--confidence")
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
            told = statement(table.read(lines), share, float(sure))
    except BadCounts as fault:
        raise Refused(str(fault)) from fault
    except OSError as fault:
        raise Refused(f"{path} cannot be read: {fault.strerror}.") from fault
    click.echo(json.dumps(told, ensure_ascii=False))


def _share(text: str, name: str) -> Fraction:
    try:
        share = Fraction(text) / 100 if len(text) < 12 else Fraction(0)
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if not 0 < share < 1:
        raise Refused(f"{name} has to be a number of percent between 0 and 100.")
    return share

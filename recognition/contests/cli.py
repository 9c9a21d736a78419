"""`recognition contests tally`."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from recognition.contests.tally import count, table

contests = AppGroup("contests", help="Counting votes again.")


class Refused(click.ClickException):
    exit_code = 2


@contests.command("tally", with_appcontext=False)
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--method", required=True, type=click.Choice(count.METHODS), help="How to count: docs/counting.md.")
@click.option("--seats", default=1, show_default=True, type=click.IntRange(1), help="How many win.")
@click.option(
    "--blank",
    default=count.ABSTAIN,
    show_default=True,
    type=click.Choice(count.BLANKS),
    help="What no opinion means: it takes no part, or it is below all that is marked.",
)
@click.option("--seed", metavar="HEX", help="Put equals in the order of these lots; without it they stay equal.")
def tally(path: Path, method: str, seats: int, blank: str, seed: str | None) -> None:
    """Count the ballots of FILE, without a database: CSV with one column a candidate and one row a ballot, cells a rank (1 is
    best), a score from 0 to 5 or x. One JSON object says the order, who wins and why."""
    if seed is not None and not _is_hex(seed):
        raise Refused("The seed must be hexadecimal digits, as the contest's page shows it.")
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
            names, columns = table.read(lines, method)
    except table.BadTable as fault:
        raise Refused(str(fault)) from fault
    except OSError as fault:
        raise Refused(f"{path} cannot be read: {fault.strerror}.") from fault
    outcome = count.tally(method, names, columns, seats=seats, blank=blank, seed=seed.lower() if seed else None)
    click.echo(json.dumps(outcome.as_data(), ensure_ascii=False))


def _is_hex(seed: str) -> bool:
    return bool(seed) and all(digit in "0123456789abcdefABCDEF" for digit in seed)

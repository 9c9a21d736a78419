"""P3: a file of deeds, checked and deduplicated, against plain executemany of the same rows."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figure import figure
from bench.references import importing
from bench.world import add_members, connect, databases, program, reports
from recognition import clock
from recognition.activities.imports import run as imports
from recognition.extensions import db

MEMBERS = 10_000
ROWS = 100_000
SMALL = 10_000
POINTS = 5
TURNS = 2
LAUNCHER = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)
SAME = (
    "SELECT member_id, kind, occurred_day, text, campaign, source, source_key, points, fingerprint FROM activity "
    "ORDER BY source_key"
)


def run() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, databases() as new:
        files = {rows: write(Path(folder) / f"{rows}.ndjson", rows) for rows in (SMALL, ROWS)}
        for database, make in new.items():
            yield _speed(database, make, files[ROWS])
            yield _memory(database, make, files)


def write(file: Path, rows: int) -> Path:
    with file.open("w", encoding="utf-8") as lines:
        for report in reports(rows, MEMBERS):
            told = {"member": f"m{report.member_id}", "kind": report.kind, "text": report.text, "source": report.source,
                    "source_key": report.source_key, "campaign": report.campaign,
                    "occurred_at": report.occurred_at.date().isoformat()}  # fmt: skip
            lines.write(json.dumps(told) + "\n")
    return file


def _speed(database: str, make: Any, file: Path) -> dict[str, Any]:
    """By turns, each on an empty database; the best of each."""
    ours, theirs = [], []
    for _turn in range(TURNS):
        mine, seconds = _ours(make(), file)
        ours.append(seconds)
        bare, seconds = inserted(database, make(), file)
        theirs.append(seconds)
        if mine != bare:
            raise SystemExit(f"P3: the rows differ on {database}.")
    speed, reference = ROWS / min(ours), ROWS / min(theirs)
    return figure("P3", database, ROWS, speed, "rows/s", "executemany", reference)


def _ours(url: str, file: Path) -> tuple[list[Any], float]:
    with program(url):
        add_members(MEMBERS)
        result = imports.Imported()
        began = time.perf_counter()
        imports.import_file(file, imports.Options(), result, lambda _read: None)
        seconds = time.perf_counter() - began
        if (result.new, result.refused) != (ROWS, 0):
            raise SystemExit(f"P3: {result.new} rows came in, {result.refused} were refused.")
        return [tuple(row) for row in db.session.connection().exec_driver_sql(SAME)], seconds


def inserted(database: str, url: str, file: Path) -> tuple[list[Any], float]:
    with program(url):
        add_members(MEMBERS)
    connection = connect(url)
    now = clock.utcnow().strftime("%Y-%m-%d %H:%M:%S.%f")
    began = time.perf_counter()
    importing.insert_all(connection, database == "postgresql", file, POINTS, now)
    seconds = time.perf_counter() - began
    rows = connection.execute(SAME).fetchall()
    connection.close()
    return rows, seconds


def _memory(database: str, make: Any, files: dict[int, Path]) -> dict[str, Any]:
    """The most memory that the whole command held, for a file and for one of ten times its size."""
    peaks = []
    for rows in (SMALL, ROWS):
        url = make()
        with program(url):
            add_members(MEMBERS)
        peaks.append(peak(url, "activities", "import", str(files[rows])))
    return figure("P3", database, ROWS, peaks[1], "MB at the peak", f"MB for {SMALL} rows", peaks[0], digits=1)


def peak(url: str, *command: str) -> float:
    """A small process in between: a child counts the memory of whoever forked it as its own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as state:
        env = os.environ | {"RECOGNITION_DATABASE_URL": url, "RECOGNITION_STATE_DIR": state}
        launcher = [sys.executable, "-S", "-c", LAUNCHER, sys.executable, "-m", "recognition", *command]
        done = subprocess.run(launcher, env=env, check=True, capture_output=True, text=True)
    return int(done.stdout) / 1024

"""ISSUING: every badge of the real Reps log, from the first look for what waits to the last signed list: `recognition badges
sign` as one command, against the bare signatures. The dearest case: everybody has an address, every deed is public."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from flask import Flask

from bench.figure import figure
from bench.world import databases, program
from recognition.badges.models import ACCEPTED, Award
from recognition.badges.portable.models import Credential, StatusList
from recognition.extensions import db
from recognition.openbadges import keys

LAUNCHER = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
    "used = resource.getrusage(resource.RUSAGE_CHILDREN); print(used.ru_maxrss, used.ru_utime + used.ru_stime)"
)
ADDRESSES = """INSERT INTO account (member_id, issuer, subject, email, email_verified, created_at)
    SELECT id, 'https://logins.example', handle, handle || '@members.example', true, joined_at FROM member"""
CATALOG = Path(__file__).parents[1] / "recognition" / "catalog" / "reps"


def run() -> Iterator[dict[str, Any]]:
    folder = os.environ.get("RECOGNITION_REAL_DATA")
    if folder is None:
        raise SystemExit("ISSUING needs RECOGNITION_REAL_DATA, the folder with the log of the Reps.")
    with databases() as new, tempfile.TemporaryDirectory(prefix="bench-") as state:
        for database, make in new.items():
            url = make()
            with program(url) as app:
                count = _fill(app, Path(folder) / "reps")
            began = time.perf_counter()
            peak, busy = _signed(url, state)
            seconds = time.perf_counter() - began
            idle_peak, idle_busy = _signed(url, state)
            with program(url):
                _check(count)
                bare = _bare(count)
            bare_too = "s of processor, one Ed25519 and one RSA signature each"
            yield figure("ISSUING", database, count, seconds, "s, from start to end", bare_too, bare, digits=1)
            yield figure("ISSUING", database, count, busy - idle_busy, "s of processor, start left out", bare_too, bare, digits=1)
            yield figure("ISSUING", database, count, peak, "MB at the peak", "MB with nothing to sign", idle_peak, digits=1)


def _fill(app: Flask, reps: Path) -> int:
    """How many awards there are to sign."""
    for words in (["catalog", "load", str(CATALOG)], ["member", "import", str(reps / "members.csv")],
                  ["activities", "import", str(reps / "activities.ndjson.gz")], ["drain"]):  # fmt: skip
        result = app.test_cli_runner().invoke(args=words)
        if result.exit_code:
            raise SystemExit(f"ISSUING: {' '.join(words)}: {result.output}")
        db.session.rollback()
    for change in ("UPDATE award SET answer = 'accepted', shown = true", "UPDATE activity SET visibility = 'public'", ADDRESSES):
        db.session.execute(sa.text(change))
    db.session.commit()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Award)) or 0


def _signed(url: str, state: str) -> tuple[float, float]:
    """Its most memory in MB, and its seconds of processor. A small process in between: a child counts the memory of whoever
    forked it as its own."""
    env = os.environ | {"RECOGNITION_DATABASE_URL": url, "RECOGNITION_STATE_DIR": state}
    command = [sys.executable, "-m", "recognition", "badges", "sign"]
    launcher = [sys.executable, "-S", "-c", LAUNCHER, *command]
    done = subprocess.run(launcher, env=env, check=True, capture_output=True, text=True)
    peak, busy = done.stdout.split()
    return int(peak) / 1024, float(busy)


def _check(count: int) -> None:
    """Each award has its credential and a place of its own, and nothing is off."""
    made = db.session.scalar(sa.select(sa.func.count()).where(Credential.document != "", Credential.jwt != ""))
    waiting = db.session.scalar(sa.select(sa.func.count()).where(Award.sign_due, Award.answer == ACCEPTED))
    used = sum(db.session.scalars(sa.select(StatusList.used)))
    if (made, waiting, used) != (count, 0, count):
        raise SystemExit(f"ISSUING: {made} of {count} credentials, {waiting} waiting, {used} places.")


def _bare(count: int) -> float:
    """Seconds of processor."""
    ours = keys.parse(json.dumps(keys.make()))
    content, scheme, kind = b"x" * 64, padding.PKCS1v15(), hashes.SHA256()
    began = time.process_time()
    for _turn in range(count):
        ours.ed25519.private.sign(content)
        ours.rsa.private.sign(content, scheme, kind)
    return time.process_time() - began

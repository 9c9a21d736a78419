"""Puts periodic work into the ledger and sweeps. Any number may run: a slot's dedupe key lets one of them win."""

import logging
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from recognition import clock
from recognition.database import among
from recognition.extensions import db, only_reading
from recognition.jobs import ledger
from recognition.jobs.models import Job
from recognition.jobs.sweep import sweep

log = logging.getLogger(__name__)
SWEEP_SECONDS = 15


def main(app: Flask, stop: threading.Event) -> None:
    """Tick until told to stop. A database that is away is waited for."""
    while not stop.is_set():
        with app.app_context():
            try:
                tick(app.extensions["timetable"])
            except SQLAlchemyError as fault:
                log.warning("The database did not answer; trying again soon (%s).", type(fault).__name__)
            finally:
                db.session.remove()
        stop.wait(SWEEP_SECONDS)


def last_put_out(timetable: Sequence[tuple[str, int]]) -> datetime | None:
    """When it last put periodic work into the ledger. Nothing else makes keys like these."""
    slots = sa.or_(*(Job.dedupe_key.startswith(f"{name}:", autoescape=True) for name, _period in timetable))
    last: datetime | None = db.session.scalar(sa.select(Job.created_at).where(slots).order_by(Job.id.desc()).limit(1))
    return last


def is_late(last: datetime | None, timetable: Sequence[tuple[str, int]], now: datetime) -> bool:
    """More than two rounds of its most frequent work behind."""
    often = min(period for _name, period in timetable)
    return last is None or now - last > timedelta(seconds=2 * often + SWEEP_SECONDS)


def tick(timetable: list[tuple[str, int]]) -> None:
    """One round. `timetable` holds (job name, period in seconds)."""
    moment = int(clock.utcnow().timestamp())
    slots = {f"{name}:{moment // period_seconds}": name for name, period_seconds in timetable}
    with only_reading():
        asked = set(db.session.scalars(sa.select(Job.dedupe_key).where(among(Job.dedupe_key, slots))))
    for slot, name in slots.items():
        if slot not in asked:
            ledger.defer(name, dedupe_key=slot)
    db.session.commit()
    sweep()

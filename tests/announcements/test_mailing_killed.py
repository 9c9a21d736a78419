"""Whole processes that send mail are killed at any moment, and nobody gets a mail twice."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.announcements import jobs
from recognition.announcements.models import Delivery
from recognition.clock import as_of
from recognition.identity.models import Account
from tests.announcements.test_mailing import connected
from tests.factories.announcements import tell_some
from tests.factories.identity import make_member
from tests.servers.mail import Mailbox

MEMBERS, ROUNDS = 40, 5
WORKER = """
import sys
from pathlib import Path
from recognition import create_app
from recognition.announcements import jobs
from recognition.config import MailServer
from tests.conftest import make_settings
url, port, folder = sys.argv[1:]
server = MailServer("127.0.0.1", int(port), False, "", "", "hall@badges.example.org")
app = create_app(make_settings(Path(folder), database_url=url, mail=server))
with app.app_context():
    jobs.send()
"""


def test_no_mail_goes_twice_whenever_its_worker_is_killed(
    db: Any, app: Flask, mailbox: Mailbox, database_url: str, tmp_path: Path
) -> None:
    now, chance = clock.utcnow(), random.Random(3)
    for number in range(MEMBERS):
        member = make_member(f"m{number}")
        db.session.add(Account(member_id=member.id, issuer="i", subject=member.handle, created_at=now,
                               email=f"{member.handle}@mail.example", email_verified=True))  # fmt: skip
        tell_some(member.id, 2, now=now - timedelta(minutes=20))
    db.session.commit()
    mailbox.seconds_a_mail = 0.02
    for _round in range(ROUNDS):
        command = [sys.executable, "-c", WORKER, database_url, str(mailbox.port), str(tmp_path)]
        with subprocess.Popen(command, cwd=Path.cwd()) as worker:
            mailbox.came.clear()
            assert mailbox.came.wait(60)
            time.sleep(chance.uniform(0.0, 0.1))
            os.kill(worker.pid, signal.SIGKILL)
    seen_by_then = len(mailbox.mails)
    mailbox.seconds_a_mail = 0.0
    for _box in connected(app, mailbox.port, mailbox):
        with as_of(now + timedelta(hours=1)):
            jobs.send()
    assert max(Counter(mailbox.to).values()) == 1
    db.session.rollback()
    states = Counter(db.session.scalars(sa.select(Delivery.state)))
    assert states["sent"] + states["unsure"] == 2 * MEMBERS
    # Each death leaves at most the mail in hand in doubt.
    assert states["unsure"] <= 2 * ROUNDS
    assert len(mailbox.to) >= states["sent"] // 2
    assert 0 < seen_by_then < MEMBERS

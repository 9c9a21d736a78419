"""An import in a process of its own, killed without warning: whole chunks stay, and the same command ends the work."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities.imports import run
from recognition.activities.models import Activity
from tests.factories.identity import make_member
from tests.servers.waiting import until

ROWS = run.CHUNK_ROWS * 12 + 100


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Any:
    given = {"RECOGNITION_DATABASE_URL": database_url, "RECOGNITION_STATE_DIR": str(tmp_path), "RECOGNITION_DEMO": "1",
             "RECOGNITION_REDIS_URL": f"unix://{tmp_path / 'nobody.sock'}"}  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RECOGNITION_")}

    def begin(file: Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "recognition", "activities", "import", str(file)]
        return subprocess.Popen(command, env=kept | given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return begin


def test_killed_without_warning(start, db, tmp_path):
    make_member("ada")
    db.session.commit()
    file = tmp_path / "deeds.ndjson"
    row = {"source": "old", "member": "ada", "occurred_at": "2020-02-03"}
    rows = ({**row, "source_key": str(n), "text": f"deed {n}"} for n in range(ROWS))
    file.write_text("".join(json.dumps(one) + "\n" for one in rows))

    def stored() -> int:
        db.session.rollback()
        number = db.session.scalar(sa.select(sa.func.count()).select_from(Activity))
        db.session.rollback()
        return number or 0

    killed = start(file)
    until(lambda: stored() > 0 or killed.poll() is not None, "the first chunk")
    killed.send_signal(signal.SIGKILL)
    output, said = killed.communicate()
    assert output == "", said
    left = stored()
    assert 0 < left < ROWS
    assert left % run.CHUNK_ROWS == 0

    finished = start(file)
    output, said = finished.communicate()
    assert finished.returncode == 0, said
    told = json.loads(output)
    assert (told["read"], told["new"], told["duplicate"], told["refused"]) == (ROWS, ROWS - left, left, 0)
    assert "%" not in said  # a progress bar is for people who watch
    assert stored() == ROWS

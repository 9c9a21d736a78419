"""The queue's server, started by the very function the program uses. RECOGNITION_TEST_REDIS_URL names another one."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from recognition.processes import valkey


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    if given := os.environ.get("RECOGNITION_TEST_REDIS_URL"):
        yield given
        return
    # Not pytest's own folder: its path may be too long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="valkey-"))
    server = valkey.start(folder, folder / "sock")
    yield server.url
    server.stop()
    shutil.rmtree(folder)

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis

from recognition.processes import valkey
from tests.servers.waiting import until


def test_the_private_name_still_leads_to_a_program() -> None:
    done = subprocess.run([valkey.binary(), "--version"], capture_output=True, text=True, check=True)
    assert "v=" in done.stdout


def test_what_was_told_is_known_after_a_restart(tmp_path: Path) -> None:
    at = tmp_path / "sock"
    server = valkey.start(tmp_path, at)
    with Redis.from_url(server.url) as redis:
        redis.set("word", "kept")
    assert at.stat().st_mode & 0o777 == 0o700
    server.stop()
    again = valkey.start(tmp_path, at)
    with Redis.from_url(again.url) as redis:
        assert redis.get("word") == b"kept"
    again.stop()
    assert not valkey.answers(at)


def test_a_path_too_long_for_a_socket_is_refused(tmp_path: Path) -> None:
    with pytest.raises(valkey.ValkeyError, match="longer than 107 bytes"):
        valkey.command(tmp_path, tmp_path / ("x" * 108))


def test_a_server_that_cannot_start_says_where_to_read_why(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").write_text("in the way")
    with pytest.raises(valkey.ValkeyError, match=r"valkey\.log"):
        valkey.start(tmp_path, tmp_path / "sock")


def test_an_orphan_is_ended(tmp_path: Path) -> None:
    at = tmp_path / "sock"
    server = valkey.start(tmp_path, at)
    valkey.end_orphan(at)
    server.process.wait(10)
    valkey.end_orphan(at)
    assert not valkey.answers(at)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends it")
def test_it_goes_with_whoever_started_it(tmp_path: Path) -> None:
    at = tmp_path / "sock"
    code = (
        "import signal, sys; from pathlib import Path; from recognition.processes import valkey;"
        "valkey.start(Path(sys.argv[1]), Path(sys.argv[2])); print('up', flush=True); signal.pause()"
    )
    with subprocess.Popen([sys.executable, "-c", code, tmp_path, at], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "up\n"
        assert valkey.answers(at)
        parent.send_signal(signal.SIGKILL)
    until(lambda: not valkey.answers(at), "the end of the server")

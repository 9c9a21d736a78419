"""Where the demo may be served."""

import logging
import runpy
from pathlib import Path

import pytest
import waitress

from recognition import create_app
from recognition.config import SettingsError
from recognition.processes.cli import is_a_backlog
from tests.conftest import make_settings

WSGI = Path(__file__).parents[2] / "wsgi.py"


def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str, **settings: object) -> tuple[int, str, list[str]]:
    hosts: list[str] = []
    monkeypatch.setattr(waitress, "serve", lambda _app, host, **_rest: hosts.append(host))
    monkeypatch.setattr("signal.signal", lambda *_args: None)
    app = create_app(make_settings(tmp_path, **settings))
    answer = app.test_cli_runner().invoke(args=["web", "--host", host])
    return answer.exit_code, answer.output, hosts


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "", "example.org"])
def test_the_demo_refuses_an_address_that_others_can_reach(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str) -> None:
    said = "Error: The demo lets anyone sign in as anyone, so it is served on this machine only: leave --host out.\n"
    assert served(monkeypatch, tmp_path, host) == (1, said, [])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_the_demo_is_served_on_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str) -> None:
    assert served(monkeypatch, tmp_path, host) == (0, "", [host])


def test_without_the_demo_any_address_is_served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert served(monkeypatch, tmp_path, "0.0.0.0", demo=False) == (0, "", ["0.0.0.0"])


@pytest.mark.parametrize("flag", [None, ""])
def test_under_another_server_the_demo_must_be_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, flag: str | None
) -> None:
    monkeypatch.setenv("RECOGNITION_STATE_DIR", str(tmp_path))
    monkeypatch.delenv("RECOGNITION_DEMO", raising=False)
    if flag is not None:
        monkeypatch.setenv("RECOGNITION_DEMO", flag)
    with pytest.raises(SettingsError) as refused:
        runpy.run_path(str(WSGI))
    assert refused.value.faults == ["RECOGNITION_OIDC_ISSUER is required when RECOGNITION_DEMO is off: nobody could sign in."]
    monkeypatch.setenv("RECOGNITION_DEMO", "1")
    assert runpy.run_path(str(WSGI))["app"].extensions["settings"].demo is True


@pytest.mark.parametrize(
    ("depth", "told"), [(1, []), (31, []), (32, ["Task queue depth is 32"]), (200, ["Task queue depth is 200"])]
)
def test_the_server_tells_of_a_backlog_and_not_of_a_moment(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, depth: int, told: list[str]
) -> None:
    queue = logging.getLogger("waitress.queue")
    monkeypatch.setattr(queue, "filters", [])
    queue.addFilter(is_a_backlog)
    queue.warning("Task queue depth is %d", depth)
    assert caplog.messages == told

